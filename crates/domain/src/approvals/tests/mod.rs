//! The engine as sentences about the product, and under random command.

mod generate;
mod properties;

use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

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

/// A decision with everything that happened to it.
struct Story {
    flow: Flow,
    facts: Value,
    state: State,
    events: Vec<(Event, DateTime<Utc>)>,
    minute: i64,
}

impl Story {
    fn case<'a>(&'a self, answers: &'a Answers) -> Case<'a> {
        Case { flow: &self.flow, facts: &self.facts, owner: None, answers, now: at(self.minute) }
    }

    /// Person 1 hands it in.
    fn open(flow: Flow, facts: Value) -> Result<Self, Refusal> {
        let mut story = Self { flow, facts, state: State::blank(user(1)), events: Vec::new(), minute: 0 };
        let hash = Some("h1".to_owned());
        let done = answered(|answers| open(story.case(answers), 3, user(1), (hash.clone(), Vec::new())))?;
        story.keep(done);
        Ok(story)
    }

    fn keep(&mut self, done: Done) {
        let now = at(self.minute);
        self.events.extend(done.events.into_iter().map(|event| (event, now)));
        self.state = done.state;
    }

    fn acts(&mut self, who: u32, verb: &Verb) -> Result<(), Refusal> {
        self.minute += 1;
        let who = Acting::oneself(user(who));
        let done = answered(|answers| act(self.case(answers), &self.state, &who, verb))?;
        self.keep(done);
        Ok(())
    }

    fn approves(&mut self, who: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::Answer { word: Word::Approve, comment: None })
    }

    fn rejects(&mut self, who: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::Answer { word: Word::Reject, comment: Some("不行".to_owned()) })
    }

    /// The nodes that are waited for.
    fn open_nodes(&self) -> Vec<&str> {
        self.state.open_tasks().map(|task| task.node.as_str()).collect()
    }
}
