//! Lists and their items.

pub mod leaves;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, ItemId, ListId, OpportunityId, UserId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute, marks};

pub mod list {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "actions_lists")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub user_id: Uuid,
        pub day: Date,
        pub status: String,
        pub proposed_at: ChronoDateTimeUtc,
        pub filed_at: Option<ChronoDateTimeUtc>,
        pub version: i32,
        /// When it arrived; later than it was filed where there was no signal.
        pub received_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "actions_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub list_id: Uuid,
        pub seq: i32,
        pub customer_id: Uuid,
        pub opportunity_id: Option<Uuid>,
        pub stage: String,
        pub stages_version: i32,
        pub action: String,
        pub objective: String,
        pub evidence: Json,
        pub reasons: Json,
        pub score: i32,
        pub status: String,
        pub done_by_type: Option<String>,
        pub done_by_id: Option<Uuid>,
        pub done_at: Option<ChronoDateTimeUtc>,
        pub reason_code: Option<String>,
        pub reason_note: Option<String>,
        pub reasoned_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const LIST: &str = "SELECT * FROM actions_lists";
const ITEM: &str =
    "SELECT actions_items.* FROM actions_items JOIN actions_lists ON actions_lists.id = list_id";

pub async fn list(
    db: &impl ConnectionTrait,
    user: UserId,
    day: NaiveDate,
) -> Result<Option<list::Model>, DbErr> {
    Select::new(LIST).and("user_id = ?", [user.0.into()]).and("day = ?", [day.into()]).one(db).await
}

/// The list, locked: it is filed once.
pub async fn locked(
    db: &impl ConnectionTrait,
    user: UserId,
    day: NaiveDate,
) -> Result<Option<list::Model>, DbErr> {
    let select = Select::new(LIST).and("user_id = ?", [user.0.into()]).and("day = ?", [day.into()]);
    select::locked(db, select).one(db).await
}

pub async fn items(db: &impl ConnectionTrait, list: ListId) -> Result<Vec<item::Model>, DbErr> {
    Select::new("SELECT * FROM actions_items")
        .and("list_id = ?", [list.0.into()])
        .then("ORDER BY seq", [])
        .all(db)
        .await
}

/// Writes lists that do not exist yet, with their items; a list that does is left alone.
pub async fn insert_new(
    db: &impl ConnectionTrait,
    lists: Vec<(list::Model, Vec<item::Model>)>,
) -> Result<u64, DbErr> {
    let mut n_new = 0;
    for (list, items) in lists {
        let key = [list::Column::UserId, list::Column::Day];
        let written = list::Entity::insert(list.into_active_model())
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(db)
            .await?;
        if written > 0 {
            insert_items(db, items).await?;
            n_new += 1;
        }
    }
    Ok(n_new)
}

