//! What happened to a decision, in sentences; and the copies somebody got to read.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::approvals::{Event, timeline};
use domain::ids::{ApprovalId, UserId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::keep::Instance;
use super::super::rows::{self, events};
use super::super::visible;
use super::views::{self, ApprovalView};
use crate::App;
use crate::actor::Actor;
use crate::describe::ServiceConfig;
use crate::error::{Problem, Result};
use crate::page::{Page, Paging};
use crate::people;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_trace);
}

/// What happened, in order.
#[derive(Serialize, ToSchema)]
struct TraceView {
    approval_id: Uuid,
    events: Vec<EventView>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct EventView {
    seq: i32,
    at: DateTime<Utc>,
    /// Such as `answered` or `rung_reached`.
    kind: String,
    actor_id: Option<Uuid>,
    actor_name: Option<String>,
    on_behalf_of: Option<Uuid>,
    on_behalf_of_name: Option<String>,
    /// Which machine, where no person did it: `service_level`, `subject`, `leaver` or `adoption`.
    machine: Option<String>,
    /// The content that was shown when it was done.
    seen_content_hash: Option<String>,
    /// In Chinese, fit to show.
    sentence: String,
    #[schema(value_type = Object)]
    event: Value,
    previous_hash: String,
    hash: String,
}

/// The trace of a decision: who did what, on behalf of whom, seeing what, when; or which machine.
#[utoipa::path(tag = "approvals", responses((status = 200, body = TraceView), (status = 404, body = Problem)))]
#[get("/approvals/{id}/trace")]
async fn get_trace(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let db = app.db.conn();
    let (row, _) = visible((db, app.db.now().await?), &actor, ApprovalId(*id)).await?;
    let id = row.id;
    // From before there were flows: nothing has happened yet.
    let Some(instance) = Instance::read(&app, db, row).await? else {
        return Ok(HttpResponse::Ok().json(TraceView { approval_id: id, events: Vec::new() }));
    };
    let links = events::of(db, id).await?;
    let mut people = views::people_of(&instance.state);
    people.extend(links.iter().flat_map(|link| [link.actor_id, link.on_behalf_of]).flatten());
    for link in &links {
        people.extend(named_in(&link.event));
    }
    people.sort_unstable();
    people.dedup();
    let names = people::rows::names(db, &people).await?;
    let view = |link: events::Model| event_view(&instance, link, &names);
    let events: Result<Vec<EventView>> = links.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(TraceView { approval_id: id, events: events? }))
}

/// The people an event names.
fn named_in(event: &Value) -> Vec<Uuid> {
    let read = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    ["to", "user", "initiator", "chosen"]
        .into_iter()
        .filter_map(|field| event.get(field))
        .flat_map(|value| match value {
            Value::Array(list) => list.iter().filter_map(read).collect::<Vec<Uuid>>(),
            other => read(other).into_iter().collect(),
        })
        .collect()
}

fn event_view(instance: &Instance, link: events::Model, names: &HashMap<Uuid, String>) -> Result<EventView> {
    let event: Event = serde_json::from_value(link.event.clone()).map_err(anyhow::Error::from)?;
    let name = |id: Uuid| names.get(&id).cloned();
    let actor_name = link.actor_id.and_then(name);
    let on_behalf_of_name = link.on_behalf_of.and_then(name);
    let entry = timeline::Entry {
        at: link.at,
        actor: actor_name.as_deref(),
        on_behalf_of: on_behalf_of_name.as_deref(),
        event: &event,
    };
    let by_id = |user: UserId| names.get(&user.0).cloned().unwrap_or_default();
    let sentence = timeline::sentence(&instance.begun.flow, &instance.state, &entry, &by_id);
    let kind = link.event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(EventView {
        seq: link.seq,
        at: link.at,
        kind,
        actor_id: link.actor_id,
        actor_name,
        on_behalf_of: link.on_behalf_of,
        on_behalf_of_name,
        machine: link.machine,
        seen_content_hash: link.seen,
        sentence,
        event: link.event,
        previous_hash: link.previous_hash,
        hash: link.hash,
    })
}

/// What the caller got a copy of, newest first.
#[utoipa::path(tag = "approvals", params(Paging), responses((status = 200, body = Page<ApprovalView>)))]
#[get("/approvals/copies")]
pub(super) async fn get_copies(app: Data<App>, actor: Actor, paging: Paging) -> Result<HttpResponse> {
    let window = paging.window()?;
    let copied = rows::copied_to(app.db.conn(), actor.id, window).await?;
    let around = views::around(app.db.conn(), &copied, vec![actor.id]).await?;
    let page = Page::of(window, copied, |it| it.id, |it| ApprovalView::of(it, &around, actor.id));
    Ok(HttpResponse::Ok().json(page))
}
