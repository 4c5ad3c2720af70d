//! Inboxes, deliveries and credits.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::page::Window;

use crate::select::{Select, execute, marks};

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
    let select = Select::new("SELECT id FROM notices").and(&format!("id IN ({})", marks(ids.len())), ids);
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

/// A push that is about to happen: the delivery with its notice and the recipient's identity.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Push {
    pub id: Uuid,
    pub recipient_id: Uuid,
    pub template_id: String,
    pub page: Option<String>,
    pub fields: Json,
    pub push_until: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub openid: Option<String>,
}

pub async fn queued(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Push>, DbErr> {
    let text = "SELECT d.id, d.recipient_id, d.template_id, n.page, n.fields, n.push_until, n.settled_at, i.openid \
                FROM notices_deliveries d JOIN notices n ON n.id = d.notice_id \
                LEFT JOIN people_identities i ON i.user_id = d.recipient_id";
    Select::new(text)
        .and("d.status = 'queued'", [])
        .and(&format!("d.id IN ({})", marks(ids.len())), ids.iter().map(|id| Value::from(*id)))
        .all(db)
        .await
}

/// Those of `ids` that somebody had begun to send without leaving word of the outcome.
pub async fn begun(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Begun {
        id: Uuid,
    }
    let rows: Vec<Begun> = Select::new("SELECT id FROM notices_deliveries")
        .and("status = 'sending'", [])
        .and(&format!("id IN ({})", marks(ids.len())), ids.iter().map(|id| Value::from(*id)))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Moves deliveries from one status to another and says which were moved: nobody else moves those.
pub async fn advance(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    from: &str,
    to: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = vec![to.into(), at.into(), from.into()];
    values.extend(ids.iter().map(|id| Value::from(*id)));
    #[derive(FromQueryResult)]
    struct Moved {
        id: Uuid,
    }
    let text = format!(
        "UPDATE notices_deliveries SET status = ?, attempted_at = ? WHERE status = ? AND id IN ({}) RETURNING id",
        marks(ids.len())
    );
    let moved: Vec<Moved> = Select::new("").then(&text, values).all(db).await?;
    Ok(moved.into_iter().map(|it| it.id).collect())
}

/// Writes down what came of deliveries that stand at `from`.
pub async fn conclude(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    from: &str,
    outcome: (&str, Option<&str>),
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    for chunk in ids.chunks(400) {
        let mut values: Vec<Value> = vec![outcome.0.into(), outcome.1.into(), at.into(), from.into()];
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        let text = format!(
            "UPDATE notices_deliveries SET status = ?, reason = ?, settled_at = ? WHERE status = ? AND id IN ({})",
            marks(chunk.len())
        );
        execute(db, &text, values).await?;
    }
    Ok(())
}

/// When the unknown delivery that was attempted first was attempted.
pub async fn first_unknown(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct First {
        attempted_at: Option<DateTime<Utc>>,
    }
    let text =
        "SELECT attempted_at FROM notices_deliveries WHERE status = 'unknown' ORDER BY attempted_at LIMIT 1";
    Ok(Select::new(text).one::<First>(db).await?.and_then(|it| it.attempted_at))
}

/// Unknown deliveries attempted at or before `until`: the platform has said nothing, so the inbox has to do. They
/// stay marked as unknown in their reason.
pub async fn give_up_unknown(
    db: &impl ConnectionTrait,
    until: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let text = "UPDATE notices_deliveries SET status = 'fallback', reason = 'outcome_unknown', settled_at = ? \
                WHERE status = 'unknown' AND attempted_at <= ?";
    execute(db, text, [at.into(), until.into()]).await
}

pub async fn add_credits(
    db: &impl ConnectionTrait,
    user: UserId,
    template: &str,
    n_credits: i32,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO notices_credits (user_id, template_id, balance, last_accept_at) VALUES (?, ?, ?, ?) \
                ON CONFLICT (user_id, template_id) DO UPDATE SET balance = notices_credits.balance + excluded.balance, \
                last_accept_at = excluded.last_accept_at";
    execute(db, text, [user.0.into(), template.into(), n_credits.into(), at.into()]).await?;
    Ok(())
}

#[derive(Clone, Debug, FromQueryResult)]
pub struct Balance {
    pub user_id: Uuid,
    pub template_id: String,
    pub balance: i32,
}

/// What these people have left, locked until the transaction ends where the database locks rows.
pub async fn balances(db: &impl ConnectionTrait, users: &[Uuid]) -> Result<Vec<Balance>, DbErr> {
    let select = Select::new("SELECT user_id, template_id, balance FROM notices_credits")
        .and(&format!("user_id IN ({})", marks(users.len())), users.iter().map(|id| Value::from(*id)))
        .then("ORDER BY user_id, template_id", []);
    crate::select::locked(db, select).all(db).await
}

pub async fn take_credit(db: &impl ConnectionTrait, users: &[Uuid], template: &str) -> Result<(), DbErr> {
    for chunk in users.chunks(400) {
        let mut values: Vec<Value> = vec![template.into()];
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        let text = format!(
            "UPDATE notices_credits SET balance = balance - 1 WHERE template_id = ? AND balance > 0 AND user_id IN ({})",
            marks(chunk.len())
        );
        execute(db, &text, values).await?;
    }
    Ok(())
}

pub async fn give_credit_back(db: &impl ConnectionTrait, user: Uuid, template: &str) -> Result<(), DbErr> {
    let text = "UPDATE notices_credits SET balance = balance + 1 WHERE user_id = ? AND template_id = ?";
    execute(db, text, [user.into(), template.into()]).await?;
    Ok(())
}

pub async fn clear_credits(db: &impl ConnectionTrait, user: Uuid, template: &str) -> Result<(), DbErr> {
    let text = "UPDATE notices_credits SET balance = 0 WHERE user_id = ? AND template_id = ?";
    execute(db, text, [user.into(), template.into()]).await?;
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
