//! Where a customer stands: what it may owe, how it pays, at which prices.

use chrono::{DateTime, Utc};

use super::PaymentTerms;
use crate::ids::{CustomerId, RegionId, UserId};
use crate::money::Fen;

/// What an order is checked against. Credit, terms and prices are those of whoever pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whom goods go to.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// Who pays: the customer itself unless it belongs to a chain.
    pub bill_to: CustomerId,
    /// The region that goods go to.
    pub region: RegionId,
    /// The region of who pays.
    pub bill_to_region: RegionId,
    /// Whose customer it is.
    pub owner: Option<UserId>,
    /// Which kind of customer it is.
    pub kind: String,
    /// How much may be owed.
    pub limit: Fen,
    /// The sum of the temporary credits that are valid now.
    pub temporary: Fen,
    /// How it pays.
    pub terms: PaymentTerms,
    /// Which prices.
    pub price_tier: String,
    /// How much may come back, in parts per million.
    pub return_rate_limit_ppm: Option<i64>,
    /// Nothing is sold to it, or to who pays for it.
    pub is_blacklisted: bool,
}

impl Standing {
    /// How much may be owed now. None on overflow.
    pub fn ceiling(&self) -> Option<Fen> {
        self.limit.checked_add(self.temporary)
    }
}

/// More credit for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemporaryCredit {
    /// How much more.
    pub amount: Fen,
    /// From when, in UTC, inclusive.
    pub from: DateTime<Utc>,
    /// Until when, in UTC, exclusive.
    pub until: DateTime<Utc>,
}

impl TemporaryCredit {
    /// Does it count at that instant?
    pub fn is_valid(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }

    /// Is it a credit at all: something, for some time that is not over?
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), super::Refusal> {
        if self.amount <= Fen::ZERO {
            return Err(super::Refusal::AmountNotPositive);
        }
        if self.until <= self.from || self.until <= now {
            return Err(super::Refusal::NeverValid);
        }
        Ok(())
    }
}
