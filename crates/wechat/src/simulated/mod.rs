//! WeChat played from a file: the embedded default, and the demonstration.
//!
//! `wechat-sim.jsonl` is an append-only log of what happened on the platform,
//! shared by all processes of one machine. Whoever does something takes the
//! file's lock, reads what others appended, decides, appends its own lines and
//! syncs them to disk before it answers. One thread of each process does so for
//! all callers that wait, under one lock and with one sync.
//!
//! It answers requests, as [`Transport`] and through whoever serves
//! [`Simulator::handle`] over HTTP. Faithful where it matters: tokens die,
//! every accept allows one message, a field that breaks its rule is refused, a
//! message sent twice arrives twice, two calls for one user do not overlap, an
//! answer can get lost after the message was accepted, and events are pushed.
//!
//! Absent: the limits of calls a minute (a [`FaultSpec`] or a quota brings
//! them), long-term templates, files to download.

mod call;
mod control;
mod event;
mod faults;
mod log;
mod overlap;
mod platform;
mod pushes;
mod refusal;
mod sending;
mod state;
mod tokens;
mod users;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use self::{
    call::{Ask, Call},
    event::Event,
    log::Log,
    overlap::{Guard, Overlap},
    platform::{Platform, Said},
    pushes::Poster,
    writer::{Waiting, Writer},
};
use crate::{Broken, Credentials, Request, Response, Template, Transport};

pub use event::{Channel, FaultSpec, SentRecord, UserSpec};
pub use pushes::{Callback, Pushed};

/// As a [`FaultSpec::errcode`]: the call is served and recorded, yet its answer
/// gets lost.
pub const LOST_ANSWER: i64 = -2;

const FILE_NAME: &str = "wechat-sim.jsonl";

/// How many callers may wait before the next one waits for room.
const QUEUE_LENGTH: usize = 4096;

/// A small picture in place of a code.
const PICTURE: &[u8] = include_bytes!("code.png");

/// What the platform is told about us. All processes on one folder must be
/// told the same.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The accepts of every template that every user starts with.
    pub initial_credits: u32,
    /// The templates there are; any when empty.
    pub templates: Vec<Template>,
    /// The accounts there are; any when empty.
    pub credentials: Vec<Credentials>,
}

/// A handle on the simulated platform. Clones share one thread, which ends with
/// the last of them.
#[derive(Clone)]
pub struct Simulator {
    path: Arc<Path>,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    calls: mpsc::Sender<Waiting>,
    overlap: Overlap,
    poster: Arc<Poster>,
}

impl Simulator {
    /// Opens the platform kept in `dir`, which is made if absent.
    pub fn open(
        dir: &Path,
        setup: Setup,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
        let path = dir.join(FILE_NAME);
        let log = Log::open(&path).with_context(|| format!("opening {}", path.display()))?;
        let calls = Writer::start(log, Platform::new(setup), QUEUE_LENGTH)
            .with_context(|| format!("reading {}", path.display()))?;
        let (overlap, poster) = (Overlap::default(), Arc::new(Poster::new()));
        Ok(Self { path: path.into(), clock: Arc::new(clock), calls, overlap, poster })
    }

    /// Where events of this process are pushed to from now on.
    pub fn push_to(&self, callback: Option<Callback>) -> Result<()> {
        self.poster.send_to(callback)
    }

    /// Answers a request, of WeChat's own or of the control plane below `/sim`.
    /// An error is an answer that gets lost.
    pub async fn handle(&self, request: Request) -> Result<Response, Broken> {
        if let Some(control) = request.path.strip_prefix("/sim/") {
            return Ok(control::handle(self, control, &request).await);
        }
        let Some(call) = Call::read(&request) else {
            return Ok(Response { status: 404, content_type: "text/plain".to_owned(), body: Vec::new() });
        };
        let _alone = match &call.ask {
            Ask::Send(message) => match self.overlap.enter(&message.openid) {
                Guard::Alone(alone) => Some(alone),
                Guard::Taken => {
                    let overlapping = Call { ask: Ask::Malformed(43108), ..call };
                    return self.answer(overlapping).await;
                }
            },
            _ => None,
        };
        self.answer(call).await
    }

    async fn answer(&self, call: Call) -> Result<Response, Broken> {
        let said = self.ask(call).await.map_err(|error| Broken::Lost(error.to_string()))?;
        match said {
            Said::Json(answer) => Ok(Response::json(&answer)),
            Said::Picture => {
                Ok(Response { status: 200, content_type: "image/png".to_owned(), body: PICTURE.to_vec() })
            }
            Said::Lost(why) => Err(Broken::Lost(why.to_owned())),
            Said::Down(why) => Err(Broken::Lost(why)),
        }
    }

    /// Every message accepted since the last reset, oldest first.
    pub async fn sent(&self) -> Result<Vec<SentRecord>> {
        let path = PathBuf::from(&*self.path);
        let reading = tokio::task::spawn_blocking(move || log::sent(&path));
        reading.await?.with_context(|| format!("reading {}", self.path.display()))
    }

    /// What became of the pushes of this process, oldest first.
    pub fn pushed(&self) -> Vec<Pushed> {
        self.poster.pushed()
    }

    /// Lets the next calls that match go wrong, after the faults added before.
    pub async fn add_fault(&self, fault: FaultSpec) -> Result<()> {
        self.record(|at| Event::Fault { fault, at }).await
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
        self.record(|at| Event::Subscribe {
            openid: openid.to_owned(),
            template_ids: template_ids.to_vec(),
            decision: decision.to_owned(),
            always,
            at,
        })
        .await
    }

    /// A login code for one login within five minutes.
    pub async fn make_code(&self, username: &str) -> Result<String> {
        let mut random = [0; 12];
        getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("reading random bytes: {error}"))?;
        let code = format!("{}{}", users::MADE_CODE, crate::crypto::hex(&random));
        let (made, username) = (code.clone(), username.to_owned());
        self.record(|at| Event::Code { code, username, at }).await?;
        Ok(made)
    }

    /// What is special about a user from now on.
    pub async fn set_user(&self, user: UserSpec) -> Result<()> {
        self.record(|at| Event::User { user, at }).await
    }

    /// Forgets everything but tokens, in all processes. The log keeps its old
    /// lines.
    pub async fn reset(&self) -> Result<()> {
        self.record(|at| Event::Reset { at }).await
    }

    async fn record(&self, event: impl FnOnce(DateTime<Utc>) -> Event) -> Result<()> {
        let ask = Ask::Record(event((self.clock)()));
        match self.ask(Call { path: None, token: None, ask }).await? {
            Said::Down(why) => bail!("recording on the simulated WeChat: {why}"),
            _ => Ok(()),
        }
    }

    async fn ask(&self, call: Call) -> Result<Said> {
        let (answer_to, answer) = oneshot::channel();
        let waiting = Waiting { call, now: (self.clock)(), answer_to };
        let stopped = "the simulated WeChat has stopped";
        self.calls.send(waiting).await.map_err(|_| anyhow::anyhow!(stopped))?;
        let answer = answer.await.context(stopped)?;
        self.poster.post_all(answer.pushes);
        if !answer.delay.is_zero() {
            tokio::time::sleep(answer.delay).await;
        }
        Ok(answer.said)
    }
}

#[async_trait]
impl Transport for Simulator {
    async fn carry(&self, request: Request) -> Result<Response, Broken> {
        self.handle(request).await
    }
}
