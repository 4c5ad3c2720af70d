//! Where an account's token comes from.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Fault, Host, Method, Request, Transport,
    client::{Call, answer},
    config::Credentials,
    paths,
};

/// Whose token it is. Mini-programs and official accounts have WeChat's
/// *stable* token: whoever fetches it gets the same one, and kills nobody's.
pub(crate) struct Source {
    host: Host,
    credentials: Credentials,
    key: String,
}

/// What came back.
#[derive(Deserialize)]
pub(crate) struct Fetched {
    #[serde(rename = "access_token")]
    pub(super) token: SecretString,
    #[serde(deserialize_with = "answer::number")]
    pub(super) expires_in: i64,
}

impl Source {
    pub(crate) fn new(host: Host, credentials: Credentials) -> Self {
        let kind = match host {
            Host::Api => "stable",
            Host::WeCom => "wecom",
        };
        let key = format!("{kind}:{}", credentials.id);
        Self { host, credentials, key }
    }

    pub(crate) fn host(&self) -> Host {
        self.host
    }

    /// Under what it is shared.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// WeCom has no other way than to ask again.
    pub(crate) fn can_force(&self) -> bool {
        self.host == Host::Api
    }

    pub(crate) async fn fetch(&self, transport: &dyn Transport, force: bool) -> Result<Fetched, Fault> {
        Call::read(transport.carry(self.request(force)).await)
    }

    fn request(&self, force: bool) -> Request {
        let (id, secret) = (&self.credentials.id, self.credentials.secret.expose_secret());
        match self.host {
            Host::Api => {
                let body = json!({
                    "grant_type": "client_credential", "appid": id, "secret": secret, "force_refresh": force,
                });
                Request {
                    host: self.host,
                    method: Method::Post,
                    path: paths::TOKEN.into(),
                    query: Vec::new(),
                    body: body.to_string().into_bytes(),
                }
            }
            Host::WeCom => Request {
                host: self.host,
                method: Method::Get,
                path: paths::WECOM_TOKEN.into(),
                query: vec![("corpid".into(), id.clone()), ("corpsecret".into(), secret.to_owned())],
                body: Vec::new(),
            },
        }
    }
}
