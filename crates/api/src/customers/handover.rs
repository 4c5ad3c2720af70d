//! A leaver's customers go to somebody else.

use domain::ids::UserId;
use platform::Tx;

use super::rows::owners;
use crate::error::Result;
use crate::people::Moved;

/// Gives all customers of somebody to somebody else.
pub async fn left(tx: &Tx, from: UserId, to: UserId) -> Result<Vec<Moved>> {
    let moved = owners::hand_over(tx.db(), from, to, tx.now()).await?;
    Ok(moved.into_iter().map(|it| Moved { kind: "customer", id: it.id, title: it.name, to }).collect())
}
