//! Whose customers they are.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::DbErr;
use sea_orm::entity::prelude::*;

use crate::select::{self, Named};

/// Gives one owner's customers to another, and says which.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    from: UserId,
    to: UserId,
    at: DateTime<Utc>,
) -> Result<Vec<Named>, DbErr> {
    let text = "UPDATE customers SET owner_id = ?, updated_at = ?, version = version + 1 WHERE owner_id = ? \
                RETURNING id, name";
    select::hand_over(db, text, (from, to), at).await
}
