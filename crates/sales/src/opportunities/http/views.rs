//! Opportunities, their records and their gaps as the client reads them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::actions::{Published, Stages};
use domain::evidence::{Reason, Verdict};
use domain::ids::OpportunityId;
use domain::money::Fen;
use domain::opportunities::Worth;
use domain::opportunities::{Status, is_thin};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rows::{OpportunityRow, evidence, gaps, moves, opportunity};
use super::super::{NO_VERSION, standing};
use crate::error::{EvidenceNeed, FieldFault, MissingEvidence, Result};
use crate::select::Connection;
use crate::{App, settings};

/// What a customer may buy.
#[derive(Serialize, ToSchema)]
pub(super) struct OpportunityView {
    id: Uuid,
    external_id: Option<String>,
    customer_id: Uuid,
    customer_name: String,
    owner_id: Uuid,
    region_id: Uuid,
    name: String,
    /// The code of the stage.
    stage: String,
    /// The stage as people read it.
    stage_label: String,
    /// The version of the stages that it runs on.
    stages_version: Option<i32>,
    status: Status,
    /// Yuan with two decimals.
    #[schema(value_type = String)]
    amount: Fen,
    stage_entered_at: DateTime<Utc>,
    /// The day it should be won by.
    expected_on: Option<NaiveDate>,
    /// Accepted evidence and completed visits.
    n_verified_actions: i32,
    /// Open, with fewer than three of them.
    is_thin: bool,
    /// A stage stands without its evidence, because a record of it was rejected.
    unsupported: Option<UnsupportedView>,
    lost_reason: Option<String>,
    lost_note: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

/// Which stage stands without its evidence.
#[derive(Serialize, ToSchema)]
struct UnsupportedView {
    stage: String,
    since: DateTime<Utc>,
    evidence_id: Option<Uuid>,
}

impl OpportunityView {
    pub(super) fn of(row: OpportunityRow, stages: &Published) -> Self {
        let opportunity = row.opportunity;
        let version = opportunity.stages_version.unwrap_or(NO_VERSION);
        let label = stages.of_opportunity(version, &opportunity.stage).map(|(_, stage)| stage.label.clone());
        let unsupported = opportunity.unsupported_at.zip(opportunity.unsupported_stage);
        let n_actions = usize::try_from(opportunity.n_actions).unwrap_or(0);
        Self {
            id: opportunity.id,
            external_id: opportunity.external_id,
            customer_id: opportunity.customer_id,
            customer_name: row.customer_name,
            owner_id: opportunity.owner_id,
            region_id: opportunity.region_id,
            name: opportunity.name,
            stage_label: label.unwrap_or_else(|| opportunity.stage.clone()),
            stage: opportunity.stage,
            stages_version: opportunity.stages_version,
            is_thin: opportunity.status == Status::Open && is_thin(n_actions),
            status: opportunity.status,
            amount: Fen(opportunity.amount_fen),
            stage_entered_at: opportunity.stage_entered_at,
            expected_on: opportunity.expected_on,
            n_verified_actions: opportunity.n_actions,
            unsupported: unsupported.map(|(since, stage)| UnsupportedView {
                stage,
                since,
                evidence_id: opportunity.unsupported_by,
            }),
            lost_reason: opportunity.lost_reason,
            lost_note: opportunity.lost_note,
            closed_at: opportunity.closed_at,
            created_at: opportunity.created_at,
            updated_at: opportunity.updated_at,
            version: opportunity.version,
        }
    }
}

/// A move from stage to stage.
#[derive(Serialize, ToSchema)]
struct MoveView {
    /// `created`, `advanced`, `went_back`, `won`, `lost`, `reopened` or `loaded`.
    kind: String,
    from_stage: Option<String>,
    to_stage: String,
    user_id: Option<Uuid>,
    reason: Option<String>,
    note: Option<String>,
    at: DateTime<Utc>,
    /// How long it then stood there, until the next move or until now.
    seconds: i64,
}

/// The stage that comes next, and what entering it lacks.
#[derive(Serialize, ToSchema)]
struct NextView {
    stage: String,
    label: String,
    missing: Vec<MissingEvidence>,
}

/// An opportunity with how it came here.
#[derive(Serialize, ToSchema)]
pub(super) struct DetailView {
    #[serde(flatten)]
    opportunity: OpportunityView,
    next_stage: Option<NextView>,
    history: Vec<MoveView>,
    evidence: Vec<EvidenceView>,
}

/// All that is known of an opportunity.
pub(super) async fn detail(
    app: &App,
    db: &impl Connection,
    row: OpportunityRow,
    now: DateTime<Utc>,
) -> Result<DetailView> {
    let id = OpportunityId(row.opportunity.id);
    let (version, stages) = standing::stages(app, db, &row.opportunity).await?;
    let next_stage = next(app, db, &row.opportunity, &stages).await?;
    let records = evidence::of(db, id).await?;
    let until = row.opportunity.closed_at.unwrap_or(now);
    Ok(DetailView {
        next_stage,
        history: history(moves::of(db, id).await?, until),
        evidence: records.into_iter().map(|record| EvidenceView::of(record, Vec::new())).collect(),
        opportunity: OpportunityView::of(row, &Published::only(version, stages)),
    })
}

async fn next(
    app: &App,
    db: &impl Connection,
    opportunity: &opportunity::Model,
    stages: &Stages,
) -> Result<Option<NextView>> {
    let place = stages.opportunity.iter().position(|stage| stage.code == opportunity.stage);
    let next = place.and_then(|place| stages.opportunity.get(place + 1));
    let Some(next) = next.filter(|_| opportunity.status == Status::Open) else {
        return Ok(None);
    };
    let (_, kinds) = settings::evidence::kinds(app, db).await?;
    let missing = standing::missing(db, opportunity, &[next], &kinds).await?;
    Ok(Some(NextView {
        stage: next.code.clone(),
        label: next.label.clone(),
        missing: missing.into_iter().map(MissingEvidence::from).collect(),
    }))
}

fn history(moves: Vec<moves::Model>, until: DateTime<Utc>) -> Vec<MoveView> {
    let ends: Vec<DateTime<Utc>> = moves.iter().skip(1).map(|it| it.at).chain([until]).collect();
    let view = |(it, end): (moves::Model, DateTime<Utc>)| MoveView {
        kind: it.kind,
        from_stage: it.from_stage,
        to_stage: it.to_stage,
        user_id: it.user_id,
        reason: it.reason,
        note: it.note,
        at: it.at,
        seconds: (end - it.at).num_seconds().max(0),
    };
    moves.into_iter().zip(ends).map(view).collect()
}

/// A record of evidence.
#[derive(Serialize, ToSchema)]
pub(super) struct EvidenceView {
    id: Uuid,
    opportunity_id: Uuid,
    user_id: Uuid,
    kind: String,
    kinds_version: i32,
    #[schema(value_type = Object)]
    fields: Value,
    photo_ids: Vec<Uuid>,
    file_ids: Vec<Uuid>,
    verdict: Verdict,
    reasons: Vec<Reason>,
    status: Worth,
    /// Counts for now; somebody looks at it.
    provisional: bool,
    /// `none`, `pending`, `accepted` or `rejected`.
    review: String,
    /// What it still lacks; that shuts the stage, not the record.
    missing: Vec<EvidenceNeed>,
    /// Until when its signed page may come.
    grace_until: Option<DateTime<Utc>>,
    recorded_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    rejected_at: Option<DateTime<Utc>>,
    version: i32,
    /// Texts that say nothing that can be checked: such a record is no verified action.
    warnings: Vec<FieldFault>,
}

impl EvidenceView {
    pub(super) fn of(record: evidence::Model, warnings: Vec<FieldFault>) -> Self {
        Self {
            id: record.id,
            opportunity_id: record.opportunity_id,
            user_id: record.user_id,
            kind: record.kind,
            kinds_version: record.kinds_version,
            fields: record.fields,
            photo_ids: record.photo_ids.0,
            file_ids: record.file_ids.0,
            verdict: record.verdict,
            reasons: record.reasons.0,
            provisional: record.status == Worth::Provisional,
            status: record.status,
            review: record.review,
            missing: record.needs.0.into_iter().map(EvidenceNeed::from).collect(),
            grace_until: record.grace_until.filter(|_| !record.is_signed),
            recorded_at: record.recorded_at,
            completed_at: record.completed_at,
            rejected_at: record.rejected_at,
            version: record.version,
            warnings,
        }
    }
}

/// A capability gap.
#[derive(Serialize, ToSchema)]
pub(super) struct GapView {
    id: Uuid,
    /// The kind of evidence whose signed page stays away.
    kind: String,
    region_id: Uuid,
    region_name: String,
    /// The function it is addressed to.
    supplier: String,
    #[schema(value_type = Vec<Uuid>)]
    evidence_ids: Value,
    /// `open` or `closed`.
    status: String,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    /// The record that ended the row.
    closed_by: Option<Uuid>,
}

impl From<gaps::Gap> for GapView {
    fn from(gap: gaps::Gap) -> Self {
        Self {
            id: gap.id,
            kind: gap.kind,
            region_id: gap.region_id,
            region_name: gap.region_name,
            supplier: gap.supplier,
            evidence_ids: gap.evidence_ids,
            status: gap.status,
            opened_at: gap.opened_at,
            closed_at: gap.closed_at,
            closed_by: gap.closed_by,
        }
    }
}
