//! Who is calling, and the call itself: session, role, idempotency key, body.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use domain::ids::{RegionId, TripId, UserId};
use domain::money::NotANumber;
use domain::people::Role;
use futures::future::LocalBoxFuture;
use platform::idempotency::{self, Claim};
use platform::secret::sha256;
use platform::{Again, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::{self, Who};
use crate::error::{Error, Result};
use crate::{App, people};

/// The employee behind the session. Extracting it also checks that the role may call this route.
#[derive(Clone, Debug)]
pub struct Actor {
    pub id: UserId,
    pub name: String,
    pub role: Role,
    pub region: Option<RegionId>,
    pub manager: Option<UserId>,
    /// The one trip that this session is about: it sees nothing else.
    pub trip: Option<TripId>,
}

impl Actor {
    /// Does this session show what things cost?
    pub fn sees_prices(&self) -> bool {
        self.trip.is_none() && self.role.sees_prices()
    }
}

impl FromRequest for Actor {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await })
    }
}

async fn authenticate(request: &HttpRequest) -> Result<Actor> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| anyhow::anyhow!("no app in the request"))?;
    let token = bearer(request).ok_or(Error::Unauthenticated)?;
    let actor = people::session_of(app, token).await?.ok_or(Error::Unauthenticated)?;
    if request.query_string().contains("%00") {
        return Err(Error::Invalid("control_character", Vec::new()));
    }
    let pattern = request.match_pattern().unwrap_or_default();
    if actor.trip.is_some() && !access::is_of_a_trip(request.method(), &pattern) {
        return Err(Error::Forbidden);
    }
    match access::who(request.method(), &pattern) {
        Some(Who::Anybody) => Ok(actor),
        Some(Who::Roles(roles)) if roles.contains(&actor.role) => Ok(actor),
        _ => Err(Error::Forbidden),
    }
}

/// The bearer token of a request.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A command from somebody: read in full before anything is decided, answered once for each key.
#[derive(Debug)]
pub struct Call {
    /// Who asks.
    pub actor: Actor,
    key: Option<String>,
    route: String,
    body: Bytes,
    if_match: Option<i32>,
}

impl FromRequest for Call {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let actor = authenticate(&request).await?;
            let body = json_body(&request, &mut payload).await?;
            Ok(Self {
                actor,
                key: key(&request)?,
                route: format!("{} {}", request.method(), request.path()),
                body,
                if_match: if_match(&request)?,
            })
        })
    }
}

/// The body of a JSON request, at most 1 MiB.
pub async fn json_body(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes> {
    let kind = request.headers().get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let body = Bytes::from_request(request, payload).await.map_err(|fault| {
        match fault.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("body_too_large"),
            _ => Error::Unreadable("malformed_json"),
        }
    })?;
    if !body.is_empty() && !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err(Error::Unsupported("content_type_unsupported"));
    }
    Ok(body)
}

/// The idempotency key of a request: 1 to 128 visible characters.
pub fn key(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > 128 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Invalid("idempotency_key_invalid", Vec::new()));
    }
    Ok(Some(text.to_owned()))
}

fn if_match(request: &HttpRequest) -> Result<Option<i32>> {
    let Some(value) = request.headers().get("If-Match") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim_matches('"');
    text.parse().map(Some).map_err(|_| Error::VersionConflict)
}

