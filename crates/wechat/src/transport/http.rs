//! The real WeChat, over HTTPS.

use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};

use super::{Broken, Host, Method, Request, Response, Transport};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection WeChat closes while we write to it would leave a message in
/// doubt, so idle ones go early.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// No answer of WeChat's is longer: a picture of a code has some 100 kB.
const LONGEST_ANSWER: usize = 8 << 20;

/// Where WeChat's houses are: its own addresses, an egress proxy before them,
/// or a simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    pub api: String,
    pub wecom: String,
}

/// The way over the network.
#[derive(Debug)]
pub struct Http {
    client: Client,
    hosts: Hosts,
}

impl Http {
    /// `timeout` is for one call, answer included. Follows no redirect: it
    /// would carry token and message elsewhere.
    pub fn new(hosts: Hosts, timeout: Duration) -> Result<Self> {
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(CONNECT_TIMEOUT))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .context("building the HTTP client for WeChat")?;
        Ok(Self { client, hosts })
    }

    fn url(&self, request: &Request) -> String {
        let base = match request.host {
            Host::Api => &self.hosts.api,
            Host::WeCom => &self.hosts.wecom,
        };
        format!("{}{}", base.trim_end_matches('/'), request.path)
    }
}

#[async_trait]
impl Transport for Http {
    /// A body of known bytes has a length: WeChat refuses chunked ones.
    async fn carry(&self, request: Request) -> Result<Response, Broken> {
        let url = self.url(&request);
        let asked = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url).header(CONTENT_TYPE, "application/json").body(request.body),
        };
        let asked = if request.query.is_empty() { asked } else { asked.query(&request.query) };
        let mut response = asked.send().await.map_err(broken)?;
        let status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(Broken::Lost("the answer is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, content_type, body })
    }
}

/// The URL holds secrets; an error without it does not.
fn broken(error: reqwest::Error) -> Broken {
    let never_left = error.is_connect() || error.is_builder();
    let timed_out = error.is_timeout();
    let error = anyhow::Error::new(error.without_url());
    let why = if timed_out { "timed out".to_owned() } else { format!("{error:#}") };
    if never_left { Broken::NotSent(why) } else { Broken::Lost(why) }
}
