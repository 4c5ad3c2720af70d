//! The control plane, for tests and demonstrations: what a person, a console
//! or an accident does to the platform. Never near the real one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    Callback, Event, FaultSpec, SentRecord, Simulator, UserSpec,
    call::{Ask, Call},
    platform::Said,
    pushes, users,
};
use crate::{
    Method, Request, Response,
    callback::{Format, Mode},
    crypto::callback::Seal,
};

/// Answers `/sim/{name}`.
pub(super) async fn handle(simulator: &Simulator, name: &str, request: &Request) -> Response {
    let done = match (request.method, name) {
        (Method::Get, "sent") => sent(simulator).await,
        (Method::Get, "events") => Ok(json!({ "items": simulator.pushed() })),
        (Method::Get, "clock") => clock(simulator).await,
        (Method::Post, _) => post(simulator, name, &request.body).await,
        _ => return plain(404, "there is no such control"),
    };
    match done {
        Ok(answer) => Response::json(&answer),
        Err(error) => plain(400, &format!("{error:#}")),
    }
}

fn plain(status: u16, text: &str) -> Response {
    Response { status, content_type: "text/plain; charset=utf-8".to_owned(), body: text.as_bytes().to_vec() }
}

async fn post(simulator: &Simulator, name: &str, body: &[u8]) -> anyhow::Result<Value> {
    match name {
        "faults" => simulator.add_fault(read::<FaultSpec>(body)?).await?,
        "subscribe" => {
            let Tap { username, template_ids, decision, always } = read(body)?;
            simulator.subscribe(&users::openid(&username), &template_ids, &decision, always).await?;
        }
        "users" => simulator.set_user(read::<UserSpec>(body)?).await?,
        "pages" => {
            let Page { page, is_missing } = read(body)?;
            simulator.record(|at| Event::Page { page, is_missing, at }).await?;
        }
        "quotas" => {
            let Quota { path, per_day } = read(body)?;
            simulator.record(|at| Event::Quota { path, per_day, at }).await?;
        }
        "events" => {
            let Happening { username, event, fields } = read(body)?;
            let due = pushes::event(
                &users::openid(&username),
                &event,
                Value::Object(fields),
                now(simulator).await?,
            );
            simulator.poster.post_all(vec![due]);
        }
        "codes" => {
            let Named { username } = read(body)?;
            return Ok(json!({ "code": simulator.make_code(&username).await? }));
        }
        "clock" => return move_clock(simulator, read(body)?).await,
        "callback" => simulator.push_to(read::<Address>(body)?.callback()?)?,
        "reset" => simulator.reset().await?,
        _ => anyhow::bail!("there is no such control"),
    }
    Ok(json!({ "ok": true }))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> anyhow::Result<T> {
    Ok(serde_json::from_slice(body)?)
}

async fn sent(simulator: &Simulator) -> anyhow::Result<Value> {
    let items: Vec<Value> = simulator.sent().await?.iter().map(shown).collect();
    Ok(json!({ "items": items }))
}

fn shown(record: &SentRecord) -> Value {
    let SentRecord { channel, openid, template_id, page, data, at, msgid, .. } = record;
    let username = users::name_of(openid).or_else(|| users::follower_of(openid));
    json!({
        "channel": channel.name(), "username": username, "openid": openid, "template_id": template_id,
        "page": page, "data": data, "at": at, "msgid": msgid,
    })
}

/// The platform's own time: how far it is ahead follows from the log.
async fn now(simulator: &Simulator) -> anyhow::Result<DateTime<Utc>> {
    let call = Call { path: None, token: None, ask: Ask::Now };
    let Said::Json(answer) = simulator.ask(call).await? else { anyhow::bail!("the log cannot be read") };
    Ok(serde_json::from_value(answer["now"].clone())?)
}

async fn clock(simulator: &Simulator) -> anyhow::Result<Value> {
    Ok(json!({ "now": now(simulator).await?, "real": (simulator.clock)() }))
}

async fn move_clock(simulator: &Simulator, to: ClockDraft) -> anyhow::Result<Value> {
    let before = now(simulator).await?;
    let after = match to {
        ClockDraft { now: Some(now), advance: None } => now,
        ClockDraft { now: None, advance: Some(text) } => before + advance(&text)?,
        _ => anyhow::bail!("either now or advance"),
    };
    anyhow::ensure!(after >= before, "the clock does not go back");
    let ahead_ms = (after - (simulator.clock)()).num_milliseconds();
    simulator.record(|at| Event::Clock { ahead_ms, at }).await?;
    clock(simulator).await
}

/// `PT48H`, `P2DT30M`, `PT90S`.
fn advance(text: &str) -> anyhow::Result<chrono::TimeDelta> {
    let wrong = || anyhow::anyhow!("advance is a duration such as PT48H");
    let (mut seconds, mut number, mut is_time) = (0_i64, String::new(), false);
    for character in text.strip_prefix('P').ok_or_else(wrong)?.chars() {
        let unit = match character {
            '0'..='9' => {
                number.push(character);
                continue;
            }
            'T' if number.is_empty() => {
                is_time = true;
                continue;
            }
            'D' if !is_time => 86_400,
            'H' if is_time => 3_600,
            'M' if is_time => 60,
            'S' if is_time => 1,
            _ => return Err(wrong()),
        };
        let n: i64 = std::mem::take(&mut number).parse()?;
        seconds = n.checked_mul(unit).and_then(|it| it.checked_add(seconds)).ok_or_else(wrong)?;
    }
    anyhow::ensure!(number.is_empty() && (1..=86_400 * 3_660).contains(&seconds), wrong());
    Ok(chrono::TimeDelta::seconds(seconds))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    username: String,
    template_ids: Vec<String>,
    #[serde(default = "accept")]
    decision: String,
    #[serde(default)]
    always: bool,
}

fn accept() -> String {
    "accept".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    page: String,
    is_missing: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quota {
    path: String,
    per_day: u32,
}

/// An event to push by hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Happening {
    username: String,
    event: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    username: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockDraft {
    now: Option<DateTime<Utc>>,
    advance: Option<String>,
}

/// Where pushes go, as the console asks for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    /// Nowhere when empty.
    url: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    encoding_aes_key: String,
    #[serde(default)]
    app_id: String,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    format: Format,
}

impl Address {
    fn callback(self) -> anyhow::Result<Option<Callback>> {
        if self.url.is_empty() {
            return Ok(None);
        }
        let Self { url, token, encoding_aes_key, app_id, mode, format } = self;
        let seal = match mode {
            Mode::Plain => None,
            _ => Some(Seal::new(token.clone().into(), &encoding_aes_key.into(), &app_id)?),
        };
        Ok(Some(Callback { url, token: token.into(), seal, mode, format }))
    }
}
