//! Documents.

use domain::ids::{CustomerId, UserId};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;

use crate::actor::Actor;
use crate::people::{Of, visible_to};
use crate::select::Select;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sha256: String,
    pub user_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub content_type: String,
    pub n_bytes: i64,
    pub name: Option<String>,
    pub has_macros: bool,
    pub duplicate_of: Option<Uuid>,
    pub received_at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const FILE: &str = "SELECT evidence_files.* FROM evidence_files";

pub async fn insert(db: &impl ConnectionTrait, file: Model) -> Result<(), DbErr> {
    Entity::insert(file.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The documents with the same bytes, the first of them first.
pub async fn same_bytes(db: &impl ConnectionTrait, sha256: &str) -> Result<Vec<Model>, DbErr> {
    Select::new(FILE).and("sha256 = ?", [sha256.into()]).then("ORDER BY id LIMIT 50", []).all(db).await
}

/// Those of these documents that somebody handed in.
pub async fn own_among(db: &impl ConnectionTrait, user: UserId, ids: &[Uuid]) -> Result<Vec<Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Select::new(FILE).and("user_id = ?", [user.0.into()]).and_among("id", ids.iter().copied()).all(db).await
}

/// Files documents that nobody has filed yet with a customer.
pub async fn file_with(db: &impl ConnectionTrait, customer: CustomerId, ids: &[Uuid]) -> Result<(), DbErr> {
    if !ids.is_empty() {
        let update = Select::new("").then("UPDATE evidence_files SET customer_id = ?", [customer.0.into()]);
        update.and("customer_id IS NULL", []).and_among("id", ids.iter().copied()).run(db).await?;
    }
    Ok(())
}

/// The document, for whoever handed it in and whoever sees its customer.
pub async fn visible(db: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Option<Model>, DbErr> {
    let own = Select::new(FILE).and("id = ?", [id.into()]).and("user_id = ?", [actor.id.0.into()]);
    if let Some(own) = own.one(db).await? {
        return Ok(Some(own));
    }
    let text = format!("{FILE} JOIN customers ON customers.id = evidence_files.customer_id");
    visible_to(
        Select::new(&text),
        actor,
        "customers.owner_id",
        "customers.region_id",
        Of::Customer("customers.id"),
    )
    .and("evidence_files.id = ?", [id.into()])
    .one(db)
    .await
}
