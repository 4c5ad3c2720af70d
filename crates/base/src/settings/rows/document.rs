//! Documents and their versions.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use crate::page::Numbered;
use crate::select::{self, Select, execute};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "settings_documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// `draft` or `published`.
    pub status: String,
    pub body: Json,
    pub edited_by: Uuid,
    pub edited_at: ChronoDateTimeUtc,
    pub published_at: Option<ChronoDateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is in force before anybody has published anything: version 0, by nobody.
    pub fn compiled_in(kind: &str, body: Json) -> Self {
        Self {
            kind: kind.to_owned(),
            version: 0,
            status: "published".to_owned(),
            body,
            edited_by: Uuid::nil(),
            edited_at: DateTime::UNIX_EPOCH,
            published_at: None,
        }
    }
}

const DOCUMENT: &str = "SELECT * FROM settings_documents";

fn with_status(kind: &str, status: &str) -> Select {
    Select::new(DOCUMENT).and("kind = ?", [kind.into()]).and("status = ?", [status.into()])
}

/// The newest published version.
pub async fn published(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Model>, DbErr> {
    with_status(kind, "published").then("ORDER BY version DESC LIMIT 1", []).one(db).await
}

/// One published version.
pub async fn version(db: &impl ConnectionTrait, kind: &str, version: i32) -> Result<Option<Model>, DbErr> {
    with_status(kind, "published").and("version = ?", [version.into()]).one(db).await
}

/// What somebody is editing.
pub async fn draft(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Model>, DbErr> {
    with_status(kind, "draft").one(db).await
}

/// The draft, locked: it is published once.
pub async fn locked_draft(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Model>, DbErr> {
    select::locked(db, with_status(kind, "draft")).one(db).await
}

/// Keeps what is being edited, over what was.
pub async fn keep_draft(
    db: &impl ConnectionTrait,
    kind: &str,
    body: Json,
    (editor, at): (UserId, DateTime<Utc>),
) -> Result<Model, DbErr> {
    if let Some(known) = locked_draft(db, kind).await? {
        let text = "UPDATE settings_documents SET body = ?, edited_by = ?, edited_at = ? WHERE kind = ? AND version = ?";
        let values = [body.clone().into(), editor.0.into(), at.into(), kind.into(), known.version.into()];
        execute(db, text, values).await?;
        return Ok(Model { body, edited_by: editor.0, edited_at: at, ..known });
    }
    let version = published(db, kind).await?.map_or(1, |it| it.version + 1);
    let draft = Model {
        kind: kind.to_owned(),
        version,
        status: "draft".to_owned(),
        body,
        edited_by: editor.0,
        edited_at: at,
        published_at: None,
    };
    Entity::insert(draft.clone().into_active_model()).exec_without_returning(db).await?;
    Ok(draft)
}

/// Puts the draft in force.
pub async fn publish(
    db: &impl ConnectionTrait,
    draft: Model,
    (editor, at): (UserId, DateTime<Utc>),
) -> Result<Model, DbErr> {
    let text = "UPDATE settings_documents SET status = 'published', edited_by = ?, published_at = ? \
                WHERE kind = ? AND version = ?";
    execute(db, text, [editor.0.into(), at.into(), draft.kind.as_str().into(), draft.version.into()]).await?;
    Ok(Model { status: "published".to_owned(), edited_by: editor.0, published_at: Some(at), ..draft })
}

/// All versions, newest first.
pub async fn versions(db: &impl ConnectionTrait, kind: &str, page: Numbered) -> Result<Vec<Model>, DbErr> {
    Select::new(DOCUMENT)
        .and("kind = ?", [kind.into()])
        .and_if("version < ?", page.before)
        .then("ORDER BY version DESC LIMIT ?", [(page.limit + 1).into()])
        .all(db)
        .await
}

/// When a kind was last published.
pub async fn last_published(db: &impl ConnectionTrait, kind: &str) -> Result<Option<DateTime<Utc>>, DbErr> {
    Ok(published(db, kind).await?.and_then(|it| it.published_at))
}
