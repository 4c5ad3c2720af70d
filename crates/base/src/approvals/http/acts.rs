//! What people do with a decision.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use domain::approvals::{SubjectKind, Target, Verb, Word};
use domain::ids::{ApprovalId, UserId};
use domain::money::Fen;
use domain::writing::is_blank;
use platform::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rows::{self, approval};
use super::super::{Wanted, decide, visible};
use super::views::ApprovalView;
use super::whole;
use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::people;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_many)
        .service(post_decide)
        .service(post_withdraw)
        .service(post_remind)
        .service(post_resubmit)
        .service(post_answer)
        .service(post_comment)
        .service(post_override);
}

/// The longest comment.
const MOST_CHARACTERS: usize = 500;
/// So many are decided with one tap.
const MOST_AT_ONCE: usize = 50;

/// What is decided.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Approve,
    Reject,
    Return,
    Transfer,
    Delegate,
    AddSigner,
    RemoveSigner,
    AskInfo,
    TakeBack,
    ConsentToWithdrawal,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionDraft {
    decision: Decision,
    /// Needed for a refusal, a return, a question, and for vouching for what a machine refused.
    comment: Option<String>,
    /// For `transfer`, `delegate`, `add_signer` and `remove_signer`: whom.
    to_user_id: Option<Uuid>,
    /// For `return`: `initiator` unless said, `previous`, or a node's key.
    to_node: Option<String>,
    /// For `add_signer`: `after` unless said, or `before`.
    position: Option<Position>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Position {
    Before,
    After,
}

impl DecisionDraft {
    fn verb(self) -> Result<Verb> {
        check_length(self.comment.as_ref())?;
        let comment = self.comment;
        let somebody = || self.to_user_id.map(UserId).ok_or_else(|| Error::field("/to_user_id", "required"));
        Ok(match self.decision {
            Decision::Approve => Verb::Answer { word: Word::Approve, comment },
            Decision::Reject => Verb::Answer { word: Word::Reject, comment },
            Decision::Return => {
                let to = match self.to_node.as_deref() {
                    None | Some("initiator") => Target::Initiator,
                    Some("previous") => Target::Previous,
                    Some(node) => Target::Node(node.to_owned()),
                };
                Verb::Return { to, comment }
            }
            Decision::Transfer => Verb::Transfer { to: somebody()?, comment },
            Decision::Delegate => Verb::Delegate { to: somebody()?, comment },
            Decision::AddSigner => {
                let is_before = self.position == Some(Position::Before);
                Verb::AddSigner { to: somebody()?, is_before, comment }
            }
            Decision::RemoveSigner => Verb::RemoveSigner { user: somebody()? },
            Decision::AskInfo => Verb::AskInfo { question: comment },
            Decision::TakeBack => Verb::TakeBack,
            Decision::ConsentToWithdrawal => Verb::ConsentToWithdrawal,
        })
    }
}

fn check_length(text: Option<&String>) -> Result<()> {
    match text {
        Some(text) if text.chars().count() > MOST_CHARACTERS => {
            Err(Error::field("/comment", "text_too_long"))
        }
        _ => Ok(()),
    }
}

/// Acts on a decision and shows it as it stands then.
async fn act(app: &App, tx: &Tx, call: &Call, id: Uuid, verb: Verb) -> Result<ApprovalView> {
    let acted = decide(
        app,
        tx,
        &call.actor,
        ApprovalId(id),
        Wanted { version: call.version(), ..Wanted::now(&verb) },
    )
    .await?;
    whole(app, (tx.db(), tx.now()), &call.actor, acted).await
}

/// Takes a turn in a decision. Whoever comes second reads who decided and when.
#[utoipa::path(tag = "approvals", request_body = DecisionDraft,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/approvals/{id}/decide")]
async fn post_decide(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: DecisionDraft| {
        act(&app, tx, &call, *id, draft.verb()?).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ManyDraft {
    /// At most 50.
    approval_ids: Vec<Uuid>,
    /// `approve` or `reject`.
    #[schema(value_type = String)]
    decision: Word,
    comment: Option<String>,
}

/// How each of many went.
#[derive(Serialize, ToSchema)]
struct ManyView {
    results: Vec<OneOfMany>,
}

/// How one of many went.
#[derive(Serialize, ToSchema)]
struct OneOfMany {
    approval_id: Uuid,
    /// What it would have answered alone.
    http_status: u16,
    /// The decision's status, or the problem.
    #[schema(value_type = Object)]
    answer: Value,
}

/// Decides up to 50 at once, each for itself: one that cannot be decided keeps no other from it.
#[utoipa::path(tag = "approvals", request_body = ManyDraft,
    responses((status = 200, body = ManyView), (status = 422, body = Problem)))]
#[post("/approvals/decide")]
async fn post_many(app: Data<App>, call: Call) -> Result<HttpResponse> {
    let draft: ManyDraft = call.body()?;
    check_length(draft.comment.as_ref())?;
    if draft.approval_ids.is_empty() || draft.approval_ids.len() > MOST_AT_ONCE {
        return Err(Error::field("/approval_ids", "out_of_range"));
    }
    let mut results = Vec::with_capacity(draft.approval_ids.len());
    for approval_id in draft.approval_ids {
        let verb = Verb::Answer { word: draft.decision, comment: draft.comment.clone() };
        let name = approval_id.to_string();
        let one = call.part(&app, &name, async |tx| {
            let wanted = Wanted { is_among_many: true, ..Wanted::now(&verb) };
            let row = decide(&app, tx, &call.actor, ApprovalId(approval_id), wanted).await?;
            Ok(json!({"id": row.id, "status": row.status}))
        });
        let (http_status, answer) = one.await?;
        results.push(OneOfMany { approval_id, http_status, answer });
    }
    Ok(HttpResponse::Ok().json(ManyView { results }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommentDraft {
    comment: Option<String>,
}

/// Takes the own request back; once somebody has decided, asks those whose turn it is for their consent.
#[utoipa::path(tag = "approvals", request_body = CommentDraft,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem)))]
#[post("/approvals/{id}/withdraw")]
async fn post_withdraw(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CommentDraft| {
        check_length(draft.comment.as_ref())?;
        act(&app, tx, &call, *id, Verb::Withdraw { reason: draft.comment }).await
    })
    .await
}

/// Reminds whose turn it is, once in four hours.
#[utoipa::path(tag = "approvals", request_body = Nothing,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem), (status = 429, body = Problem)))]
#[post("/approvals/{id}/remind")]
async fn post_remind(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| act(&app, tx, &call, *id, Verb::Remind).await)
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResubmitDraft {
    /// What has changed.
    comment: Option<String>,
    /// For a request: what is asked for now; as before where absent.
    summary: Option<String>,
    /// For a request: yuan with two decimals.
    #[schema(value_type = Option<String>)]
    amount: Option<Fen>,
}

/// Hands a request in again after it was given back. What was agreed before stands where nothing has changed.
#[utoipa::path(tag = "approvals", request_body = ResubmitDraft,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem)))]
#[post("/approvals/{id}/resubmit")]
async fn post_resubmit(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: ResubmitDraft| {
        check_length(draft.comment.as_ref())?;
        match draft.summary.as_deref().map(str::trim) {
            Some("") => return Err(Error::field("/summary", "required")),
            Some(text) if text.chars().count() > 2000 => {
                return Err(Error::field("/summary", "text_too_long"));
            }
            _ => {}
        }
        let (seen, _) = visible((tx.db(), tx.now()), &call.actor, ApprovalId(*id)).await?;
        let content_hash = revise(tx, &call.actor, seen, &draft).await?;
        act(&app, tx, &call, *id, Verb::Resubmit { content_hash, comment: draft.comment }).await
    })
    .await
}

/// Keeps what a request asks for now; the content of anything else is its own slice's to change.
async fn revise(
    tx: &Tx,
    actor: &Actor,
    seen: approval::Model,
    draft: &ResubmitDraft,
) -> Result<Option<String>> {
    let is_changed = draft.summary.is_some() || draft.amount.is_some();
    if !is_changed || seen.subject_type != SubjectKind::Request || seen.initiator_id != actor.id.0 {
        return Ok(seen.content_hash);
    }
    let mut row = rows::locked(tx.db(), ApprovalId(seen.id)).await?.ok_or(Error::NotFound)?;
    if row.status != "returned" {
        return Ok(row.content_hash);
    }
    if draft.summary.as_ref().is_some_and(|text| is_blank(text)) {
        return Err(Error::field("/summary", "required"));
    }
    if draft.amount.is_some_and(|amount| amount < domain::money::Fen::ZERO) {
        return Err(Error::field("/amount", "negative"));
    }
    if let Some(summary) = &draft.summary {
        row.summary = summary.trim().to_owned();
        row.facts["summary"] = json!(row.summary);
    }
    if let Some(amount) = draft.amount {
        row.facts["amount"] = json!(amount);
    }
    rows::revise(tx.db(), row.id, &row.summary, row.facts.clone()).await?;
    Ok(Some(super::content_hash(&row.facts)))
}

/// Answers what the initiator was asked; the clock goes on.
#[utoipa::path(tag = "approvals", request_body = CommentDraft,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem)))]
#[post("/approvals/{id}/answer")]
async fn post_answer(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CommentDraft| {
        check_length(draft.comment.as_ref())?;
        act(&app, tx, &call, *id, Verb::GiveInfo { answer: draft.comment }).await
    })
    .await
}

/// A remark that everybody concerned reads.
#[utoipa::path(tag = "approvals", request_body = CommentDraft,
    responses((status = 200, body = ApprovalView), (status = 404, body = Problem)))]
