//! Whose customers they are.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::Select;

/// A customer by name.
#[derive(Debug, FromQueryResult)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

/// Gives one owner's customers to another, and says which.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    from: UserId,
    to: UserId,
    at: DateTime<Utc>,
) -> Result<Vec<Named>, DbErr> {
    let text = "UPDATE customers SET owner_id = ?, updated_at = ?, version = version + 1 WHERE owner_id = ? \
                RETURNING id, name";
    Select::new("").then(text, [to.0.into(), at.into(), from.0.into()]).all(db).await
}
