//! Decisions that are waited for: who decides, once, and who hears it when nobody does.

mod deciding;
mod ladder;

use serde_json::Value;

use crate::support::{Person, World};

/// Somebody checks in a kilometre off on Monday 15:00, and the supervisor has to look.
struct Matter {
    world: World,
    rep: Person,
    visit: Value,
    supervisor: Person,
    todo: Value,
}

async fn a_matter() -> Matter {
    let world = World::start().await;
    world.at("2026-11-16T15:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let customer = rep.customer("DC001").await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    world.settle().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    Matter { world, rep, visit, supervisor, todo }
}

/// What somebody was told about to-dos, oldest first: the kind and the rung.
async fn told(world: &World, username: &str) -> Vec<(String, i64)> {
    let mut inbox = world.inbox_of(username).await;
    inbox.retain(|notice| notice["kind"].as_str().unwrap().starts_with("todo_"));
    inbox.reverse();
    inbox
        .iter()
        .map(|notice| (notice["kind"].as_str().unwrap().to_owned(), notice["rung"].as_i64().unwrap()))
        .collect()
}

/// The templates of to-dos that WeChat sent to somebody.
async fn rung_up(world: &World, username: &str) -> Vec<String> {
    let sent = world.sent_to(username).await;
    let templates = sent.iter().map(|message| message["template_id"].as_str().unwrap().to_owned());
    templates.filter(|template| template.starts_with("sim-todo")).collect()
}
