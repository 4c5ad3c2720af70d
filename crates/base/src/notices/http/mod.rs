//! The inbox, subscription credits, and what came of each push.

mod callbacks;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::notices::rules::Tap;
use domain::people::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::{self, delivery, notice};
use super::{Credits, grant, plan};
use crate::actor::{Actor, Call, Nothing};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use crate::settings::documents;
use crate::{App, access, people};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_inbox)
        .service(post_read)
        .service(get_plan)
        .service(post_subscriptions)
        .service(get_pushes);
}

pub use callbacks::callbacks;

/// Something the person was told.
#[derive(Serialize, ToSchema)]
struct NoticeView {
    id: Uuid,
    kind: String,
    matter: String,
    rung: i32,
    title: String,
    body: String,
    /// Where the mini-program opens.
    page: Option<String>,
    subject_type: Option<String>,
    subject_id: Option<Uuid>,
    /// Nothing is left to do about it.
    settled: bool,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl From<notice::Model> for NoticeView {
    fn from(notice: notice::Model) -> Self {
        Self {
            id: notice.id,
            kind: notice.kind,
            matter: notice.matter,
            rung: notice.rung,
            title: notice.title,
            body: notice.body,
            page: notice.page,
            subject_type: notice.subject_type,
            subject_id: notice.subject_id,
            settled: notice.settled_at.is_some(),
            created_at: notice.created_at,
            read_at: notice.read_at,
        }
    }
}

/// The inbox with how much of it is unread.
#[derive(Serialize, ToSchema)]
struct Inbox {
    items: Vec<NoticeView>,
    next_cursor: Option<String>,
    n_unread: i64,
}

#[derive(Deserialize, utoipa::IntoParams)]
struct InboxFilter {
    /// Only what was not read yet.
    unread: Option<bool>,
}

/// The caller's inbox, newest first.
#[utoipa::path(tag = "notices", params(Paging, InboxFilter), responses((status = 200, body = Inbox)))]
#[get("/notifications")]
async fn get_inbox(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<InboxFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let notices = rows::inbox(app.db.conn(), actor.id, filter.unread.unwrap_or(false), window).await?;
    let n_unread = rows::n_unread(app.db.conn(), actor.id).await?;
    let Page { items, next_cursor } = Page::of(window, notices, |it| it.id, NoticeView::from);
    Ok(HttpResponse::Ok().json(Inbox { items, next_cursor, n_unread }))
}

/// Marks one of the caller's notices as read.
#[utoipa::path(tag = "notices", request_body = Nothing,
    responses((status = 200, body = NoticeView), (status = 404, body = Problem)))]
#[post("/notifications/{id}/read")]
async fn post_read(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let notice = rows::read(tx.db(), call.actor.id, *id, tx.now()).await?;
        Ok(NoticeView::from(notice.ok_or(Error::NotFound)?))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct At {
    /// The tap: `filing`, `checkin`, `signoff`, `decision` or `inbox`, which it is unless said.
    at: Option<String>,
}

/// What to ask for.
#[derive(Serialize, ToSchema)]
struct PlanView {
    /// At most five, the most needed first; none when enough was accepted or nothing is to come.
    template_ids: Vec<String>,
    /// The same for every tap, so that one request serves them all: a prompt must follow its tap at once.
    by_tap: BTreeMap<&'static str, Vec<String>>,
}

/// Which templates the client asks for at a tap, in order of need.
#[utoipa::path(tag = "notices", params(At), responses((status = 200, body = PlanView), (status = 422, body = Problem)))]
#[get("/notifications/subscription-plan")]
async fn get_plan(app: Data<App>, actor: Actor, at: Query<At>) -> Result<HttpResponse> {
    let tap = at.at.as_deref().map_or(Some(Tap::Inbox), Tap::by_name);
    let tap = tap.ok_or_else(|| Error::field("/at", "invalid_parameter"))?;
    let rules = documents::notification_rules(&app, app.db.conn()).await?;
    let balances = plan::balances(&app, actor.id).await?;
    let plan = |tap| plan::plan(&app, &rules, (actor.role, tap), &balances);
    let by_tap = Tap::ALL.map(|tap| (tap.name(), plan(tap))).into_iter().collect();
    Ok(HttpResponse::Ok().json(PlanView { template_ids: plan(tap), by_tap }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Answers {
    /// What the platform answered to the prompt, by template id; every word that starts with `accept` counts.
    results: Credits,
}

#[derive(Serialize, ToSchema)]
struct Granted {
    /// How many templates may be sent once more.
    accepted: usize,
}

/// Books the credits of a subscription prompt.
#[utoipa::path(tag = "notices", request_body = Answers, responses((status = 200, body = Granted)))]
#[post("/notifications/subscriptions")]
async fn post_subscriptions(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, answers: Answers| {
        if answers.results.len() > 20 {
            return Err(Error::field("/results", "invalid_value"));
        }
        Ok(Granted { accepted: grant(tx.db(), call.actor.id, &answers.results, tx.now()).await? })
    })
    .await
}

/// What came of a push.
#[derive(Serialize, ToSchema)]
struct PushView {
    id: Uuid,
    notice_id: Uuid,
    user_id: Uuid,
    matter: String,
    rung: i32,
    channel: String,
    template_id: String,
    /// `queued`, `sending`, `sent`, `unknown`, `failed`, `fallback` (by the next channel, at last the inbox), `dropped`,
    /// `gathered` (waits for a digest) or `merged` (into one).
    status: String,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    attempted_at: Option<DateTime<Utc>>,
}

impl From<delivery::Model> for PushView {
    fn from(delivery: delivery::Model) -> Self {
        Self {
            id: delivery.id,
            notice_id: delivery.notice_id,
            user_id: delivery.recipient_id,
            matter: delivery.matter,
            rung: delivery.rung,
            channel: delivery.channel,
            template_id: delivery.template_id,
            status: match delivery.status.as_str() {
                // Decided about a moment ago; WeChat was not asked.
                "ready" => "queued".to_owned(),
                _ => delivery.status,
            },
            reason: delivery.reason,
            created_at: delivery.created_at,
            attempted_at: delivery.attempted_at,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Whose {
    /// Somebody in the caller's scope; the caller where absent.
    user_id: Option<Uuid>,
}

/// What came of the pushes to a person.
#[utoipa::path(tag = "notices", params(Paging, Whose),
    responses((status = 200, body = Page<PushView>), (status = 404, body = Problem)))]
#[get("/notifications/deliveries")]
async fn get_pushes(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    whose: Query<Whose>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let user = whose.user_id.map_or(actor.id, UserId);
    if user != actor.id {
        if !access::is_leader(actor.role) && actor.role != Role::Admin {
            return Err(Error::NotFound);
        }
        people::rows::visible_user(app.db.conn(), &actor, user).await?.ok_or(Error::NotFound)?;
    }
    let deliveries = rows::deliveries(app.db.conn(), user, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, deliveries, |it| it.id, PushView::from)))
}
