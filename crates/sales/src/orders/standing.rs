//! How a customer stands, for the checks. What the customer's file says is read here alone.

use chrono::{DateTime, Utc};
use domain::customers;
use domain::ids::{CustomerId, RegionId, UserId};
use domain::money::{Fen, Percent};
use platform::Tx;

use super::rows::order;
use crate::actor::Actor;
use crate::customers as file;
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
    pub kind: String,
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

impl From<customers::Standing> for Standing {
    fn from(it: customers::Standing) -> Self {
        Self {
            customer: it.customer,
            bill_to: it.bill_to,
            uses_credit: it.terms.uses_credit(),
            name: it.name,
            region: it.region,
            owner: it.owner,
            kind: it.kind,
            tier: it.price_tier,
            limit: it.limit,
            temporary: it.temporary,
            overdue_days: None,
            return_limit: it.return_rate_limit_ppm.map(Percent),
            is_blacklisted: it.is_blacklisted,
        }
    }
}

/// The customer, if the actor sees it, with who pays locked until the transaction ends.
pub async fn locked_for(tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Standing> {
    file::locked_visible_standing(tx, actor, id).await?.map(Standing::from).ok_or_else(unknown)
}

/// The customer, if the actor sees it.
pub async fn seen_by(
    db: &impl Connection,
    actor: &Actor,
    id: CustomerId,
    at: DateTime<Utc>,
) -> Result<Standing> {
    file::visible_standing(db, actor, id, at).await?.map(Standing::from).ok_or_else(unknown)
}

/// The customer, whoever asks, with who pays locked.
pub async fn locked(tx: &Tx, id: CustomerId) -> Result<Standing> {
    file::locked_standing(tx, id).await?.map(Standing::from).ok_or(Error::NotFound)
}

/// The customer, whoever asks.
pub async fn of(tx: &Tx, id: CustomerId) -> Result<Standing> {
    file::standing(tx.db(), id, tx.now()).await?.map(Standing::from).ok_or(Error::NotFound)
}

/// The customers of these orders, whoever asks.
pub async fn of_all(tx: &Tx, orders: &[order::Model]) -> Result<Vec<Standing>> {
    let mut customers: Vec<CustomerId> = orders.iter().map(|order| order.customer_id).collect();
    customers.sort_unstable();
    customers.dedup();
    let found = file::standings(tx.db(), &customers, tx.now()).await?;
    Ok(found.into_iter().map(Standing::from).collect())
}

fn unknown() -> Error {
    Error::field("/customer_id", "customer_unknown")
}

impl Standing {
    /// How much of the credit that is checked an order holds already.
    pub fn held_by(&self, order: &order::Model) -> Fen {
        if self.bill_to == super::bill_to(order) { order.total_fen } else { Fen::ZERO }
    }

    /// The one thing that is refused and not asked for.
    pub fn refuse_blacklisted(&self) -> Result<()> {
        if self.is_blacklisted { Err(Error::conflict("customer_blacklisted")) } else { Ok(()) }
    }
}
