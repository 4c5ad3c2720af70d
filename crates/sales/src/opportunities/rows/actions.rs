//! What was done about opportunities, and how much of it counts.

use domain::ids::OpportunityId;
use domain::opportunities::N_ACTIONS;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use crate::select::{Select, execute};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities_actions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub opportunity_id: Uuid,
    pub user_id: Option<Uuid>,
    /// `evidence` or `visit`.
    pub source_type: String,
    pub source_id: Uuid,
    pub kind: String,
    pub occurred_at: ChronoDateTimeUtc,
    pub n_evidence: i32,
    pub is_verified: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps an action; what is known of its source is replaced.
pub async fn put(db: &impl ConnectionTrait, action: Model) -> Result<(), DbErr> {
    let opportunity = OpportunityId(action.opportunity_id);
    Entity::insert(action.into_active_model())
        .on_conflict(
            OnConflict::columns([Column::SourceType, Column::SourceId])
                .update_columns([Column::NEvidence, Column::IsVerified])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    recount(db, opportunity).await
}

/// What the source proved does not hold any more, or holds again.
pub async fn set_verified(
    db: &impl ConnectionTrait,
    source: (&str, Uuid),
    is_verified: bool,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Of {
        opportunity_id: Uuid,
    }
    let text = "UPDATE opportunities_actions SET is_verified = ? WHERE source_type = ? AND source_id = ?";
    execute(db, text, [is_verified.into(), source.0.into(), source.1.into()]).await?;
    let select = Select::new("SELECT opportunity_id FROM opportunities_actions")
        .and("source_type = ?", [source.0.into()])
        .and("source_id = ?", [source.1.into()]);
    match select.one::<Of>(db).await? {
        Some(of) => recount(db, OpportunityId(of.opportunity_id)).await,
        None => Ok(()),
    }
}

async fn recount(db: &impl ConnectionTrait, id: OpportunityId) -> Result<(), DbErr> {
    let text = "UPDATE opportunities SET n_actions = (SELECT count(*) FROM opportunities_actions a \
                WHERE a.opportunity_id = opportunities.id AND a.is_verified AND a.n_evidence >= 1) WHERE id = ?";
    execute(db, text, [id.0.into()]).await?;
    Ok(())
}

/// With fewer verified actions an opportunity is thin.
pub fn thin_below() -> i32 {
    i32::try_from(N_ACTIONS).unwrap_or(i32::MAX)
}
