//! What was paid and exchanged with the attempts at a sign-off: kept once, and taken back with them.

use chrono::{DateTime, Utc};
use domain::ids::{AttemptId, AttemptSetId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{Select, execute};

/// The other sets of attempts at any delivery of a set.
const OTHER_SETS: &str = "voided_at IS NULL AND set_id <> ? AND set_id IN (SELECT other.set_id \
     FROM deliveries_attempts other JOIN deliveries_attempts own ON own.delivery_id = other.delivery_id \
     WHERE own.set_id = ?)";

#[derive(FromQueryResult)]
struct Sum {
    n: i64,
}

/// What was paid and exchanged with the attempt is kept now. False when it was before.
pub async fn mark_settled(
    db: &impl ConnectionTrait,
    id: AttemptId,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "UPDATE deliveries_attempts SET settled_at = ? WHERE id = ? AND settled_at IS NULL";
    Ok(execute(db, text, [at.into(), id.into()]).await? == 1)
}

/// What stands as paid for any delivery of a set of attempts, with another set.
pub async fn paid_otherwise(db: &impl ConnectionTrait, set: AttemptSetId) -> Result<Fen, DbErr> {
    let text = "SELECT CAST(COALESCE(sum(amount_fen), 0) AS bigint) AS n FROM deliveries_payments";
    let sum = Select::new(text).and(OTHER_SETS, [set.into(), set.into()]).one::<Sum>(db).await?;
    Ok(Fen(sum.map_or(0, |it| it.n)))
}

/// Do goods stand as exchanged with another set of attempts at any delivery of this one?
pub async fn exchanged_otherwise(db: &impl ConnectionTrait, set: AttemptSetId) -> Result<bool, DbErr> {
    let text = "SELECT count(*) AS n FROM deliveries_exchanges";
    let sum = Select::new(text).and(OTHER_SETS, [set.into(), set.into()]).one::<Sum>(db).await?;
    Ok(sum.is_some_and(|it| it.n > 0))
}

/// What came with a set of attempts counts no more; it would again if one of them still closed its delivery.
pub async fn void_settlement(
    db: &impl ConnectionTrait,
    set: AttemptSetId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    for text in [
        "UPDATE deliveries_payments SET voided_at = ? WHERE set_id = ? AND voided_at IS NULL",
        "UPDATE deliveries_exchanges SET voided_at = ? WHERE set_id = ? AND voided_at IS NULL",
    ] {
        execute(db, text, [at.into(), set.into()]).await?;
    }
    execute(db, "UPDATE deliveries_attempts SET settled_at = NULL WHERE set_id = ?", [set.into()]).await?;
    Ok(())
}
