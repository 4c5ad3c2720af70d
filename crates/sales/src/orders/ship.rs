//! Checks orders again when a vehicle leaves with them: what was accepted goes, whatever was crossed at midnight, and
//! what is found is finance's note. Only a changed content or a blacklisted customer keeps goods here.

use domain::ids::OrderId;
use domain::orders::{Line, Occasion};
use platform::Tx;

use super::edit::wanted;
use super::facts;
use super::findings;
use super::place::content_hash;
use super::rows::{self, order};
use super::standing;
use crate::App;
use crate::error::{Error, Result};
use crate::settings::documents;

/// Looks at everything that leaves, and notes what is found: as many statements for many orders as for one.
pub async fn ship(app: &App, tx: &Tx, orders: &[OrderId]) -> Result<()> {
    let ids = orders;
    let orders = rows::written::among(tx.db(), ids).await?;
    let standings = standing::of_all(tx, &orders).await?;
    let standing_of = |order: &order::Model| standings.iter().find(|it| it.customer == order.customer_id);
    let lines = rows::lines_among(tx.db(), ids).await?;
    let mut leaving = Vec::new();
    for order in &orders {
        let standing = standing_of(order).ok_or(Error::NotFound)?;
        standing.refuse_blacklisted()?;
        // What was loaded from elsewhere was decided there.
        let Some(hash) = &order.content_hash else { continue };
        let own = lines.iter().filter(|line| line.order_id == order.id);
        let lines: Vec<Line> = own.map(wanted).collect();
        let is_as_allowed = order.approval_hash.as_ref().is_none_or(|allowed| allowed == hash);
        if content_hash(standing.customer, &lines) != *hash || !is_as_allowed {
            return Err(Error::conflict("order_content_changed"));
        }
        leaving.push((order, standing, lines));
    }
    let asked: Vec<_> = leaving.iter().map(|(_, standing, lines)| (*standing, lines.as_slice())).collect();
    let known = facts::read_all(tx.db(), &asked, tx.now()).await?;
    let checks = documents::order_checks(app, tx.db()).await?;
    let mut noted = Vec::new();
    for ((order, standing, lines), known) in leaving.iter().zip(known) {
        let own = (order.ship_to_region_id, order.total_fen);
        let found = known.check((lines, order.total_fen), standing, own, &checks);
        let of = (order.id, Occasion::Ship);
        noted.extend(findings::rows_of(tx, of, &found, lines, &known.names));
    }
    rows::findings::insert(tx.db(), noted).await?;
    Ok(())
}
