//! The demo company.

use crate::App;
use crate::people;

/// Nobody works here yet.
pub async fn is_empty(app: &App) -> anyhow::Result<bool> {
    let first = people::rows::user_by_username(app.db.conn(), "admin").await?;
    Ok(first.is_none())
}

/// Loads it.
pub async fn load(_app: &App) -> anyhow::Result<()> {
    Ok(())
}
