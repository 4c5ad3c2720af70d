//! Regions, employees, WeChat identities, sessions.

pub mod codes;
mod delegations;
mod keep;
mod line;
mod moves;
mod pins;
mod reach;
mod sessions;
pub mod tries;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::UserId;
use domain::people::Role;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::actor::Actor;
use crate::page::Window;
use crate::select::{self, Select, execute};

pub use delegations::{
    DelegationRow, End, Period, delegation, delegations, end_delegation, end_delegations_of, holding,
    insert_delegation,
};
pub use keep::{
    RegionPlace, Standing, change_user, has_region, ids_by_external, insert_user, keep_others_out,
    places_of_regions, standing, upsert_regions, upsert_users, usernames,
};
pub use line::{
    above, hand_over_team, has_another_admin, placed_above, set_last_day, set_manager, set_seen_out,
    to_see_out,
};
pub use moves::{MoveRow, insert_moves, moves};
pub use pins::{pin, put_pin};
pub use reach::{Of, below, is_at_or_below, visible_to, visible_unowned, within_reach_of};
pub use sessions::*;

pub mod region {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "people_regions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub name: String,
        pub parent_id: Option<Uuid>,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod user {
    use domain::people::Role;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "people_users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub username: String,
        pub name: String,
        pub phone: Option<String>,
        pub role: Role,
        pub region_id: Option<Uuid>,
        pub manager_id: Option<Uuid>,
        pub active_from: Option<Date>,
        pub active_to: Option<Date>,
        pub password_hash: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const USER: &str = "SELECT * FROM people_users";

pub async fn user(db: &impl ConnectionTrait, id: UserId) -> Result<Option<user::Model>, DbErr> {
    Select::new(USER).and("id = ?", [id.0.into()]).one(db).await
}

pub async fn user_by_username(db: &impl ConnectionTrait, name: &str) -> Result<Option<user::Model>, DbErr> {
    Select::new(USER).and("username = ?", [name.into()]).one(db).await
}

pub async fn users_by_phone(db: &impl ConnectionTrait, phone: &str) -> Result<Vec<user::Model>, DbErr> {
    Select::new(USER).and("phone = ?", [phone.into()]).then("LIMIT 10", []).all(db).await
}

/// The names of these people.
pub async fn names(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbErr> {
    select::names(db, "people_users", ids).await
}

/// A page of the people an actor sees, or the one by that id.
pub async fn visible_users(
    db: &impl ConnectionTrait,
    actor: &Actor,
    role: Option<Role>,
    window: Window,
) -> Result<Vec<user::Model>, DbErr> {
    visible_to(Select::new(USER), actor, "id", "region_id", Of::Other)
        .and_if("role = ?", role.map(Role::name))
        .window("id", window)
        .all(db)
        .await
}

pub async fn visible_user(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: UserId,
) -> Result<Option<user::Model>, DbErr> {
    visible_to(Select::new(USER), actor, "id", "region_id", Of::Other)
        .and("id = ?", [id.0.into()])
        .one(db)
        .await
}

pub async fn regions(db: &impl ConnectionTrait, window: Window) -> Result<Vec<region::Model>, DbErr> {
    Select::new("SELECT * FROM people_regions").window("id", window).all(db).await
}

/// Which region is below which.
pub async fn parents(db: &impl ConnectionTrait) -> Result<HashMap<Uuid, Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Below {
        id: Uuid,
        parent_id: Uuid,
    }
    let select = Select::new("SELECT id, parent_id FROM people_regions").and("parent_id IS NOT NULL", []);
    let rows: Vec<Below> = select.then("LIMIT 10000", []).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.parent_id)).collect())
}

/// The first active person of a role.
pub async fn anybody(
    db: &impl ConnectionTrait,
    role: Role,
    day: NaiveDate,
) -> Result<Option<user::Model>, DbErr> {
    active(Select::new(USER), day)
        .and("role = ?", [role.name().into()])
        .then("ORDER BY id LIMIT 1", [])
        .one(db)
        .await
}

