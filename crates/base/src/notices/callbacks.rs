//! What the platform pushes to us: kept, answered at once, and processed as a job.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use domain::notices::credits::Source;
use platform::Tx;
use platform::jobs::{Job, NotBefore, Promise};
use platform::secret::sha256;
use platform::{Clock, new_id};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wechat::callback::{Answered, Envelope, Event, Push, SentResult, Signed, parse};
use wechat::crypto::callback::Seal;

use super::rows::{addresses, callbacks, credits, push};
use super::{credits::accept, send};
use crate::App;
use crate::error::{Error, Result};

/// Which of our accounts the platform speaks to us about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The mini-program.
    MiniProgram,
    /// The service account.
    Service,
}

impl Account {
    fn name(self) -> &'static str {
        match self {
            Self::MiniProgram => "mini_program",
            Self::Service => "service",
        }
    }
}

/// The account by the last part of the callback's path.
pub fn account(path: &str) -> Option<Account> {
    match path {
        "" => Some(Account::MiniProgram),
        "service" => Some(Account::Service),
        _ => None,
    }
}

/// How old a push may be: the platform tries three times within a minute, so anything older is somebody's recording.
const OLDEST: TimeDelta = TimeDelta::minutes(10);

/// Takes in what claims to be a push. Whatever is not signed, too old or not readable is refused; what came before is
/// answered like the first time.
pub async fn receive(app: &App, account: Account, signed: Signed<'_>, body: &[u8]) -> Result<()> {
    let opened = envelope(app, account)?.open(signed, body).map_err(|refusal| {
        tracing::warn!(%refusal, "a push is refused");
        Error::Forbidden
    })?;
    let sent_at = signed.timestamp.parse().ok().and_then(|at| DateTime::from_timestamp(at, 0));
    if sent_at.is_none_or(|at: DateTime<Utc>| (Clock::real() - at).abs() > OLDEST) {
        return Err(Error::Forbidden);
    }
    let text = String::from_utf8(opened).map_err(|_| Error::Unreadable("malformed_push"))?;
    let push = parse(text.as_bytes()).map_err(|_| Error::Unreadable("malformed_push"))?;

    let tx = app.db.begin().await?;
    let digest = sha256(format!("{}\n{}\n{}", account.name(), signed.timestamp, signed.nonce));
    if callbacks::see(tx.db(), &digest, tx.now()).await? {
        let id = new_id();
        let entry = (account.name(), push.dedupe_key.as_str(), name_of(&push.event), text.as_str());
        if callbacks::keep(tx.db(), id, entry, tx.now()).await? {
            tx.send(&Callback { id }).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// How the account's pushes are signed and sealed; absent where no token is configured.
pub fn envelope(app: &App, account: Account) -> Result<Envelope> {
    let settings = &app.config.wechat;
    let token = settings.callback_token.clone();
    if token.expose_secret().is_empty() {
        return Err(Error::NotFound);
    }
    if settings.encoding_aes_key.expose_secret().is_empty() {
        return Ok(Envelope::plain(token));
    }
    let receiver = match account {
        Account::MiniProgram => &settings.app_id,
        Account::Service => &settings.service_app_id,
    };
    let seal =
        Seal::new(token, &settings.encoding_aes_key, receiver).context("reading wechat.encoding_aes_key")?;
    Ok(Envelope::sealed(seal))
}

fn name_of(event: &Event) -> &str {
    match event {
        Event::SubscribePopup(_) => "subscribe_msg_popup_event",
        Event::SubscribeChange(_) => "subscribe_msg_change_event",
        Event::SubscribeSent(_) => "subscribe_msg_sent_event",
        Event::MediaCheck(_) => "wxa_media_check",
        Event::TemplateSendFinished { .. } => "TEMPLATESENDJOBFINISH",
        Event::Subscribe => "subscribe",
        Event::Unsubscribe => "unsubscribe",
        Event::Other(name) => name,
    }
}

/// Processes a push.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Callback {
    pub id: Uuid,
}

impl Promise for Callback {
    const NAME: &'static str = "notices.callback";
}

impl Job<App> for Callback {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let Some(kept) =
            callbacks::kept(app.db.conn(), self.id).await?.filter(|it| it.processed_at.is_none())
        else {
            return Ok(());
        };
        let push = parse(kept.body.as_bytes()).context("reading a push that was read before")?;
        // Asked before the transaction: nothing is held open over a call.
        let follower = match push.event {
            Event::Subscribe if kept.account == Account::Service.name() => follower(app, &push.from).await?,
            _ => None,
        };
        let tx = app.db.begin().await?;
        if !callbacks::processed(tx.db(), self.id, tx.now()).await? {
            return Ok(());
        }
        take_in(app, &tx, &push, follower).await?;
        tx.commit().await
    }
}

/// The identity that a follower of the service account shares with the mini-program.
async fn follower(app: &App, openid: &str) -> anyhow::Result<Option<String>> {
    match app.wechat.official() {
        // By the time it is asked it may be over.
        Some(official) => {
            Ok(Some(official.follower(openid).await?).filter(|it| it.follows).and_then(|it| it.unionid))
        }
        None => Ok(None),
    }
}

async fn take_in(app: &App, tx: &Tx, push: &Push, unionid: Option<String>) -> anyhow::Result<()> {
    match &push.event {
        Event::SubscribePopup(answers) => popup(tx, push, answers).await,
        Event::SubscribeChange(answers) => change(tx, push, answers).await,
        Event::SubscribeSent(results) => sent(app, tx, push, results).await,
        Event::TemplateSendFinished { msgid, status } => {
            let reason = (status != "success").then_some("not_delivered");
            spoken(app, tx, push, (msgid, "", reason)).await
        }
        Event::Subscribe => match unionid {
            Some(unionid) => Ok(addresses::follow(tx.db(), &push.from, &unionid, tx.now()).await?),
            None => Ok(()),
        },
        Event::Unsubscribe => Ok(addresses::unfollow(tx.db(), &push.from).await?),
        // Kept as it came, and nothing else.
        Event::MediaCheck(_) | Event::Other(_) => Ok(()),
    }
}

/// Accepts, as the platform saw them. It never counts a tap that the phone has reported.
async fn popup(tx: &Tx, push: &Push, answers: &[Answered]) -> anyhow::Result<()> {
    let Some(user) = addresses::user_of_openid(tx.db(), &push.from).await? else { return Ok(()) };
    credits::balances(tx.db(), &[user.0]).await?;
    for answer in answers.iter().filter(|it| it.is_accepted) {
        accept(tx.db(), user, &answer.template_id, (Source::Event, push.created_at))
            .await
            .map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    }
    Ok(())
}

/// Somebody has switched a template off: whatever was accepted is void.
async fn change(tx: &Tx, push: &Push, answers: &[Answered]) -> anyhow::Result<()> {
    let Some(user) = addresses::user_of_openid(tx.db(), &push.from).await? else { return Ok(()) };
    credits::balances(tx.db(), &[user.0]).await?;
    for answer in answers.iter().filter(|it| !it.is_accepted) {
        credits::clear_older(tx.db(), user.0, &answer.template_id, push.created_at).await?;
    }
    Ok(())
}

async fn sent(app: &App, tx: &Tx, push: &Push, results: &[SentResult]) -> anyhow::Result<()> {
    for result in results {
        let reason = (result.errcode != 0).then_some("not_delivered");
        spoken(app, tx, push, (&result.msgid, &result.template_id, reason)).await?;
    }
    Ok(())
}

/// How long before its word on a message the platform may have taken it.
const BEFORE: TimeDelta = TimeDelta::minutes(15);

/// What became of a message: it arrived, or it goes on by the next channel.
async fn spoken(
    app: &App,
    tx: &Tx,
    event: &Push,
    (msgid, template, reason): (&str, &str, Option<&'static str>),
) -> anyhow::Result<()> {
    let addressed = (event.from.as_str(), template);
    let is_early = push::with_msgid(tx.db(), msgid).await?.is_none()
        && push::is_under_way(tx.db(), addressed, tx.now() - BEFORE).await?;
    if is_early {
        // The answer to the message itself is not written down yet: without its id nobody knows which one is meant.
        return Err(NotBefore(tx.now() + TimeDelta::seconds(10)).into());
    }
    let window = (tx.now() - BEFORE, tx.now() + BEFORE);
    let found = push::spoken_of(tx.db(), msgid, addressed, window).await?;
    let Some(found) = found else { return Ok(()) };
    let status = if reason.is_some() { "failed" } else { "sent" };
    if push::settle_spoken_of(tx.db(), found.id, (status, reason, msgid), tx.now()).await? && reason.is_some()
    {
        let rules = send::rules(app, tx).await?;
        send::go_on(app, tx, &rules, &[&found]).await?;
    }
    Ok(())
}
