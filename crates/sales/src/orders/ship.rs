//! Checks orders again when a vehicle leaves with them: what was accepted goes, whatever was crossed at midnight, and
//! what is found is finance's note. Only a changed content or a blacklisted customer keeps goods here.

use domain::ids::{CustomerId, OrderId, RegionId};
use domain::money::Fen;
use domain::orders::Line;
use platform::Tx;
use uuid::Uuid;

use super::edit::wanted;
use super::facts;
use super::findings::{self, Occasion};
use super::place::content_hash;
use super::rows::{self, order};
use super::standing;
use crate::error::{Error, Result};
use crate::settings::documents;

/// Looks at everything that leaves, and notes what is found.
pub async fn ship(tx: &Tx, orders: &[OrderId]) -> Result<()> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.0).collect();
    for order in rows::written::among(tx.db(), &ids).await? {
        check(tx, &order).await?;
    }
    Ok(())
}

async fn check(tx: &Tx, order: &order::Model) -> Result<()> {
    let (id, customer) = (OrderId(order.id), CustomerId(order.customer_id));
    let standing = standing::of(tx, customer).await?;
    standing.refuse_blacklisted()?;
    // What was loaded from elsewhere was decided there.
    let Some(hash) = &order.content_hash else { return Ok(()) };
    let lines: Vec<Line> = rows::lines(tx.db(), id).await?.iter().map(wanted).collect();
    let is_as_allowed = order.approval_hash.as_ref().is_none_or(|allowed| allowed == hash);
    if content_hash(customer, &lines) != *hash || !is_as_allowed {
        return Err(Error::conflict("order_content_changed"));
    }
    let known = facts::read(tx.db(), &standing, &lines, tx.now()).await?;
    let checks = documents::order_checks_in_force(tx.db()).await?;
    let own = (order.ship_to_region_id.map(RegionId), Fen(order.total_fen));
    let found = known.check((&lines, Fen(order.total_fen)), &standing, own, &checks);
    let noted = findings::rows_of(tx, (id, Occasion::Ship), &found, &lines, &known.names);
    rows::findings::insert(tx.db(), noted).await?;
    Ok(())
}
