//! One call to WeChat, and what a broken one means.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Client, RequestBuilder, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{self, Unread};
use crate::{Fault, paths};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection WeChat closes while we write to it would leave a message in
/// doubt, so idle ones go early.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// What a call without an answer is. Only a message is worse twice than never.
#[derive(Debug, Clone, Copy)]
pub(super) enum IfLost {
    NotSent,
    Unknown,
}

/// The way to WeChat.
pub(super) struct Http {
    client: Client,
    base_url: String,
}

impl Http {
    /// Follows no redirect: it would carry token and message elsewhere.
    pub(super) fn new(base_url: &str, timeout: Duration) -> Result<Self> {
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(CONNECT_TIMEOUT))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .context("building the HTTP client for WeChat")?;
        Ok(Self { client, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    pub(super) async fn login<T: DeserializeOwned>(
        &self,
        app_id: &str,
        secret: &SecretString,
        code: &str,
    ) -> Result<T, Fault> {
        let query = [
            ("appid", app_id),
            ("secret", secret.expose_secret()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        ask(self.client.get(self.url(paths::LOGIN)).query(&query), IfLost::NotSent).await
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Fault> {
        ask(self.client.post(self.url(path)).json(body), IfLost::NotSent).await
    }

    pub(super) async fn post_with_token<T: DeserializeOwned>(
        &self,
        path: &str,
        token: &SecretString,
        body: &Value,
        if_lost: IfLost,
    ) -> Result<T, Fault> {
        let query = [("access_token", token.expose_secret())];
        ask(self.client.post(self.url(path)).query(&query).json(body), if_lost).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

async fn ask<T: DeserializeOwned>(request: RequestBuilder, if_lost: IfLost) -> Result<T, Fault> {
    let response = request.send().await.map_err(|error| broken(error, if_lost))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| broken(error, if_lost))?;
    answer::read(status, &body).map_err(|unread| match unread {
        Unread::Refused(fault) => fault,
        Unread::Lost(why) => if_lost.fault(why),
    })
}

/// The URL holds secrets; an error without it does not.
fn broken(error: reqwest::Error, if_lost: IfLost) -> Fault {
    let never_left = error.is_connect() || error.is_builder();
    let timed_out = error.is_timeout();
    let error = anyhow::Error::new(error.without_url());
    let why = if timed_out { "timed out".to_owned() } else { format!("{error:#}") };
    if never_left { Fault::NotSent(why) } else { if_lost.fault(why) }
}

impl IfLost {
    fn fault(self, why: String) -> Fault {
        match self {
            Self::NotSent => Fault::NotSent(why),
            Self::Unknown => Fault::Unknown(why),
        }
    }
}
