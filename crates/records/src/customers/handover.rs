//! A leaver's customers go to somebody else.

use domain::ids::UserId;
use platform::Tx;

use super::rows::{owners, ownership};
use crate::error::Result;
use crate::people::Moved;
use crate::texts;

/// Gives all customers of somebody to somebody else, and notes it in the history of each.
pub async fn left(tx: &Tx, (from, to): (UserId, UserId), by: UserId) -> Result<Vec<Moved>> {
    let moved = owners::hand_over(tx.db(), from, to, tx.now()).await?;
    let noted = moved.iter().map(|it| ownership::Model {
        id: platform::new_id(),
        customer_id: it.id,
        owner_id: Some(to.0),
        how: "handed_over".to_owned(),
        reason: Some(texts::LEAVER.to_owned()),
        by_id: by.0,
        at: tx.now(),
    });
    ownership::note_all(tx.db(), noted.collect()).await?;
    Ok(moved.into_iter().map(|it| Moved { kind: "customer", id: it.id, title: it.name, to }).collect())
}
