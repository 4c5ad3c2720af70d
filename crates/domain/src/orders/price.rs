//! Which price policy a line is judged by, and what a promotion gives.

use std::cmp::Reverse;

use chrono::NaiveDate;

use super::{Line, Units};
use crate::ids::{ProductId, PromotionId, RegionId};
use crate::money::{Quantity, UnitPrice};

/// What a product may cost in a region and a tier, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Of what.
    pub product: ProductId,
    /// Everywhere where absent.
    pub region: Option<RegionId>,
    /// Every tier where absent.
    pub tier: Option<String>,
    /// One of the product's units.
    pub unit: String,
    /// Not below.
    pub floor: UnitPrice,
    /// Not above; open where absent.
    pub ceiling: Option<UnitPrice>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; open where absent.
    pub valid_to: Option<NaiveDate>,
}

/// Whose prices are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Buyer<'a> {
    /// The customer's region, then those above it.
    pub regions: &'a [RegionId],
    /// The customer's tier.
    pub tier: &'a str,
    /// The business day.
    pub day: NaiveDate,
}

/// The policy for a product in a unit: the nearest region's before the general one, then the own tier's before the
/// one for all, then the one in this very unit, then what came into force last. None where nothing is agreed.
pub fn policy<'a>(
    policies: &'a [Policy],
    (product, unit): (ProductId, &str),
    units: &Units,
    buyer: Buyer<'_>,
) -> Option<&'a Policy> {
    let rank = |policy: &Policy| {
        let is_valid = policy.valid_from <= buyer.day && policy.valid_to.is_none_or(|last| buyer.day <= last);
        if policy.product != product || !is_valid || units.factor(&policy.unit).is_none() {
            return None;
        }
        let region = match policy.region {
            Some(region) => buyer.regions.iter().position(|it| *it == region)?,
            None => usize::MAX,
        };
        let is_for_all = match &policy.tier {
            Some(tier) if tier != buyer.tier => return None,
            tier => tier.is_none(),
        };
        Some((region, is_for_all, policy.unit != unit, Reverse(policy.valid_from)))
    };
    let ranked = policies.iter().filter_map(|policy| rank(policy).map(|rank| (rank, policy)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, policy)| policy)
}

/// Buy so much of one product, get so much of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its id.
    pub id: PromotionId,
    /// What has to be bought.
    pub buy: ProductId,
    /// How much of it, in base units.
    pub buy_quantity: Quantity,
    /// What is given.
    pub get: ProductId,
    /// How much of it for each time, in base units.
    pub get_quantity: Quantity,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; open where absent.
    pub valid_to: Option<NaiveDate>,
}

impl Promotion {
    /// Is it in force on that day?
    pub fn is_valid(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Is the line judged together with the promotion's others? A dear line of another product that only names it must
    /// not make up for a cheap one.
    pub fn joins(&self, line: &Line, day: NaiveDate) -> bool {
        let product = if line.is_gift() { self.get } else { self.buy };
        line.promotion == Some(self.id) && line.product == product && self.is_valid(day)
    }

    /// How much may be given for so much bought on that day, in base units.
    pub fn gives(&self, bought: i128, day: NaiveDate) -> i128 {
        if !self.is_valid(day) || self.buy_quantity <= Quantity::ZERO {
            return 0;
        }
        (bought / i128::from(self.buy_quantity.0)).saturating_mul(i128::from(self.get_quantity.0))
    }
}
