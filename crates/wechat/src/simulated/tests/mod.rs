mod control;
mod log;
mod pushes;
mod sending;
mod tokens;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::DateTime;
use tempfile::TempDir;

use super::{FaultSpec, Setup, Simulator};
use crate::{Config, Credentials, Fault, InMemory, SubscribeMessage, WeChat};

/// The platform and a client of it, whose common clock stands still until it
/// is set.
#[derive(Clone)]
struct Simulated {
    simulator: Simulator,
    wechat: WeChat,
    seconds: Arc<AtomicI64>,
}

impl Simulated {
    fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn open_with(dir: &Path, setup: Setup) -> Simulated {
    let seconds = Arc::new(AtomicI64::new(1_772_000_000));
    let clock = {
        let seconds = seconds.clone();
        move || DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0).unwrap()
    };
    let simulator = Simulator::open(dir, setup, clock.clone()).unwrap();
    let credentials = |id: &str| Credentials { id: id.to_owned(), secret: "a secret".into() };
    let config = Config {
        mini_program: credentials("wx-app"),
        official: Some(credentials("wx-official")),
        wecom: Some(credentials("corp")),
        robots: BTreeMap::from([("alarm".to_owned(), "a key".into())]),
    };
    let wechat = WeChat::new(config, Arc::new(simulator.clone()), Arc::new(InMemory::default()), clock);
    Simulated { simulator, wechat, seconds }
}

fn open(dir: &Path, initial_credits: u32) -> Simulated {
    open_with(dir, Setup { initial_credits, ..Setup::default() })
}

fn fresh(initial_credits: u32) -> (TempDir, Simulated) {
    let dir = TempDir::new().unwrap();
    let simulated = open(dir.path(), initial_credits);
    (dir, simulated)
}

fn message(text: &str) -> SubscribeMessage {
    SubscribeMessage {
        openid: "sim-openid-rep-01".to_owned(),
        template_id: "todo".to_owned(),
        page: Some("pages/todo?id=1".to_owned()),
        data: BTreeMap::from([("thing1".to_owned(), text.to_owned())]),
    }
}

fn fault(errcode: i64, count: u32, path: Option<&str>) -> FaultSpec {
    FaultSpec { errcode, count, path: path.map(str::to_owned), delay_ms: None }
}

async fn send(simulated: &Simulated, text: &str) -> Result<String, i64> {
    match simulated.wechat.send_subscribe(&message(text)).await {
        Ok(msgid) => Ok(msgid.unwrap()),
        Err(Fault::Refused { errcode, errmsg }) => {
            assert!(errmsg.contains(" rid: "), "{errmsg}");
            Err(errcode)
        }
        Err(fault) => panic!("{fault}"),
    }
}

async fn texts(simulated: &Simulated) -> Vec<String> {
    let sent = simulated.simulator.sent().await.unwrap();
    sent.into_iter().map(|record| record.data["thing1"].clone()).collect()
}

async fn tap(simulated: &Simulated, decision: &str, always: bool) {
    let templates = ["todo".to_owned()];
    simulated.simulator.subscribe("sim-openid-rep-01", &templates, decision, always).await.unwrap();
}
