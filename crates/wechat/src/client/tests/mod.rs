mod calls;
mod channels;
mod secrets;
mod server;
mod tokens;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::DateTime;

use self::server::Server;
use crate::{Config, Credentials, Hosts, Http, InMemory, SubscribeMessage, TokenStore, WeChat};

const TOKEN: &str = "/cgi-bin/stable_token";
const SEND: &str = "/cgi-bin/message/subscribe/send";

/// A client whose clock stands still until it is set.
struct Client {
    live: WeChat,
    seconds: Arc<AtomicI64>,
}

impl Client {
    fn of(server: &Server) -> Self {
        Self::sharing(server, Arc::new(InMemory::default()), Arc::new(AtomicI64::new(1_772_000_000)))
    }

    fn sharing(server: &Server, store: Arc<dyn TokenStore>, seconds: Arc<AtomicI64>) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let hosts = Hosts { api: server.base_url.clone(), wecom: server.base_url.clone() };
        let http = Http::new(hosts, Duration::from_millis(2000)).unwrap();
        let clock = Arc::clone(&seconds);
        let now = move || DateTime::from_timestamp(clock.load(Ordering::SeqCst), 0).unwrap();
        Self { live: WeChat::new(config(), Arc::new(http), store, now), seconds }
    }

    fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn config() -> Config {
    let credentials = |id: &str| Credentials { id: id.to_owned(), secret: "THE-SECRET".into() };
    Config {
        mini_program: credentials("wx-app"),
        official: Some(credentials("wx-official")),
        wecom: Some(credentials("corp")),
        robots: BTreeMap::from([("alarm".to_owned(), "THE-ROBOT-KEY".into())]),
    }
}

fn message() -> SubscribeMessage {
    SubscribeMessage {
        openid: "THE-OPENID".to_owned(),
        template_id: "template-1".to_owned(),
        page: Some("pages/task/detail?id=42".to_owned()),
        data: BTreeMap::from([("thing1".to_owned(), "回访南京路店".to_owned())]),
    }
}
