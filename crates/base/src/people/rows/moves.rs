//! What leavers handed over, item by item.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use super::super::leave::Moved;
use crate::page::Window;
use crate::select::{Select, execute};

/// A piece of work that somebody handed over.
#[derive(Clone, Debug, FromQueryResult)]
pub struct MoveRow {
    pub id: Uuid,
    pub to_id: Uuid,
    pub kind: String,
    pub subject_id: Uuid,
    pub title: String,
    pub moved_at: DateTime<Utc>,
}

pub async fn insert_moves(
    db: &impl ConnectionTrait,
    (user, by): (UserId, UserId),
    moved: &[Moved],
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    for chunk in moved.chunks(100) {
        let text = format!(
            "INSERT INTO people_moves (id, user_id, to_id, kind, subject_id, title, moved_by, moved_at) VALUES {}",
            vec!["(?, ?, ?, ?, ?, ?, ?, ?)"; chunk.len()].join(", ")
        );
        let values = chunk.iter().flat_map(|it| -> [Value; 8] {
            [
                platform::new_id().into(),
                user.0.into(),
                it.to.0.into(),
                it.kind.into(),
                it.id.into(),
                it.title.as_str().into(),
                by.0.into(),
                at.into(),
            ]
        });
        execute(db, &text, values).await?;
    }
    Ok(())
}

/// A page of what somebody handed over.
pub async fn moves(db: &impl ConnectionTrait, user: UserId, window: Window) -> Result<Vec<MoveRow>, DbErr> {
    let text = "SELECT id, to_id, kind, subject_id, title, moved_at FROM people_moves";
    Select::new(text).and("user_id = ?", [user.0.into()]).window("id", window).all(db).await
}
