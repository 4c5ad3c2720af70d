//! One call: what is asked, and what a missing answer means.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{self, Unread};
use crate::{Broken, Fault, Host, Method, Request, Response};

/// What a call without an answer is. Only a message is worse twice than never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IfLost {
    NotSent,
    Unknown,
}

pub(crate) struct Call {
    method: Method,
    pub(super) path: &'static str,
    query: Vec<(Cow<'static, str>, String)>,
    body: Vec<u8>,
    if_lost: IfLost,
}

impl Call {
    pub(super) fn get(path: &'static str) -> Self {
        Self { method: Method::Get, path, query: Vec::new(), body: Vec::new(), if_lost: IfLost::NotSent }
    }

    pub(super) fn post(path: &'static str, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { method: Method::Post, path, query: Vec::new(), body, if_lost: IfLost::NotSent }
    }

    /// With a parameter in the query.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name.into(), value.to_owned()));
        self
    }

    /// Doing it twice does harm, and WeChat does not notice.
    pub(super) fn once(mut self) -> Self {
        self.if_lost = IfLost::Unknown;
        self
    }

    pub(super) fn request(&self, host: Host, token: Option<&SecretString>) -> Request {
        let token = token.map(|token| ("access_token".into(), token.expose_secret().to_owned()));
        let query = token.into_iter().chain(self.query.iter().cloned()).collect();
        let Self { method, path, body, .. } = self;
        Request { host, method: *method, path: (*path).into(), query, body: body.clone() }
    }

    /// What came of it.
    pub(super) fn outcome<T>(
        &self,
        carried: Result<Response, Broken>,
        read: impl Fn(&Response) -> Result<T, Unread>,
    ) -> Result<T, Fault> {
        self.if_lost.judge(carried, read)
    }

    /// What came of a call that does no harm twice.
    pub(crate) fn read<T: DeserializeOwned>(carried: Result<Response, Broken>) -> Result<T, Fault> {
        IfLost::NotSent.judge(carried, answer::read)
    }
}

impl IfLost {
    fn judge<T>(
        self,
        carried: Result<Response, Broken>,
        read: impl Fn(&Response) -> Result<T, Unread>,
    ) -> Result<T, Fault> {
        let response = carried.map_err(|broken| match broken {
            Broken::NotSent(why) => Fault::NotSent(why),
            Broken::Lost(why) => self.fault(why),
        })?;
        read(&response).map_err(|unread| match unread {
            Unread::Refused(fault) => fault,
            Unread::Lost(why) => self.fault(why),
        })
    }

    fn fault(self, why: String) -> Fault {
        match self {
            Self::NotSent => Fault::NotSent(why),
            Self::Unknown => Fault::Unknown(why),
        }
    }
}
