//! Quotes with the lines of all their versions, and the links that customers sign by.

use chrono::{DateTime, Utc};
use domain::ids::QuoteId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute, marks};

pub mod quote {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "quotes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub external_id: Option<String>,
        pub customer_id: Uuid,
        pub opportunity_id: Option<Uuid>,
        pub region_id: Uuid,
        pub owner_id: Uuid,
        pub status: String,
        /// Which version of its lines counts, from one.
        pub revision: i32,
        pub total_fen: i64,
        pub sent_at: Option<ChronoDateTimeUtc>,
        pub due_at: Option<ChronoDateTimeUtc>,
        pub next_rung_at: Option<ChronoDateTimeUtc>,
        pub rung: i32,
        pub signed_at: Option<ChronoDateTimeUtc>,
        pub signer_name: Option<String>,
        /// `photo` or `link`.
        pub signed_by: Option<String>,
        pub photo_ids: Json,
        pub voided_at: Option<ChronoDateTimeUtc>,
        pub order_id: Option<Uuid>,
        pub created_by: Uuid,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod line {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "quotes_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub quote_id: Uuid,
        pub revision: i32,
        pub line_no: i32,
        pub product_id: Uuid,
        pub product_name: String,
        pub unit: String,
        pub quantity_thousandths: i64,
        pub unit_price_e4: i64,
        pub discount_ppm: i64,
        pub promotion_id: Option<Uuid>,
        pub amount_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "quotes_links")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: String,
        pub quote_id: Uuid,
        pub revision: i32,
        pub created_by: Uuid,
        pub created_at: ChronoDateTimeUtc,
        pub expires_at: ChronoDateTimeUtc,
        pub used_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A product as a quote needs it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ProductRow {
    pub id: Uuid,
    pub name: String,
    pub base_unit: String,
    pub packs: Json,
}

/// These products.
pub async fn products(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<ProductRow>, DbErr> {
    let condition = format!("id IN ({})", marks(ids.len()));
    let select = Select::new("SELECT id, name, base_unit, packs FROM orders_products");
    select.and(&condition, ids.iter().map(|id| Value::from(*id))).all(db).await
}

/// A quote with the name of whose it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct QuoteRow {
    #[sea_orm(nested)]
    pub quote: quote::Model,
    pub customer_name: String,
}

fn seen_by(actor: &Actor) -> Select {
    let text = "SELECT quotes.*, customers.name AS customer_name FROM quotes \
                JOIN customers ON customers.id = customer_id";
    visible_to(
        Select::new(text),
        actor,
        "quotes.owner_id",
        "quotes.region_id",
        Of::Customer("quotes.customer_id"),
    )
}

/// A page of the quotes the actor sees.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (status, customer): (Option<String>, Option<Uuid>),
    window: Window,
) -> Result<Vec<QuoteRow>, DbErr> {
    seen_by(actor)
        .and_if("quotes.status = ?", status)
        .and_if("quotes.customer_id = ?", customer)
        .window("quotes.id", window)
        .all(db)
        .await
}

/// The quote, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: QuoteId,
) -> Result<Option<QuoteRow>, DbErr> {
    seen_by(actor).and("quotes.id = ?", [id.0.into()]).one(db).await
}

/// The quote with its customer's name, whoever asks.
pub async fn named(db: &impl ConnectionTrait, id: QuoteId) -> Result<Option<QuoteRow>, DbErr> {
    let text = "SELECT quotes.*, customers.name AS customer_name FROM quotes \
                JOIN customers ON customers.id = customer_id";
    Select::new(text).and("quotes.id = ?", [id.0.into()]).one(db).await
}

/// The quote, locked.
pub async fn locked(db: &impl ConnectionTrait, id: QuoteId) -> Result<Option<quote::Model>, DbErr> {
    let select = Select::new("SELECT * FROM quotes").and("id = ?", [id.0.into()]);
    select::locked(db, select).one(db).await
}

/// The lines of a version, in order.
pub async fn lines(db: &impl ConnectionTrait, id: QuoteId, revision: i32) -> Result<Vec<line::Model>, DbErr> {
    Select::new("SELECT * FROM quotes_lines")
        .and("quote_id = ?", [id.0.into()])
        .and("revision = ?", [revision.into()])
        .then("ORDER BY line_no", [])
        .all(db)
        .await
}

pub async fn insert(db: &impl ConnectionTrait, quote: quote::Model) -> Result<(), DbErr> {
    quote::Entity::insert(quote.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

pub async fn insert_lines(db: &impl ConnectionTrait, lines: Vec<line::Model>) -> Result<(), DbErr> {
    line::Entity::insert_many(lines.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Writes where the quote stands now.
pub async fn update(db: &impl ConnectionTrait, quote: &quote::Model) -> Result<(), DbErr> {
    let text = "UPDATE quotes SET status = ?, revision = ?, total_fen = ?, sent_at = ?, due_at = ?, next_rung_at = ?, \
                rung = ?, signed_at = ?, signer_name = ?, signed_by = ?, photo_ids = ?, voided_at = ?, order_id = ?, \
                updated_at = ?, version = ? WHERE id = ?";
    let values = [
        quote.status.as_str().into(),
        quote.revision.into(),
        quote.total_fen.into(),
        quote.sent_at.into(),
        quote.due_at.into(),
        quote.next_rung_at.into(),
        quote.rung.into(),
        quote.signed_at.into(),
        quote.signer_name.as_deref().into(),
        quote.signed_by.as_deref().into(),
        quote.photo_ids.clone().into(),
        quote.voided_at.into(),
        quote.order_id.into(),
        quote.updated_at.into(),
        quote.version.into(),
        quote.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

pub async fn insert_link(db: &impl ConnectionTrait, link: link::Model) -> Result<(), DbErr> {
    link::Entity::insert(link.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The link of a token's digest.
pub async fn link(db: &impl ConnectionTrait, digest: &str) -> Result<Option<link::Model>, DbErr> {
    Select::new("SELECT * FROM quotes_links").and("digest = ?", [digest.into()]).one(db).await
}

/// Uses the link up. False when it was before.
pub async fn use_link(db: &impl ConnectionTrait, digest: &str, at: DateTime<Utc>) -> Result<bool, DbErr> {
    let text = "UPDATE quotes_links SET used_at = ? WHERE digest = ? AND used_at IS NULL AND expires_at > ?";
    Ok(execute(db, text, [at.into(), digest.into(), at.into()]).await? == 1)
}

#[derive(FromQueryResult)]
struct Next {
    next_rung_at: Option<DateTime<Utc>>,
}

/// When the earliest reminder of all is due.
pub async fn next_rung(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    let select = Select::new("SELECT next_rung_at FROM quotes")
        .and("next_rung_at IS NOT NULL", [])
        .then("ORDER BY next_rung_at LIMIT 1", []);
    Ok(select.one::<Next>(db).await?.and_then(|it| it.next_rung_at))
}

/// Those that have reached their next reminder, locked.
pub async fn at_rung(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    n_most: u64,
) -> Result<Vec<quote::Model>, DbErr> {
    let select = Select::new("SELECT * FROM quotes")
        .and("next_rung_at <= ?", [at.into()])
        .then("ORDER BY next_rung_at, id LIMIT ?", [n_most.into()]);
    select::locked(db, select).all(db).await
}