async fn insert_items(db: &impl ConnectionTrait, items: Vec<item::Model>) -> Result<(), DbErr> {
    if !items.is_empty() {
        let items = items.into_iter().map(IntoActiveModel::into_active_model);
        item::Entity::insert_many(items).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Puts other items on a draft.
pub async fn replace_items(
    db: &impl ConnectionTrait,
    list: ListId,
    items: Vec<item::Model>,
) -> Result<(), DbErr> {
    execute(db, "DELETE FROM actions_items WHERE list_id = ?", [list.0.into()]).await?;
    execute(db, "UPDATE actions_lists SET version = version + 1 WHERE id = ?", [list.0.into()]).await?;
    insert_items(db, items).await
}

/// Files it, from when it counts and when it arrived.
pub async fn file(
    db: &impl ConnectionTrait,
    list: ListId,
    status: &str,
    (filed_at, received_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), DbErr> {
    let text = "UPDATE actions_lists SET status = ?, filed_at = ?, received_at = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [status.into(), filed_at.into(), received_at.into(), list.0.into()]).await?;
    Ok(())
}

/// Why an item was not done; a later word replaces an earlier one.
pub async fn set_reason(
    db: &impl ConnectionTrait,
    item: item::Model,
    (reason, note): (&str, Option<&str>),
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE actions_items SET reason_code = ?, reason_note = ?, reasoned_at = ? WHERE id = ?";
    execute(db, text, [reason.into(), note.into(), at.into(), item.id.into()]).await?;
    Ok(())
}

pub async fn is_filed(db: &impl ConnectionTrait, user: UserId, day: NaiveDate) -> Result<bool, DbErr> {
    Ok(list(db, user, day).await?.is_some_and(|list| list.filed_at.is_some()))
}

/// One of somebody's items of the day.
pub async fn item_of(
    db: &impl ConnectionTrait,
    user: UserId,
    day: NaiveDate,
    id: ItemId,
) -> Result<Option<item::Model>, DbErr> {
    Select::new(ITEM)
        .and("actions_items.id = ?", [id.0.into()])
        .and("user_id = ?", [user.0.into()])
        .and("day = ?", [day.into()])
        .one(db)
        .await
}

/// The opportunity that an item is about, whoever's list it stands on.
pub async fn opportunity_of(db: &impl ConnectionTrait, id: ItemId) -> Result<Option<OpportunityId>, DbErr> {
    let select = Select::new("SELECT * FROM actions_items").and("id = ?", [id.0.into()]);
    let item: Option<item::Model> = select.one(db).await?;
    Ok(item.and_then(|item| item.opportunity_id).map(OpportunityId))
}

/// The pending item of the day for a customer.
pub async fn open_item(
    db: &impl ConnectionTrait,
    user: UserId,
    day: NaiveDate,
    customer: CustomerId,
) -> Result<Option<item::Model>, DbErr> {
    Select::new(ITEM)
        .and("user_id = ?", [user.0.into()])
        .and("day = ?", [day.into()])
        .and("customer_id = ?", [customer.0.into()])
        .and("actions_items.status = 'pending'", [])
        .then("ORDER BY seq LIMIT 1", [])
        .one(db)
        .await
}

/// The items that this had turned done are pending again. How many.
pub async fn mark_undone(db: &impl ConnectionTrait, by: (&str, Uuid)) -> Result<u64, DbErr> {
    let text = "UPDATE actions_items SET status = 'pending', done_by_type = NULL, done_by_id = NULL, done_at = NULL \
                WHERE status = 'done' AND done_by_type = ? AND done_by_id = ?";
    execute(db, text, [by.0.into(), by.1.into()]).await
}

pub async fn mark_done(
    db: &impl ConnectionTrait,
    user: UserId,
    day: NaiveDate,
    (customer, by): (CustomerId, (&str, Uuid)),
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE actions_items SET status = 'done', done_by_type = ?, done_by_id = ?, done_at = ? \
                WHERE status = 'pending' AND customer_id = ? \
                AND list_id IN (SELECT id FROM actions_lists WHERE user_id = ? AND day = ?)";
    let values = [by.0.into(), by.1.into(), at.into(), customer.0.into(), user.0.into(), day.into()];
    execute(db, text, values).await?;
    Ok(())
}

/// Customers that these people left undone on their last list before `day`.
pub async fn left_over(
    db: &impl ConnectionTrait,
    users: &[Uuid],
    day: NaiveDate,
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Left {
        user_id: Uuid,
        customer_id: Uuid,
    }
    let text = "SELECT actions_lists.user_id, customer_id FROM actions_items \
                JOIN actions_lists ON actions_lists.id = list_id";
    let mut values: Vec<Value> = users.iter().map(|id| Value::from(*id)).collect();
    values.push(day.into());
    let condition = format!(
        "actions_lists.user_id IN ({}) AND actions_items.status = 'pending' AND actions_lists.filed_at IS NOT NULL \
         AND day = (SELECT max(l.day) FROM actions_lists l WHERE l.user_id = actions_lists.user_id AND l.day < ?)",
        marks(users.len())
    );
    let rows: Vec<Left> = Select::new(text).and(&condition, values).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.customer_id)).collect())
}

/// Somebody who may owe a list, and how it stands.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Owed {
    pub user_id: Uuid,
    pub name: String,
    pub region_id: Option<Uuid>,
    pub manager_id: Option<Uuid>,
    pub list_id: Option<Uuid>,
    pub status: Option<String>,
    pub filed_at: Option<DateTime<Utc>>,
    pub n_items: i64,
    pub n_done: i64,
    pub is_away: bool,
}

const OWED: &str = "SELECT u.id AS user_id, u.name, u.region_id, u.manager_id, l.id AS list_id, l.status, l.filed_at, \
    (SELECT count(*) FROM actions_items i WHERE i.list_id = l.id) AS n_items, \
    (SELECT count(*) FROM actions_items i WHERE i.list_id = l.id AND i.status = 'done') AS n_done, \
    EXISTS (SELECT 1 FROM actions_leaves a WHERE a.user_id = u.id AND a.from_on <= ? AND a.until_on >= ?) AS is_away \
    FROM people_users u LEFT JOIN actions_lists l ON l.user_id = u.id AND l.day = ?";

fn reps(day: NaiveDate) -> Select {
    Select::new("")
        .then(OWED, [day.into(), day.into(), day.into()])
        .and("u.role = 'rep'", [])
        .and("(u.active_from IS NULL OR u.active_from <= ?)", [day.into()])
        .and("(u.active_to IS NULL OR u.active_to >= ?)", [day.into()])
}

/// Everybody who owes a list that day, after `after`, in order of id. Who is away owes none.
pub async fn owed_after(
    db: &impl ConnectionTrait,
    day: NaiveDate,
    after: Option<Uuid>,
    n_most: u64,
) -> Result<Vec<Owed>, DbErr> {
    let here = "NOT EXISTS (SELECT 1 FROM actions_leaves a WHERE a.user_id = u.id AND a.from_on <= ? AND a.until_on >= ?)";
    reps(day)
        .and(here, [day.into(), day.into()])
        .and_if("u.id > ?", after)
        .then("ORDER BY u.id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// The people in the actor's scope who owe a list, and those who are away.
pub async fn owed_visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (day, region): (NaiveDate, Option<Uuid>),
    window: Window,
) -> Result<Vec<Owed>, DbErr> {
    visible_to(reps(day), actor, "u.id", "u.region_id", Of::Other)
        .and_if("u.region_id = ?", region)
        .window("u.id", window)
        .all(db)
        .await
}