/// A command without a body: nothing, or an empty object.
#[derive(Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Call {
    /// Refuses when the caller has seen another version than the current one.
    pub fn check_version(&self, version: i32) -> Result<()> {
        match self.if_match {
            Some(seen) if seen != version => Err(Error::VersionConflict),
            _ => Ok(()),
        }
    }

    /// The version that the caller has seen, where they say so.
    pub fn version(&self) -> Option<i32> {
        self.if_match
    }

    /// The body alone, for a command that is several.
    pub fn body<D: DeserializeOwned>(&self) -> Result<D> {
        read(&self.body)
    }

    /// Runs one of several commands that came together, under a key of its own, and says what it would have answered
    /// alone.
    pub async fn part<V, F>(&self, app: &App, name: &str, run: F) -> Result<(u16, serde_json::Value)>
    where
        V: Serialize,
        F: AsyncFn(&Tx) -> Result<V>,
    {
        let digest = sha256([self.route.as_bytes(), b"\n", &self.body].concat());
        let key = self.key.as_ref().map(|key| format!("{key}/{name}"));
        let once = Once { app, claim: key.map(|key| Claim { actor: self.actor.id.0, key, digest }) };
        let kept = match once.keep(async |tx| Ok((StatusCode::OK, run(tx).await?))).await {
            Ok((status, body)) => (status.as_u16(), body),
            Err(Error::Replay(kept)) => (u16::try_from(kept.status).unwrap_or(500), kept.body),
            Err(Error::Broken(fault)) => return Err(Error::Broken(fault)),
            Err(error) => {
                let problem = error.problem();
                (problem.status, serde_json::to_string(&problem).map_err(anyhow::Error::from)?)
            }
        };
        Ok((kept.0, serde_json::from_str(&kept.1).map_err(anyhow::Error::from)?))
    }

    /// Runs the command in one transaction and answers with `status`. A key that was seen before gets its first
    /// answer; the first answer below 500, refusals included, is kept in the same transaction as what it did.
    pub async fn once<D, V, F>(&self, app: &App, status: StatusCode, run: F) -> Result<HttpResponse>
    where
        D: DeserializeOwned,
        V: Serialize,
        F: AsyncFn(&Tx, D) -> Result<V>,
    {
        self.once_told(app, async |tx, body| Ok((status, run(tx, body).await?))).await
    }

    /// The same where the command says how it answers.
    pub async fn once_told<D, V, F>(&self, app: &App, run: F) -> Result<HttpResponse>
    where
        D: DeserializeOwned,
        V: Serialize,
        F: AsyncFn(&Tx, D) -> Result<(StatusCode, V)>,
    {
        let digest = sha256([self.route.as_bytes(), b"\n", &self.body].concat());
        let once =
            Once { app, claim: self.key.clone().map(|key| Claim { actor: self.actor.id.0, key, digest }) };
        once.run_told(async |tx| run(tx, read(&self.body)?).await).await
    }
}

/// A command that is answered once for its key.
pub struct Once<'a> {
    pub app: &'a App,
    pub claim: Option<Claim>,
}

