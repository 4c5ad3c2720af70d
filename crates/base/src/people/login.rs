//! Into the mini-program with a `wx.login` code, into the console with a password.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{TripId, UserId};
use domain::people::{Way, is_active};
use domain::working_time::local_date;
use domain::writing::clean;
use platform::{Clock, Tx, secret};
use wechat::{Class, Fault};

use super::guesses::Guess;
use super::rows::NewSession;
use super::{password, rows};
use crate::App;
use crate::error::{Error, Result};

/// How long an unknown identity may take to be bound.
const TICKET_MINUTES: i64 = 30;

/// Where somebody logs in from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The network address, for counting guesses.
    pub address: String,
    /// What the device calls itself, shortened.
    pub device: Option<String>,
}

/// What came of a login.
#[derive(Debug)]
pub enum Entry {
    /// In: the token is shown once and never again.
    Session { token: String, expires_at: DateTime<Utc>, user: Box<rows::user::Model> },
    /// WeChat knows the person and we do not.
    Unbound { bind_ticket: String, expires_at: DateTime<Utc> },
}

/// Logs a WeChat identity in, or starts its binding.
pub async fn login(app: &App, code: &str, from: Origin) -> Result<Entry> {
    let digest = secret::sha256(code);
    let identity = match app.wechat.code_to_session(code).await {
        Ok(session) => rows::Waiting { openid: session.openid, unionid: session.unionid },
        // The phone did not get our answer and sends the code again, which WeChat takes once.
        Err(Fault::Refused { errcode: CODE_USED, .. }) => used_before(app, &digest).await?,
        Err(fault) => return Err(refused(fault)),
    };
    let tx = app.db.begin().await?;
    rows::codes::remember(tx.db(), &digest, &identity, Clock::real()).await?;
    if let Some(user) = rows::user_of_identity(tx.db(), &identity.openid).await? {
        // The accounts may have been joined since: what they share is known from the first login after it.
        if let Some(unionid) = &identity.unionid {
            rows::attach_unionid(tx.db(), &identity.openid, unionid).await?;
        }
        let entry = open(app, &tx, user, Way::WeChat, from).await?;
        tx.commit().await?;
        return Ok(entry);
    }
    let bind_ticket = secret::token()?;
    let expires_at = Clock::real() + TimeDelta::minutes(TICKET_MINUTES);
    rows::open_ticket(tx.db(), &secret::sha256(&bind_ticket), &identity, expires_at).await?;
    tx.commit().await?;
    Ok(Entry::Unbound { bind_ticket, expires_at })
}

/// WeChat's word for a code that it has taken already.
const CODE_USED: i64 = 40163;
/// How long a code lives at WeChat.
const CODE_LIVES: TimeDelta = TimeDelta::minutes(5);

/// Whose code it was. The request that WeChat answered may be about to write it down.
async fn used_before(app: &App, digest: &str) -> Result<rows::Waiting> {
    for _ in 0..20 {
        let since = Clock::real() - CODE_LIVES;
        if let Some(identity) = rows::codes::behind(app.db.conn(), digest, since).await? {
            return Ok(identity);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Error::field("/code", "wechat_code_invalid"))
}

/// Logs an employee of the office in. Guesses are counted by account and address, whether or not there is the account,
/// and too many of them are refused for a while without looking at the password. Meanwhile WeChat lets its owner in,
/// and so does a password set anew.
pub async fn login_console(app: &App, username: &str, given: &str, from: Origin) -> Result<Entry> {
    let username = clean(username);
    let user = rows::user_by_username(app.db.conn(), &username).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let guess = Guess::password(&username, hash.as_deref(), &from.address);
    guess.count(app).await?;
    let is_right = password::is_right(given.to_owned(), hash).await?;
    let user = user.filter(|_| is_right).ok_or(Error::field("/password", "credentials_wrong"))?;
    guess.was_right(app).await?;
    let tx = app.db.begin().await?;
    let entry = open(app, &tx, user, Way::Console, from).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Opens a session for an active employee.
pub(super) async fn open(
    app: &App,
    tx: &Tx,
    user: rows::user::Model,
    way: Way,
    from: Origin,
) -> Result<Entry> {
    if !is_active(user.active_from, user.active_to, local_date(tx.now())) {
        return Err(Error::conflict("not_employed"));
    }
    let lasts = TimeDelta::days(app.config.session.days);
    let (token, expires_at) = begin(app, tx, UserId(user.id), (way, from.device), (lasts, None)).await?;
    Ok(Entry::Session { token, expires_at, user: Box::new(user) })
}

/// How long a shared phone belongs to a trip.
const TRIP_HOURS: i64 = 16;

/// Opens a session that sees one trip and nothing else.
pub async fn open_for_trip(
    app: &App,
    tx: &Tx,
    user: UserId,
    trip: TripId,
) -> Result<(String, DateTime<Utc>)> {
    begin(app, tx, user, (Way::SharedPhone, None), (TimeDelta::hours(TRIP_HOURS), Some(trip))).await
}

/// The token of a new session, and its end. Beyond so many sessions the oldest end.
async fn begin(
    app: &App,
    tx: &Tx,
    user: UserId,
    (way, device): (Way, Option<String>),
    (lasts, trip): (TimeDelta, Option<TripId>),
) -> Result<(String, DateTime<Utc>)> {
    let token = secret::token()?;
    let from = Clock::real();
    let until = from + lasts;
    let digest = secret::sha256(&token);
    rows::open_session(tx.db(), NewSession { digest, user, way, device, from, until, trip }).await?;
    rows::keep_newest(tx.db(), user, app.config.session.most).await?;
    Ok((token, until))
}

/// What a fault of WeChat's means to somebody who logs in.
pub(super) fn refused(fault: Fault) -> Error {
    match fault.class() {
        Class::Relogin | Class::Permanent | Class::NextChannel => {
            Error::field("/code", "wechat_code_invalid")
        }
        _ => {
            tracing::warn!(error = %fault, "WeChat does not answer a login");
            Error::Unavailable("wechat_unavailable", 3)
        }
    }
}
