//! Who is calling, and the call itself: session, role, idempotency key, body.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use domain::ids::{RegionId, TripId, UserId};
use domain::people::{Reach, Role};
use futures::future::LocalBoxFuture;
use platform::idempotency::{self, Claim};
use platform::secret::sha256;
use platform::{Again, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::{self, Who};
pub use crate::body::read;
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
    /// Somebody of logistics who answers to somebody of logistics: they drive, and do not plan.
    pub drives: bool,
    /// The one trip that this session is about: it sees nothing else.
    pub trip: Option<TripId>,
}

impl Actor {
    /// How far this session sees.
    pub fn reach(&self) -> Reach {
        if self.drives { Reach::Driver } else { self.role.reach() }
    }

    /// The same person at the loading ramp: what goes out is loaded by whoever drives it, whatever they see on the road.
    pub fn at_the_ramp(&self) -> Self {
        Self { drives: false, ..self.clone() }
    }

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