impl Once<'_> {
    /// See [`Call::once`].
    pub async fn run<V, F>(&self, status: StatusCode, run: F) -> Result<HttpResponse>
    where
        V: Serialize,
        F: AsyncFn(&Tx) -> Result<V>,
    {
        self.run_told(async |tx| Ok((status, run(tx).await?))).await
    }

    /// See [`Call::once_told`].
    async fn run_told<V, F>(&self, run: F) -> Result<HttpResponse>
    where
        V: Serialize,
        F: AsyncFn(&Tx) -> Result<(StatusCode, V)>,
    {
        let (status, body) = self.keep(run).await?;
        Ok(HttpResponse::build(status).content_type("application/json").body(body))
    }

    /// Runs the command and keeps its answer, which it returns. A command that lost a race to another is run again from
    /// the start, so it does nothing but what its transaction undoes.
    async fn keep<V, F>(&self, run: F) -> Result<(StatusCode, String)>
    where
        V: Serialize,
        F: AsyncFn(&Tx) -> Result<(StatusCode, V)>,
    {
        let mut again = Again::default();
        loop {
            match self.attempt(&run).await {
                Err(Error::Broken(fault)) if again.helps(&fault).await => {}
                Err(error @ Error::Replay(_)) => return Err(error),
                Err(error) => {
                    self.keep_refusal(&error).await?;
                    return Err(error);
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }

    async fn attempt<V, F>(&self, run: &F) -> Result<(StatusCode, String)>
    where
        V: Serialize,
        F: AsyncFn(&Tx) -> Result<(StatusCode, V)>,
    {
        let tx = self.app.db.begin().await?;
        if let Some(claim) = &self.claim
            && let Some(kept) = idempotency::claim(tx.db(), claim).await?
        {
            return Err(if kept.digest == claim.digest {
                Error::Replay(kept)
            } else {
                Error::Invalid("idempotency_key_reused", Vec::new())
            });
        }
        let (status, view) = run(&tx).await?;
        let body = serde_json::to_string(&view).map_err(anyhow::Error::from)?;
        if let Some(claim) = &self.claim {
            idempotency::keep(&tx, claim, status.as_u16(), &body);
        }
        tx.commit().await?;
        Ok((status, body))
    }

    /// A refusal changed nothing, so its answer is kept in a transaction of its own.
    async fn keep_refusal(&self, error: &Error) -> Result<()> {
        let problem = error.problem();
        let Some(claim) = self.claim.as_ref().filter(|_| problem.status < 500) else {
            return Ok(());
        };
        let tx = self.app.db.begin().await?;
        if idempotency::claim(tx.db(), claim).await?.is_none() {
            let body = serde_json::to_string(&problem).map_err(anyhow::Error::from)?;
            idempotency::keep(&tx, claim, problem.status, &body);
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Reads a JSON body; an empty one reads as an empty object. Says which field is wrong.
pub fn read<D: DeserializeOwned>(body: &[u8]) -> Result<D> {
    let body = if body.is_empty() { b"{}" } else { body };
    if has_control_escape(body) {
        return Err(Error::Invalid("control_character", Vec::new()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(fault_of)?;
    deserializer.end().map_err(|_| Error::Unreadable("malformed_json"))?;
    Ok(value)
}

/// What is wrong with a body, and where.
fn fault_of(fault: serde_path_to_error::Error<serde_json::Error>) -> Error {
    let pointer = pointer(fault.path());
    let cause = fault.into_inner();
    if !cause.is_data() {
        return Error::Unreadable("malformed_json");
    }
    let text = cause.to_string();
    let name = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        let pointer =
            if pointer.ends_with(&format!("/{name}")) { pointer } else { format!("{pointer}/{name}") };
        return Error::field(pointer, "unknown_field");
    }
    if text.starts_with("missing field") {
        return Error::field(format!("{pointer}/{name}"), "required");
    }
    let is_large = text.starts_with(&NotANumber::TooLarge.to_string());
    Error::field(pointer, if is_large { "number_too_large" } else { "invalid_value" })
}

/// Does a text in the body contain a control character other than a line break or a tab? JSON writes them as escapes
/// only. PostgreSQL cannot keep U+0000, and nobody types the others.
fn has_control_escape(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(place) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = &rest[place + 1..];
        match escape.first() {
            Some(b'b' | b'f') => return true,
            Some(b'u') => {
                let digits = escape.get(1..5).and_then(|digits| std::str::from_utf8(digits).ok());
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let is_control = |code: u32| (code < 0x20 && ![9, 10, 13].contains(&code)) || code == 0x7f;
                if code.is_some_and(is_control) {
                    return true;
                }
            }
            _ => {}
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => pointer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Draft {
        #[serde(rename = "items")]
        _items: Vec<Item>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[serde(rename = "n")]
        _n: i32,
    }

    fn check(body: &str, expected: (&str, &str)) {
        let problem = read::<Draft>(body.as_bytes()).unwrap_err().problem();
        let pointer = problem.errors.first().map(|fault| fault.pointer.clone()).unwrap_or_default();
        assert_eq!((problem.code.as_str(), pointer.as_str()), expected, "{body}");
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_are_not() {
        for text in [r#""a\u0000""#, r#""\u001F""#, r#""\b""#, r#""\u007f""#] {
            assert!(has_control_escape(text.as_bytes()), "{text}");
        }
        for text in [r#""a\nb\t""#, r#""\\u0000""#, r#""\u4e00""#, r#""\"#, ""] {
            assert!(!has_control_escape(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_wrong_body_says_where_it_is_wrong() {
        check(r#"{"items": [{"n": 1}, {"n": "x"}]}"#, ("invalid_value", "/items/1/n"));
        check(r#"{"items": [{"n": 1, "m": 2}]}"#, ("unknown_field", "/items/0/m"));
        check(r#"{"items": [], "more": 1}"#, ("unknown_field", "/more"));
        check(r#"{"items": [{}]}"#, ("required", "/items/0/n"));
        check(r#"{"items": ["#, ("malformed_json", ""));
        check(r#"{"items": []} x"#, ("malformed_json", ""));
        check("", ("required", "/items"));
    }
}
