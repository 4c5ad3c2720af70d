//! The inbox first, and what becomes of each push.

mod callbacks;
mod channels;
mod inbox;
mod platform;

use serde_json::{Value, json};

use wechat::simulated::UserSpec;

use crate::support::people::at_store;
use crate::support::{Person, World, database};

/// A rep at a store, whose every check-in makes somebody push the supervisor.
struct Street {
    world: World,
    rep: Person,
    customer: Value,
    supervisor: Person,
}

async fn a_street() -> Street {
    a_street_with(|_| {}).await
}

/// A street in an installation with other settings.
async fn a_street_with(change: impl FnOnce(&mut api::config::Config)) -> Street {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let mut config = database::fresh(folder.path()).await;
    change(&mut config);
    let world = World::start_with(folder, config).await;
    // WeCom, where there is one, knows the supervisor by phone.
    let (username, mobile) = ("supervisor-01".to_owned(), Some("13800000104".to_owned()));
    let member = UserSpec { username, mobile, ..UserSpec::default() };
    world.app.simulated.as_ref().unwrap().set_user(member).await.unwrap();
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let customer = rep.customer("DC001").await;
    let supervisor = world.login("supervisor-01").await;
    Street { world, rep, customer, supervisor }
}

impl Street {
    /// Something the supervisor has to look at happens, and is told.
    async fn happen(&self) {
        let place = at_store(&self.customer, 1_000.0);
        let photo = self.rep.storefront(&self.customer, 1_000.0).await;
        self.rep.check_in_with(&self.customer, Some(place), &[&photo]).await.ok();
        self.world.settle().await;
    }

    /// Makes the platform answer the next `count` sends like this.
    async fn fault(&self, errcode: i64, count: u32) {
        let fault = json!({"errcode": errcode, "count": count, "path": "/message/subscribe/send"});
        self.world.anonymous().post("/dev/wechat/faults", fault).await.ok();
    }

    /// What became of the supervisor's newest push.
    async fn newest(&self) -> (String, String) {
        let log = self.supervisor.get("/notifications/deliveries?limit=1").await.ok();
        let delivery = &log["items"][0];
        let text = |field: &str| delivery[field].as_str().unwrap_or_default().to_owned();
        (text("status"), text("reason"))
    }

    /// How many to-dos WeChat sent to the supervisor.
    async fn n_sent(&self) -> usize {
        let sent = self.world.sent_to("supervisor-01").await;
        sent.iter().filter(|message| message["template_id"] == "sim-todo").count()
    }
}

/// A status with its reason.
fn state(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}
