//! Sessions, by the digest of their token.

use chrono::{DateTime, Utc};
use domain::ids::{TripId, UserId};
use domain::people::{Role, Way};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use super::user;
use crate::select::{Select, execute};

/// A session to open. Its times are real ones.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub digest: String,
    pub user: UserId,
    pub way: Way,
    /// What the device calls itself.
    pub device: Option<String>,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// The one trip that it is about.
    pub trip: Option<TripId>,
}

pub async fn open_session(db: &impl ConnectionTrait, new: NewSession) -> Result<(), DbErr> {
    let text = "INSERT INTO people_sessions (digest, id, user_id, way, device, created_at, expires_at, trip_id) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let values = [
        new.digest.into(),
        platform::new_id().into(),
        new.user.0.into(),
        new.way.name().into(),
        new.device.into(),
        new.from.into(),
        new.until.into(),
        new.trip.map(|it| it.0).into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// Ends all but the newest sessions of somebody.
pub async fn keep_newest(db: &impl ConnectionTrait, user: UserId, n_most: u64) -> Result<u64, DbErr> {
    let text = "DELETE FROM people_sessions WHERE user_id = ? AND id NOT IN \
                (SELECT id FROM people_sessions WHERE user_id = ? ORDER BY id DESC LIMIT ?)";
    execute(db, text, [user.0.into(), user.0.into(), n_most.into()]).await
}

/// A live session, as its owner sees it.
#[derive(Debug, FromQueryResult)]
pub struct LiveSession {
    pub id: Uuid,
    pub digest: String,
    pub way: Way,
    pub device: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub trip_id: Option<TripId>,
}

/// Somebody's live sessions, the newest first. A limit at login keeps them few.
pub async fn live_sessions(
    db: &impl ConnectionTrait,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<LiveSession>, DbErr> {
    let text = "SELECT id, digest, way, device, created_at, expires_at, trip_id FROM people_sessions";
    Select::new(text)
        .and("user_id = ?", [user.0.into()])
        .and("expires_at > ?", [now.into()])
        .then("ORDER BY id DESC LIMIT 200", [])
        .all(db)
        .await
}

/// Ends one session of somebody. False where there is none by that id.
pub async fn end_session(db: &impl ConnectionTrait, user: UserId, id: Uuid) -> Result<bool, DbErr> {
    let text = "DELETE FROM people_sessions WHERE user_id = ? AND id = ?";
    Ok(execute(db, text, [user.0.into(), id.into()]).await? == 1)
}

/// Whose session it is, and about which trip alone where it is about one.
#[derive(Debug, FromQueryResult)]
pub struct SessionRow {
    #[sea_orm(nested)]
    pub user: user::Model,
    pub trip_id: Option<Uuid>,
    /// What the manager is.
    pub manager_role: Option<Role>,
}

pub async fn user_of_session(
    db: &impl ConnectionTrait,
    digest: &str,
    now: DateTime<Utc>,
) -> Result<Option<SessionRow>, DbErr> {
    let text = "SELECT people_users.*, trip_id, manager.role AS manager_role FROM people_users \
                JOIN people_sessions ON user_id = people_users.id \
                LEFT JOIN people_users manager ON manager.id = people_users.manager_id";
    Select::new(text).and("digest = ?", [digest.into()]).and("expires_at > ?", [now.into()]).one(db).await
}

pub async fn close_session(db: &impl ConnectionTrait, digest: &str) -> Result<(), DbErr> {
    execute(db, "DELETE FROM people_sessions WHERE digest = ?", [digest.into()]).await?;
    Ok(())
}

/// Ends every session of somebody.
pub async fn close_sessions(db: &impl ConnectionTrait, user: UserId) -> Result<u64, DbErr> {
    execute(db, "DELETE FROM people_sessions WHERE user_id = ?", [user.0.into()]).await
}

/// Ends every session of somebody but one.
pub async fn close_other_sessions(db: &impl ConnectionTrait, user: UserId, kept: &str) -> Result<u64, DbErr> {
    let text = "DELETE FROM people_sessions WHERE user_id = ? AND digest <> ?";
    execute(db, text, [user.0.into(), kept.into()]).await
}

/// Forgets sessions and tickets that ended before `before`.
pub async fn forget_ended(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let n_sessions = execute(db, "DELETE FROM people_sessions WHERE expires_at < ?", [before.into()]).await?;
    let n_tickets = execute(db, "DELETE FROM people_tickets WHERE expires_at < ?", [before.into()]).await?;
    Ok(n_sessions + n_tickets)
}
