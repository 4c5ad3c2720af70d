mod calls;
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
use secrecy::SecretString;

use self::server::Server;
use super::{Live, LiveConfig};
use crate::SubscribeMessage;

const TOKEN: &str = "/cgi-bin/stable_token";
const SEND: &str = "/cgi-bin/message/subscribe/send";

/// A client whose clock stands still until it is set.
struct Client {
    live: Arc<Live>,
    seconds: Arc<AtomicI64>,
}

impl Client {
    fn of(server: &Server) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let config = LiveConfig {
            base_url: server.base_url.clone(),
            app_id: "wx-app".to_owned(),
            secret: SecretString::from("THE-SECRET"),
            timeout: Duration::from_millis(2000),
        };
        let seconds = Arc::new(AtomicI64::new(1_772_000_000));
        let clock = Arc::clone(&seconds);
        let live =
            Live::new(config, move || DateTime::from_timestamp(clock.load(Ordering::SeqCst), 0).unwrap());
        Self { live: Arc::new(live.unwrap()), seconds }
    }

    fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
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
