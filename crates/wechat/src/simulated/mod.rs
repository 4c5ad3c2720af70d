//! WeChat played from a file: the embedded default, and the demonstration.
//!
//! `wechat-sim.jsonl` is an append-only log of what happened on the platform,
//! shared by all processes of one machine. Whoever does something takes the
//! file's lock, reads what others appended, decides, appends its own lines and
//! syncs them to disk before it answers. One thread of each process does so for
//! all callers that wait, under one lock and with one sync.
//!
//! Faithful where it matters: every accept allows one message, a field that
//! breaks its rule is refused, a message sent twice arrives twice, and an
//! answer can get lost after the message was accepted. Like [`crate::live`], it
//! makes a call exactly once more when the access token is refused.
//!
//! Absent: templates and their keys, pages, quotas by themselves (a
//! [`FaultSpec`] brings any error code), callbacks.

mod event;
mod faults;
mod log;
mod platform;
mod refusal;
mod users;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use self::{
    event::Event,
    log::Log,
    platform::{Call, Platform},
    writer::{Waiting, Writer},
};
use crate::{Fault, LoginSession, SubscribeMessage, WeChat};

pub use event::{FaultSpec, SentRecord};

/// As a [`FaultSpec::errcode`]: the message is accepted and recorded, yet its
/// sender gets [`Fault::Unknown`], as if the answer had been lost.
pub const LOST_ANSWER: i64 = -2;

const FILE_NAME: &str = "wechat-sim.jsonl";

/// How many callers may wait before the next one waits for room.
const QUEUE_LENGTH: usize = 4096;

/// A handle on the simulated platform. Clones share one thread, which ends with
/// the last of them.
#[derive(Clone)]
pub struct Simulated {
    path: Arc<Path>,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    calls: mpsc::Sender<Waiting>,
}

impl Simulated {
    /// Opens the platform kept in `dir`, which is made if absent. Every user
    /// starts with `initial_credits` accepts of every template; all processes
    /// on one `dir` must say the same number.
    pub fn open(
        dir: &Path,
        initial_credits: u32,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
        let path = dir.join(FILE_NAME);
        let log = Log::open(&path).with_context(|| format!("opening {}", path.display()))?;
        let calls = Writer::start(log, Platform::new(initial_credits), QUEUE_LENGTH)
            .with_context(|| format!("reading {}", path.display()))?;
        Ok(Self { path: path.into(), clock: Arc::new(clock), calls })
    }

    /// Every message accepted since the last reset, oldest first.
    pub async fn sent(&self) -> Result<Vec<SentRecord>> {
        let path = PathBuf::from(&*self.path);
        let reading = tokio::task::spawn_blocking(move || log::sent(&path));
        reading.await?.with_context(|| format!("reading {}", self.path.display()))
    }

    /// Lets the next calls that match go wrong, after the faults added before.
    pub async fn add_fault(&self, fault: FaultSpec) -> Result<()> {
        self.record(Event::Fault { fault, at: (self.clock)() }).await
    }

    /// A user's tap in `wx.requestSubscribeMessage`. Every decision that starts
    /// with `accept` adds one credit for each template; any other adds none, and
    /// with `always` it also shuts the templates off until the next accept.
    pub async fn subscribe(
        &self,
        openid: &str,
        template_ids: &[String],
        decision: &str,
        always: bool,
    ) -> Result<()> {
        self.record(Event::Subscribe {
            openid: openid.to_owned(),
            template_ids: template_ids.to_vec(),
            decision: decision.to_owned(),
            always,
            at: (self.clock)(),
        })
        .await
    }

    /// Forgets everything, in all processes. The log keeps its old lines.
    pub async fn reset(&self) -> Result<()> {
        self.record(Event::Reset { at: (self.clock)() }).await
    }

    async fn record(&self, event: Event) -> Result<()> {
        self.ask(Call::Record(event)).await.context("recording on the simulated WeChat")?;
        Ok(())
    }

    /// Makes the call with an access token, which is replaced when refused.
    async fn ask_with_token(&self, call: Call) -> Result<String, Fault> {
        match self.ask(call.clone()).await {
            Err(fault) if fault.is_about_token() => self.ask(call).await,
            answer => answer,
        }
    }

    async fn ask(&self, call: Call) -> Result<String, Fault> {
        let (answer_to, answer) = oneshot::channel();
        let waiting = Waiting { call, now: (self.clock)(), answer_to };
        let stopped = "the simulated WeChat has stopped";
        self.calls.send(waiting).await.map_err(|_| Fault::NotSent(stopped.to_owned()))?;
        let answer = answer.await.map_err(|_| Fault::Unknown(stopped.to_owned()))?;
        if !answer.delay.is_zero() {
            tokio::time::sleep(answer.delay).await;
        }
        answer.result
    }
}

#[async_trait]
impl WeChat for Simulated {
    /// `sim:<username>`, with any `#suffix`, is that person's WeChat, as often
    /// as one likes; `sim-new:<anything>` is nobody's yet.
    async fn code_to_session(&self, code: &str) -> Result<LoginSession, Fault> {
        let name = self.ask(Call::Login { code: code.to_owned() }).await?;
        Ok(users::session(&name, code))
    }

    /// `sim-phone:<number>` is a code for that number.
    async fn phone_number(&self, phone_code: &str, _openid: &str) -> Result<String, Fault> {
        self.ask_with_token(Call::Phone { code: phone_code.to_owned() }).await
    }

    async fn send_subscribe(&self, message: &SubscribeMessage) -> Result<Option<String>, Fault> {
        self.ask_with_token(Call::Send(message.clone())).await.map(Some)
    }

    async fn check(&self) -> Result<String, Fault> {
        let sent = self.sent().await.map_err(|error| Fault::NotSent(format!("{error:#}")))?;
        Ok(format!("WeChat is simulated in {}: {} messages so far", self.path.display(), sent.len()))
    }
}
