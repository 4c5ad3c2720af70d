//! Trying flows on what was handed in before.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Days, Utc};
use domain::approvals::flow::Flows;
use domain::approvals::{Kind, rehearse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::rows;
use crate::App;
use crate::actor::Call;
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::settings;
use crate::settings::documents::{self, Kind as DocumentKind};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_dry_run);
}

/// So many records are tried at most.
const MOST_RECORDS: u64 = 5000;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DryRunDraft {
    /// A month before `until` unless said.
    from: Option<DateTime<Utc>>,
    /// Now unless said.
    until: Option<DateTime<Utc>>,
}

/// What the draft would have done with the records of a span.
#[derive(Serialize, ToSchema)]
struct DryRunView {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    n_records: u32,
    /// How many would have gone another way than by the flows in force.
    n_different: u32,
    /// How many no flow would have taken.
    n_without_flow: u32,
    nodes: Vec<NodeVisits>,
    /// What keeps the draft from being published.
    faults: Vec<FieldFault>,
}

/// How many records would have come by a node.
#[derive(Serialize, ToSchema)]
struct NodeVisits {
    flow: String,
    node: String,
    n_records: u32,
}

/// Tries the draft of the approval flows, or those in force where nobody is editing, on the records of the last month.
#[utoipa::path(tag = "approvals", request_body = DryRunDraft,
    responses((status = 200, body = DryRunView), (status = 422, body = Problem)))]
#[post("/config/approval_flows/dry-run")]
async fn post_dry_run(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: DryRunDraft| {
        let until = draft.until.unwrap_or(tx.now());
        let from = draft.from.or_else(|| until.checked_sub_days(Days::new(31))).unwrap_or(until);
        if from >= until {
            return Err(Error::field("/from", "not_in_order"));
        }
        let kind = DocumentKind::ApprovalFlows;
        let faults = documents::check(tx, kind).await?;
        let body = documents::edited(tx.db(), kind).await?;
        let Ok(flows) = serde_json::from_value::<Flows>(body) else {
            return Err(Error::Invalid("document_faulty", faults));
        };
        let in_force = settings::approval_flows(&app, tx.db()).await?;
        let records = rows::handed_in(tx.db(), (from, until), MOST_RECORDS).await?;
        let records = records.into_iter().filter_map(|it| Some((Kind::by_name(&it.kind)?, it.facts)));
        let rehearsal = rehearse(&flows, &in_force.1, &records.collect::<Vec<_>>());
        Ok(DryRunView {
            from,
            until,
            n_records: rehearsal.n_records,
            n_different: rehearsal.n_different,
            n_without_flow: rehearsal.n_without_flow,
            nodes: rehearsal
                .visits
                .into_iter()
                .map(|((flow, node), n_records)| NodeVisits { flow, node, n_records })
                .collect(),
            faults,
        })
    })
    .await
}
