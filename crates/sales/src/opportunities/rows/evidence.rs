//! Records of evidence.

use chrono::{DateTime, Utc};
use domain::evidence::kinds::Need;
use domain::evidence::{Reason, Verdict};
use domain::ids::{CustomerId, EvidenceId, OpportunityId, RegionId};
use domain::opportunities::Worth;
use domain::stored::Stored;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::select::{self, Select, execute, marks};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities_evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub opportunity_id: Uuid,
    pub customer_id: Uuid,
    pub region_id: Uuid,
    pub user_id: Uuid,
    pub kind: String,
    pub kinds_version: i32,
    pub fields: Json,
    pub photo_ids: Stored<Vec<Uuid>>,
    pub file_ids: Stored<Vec<Uuid>>,
    /// Photos that complete nothing until somebody has looked.
    pub held_photo_ids: Stored<Vec<Uuid>>,
    pub verdict: Verdict,
    pub reasons: Stored<Vec<Reason>>,
    pub status: Worth,
    /// `none`, `pending`, `accepted` or `rejected`.
    pub review: String,
    /// What it still lacks.
    pub needs: Stored<Vec<Need>>,
    /// A text of it says nothing: it stands, and is no verified action.
    pub is_vague: bool,
    pub is_signed: bool,
    /// Until when its signed page may come without counting as missing.
    pub grace_until: Option<ChronoDateTimeUtc>,
    pub is_grace_over: bool,
    pub recorded_at: ChronoDateTimeUtc,
    pub completed_at: Option<ChronoDateTimeUtc>,
    pub rejected_at: Option<ChronoDateTimeUtc>,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "opportunities_files")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub file_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub evidence_id: Uuid,
        pub sha256: String,
        pub customer_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const EVIDENCE: &str = "SELECT * FROM opportunities_evidence";

pub async fn insert(db: &impl ConnectionTrait, evidence: Model) -> Result<(), DbErr> {
    Entity::insert(evidence.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a record as it now is.
pub async fn keep(db: &impl ConnectionTrait, evidence: &Model) -> Result<(), DbErr> {
    let text = "UPDATE opportunities_evidence SET photo_ids = ?, file_ids = ?, held_photo_ids = ?, fields = ?, verdict = ?, reasons = ?, \
                status = ?, review = ?, needs = ?, is_vague = ?, is_signed = ?, is_grace_over = ?, completed_at = ?, \
                rejected_at = ?, version = version + 1 WHERE id = ?";
    let values = [
        evidence.photo_ids.clone().into(),
        evidence.file_ids.clone().into(),
        evidence.held_photo_ids.clone().into(),
        evidence.fields.clone().into(),
        evidence.verdict.into(),
        evidence.reasons.clone().into(),
        evidence.status.into(),
        evidence.review.as_str().into(),
        evidence.needs.clone().into(),
        evidence.is_vague.into(),
        evidence.is_signed.into(),
        evidence.is_grace_over.into(),
        evidence.completed_at.into(),
        evidence.rejected_at.into(),
        evidence.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// The record, whoever asks: its opportunity says who sees it.
pub async fn one(db: &impl ConnectionTrait, id: EvidenceId) -> Result<Option<Model>, DbErr> {
    Select::new(EVIDENCE).and("id = ?", [id.0.into()]).one(db).await
}

/// The record, locked behind its opportunity.
pub async fn locked(db: &impl ConnectionTrait, id: EvidenceId) -> Result<Option<Model>, DbErr> {
    select::locked(db, Select::new(EVIDENCE).and("id = ?", [id.0.into()])).one(db).await
}

/// The last two hundred records of an opportunity, newest first.
pub async fn of(db: &impl ConnectionTrait, id: OpportunityId) -> Result<Vec<Model>, DbErr> {
    Select::new(EVIDENCE)
        .and("opportunity_id = ?", [id.0.into()])
        .then("ORDER BY recorded_at DESC, id DESC LIMIT 200", [])
        .all(db)
        .await
}

/// The last records of a kind in a region that nobody rejected, newest first.
pub async fn last_of_kind(
    db: &impl ConnectionTrait,
    (region, kind): (RegionId, &str),
    n_most: u64,
) -> Result<Vec<Model>, DbErr> {
    Select::new(EVIDENCE)
        .and("region_id = ?", [region.0.into()])
        .and("kind = ?", [kind.into()])
        .and("status <> 'rejected'", [])
        .then("ORDER BY recorded_at DESC, id DESC LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// When the next grace ends.
pub async fn next_grace(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        grace_until: DateTime<Utc>,
    }
    let next = Select::new("SELECT grace_until FROM opportunities_evidence")
        .and("is_grace_over = false AND grace_until IS NOT NULL", [])
        .then("ORDER BY grace_until LIMIT 1", []);
    Ok(next.one::<Next>(db).await?.map(|it| it.grace_until))
}

/// Records whose grace ended and was not looked at yet.
pub async fn over(db: &impl ConnectionTrait, at: DateTime<Utc>, n_most: u64) -> Result<Vec<Model>, DbErr> {
    Select::new(EVIDENCE)
        .and("is_grace_over = false AND grace_until IS NOT NULL", [])
        .and("grace_until <= ?", [at.into()])
        .then("ORDER BY grace_until, id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// The grace of these records is over.
pub async fn end_grace(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<(), DbErr> {
    let text =
        format!("UPDATE opportunities_evidence SET is_grace_over = true WHERE id IN ({})", marks(ids.len()));
    execute(db, &text, ids.iter().map(|id| Value::from(*id))).await?;
    Ok(())
}

/// Records which documents are evidence.
pub async fn use_documents(db: &impl ConnectionTrait, documents: Vec<document::Model>) -> Result<(), DbErr> {
    if documents.is_empty() {
        return Ok(());
    }
    document::Entity::insert_many(documents.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Is one of these documents, by its bytes, evidence of another customer?
pub async fn is_elsewhere(
    db: &impl ConnectionTrait,
    sha256s: &[String],
    customer: CustomerId,
) -> Result<bool, DbErr> {
    if sha256s.is_empty() {
        return Ok(false);
    }
    let condition = format!("sha256 IN ({})", marks(sha256s.len()));
    let select = Select::new("SELECT * FROM opportunities_files")
        .and(&condition, sha256s.iter().map(|it| Value::from(it.as_str())))
        .and("customer_id <> ?", [customer.0.into()])
        .then("LIMIT 1", []);
    Ok(select.one::<document::Model>(db).await?.is_some())
}