#[post("/approvals/{id}/comments")]
async fn post_comment(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CommentDraft| {
        check_length(draft.comment.as_ref())?;
        act(&app, tx, &call, *id, Verb::Comment { text: draft.comment }).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OverrideDraft {
    /// `approve` or `reject`.
    #[schema(value_type = String)]
    decision: Word,
    comment: String,
}

/// An admin decides over everybody's head; the record says so for ever.
#[utoipa::path(tag = "approvals", request_body = OverrideDraft,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem)))]
#[post("/approvals/{id}/override")]
async fn post_override(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: OverrideDraft| {
        let comment = Some(draft.comment);
        check_length(comment.as_ref())?;
        act(&app, tx, &call, *id, Verb::Override { word: draft.decision, comment }).await
    })
    .await
}

/// The people an initiator chooses: they work here, may decide, and are not the initiator.
pub(super) async fn choosable(tx: &Tx, actor: &Actor, ids: &[Uuid]) -> Result<Vec<UserId>> {
    let day = domain::working_time::local_date(tx.now());
    let mut chosen = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let user = people::rows::user(tx.db(), UserId(*id)).await?;
        let may_decide = user.is_some_and(|user| {
            user.id != actor.id.0
                && domain::people::is_active(user.active_from, user.active_to, day)
                && crate::access::decides(user.role)
        });
        if !may_decide {
            return Err(Error::field(format!("/approver_ids/{place}"), "person_may_not_decide"));
        }
        chosen.push(UserId(*id));
    }
    Ok(chosen)
}