fn active(select: Select, day: NaiveDate) -> Select {
    select
        .and("(active_from IS NULL OR active_from <= ?)", [day.into()])
        .and("(active_to IS NULL OR active_to >= ?)", [day.into()])
}

/// The active people of a role after `after`, in order of id: for work in batches.
pub async fn active_after(
    db: &impl ConnectionTrait,
    role: Role,
    day: NaiveDate,
    after: Option<Uuid>,
    n_most: u64,
) -> Result<Vec<user::Model>, DbErr> {
    active(Select::new(USER), day)
        .and("role = ?", [role.name().into()])
        .and_if("id > ?", after)
        .then("ORDER BY id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

pub async fn set_password(db: &impl ConnectionTrait, id: UserId, hash: &str) -> Result<(), DbErr> {
    let text = "UPDATE people_users SET password_hash = ? WHERE id = ?";
    execute(db, text, [hash.into(), id.0.into()]).await?;
    Ok(())
}

/// Whose WeChat this is.
pub async fn user_of_identity(db: &impl ConnectionTrait, openid: &str) -> Result<Option<user::Model>, DbErr> {
    let text = "SELECT people_users.* FROM people_users JOIN people_identities ON user_id = people_users.id";
    Select::new(text).and("openid = ?", [openid.into()]).one(db).await
}

/// The WeChat identities of these people.
pub async fn identities(db: &impl ConnectionTrait, users: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Identity {
        user_id: Uuid,
        openid: String,
    }
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select::new("SELECT user_id, openid FROM people_identities");
    let rows: Vec<Identity> = select.and_among("user_id", users.iter().copied()).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.openid)).collect())
}

/// Binds an identity to an employee. False when either is bound already.
pub async fn bind(
    db: &impl ConnectionTrait,
    openid: &str,
    unionid: Option<&str>,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "INSERT INTO people_identities (openid, user_id, unionid, bound_at) VALUES (?, ?, ?, ?) \
                ON CONFLICT DO NOTHING";
    Ok(execute(db, text, [openid.into(), user.0.into(), unionid.into(), at.into()]).await? == 1)
}

/// Keeps the identity that all our accounts share, where it has changed or was not known.
pub async fn attach_unionid(db: &impl ConnectionTrait, openid: &str, unionid: &str) -> Result<(), DbErr> {
    let text =
        "UPDATE people_identities SET unionid = ? WHERE openid = ? AND (unionid IS NULL OR unionid <> ?)";
    execute(db, text, [unionid.into(), openid.into(), unionid.into()]).await?;
    Ok(())
}

/// An identity that waits for its employee.
#[derive(Debug, FromQueryResult)]
pub struct Waiting {
    pub openid: String,
    pub unionid: Option<String>,
}

pub async fn open_ticket(
    db: &impl ConnectionTrait,
    digest: &str,
    waiting: &Waiting,
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO people_tickets (digest, openid, unionid, expires_at) VALUES (?, ?, ?, ?)";
    let values =
        [digest.into(), waiting.openid.as_str().into(), waiting.unionid.as_deref().into(), until.into()];
    execute(db, text, values).await?;
    Ok(())
}

pub async fn ticket(
    db: &impl ConnectionTrait,
    digest: &str,
    now: DateTime<Utc>,
) -> Result<Option<Waiting>, DbErr> {
    Select::new("SELECT openid, unionid FROM people_tickets")
        .and("digest = ?", [digest.into()])
        .and("used_at IS NULL AND expires_at > ?", [now.into()])
        .one(db)
        .await
}

/// Uses a bind ticket up. False when somebody did so before.
pub async fn use_ticket(db: &impl ConnectionTrait, digest: &str, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let text = "UPDATE people_tickets SET used_at = ? WHERE digest = ? AND used_at IS NULL";
    Ok(execute(db, text, [now.into(), digest.into()]).await? == 1)
}
