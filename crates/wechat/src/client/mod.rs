//! The client: every call our server makes.
//!
//! A call whose token WeChat refuses gets another one and is made exactly once
//! more. Nothing else is repeated here: whether to try again is the caller's to
//! decide, by the class of the fault. So are limits a minute, and calls for one
//! user one after the other.
//!
//! Secret and token travel in queries and bodies; neither is ever part of a
//! fault, a log line or a Debug.

pub(crate) mod answer;
mod call;
pub(crate) mod codes;
pub(crate) mod login;
pub(crate) mod messages;
pub(crate) mod official;
pub(crate) mod robot;
pub(crate) mod safety;
pub(crate) mod wecom;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

use self::answer::Unread;
pub(crate) use self::call::Call;
use self::{official::OfficialAccount, robot::Robot, wecom::WeCom};
use crate::{
    Config, Credentials, Fault, Host, Response, TokenStore, Transport,
    tokens::{Clock, Source, Tokens},
};

/// WeChat as our server knows it. Cheap to clone.
#[derive(Clone)]
pub struct WeChat(Arc<Client>);

struct Client {
    config: Config,
    transport: Arc<dyn Transport>,
    mini_program: Tokens,
    official: Option<Tokens>,
    wecom: Option<Tokens>,
}

impl WeChat {
    /// A client that reaches WeChat by `transport` and shares its tokens in
    /// `store`. Reaches nobody yet.
    pub fn new(
        config: Config,
        transport: Arc<dyn Transport>,
        store: Arc<dyn TokenStore>,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        let clock: Clock = Arc::new(clock);
        let tokens = |host, credentials: &Credentials| {
            let source = Source::new(host, credentials.clone());
            Tokens::new(source, transport.clone(), store.clone(), clock.clone())
        };
        Self(Arc::new(Client {
            mini_program: tokens(Host::Api, &config.mini_program),
            official: config.official.as_ref().map(|it| tokens(Host::Api, it)),
            wecom: config.wecom.as_ref().map(|it| tokens(Host::WeCom, it)),
            transport,
            config,
        }))
    }

    /// The service account, where there is one.
    pub fn official(&self) -> Option<OfficialAccount<'_>> {
        let tokens = self.0.official.as_ref()?;
        Some(OfficialAccount { wechat: self, tokens })
    }

    /// WeCom, where it is used.
    pub fn wecom(&self) -> Option<WeCom<'_>> {
        let tokens = self.0.wecom.as_ref()?;
        Some(WeCom { wechat: self, tokens })
    }

    /// The group robot of that name, where there is one.
    pub fn robot(&self, name: &str) -> Option<Robot<'_>> {
        let key = self.0.config.robots.get(name)?;
        Some(Robot { wechat: self, key })
    }

    /// Whether WeChat accepts our credentials, as a sentence for an operator.
    pub async fn check(&self) -> Result<String, Fault> {
        let Client { config, mini_program, official, wecom, .. } = &*self.0;
        mini_program.current().await?;
        let mut accepted = vec![config.mini_program.id.as_str()];
        for (tokens, credentials) in [(official, &config.official), (wecom, &config.wecom)] {
            if let (Some(tokens), Some(credentials)) = (tokens, credentials) {
                tokens.current().await?;
                accepted.push(&credentials.id);
            }
        }
        Ok(format!("WeChat accepts the credentials of {}", accepted.join(", ")))
    }

    fn app_id(&self) -> &str {
        &self.0.config.mini_program.id
    }

    /// Makes a call of the mini-program's.
    async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, Fault> {
        self.ask_as(&self.0.mini_program, call, answer::read).await
    }

    /// Makes a call with the account's token. A refused one is replaced and the
    /// call made again, once: WeChat has done nothing with the first.
    async fn ask_as<T>(
        &self,
        tokens: &Tokens,
        call: Call,
        read: impl Fn(&Response) -> Result<T, Unread>,
    ) -> Result<T, Fault> {
        let token = tokens.current().await?;
        let request = call.request(tokens.host(), Some(&token));
        let answer = call.outcome(self.0.transport.carry(request).await, &read);
        let Err(fault) = &answer else { return answer };
        if !fault.is_about_token() {
            return answer;
        }
        tracing::warn!(wechat.path = call.path, %fault, "WeChat refuses the access token");
        let token = tokens.instead_of(&token).await?;
        let request = call.request(tokens.host(), Some(&token));
        let answer = call.outcome(self.0.transport.carry(request).await, &read);
        if let Err(fault) = &answer
            && fault.is_about_token()
        {
            tracing::error!(wechat.path = call.path, %fault, "WeChat refuses the new access token too");
        }
        answer
    }

    /// Makes a call that needs no token.
    async fn ask_openly<T: DeserializeOwned>(&self, host: Host, call: Call) -> Result<T, Fault> {
        call.outcome(self.0.transport.carry(call.request(host, None)).await, answer::read)
    }
}

impl fmt::Debug for WeChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeChat").field("app_id", &self.app_id()).finish_non_exhaustive()
    }
}
