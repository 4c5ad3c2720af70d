//! The access token: one for all callers, fetched by one of them.
//!
//! It is WeChat's *stable* token. Replicas that fetch it on their own get the
//! same one, so no shared cache and no lock between processes is needed.

use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

use super::{answer, http::Http};
use crate::{Fault, paths};

/// WeChat ignores a forced refresh sooner than this after the last.
const BETWEEN_FORCED: TimeDelta = TimeDelta::seconds(30);

/// The cached token of one mini-program.
pub(super) struct Tokens {
    app_id: String,
    secret: SecretString,
    clock: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    kept: RwLock<Option<Kept>>,
    /// Held while a token is fetched.
    fetching: Mutex<Fetching>,
    /// How many fetches have failed.
    n_failed: AtomicU64,
}

#[derive(Clone)]
struct Kept {
    token: SecretString,
    until: DateTime<Utc>,
}

#[derive(Default)]
struct Fetching {
    forced_at: Option<DateTime<Utc>>,
    last_fault: Option<Fault>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    #[serde(deserialize_with = "answer::number")]
    expires_in: i64,
}

impl Tokens {
    pub(super) fn new(
        app_id: &str,
        secret: SecretString,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            app_id: app_id.to_owned(),
            secret,
            clock: Box::new(clock),
            kept: RwLock::default(),
            fetching: Mutex::default(),
            n_failed: AtomicU64::new(0),
        }
    }

    /// A token that lives for a while yet.
    pub(super) async fn current(&self, http: &Http) -> Result<SecretString, Fault> {
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let mut fetching = self.turn().await?;
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let answer = self.fetch(http, &mut fetching, false).await?;
        Ok(self.keep(answer))
    }

    /// Another token than the one WeChat has just refused.
    ///
    /// Somebody may have replaced it already; otherwise WeChat is asked
    /// plainly first, because the forced way is rationed: 20 times a day.
    pub(super) async fn replace(&self, http: &Http, refused: &SecretString) -> Result<SecretString, Fault> {
        let mut fetching = self.turn().await?;
        if let Some(token) = self.fresh()
            && !same(&token, refused)
        {
            return Ok(token);
        }
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = None;
        let mut answer = self.fetch(http, &mut fetching, false).await?;
        let now = (self.clock)();
        let may_force = fetching.forced_at.is_none_or(|at| (now - at).abs() >= BETWEEN_FORCED);
        if may_force && same(&answer.access_token, refused) {
            fetching.forced_at = Some(now);
            answer = self.fetch(http, &mut fetching, true).await?;
        }
        Ok(self.keep(answer))
    }

    /// Waits for the right to fetch. Whoever waited while a fetch failed gets
    /// its fault: fifty callers must not run into fifty timeouts in a row.
    async fn turn(&self) -> Result<MutexGuard<'_, Fetching>, Fault> {
        let n_failed = self.n_failed.load(Ordering::SeqCst);
        let fetching = self.fetching.lock().await;
        match &fetching.last_fault {
            Some(fault) if self.n_failed.load(Ordering::SeqCst) > n_failed => Err(fault.clone()),
            _ => Ok(fetching),
        }
    }

    async fn fetch(&self, http: &Http, fetching: &mut Fetching, force: bool) -> Result<TokenAnswer, Fault> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self.secret.expose_secret(),
            "force_refresh": force,
        });
        let answer = http.post(paths::TOKEN, &body).await;
        if let Err(fault) = &answer {
            fetching.last_fault = Some(fault.clone());
            self.n_failed.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }

    /// Keeps it until shortly before it dies; never for no time at all, which
    /// would mean a fetch for every call.
    fn keep(&self, answer: TokenAnswer) -> SecretString {
        let margin = (answer.expires_in / 2).min(300);
        let lifetime = (answer.expires_in - margin).clamp(30, 7200);
        let token = answer.access_token;
        let kept = Kept { token: token.clone(), until: (self.clock)() + TimeDelta::seconds(lifetime) };
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        tracing::info!(wechat.lifetime_s = lifetime, "a WeChat access token is kept for {lifetime} s");
        token
    }

    fn fresh(&self) -> Option<SecretString> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|kept| (self.clock)() < kept.until).map(|kept| kept.token.clone())
    }
}

fn same(left: &SecretString, right: &SecretString) -> bool {
    left.expose_secret() == right.expose_secret()
}
