//! What was paid and exchanged with the attempts at a sign-off: kept once, and taken back with them.

use chrono::{DateTime, Utc};
use domain::ids::{AttemptId, AttemptSetId, DeliveryId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use super::attempt;
use crate::select::{self, Select, execute};

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

/// The attempts of all these sets.
pub async fn attempts_of_sets(
    db: &impl ConnectionTrait,
    sets: &[AttemptSetId],
) -> Result<Vec<attempt::Model>, DbErr> {
    let select = Select::new("SELECT * FROM deliveries_attempts");
    select::among(db, (select, "set_id"), sets, "ORDER BY delivery_id").await
}

/// The newest attempt at each of these deliveries that was tried.
pub async fn newest_attempts(
    db: &impl ConnectionTrait,
    deliveries: &[DeliveryId],
) -> Result<Vec<attempt::Model>, DbErr> {
    let newest = "NOT EXISTS (SELECT 1 FROM deliveries_attempts newer \
                  WHERE newer.delivery_id = it.delivery_id AND newer.id > it.id)";
    let select = Select::new("SELECT it.* FROM deliveries_attempts it").and(newest, []);
    select::among(db, (select, "it.delivery_id"), deliveries, "ORDER BY it.delivery_id").await
}

/// What stands as paid, with another set, for the deliveries of a set of attempts.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PaidRow {
    pub set_id: AttemptSetId,
    pub amount_fen: Fen,
}

/// What stands as paid for any delivery of each of these sets of attempts, with another set; nothing is no row.
pub async fn all_paid_otherwise(
    db: &impl ConnectionTrait,
    sets: &[AttemptSetId],
) -> Result<Vec<PaidRow>, DbErr> {
    let text = "SELECT pair.set_id, CAST(sum(amount_fen) AS bigint) AS amount_fen FROM (\
                SELECT DISTINCT own.set_id, other.set_id AS other_id FROM deliveries_attempts own \
                JOIN deliveries_attempts other ON other.delivery_id = own.delivery_id \
                AND other.set_id <> own.set_id) pair \
                JOIN deliveries_payments paid ON paid.set_id = pair.other_id AND paid.voided_at IS NULL";
    select::among(db, (Select::new(text), "pair.set_id"), sets, "GROUP BY pair.set_id").await
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
