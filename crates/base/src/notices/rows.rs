//! Inboxes, deliveries and credits.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::page::Window;

use crate::select::{Select, execute};

pub mod addresses;
pub mod callbacks;
pub mod credits;
pub mod push;
pub mod tokens;

pub mod notice {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub recipient_id: Uuid,
        pub matter: String,
        pub rung: i32,
        pub kind: String,
        pub title: String,
        pub body: String,
        pub page: Option<String>,
        pub subject_type: Option<String>,
        pub subject_id: Option<Uuid>,
        pub fields: Json,
        pub push_until: Option<ChronoDateTimeUtc>,
        pub settled_at: Option<ChronoDateTimeUtc>,
        pub created_at: ChronoDateTimeUtc,
        pub read_at: Option<ChronoDateTimeUtc>,
    }

    impl Model {
        /// Does it ring, besides standing in the inbox?
        pub fn is_push(&self) -> bool {
            !self.fields.is_null()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod delivery {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notices_deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub notice_id: Uuid,
        pub recipient_id: Uuid,
        pub matter: String,
        pub rung: i32,
        pub channel: String,
        pub template_id: String,
        pub status: String,
        pub reason: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub attempted_at: Option<ChronoDateTimeUtc>,
        pub settled_at: Option<ChronoDateTimeUtc>,
        /// The platform's own id of the message.
        pub msgid: Option<String>,
        /// The digest it waits for, or has waited for.
        pub digest_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Writes notices that were not told before and returns those.
pub async fn insert_new(
    db: &impl ConnectionTrait,
    notices: Vec<notice::Model>,
) -> Result<Vec<notice::Model>, DbErr> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Value> = notices.iter().map(|it| it.id.into()).collect();
    let key = [notice::Column::RecipientId, notice::Column::Matter, notice::Column::Rung];
    notice::Entity::insert_many(notices.iter().cloned().map(IntoActiveModel::into_active_model))
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    let select = Select::new("SELECT id FROM notices").and_among("id", ids);
    #[derive(FromQueryResult)]
    struct Written {
        id: Uuid,
    }
    let written: Vec<Written> = select.all(db).await?;
    let written: std::collections::HashSet<Uuid> = written.into_iter().map(|it| it.id).collect();
    Ok(notices.into_iter().filter(|it| written.contains(&it.id)).collect())
}

pub async fn insert_deliveries(
    db: &impl ConnectionTrait,
    deliveries: Vec<delivery::Model>,
) -> Result<(), DbErr> {
    let key = [
        delivery::Column::RecipientId,
        delivery::Column::Matter,
        delivery::Column::Rung,
        delivery::Column::Channel,
    ];
    for chunk in deliveries.chunks(200) {
        delivery::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

pub async fn settle(db: &impl ConnectionTrait, matter: &str, at: DateTime<Utc>) -> Result<(), DbErr> {
    execute(
        db,
        "UPDATE notices SET settled_at = ? WHERE matter = ? AND settled_at IS NULL",
        [at.into(), matter.into()],
    )
    .await?;
    Ok(())
}

pub async fn settle_for(
    db: &impl ConnectionTrait,
    matter: &str,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text =
        "UPDATE notices SET settled_at = ? WHERE matter = ? AND recipient_id = ? AND settled_at IS NULL";
    execute(db, text, [at.into(), matter.into(), user.0.into()]).await?;
    Ok(())
}

pub async fn inbox(
    db: &impl ConnectionTrait,
    user: UserId,
    only_unread: bool,
    window: Window,
) -> Result<Vec<notice::Model>, DbErr> {
    let select = Select::new("SELECT * FROM notices").and("recipient_id = ?", [user.0.into()]);
    let select = if only_unread { select.and("read_at IS NULL", []) } else { select };
    select.window("id", window).all(db).await
}

pub async fn n_unread(db: &impl ConnectionTrait, user: UserId) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Unread {
        n: i64,
    }
    let select = Select::new("SELECT count(*) AS n FROM notices");
    let select = select.and("recipient_id = ?", [user.0.into()]).and("read_at IS NULL", []);
    Ok(select.one::<Unread>(db).await?.map_or(0, |it| it.n))
}

/// Marks one of the person's own notices as read; reading twice keeps the first time. None when it is not theirs.
pub async fn read(
    db: &impl ConnectionTrait,
    user: UserId,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<notice::Model>, DbErr> {
    let text = "UPDATE notices SET read_at = coalesce(read_at, ?) WHERE id = ? AND recipient_id = ?";
    execute(db, text, [at.into(), id.into(), user.0.into()]).await?;
    Select::new("SELECT * FROM notices")
        .and("id = ?", [id.into()])
        .and("recipient_id = ?", [user.0.into()])
        .one(db)
        .await
}

pub async fn deliveries(
    db: &impl ConnectionTrait,
    user: UserId,
    window: Window,
) -> Result<Vec<delivery::Model>, DbErr> {
    Select::new("SELECT * FROM notices_deliveries")
        .and("recipient_id = ?", [user.0.into()])
        .window("id", window)
        .all(db)
        .await
}
