//! Where people were.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use super::photo;
use crate::select::Select;

/// The last photo a person handed in with a place.
pub async fn last_placed(db: &impl ConnectionTrait, user: Uuid) -> Result<Option<photo::Model>, DbErr> {
    Select::new(super::PHOTO)
        .and("user_id = ?", [user.into()])
        .and("lat_e6 IS NOT NULL", [])
        .then("ORDER BY id DESC LIMIT 1", [])
        .one(db)
        .await
}

/// For how many other stores a person gave this very point, in millionths of a degree, since an instant.
pub async fn n_other_stores(
    db: &impl ConnectionTrait,
    user: Uuid,
    (lat_e6, lng_e6): (i64, i64),
    customer: Uuid,
    since: DateTime<Utc>,
) -> Result<u32, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let select = Select::new("SELECT COUNT(DISTINCT customer_id) AS n FROM evidence_photos")
        .and("user_id = ?", [user.into()])
        .and("lat_e6 = ? AND lng_e6 = ?", [lat_e6.into(), lng_e6.into()])
        .and("customer_id <> ?", [customer.into()])
        .and("received_at >= ?", [since.into()]);
    let count: Option<Count> = select.one(db).await?;
    Ok(count.map_or(0, |it| u32::try_from(it.n).unwrap_or(u32::MAX)))
}
