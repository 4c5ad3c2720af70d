//! The switches over HTTP.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, SubsecRound, Utc};
use platform::jobs::Ran;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use wechat::simulated::FaultSpec;

use super::rows;
use crate::App;
use crate::actor::{json_body, read};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_clock)
        .service(post_settle)
        .service(post_reset)
        .service(get_people)
        .service(get_sent)
        .service(post_faults)
        .service(post_subscribe);
}

/// Nothing here exists unless the switches are on.
fn enabled(app: &App) -> Result<()> {
    if app.config.dev.enabled { Ok(()) } else { Err(Error::NotFound) }
}

async fn body<D: serde::de::DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<D> {
    let mut payload = payload.into_inner();
    read(&json_body(request, &mut payload).await?)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClockDraft {
    /// Where to move the clock to.
    now: Option<DateTime<Utc>>,
    /// How far to move it, such as `PT48H`.
    advance: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ClockView {
    now: DateTime<Utc>,
    real: DateTime<Utc>,
}

/// Moves the clock of the whole installation forward. It ticks on at real speed.
#[utoipa::path(tag = "dev", request_body = ClockDraft,
    responses((status = 200, body = ClockView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/dev/clock")]
async fn post_clock(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    enabled(&app)?;
    let draft: ClockDraft = body(&request, payload).await?;
    let to = match (draft.now, draft.advance) {
        (Some(now), None) => now.trunc_subsecs(6),
        (None, Some(text)) => {
            let by = super::duration(&text).ok_or_else(|| Error::field("/advance", "invalid_value"))?;
            app.db
                .now()
                .await?
                .checked_add_signed(by)
                .ok_or_else(|| Error::field("/advance", "out_of_range"))?
        }
        _ => return Err(Error::field("/now", "required")),
    };
    let now = super::move_clock(&app, to).await?;
    Ok(HttpResponse::Ok().json(ClockView { now, real: super::real() }))
}

#[derive(Serialize, ToSchema)]
struct Settled {
    now: DateTime<Utc>,
    /// Sweeps and batches of jobs in the order they ran: name, due instant, rows.
    #[schema(value_type = Vec<Object>)]
    ran: Vec<Ran>,
}

/// Runs due sweeps and jobs until nothing is due.
#[utoipa::path(tag = "dev", responses((status = 200, body = Settled), (status = 503, body = Problem)))]
#[post("/dev/settle")]
async fn post_settle(app: Data<App>) -> Result<HttpResponse> {
    enabled(&app)?;
    let ran = super::settle(&app).await?;
    Ok(HttpResponse::Ok().json(Settled { now: app.db.now().await?, ran }))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetDraft {
    /// When the demo company begins: the real time unless said.
    now: Option<DateTime<Utc>>,
}

/// Back to the demo company and the real clock, or to the demo company as it would begin at another instant.
#[utoipa::path(tag = "dev", request_body(content = Option<ResetDraft>),
    responses((status = 200, body = ClockView), (status = 422, body = Problem)))]
#[post("/dev/reset")]
async fn post_reset(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    enabled(&app)?;
    let mut payload = payload.into_inner();
    let text = json_body(&request, &mut payload).await?;
    let draft: ResetDraft = if text.is_empty() { ResetDraft::default() } else { read(&text)? };
    super::reset(&app, draft.now.map(|now| now.trunc_subsecs(6))).await?;
    Ok(HttpResponse::Ok().json(ClockView { now: app.db.now().await?, real: super::real() }))
}

/// Somebody to try things as.
#[derive(Serialize, ToSchema)]
struct PersonView {
    username: String,
    name: String,
    role: String,
    region: Option<String>,
    manager: Option<String>,
    /// A `wx.login` code that is this person's WeChat.
    code: String,
    /// Whether an identity is bound yet.
    bound: bool,
    console_password: String,
}

impl From<rows::Person> for PersonView {
    fn from(person: rows::Person) -> Self {
        Self {
            code: format!("sim:{}", person.username),
            console_password: format!("demo-{}", person.username),
            username: person.username,
            name: person.name,
            role: person.role,
            region: person.region,
            manager: person.manager,
            bound: person.openid.is_some(),
        }
    }
}

/// The people to try things as.
#[utoipa::path(tag = "dev", responses((status = 200)))]
#[get("/dev/people")]
async fn get_people(app: Data<App>) -> Result<HttpResponse> {
    enabled(&app)?;
    let people = rows::people(app.db.conn()).await?;
    let items: Vec<PersonView> = people.into_iter().map(PersonView::from).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}

/// What the simulated platform sent, oldest first.
#[utoipa::path(tag = "dev", responses((status = 200)))]
#[get("/dev/wechat/sent")]
async fn get_sent(app: Data<App>) -> Result<HttpResponse> {
    enabled(&app)?;
    let sent = super::sent(&app).await?;
    let items: Vec<Value> = sent
        .into_iter()
        .map(|(username, record)| {
            json!({
                "channel": record.channel.name(),
                "username": username,
                "openid": record.openid,
                "template_id": record.template_id,
                "page": record.page,
                "data": record.data,
                "at": record.at,
                "msgid": record.msgid,
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FaultDraft {
    /// The platform's error code; 0 with a delay only delays, -2 accepts a message and loses the answer.
    errcode: i64,
    /// How many calls fail; 1 unless said.
    count: Option<u32>,
    /// Which calls, by the end of their path; all unless said.
    path: Option<String>,
    delay_ms: Option<u64>,
}

/// Makes the simulated platform fail.
#[utoipa::path(tag = "dev", request_body = FaultDraft, responses((status = 200)))]
#[post("/dev/wechat/faults")]
async fn post_faults(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    enabled(&app)?;
    let draft: FaultDraft = body(&request, payload).await?;
    let fault = FaultSpec {
        errcode: draft.errcode,
        count: draft.count.unwrap_or(1),
        path: draft.path,
        delay_ms: draft.delay_ms,
    };
    super::add_fault(&app, fault).await?;
    Ok(HttpResponse::Ok().json(json!({"ok": true})))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TapDraft {
    username: String,
    template_ids: Vec<String>,
    /// `accept` unless said.
    decision: Option<String>,
    always: Option<bool>,
}

/// Taps a subscription prompt for somebody.
#[utoipa::path(tag = "dev", request_body = TapDraft, responses((status = 200), (status = 422, body = Problem)))]
#[post("/dev/wechat/subscribe")]
async fn post_subscribe(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    enabled(&app)?;
    let draft: TapDraft = body(&request, payload).await?;
    let word = (draft.decision.as_deref().unwrap_or("accept"), draft.always.unwrap_or(false));
    super::subscribe(&app, &draft.username, &draft.template_ids, word).await?;
    Ok(HttpResponse::Ok().json(json!({"ok": true})))
}
