//! The engine as sentences about the product, and under random command.

mod generate;
mod ladder;
mod lints;
mod people;
mod properties;
mod rehearsals;
mod returns;
mod rules;
mod story;
mod timelines;
mod verbs;
mod ways;

use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use self::story::Story;
use super::flow::{Flow, Flows, Who};
use super::*;
use crate::documents::Fault;
use crate::ids::UserId;
use crate::people::Role;

/// Person number `n`.
fn user(n: u32) -> UserId {
    UserId(Uuid::from_u128(u128::from(n)))
}

fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 1, 0, 0).unwrap() + chrono::TimeDelta::minutes(minute)
}

/// A flow from its nodes, the first of which it starts with.
fn flow(nodes: &Value) -> Flow {
    let start = nodes[0]["key"].clone();
    serde_json::from_value(json!({
        "key": "f", "name": "流程", "kind": "request", "start": start, "nodes": nodes
    }))
    .unwrap()
}

/// An approval node that asks people `p1`, `p2` and so on.
fn asks(key: &str, people: &[u32], rule: Value, next: Option<&str>) -> Value {
    let approvers: Vec<Value> =
        people.iter().map(|n| json!({"who": {"type": "person", "username": format!("p{n}")}})).collect();
    json!({"type": "approval", "key": key, "name": key, "approvers": approvers, "rule": rule, "next": next})
}

/// A flow of one node that asks these people by this rule.
fn one(people: &[u32], rule: Value) -> Flow {
    flow(&json!([asks("a", people, rule, None)]))
}

/// A flow of nodes `a`, `b`, `c` and so on, each of which asks these people, all at once.
fn chain(people: &[&[u32]]) -> Flow {
    let key = |place: usize| String::from(char::from(b'a' + u8::try_from(place).unwrap()));
    let node = |(place, asked): (usize, &&[u32])| {
        let next = (place + 1 < people.len()).then(|| key(place + 1));
        asks(&key(place), asked, json!({"type": "all"}), next.as_deref())
    };
    let nodes: Vec<Value> = people.iter().enumerate().map(node).collect();
    flow(&json!(nodes))
}

/// A company in which person `n` is called `p{n}`, is led by person `n + 100`, and 900 is the admin.
fn answer(query: &Query) -> Vec<UserId> {
    match query {
        Query::Person(name) => {
            name.strip_prefix('p').and_then(|n| n.parse().ok()).map(user).into_iter().collect()
        }
        Query::Above(of, levels) => {
            let of = u32::try_from(of.0.as_u128()).unwrap();
            (1..=*levels).map(|level| user(of + 100 * level)).collect()
        }
        Query::HeadOf(_) => vec![user(800)],
        Query::InRole(Role::Admin, ..) => vec![user(900)],
        Query::InRole(..) => Vec::new(),
    }
}

/// What is wrong with the flow, in a company whose people are called `p1` to `p99`.
fn lint(flow: &Flow) -> Vec<Fault> {
    let finds = |who: &Who| match who {
        Who::Person { username } => !answer(&Query::Person(username.clone())).is_empty(),
        _ => true,
    };
    let faults =
        super::check(&Flows { flows: vec![flow.clone()] }, &ServiceLevels { levels: Vec::new() }, &finds);
    faults.into_iter().filter(|fault| fault.code != "flow_missing").collect()
}

/// Asks until everything is known that has to be.
fn answered<T>(mut run: impl FnMut(&Answers) -> Result<T, Halt>) -> Result<T, Refusal> {
    let mut answers = Answers::default();
    loop {
        match run(&answers) {
            Ok(done) => return Ok(done),
            Err(Halt::Refused(refusal)) => return Err(refusal),
            Err(Halt::Ask(query)) => {
                let people = answer(&query);
                answers.keep(query, people);
            }
        }
    }
}
