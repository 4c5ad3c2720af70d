//! How a customer stands, for the checks. What the customer's file says is read here alone.

use domain::ids::{CustomerId, RegionId, UserId};
use domain::money::{Fen, Percent};
use platform::Tx;

use super::rows::standing::{self as rows, StandingRow};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::select::Connection;

/// Where the customer stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub customer: CustomerId,
    /// Whose credit its orders hold.
    pub bill_to: CustomerId,
    pub name: String,
    pub region: RegionId,
    pub owner: Option<UserId>,
    pub tier: String,
    pub uses_credit: bool,
    pub limit: Fen,
    /// What is agreed beyond the limit for today.
    pub temporary: Fen,
    /// Days since the oldest open invoice was due.
    pub overdue_days: Option<i32>,
    pub return_limit: Option<Percent>,
    pub is_blacklisted: bool,
}

impl From<StandingRow> for Standing {
    fn from(row: StandingRow) -> Self {
        let terms = row.payment_terms.as_str();
        Self {
            customer: CustomerId(row.id),
            bill_to: CustomerId(row.id),
            uses_credit: terms == "monthly" || terms.starts_with("net"),
            name: row.name,
            region: RegionId(row.region_id),
            owner: row.owner_id.map(UserId),
            tier: row.price_tier,
            limit: Fen(row.credit_limit_fen),
            temporary: Fen::ZERO,
            overdue_days: None,
            return_limit: row.return_rate_limit_ppm.map(Percent),
            is_blacklisted: false,
        }
    }
}

/// The customer, if the actor sees it, locked until the transaction ends.
pub async fn locked_for(tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Standing> {
    rows::locked_visible(tx.db(), actor, id).await?.map(Standing::from).ok_or_else(unknown)
}

/// The customer, if the actor sees it.
pub async fn seen_by(db: &impl Connection, actor: &Actor, id: CustomerId) -> Result<Standing> {
    rows::visible(db, actor, id).await?.map(Standing::from).ok_or_else(unknown)
}

/// The customer, whoever asks, locked.
pub async fn locked(tx: &Tx, id: CustomerId) -> Result<Standing> {
    rows::locked(tx.db(), id).await?.map(Standing::from).ok_or(Error::NotFound)
}

/// The customer, whoever asks.
pub async fn of(db: &impl Connection, id: CustomerId) -> Result<Standing> {
    rows::of(db, id).await?.map(Standing::from).ok_or(Error::NotFound)
}

fn unknown() -> Error {
    Error::field("/customer_id", "customer_unknown")
}

impl Standing {
    /// The one thing that is refused and not asked for.
    pub fn refuse_blacklisted(&self) -> Result<()> {
        if self.is_blacklisted { Err(Error::conflict("customer_blacklisted")) } else { Ok(()) }
    }
}
