//! How a call gets to WeChat: over HTTPS, or to the platform played in process.

mod http;

use std::{borrow::Cow, fmt};

use async_trait::async_trait;

pub use http::{Hosts, Http};

/// The way to WeChat. Both ways carry the same bytes, so that nothing about
/// tokens, bodies and refusals is simpler where the platform is simulated.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Carries one call, once.
    async fn carry(&self, request: Request) -> Result<Response, Broken>;
}

/// Which of WeChat's two houses is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// `api.weixin.qq.com`: mini-programs and official accounts.
    Api,
    /// `qyapi.weixin.qq.com`: WeCom (企业微信).
    WeCom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// One call. Its Debug shows neither query nor body: secrets travel in both.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub host: Host,
    pub method: Method,
    pub path: Cow<'static, str>,
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Empty for a `GET`.
    pub body: Vec<u8>,
}

/// What came back. Its Debug does not show the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

/// Why nothing came back. Neither text holds a part of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The call never left.
    #[error("nothing reached WeChat: {0}")]
    NotSent(String),
    /// It left, and whether it was heard is not known.
    #[error("no answer from WeChat: {0}")]
    Lost(String),
}

impl Request {
    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Response {
    /// What WeChat answers to nearly everything.
    pub fn json(body: &serde_json::Value) -> Self {
        let content_type = "application/json; encoding=utf-8".to_owned();
        Self { status: 200, content_type, body: body.to_string().into_bytes() }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, content_type, .. } = self;
        let mut shown = f.debug_struct("Response");
        shown.field("status", status).field("content_type", content_type).finish_non_exhaustive()
    }
}
