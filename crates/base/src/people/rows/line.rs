//! Who stands above whom, and who holds a role where.

use chrono::NaiveDate;
use domain::ids::{RegionId, UserId};
use domain::people::Role;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use super::user;
use crate::select::{Named, Select, execute};

/// A manager above somebody.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Above {
    pub id: Uuid,
    pub active_from: Option<NaiveDate>,
    pub active_to: Option<NaiveDate>,
}

/// The managers above somebody, nearest first. The depth is bounded, so that imported managers in a ring end somewhere
/// too; they may be named again.
pub async fn above(db: &impl ConnectionTrait, of: UserId) -> Result<Vec<Above>, DbErr> {
    let up = "WITH RECURSIVE up AS (SELECT manager_id AS id, 1 AS depth FROM people_users WHERE id = ? \
              UNION ALL SELECT people_users.manager_id, up.depth + 1 FROM people_users \
              JOIN up ON people_users.id = up.id WHERE up.depth < 64) \
              SELECT people_users.id, active_from, active_to FROM people_users JOIN up ON up.id = people_users.id \
              ORDER BY up.depth";
    Select::new("").then(up, [of.0.into()]).all(db).await
}

/// Somebody of a role, and how far up the region is that they stand in.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Placed {
    pub id: Uuid,
    pub depth: i32,
}

/// The active people of a role in a region or above it, nearest first; last those of no region, whose the company is.
pub async fn placed_above(
    db: &impl ConnectionTrait,
    role: Role,
    region: RegionId,
    day: NaiveDate,
    n_most: u64,
) -> Result<Vec<Placed>, DbErr> {
    let up = "WITH RECURSIVE up AS (SELECT id, parent_id, 0 AS depth FROM people_regions WHERE id = ? \
              UNION ALL SELECT above.id, above.parent_id, up.depth + 1 FROM people_regions above \
              JOIN up ON above.id = up.parent_id WHERE up.depth < 64) \
              SELECT people_users.id, min(COALESCE(up.depth, 65)) AS depth FROM people_users \
              LEFT JOIN up ON up.id = people_users.region_id \
              WHERE role = ? AND (up.id IS NOT NULL OR region_id IS NULL) \
              AND (active_from IS NULL OR active_from <= ?) AND (active_to IS NULL OR active_to >= ?) \
              GROUP BY people_users.id ORDER BY depth, people_users.id LIMIT ?";
    let values = [region.0.into(), role.name().into(), day.into(), day.into(), n_most.into()];
    Select::new("").then(up, values).all(db).await
}

/// Is there an active admin on that day, other than this person?
pub async fn has_another_admin(
    db: &impl ConnectionTrait,
    than: UserId,
    day: NaiveDate,
) -> Result<bool, DbErr> {
    let admins = super::active(Select::new("SELECT * FROM people_users"), day)
        .and("role = ? AND id <> ?", [Role::Admin.name().into(), than.0.into()])
        .then("LIMIT 1", []);
    Ok(admins.one::<super::user::Model>(db).await?.is_some())
}

/// The last day somebody is employed.
pub async fn set_last_day(
    db: &impl ConnectionTrait,
    user: UserId,
    day: NaiveDate,
    at: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    let text = "UPDATE people_users SET active_to = ?, updated_at = ?, version = version + 1 \
                WHERE id = ? AND (active_to IS NULL OR active_to <> ?)";
    execute(db, text, [day.into(), at.into(), user.0.into(), day.into()]).await?;
    Ok(())
}

/// Notes which last day somebody was seen out for. Another last day is another leaving.
pub async fn set_seen_out(db: &impl ConnectionTrait, user: UserId, last: NaiveDate) -> Result<(), DbErr> {
    let text = "UPDATE people_users SET seen_out_for = ? WHERE id = ?";
    execute(db, text, [last.into(), user.0.into()]).await?;
    Ok(())
}

/// People whose last day is over and whom nobody has seen out for it, some at a time.
pub async fn to_see_out(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    after: Option<Uuid>,
) -> Result<Vec<user::Model>, DbErr> {
    Select::new("SELECT * FROM people_users")
        .and("active_to < ?", [today.into()])
        .and("(seen_out_for IS NULL OR seen_out_for <> active_to)", [])
        .and_if("id > ?", after)
        .then("ORDER BY id LIMIT 50", [])
        .all(db)
        .await
}

pub async fn set_manager(
    db: &impl ConnectionTrait,
    user: UserId,
    manager: Option<Uuid>,
    at: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    let text = "UPDATE people_users SET manager_id = ?, updated_at = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [manager.into(), at.into(), user.0.into()]).await?;
    Ok(())
}

/// Gives one manager's direct reports to another, and says whom.
pub async fn hand_over_team(
    db: &impl ConnectionTrait,
    from: UserId,
    to: UserId,
    at: ChronoDateTimeUtc,
) -> Result<Vec<Named>, DbErr> {
    let text = "UPDATE people_users SET manager_id = ?, updated_at = ?, version = version + 1 \
                WHERE manager_id = ? AND id <> ? RETURNING id, name";
    Select::new("").then(text, [to.0.into(), at.into(), from.0.into(), to.0.into()]).all(db).await
}
