//! Events in a chain: each carries the digest of the one before, so that none can be changed, left out or put in later.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::approvals::{Event, State};
use domain::ids::UserId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{approval, events};
use crate::error::Result;

/// Who did something.
#[derive(Clone, Copy, Debug)]
pub struct By {
    pub actor: Option<UserId>,
    pub on_behalf_of: Option<UserId>,
    /// Which machine, where no person did it.
    pub machine: Option<&'static str>,
}

impl By {
    pub fn person(actor: UserId) -> Self {
        Self { actor: Some(actor), on_behalf_of: None, machine: None }
    }

    pub fn machine(name: &'static str) -> Self {
        Self { actor: None, on_behalf_of: None, machine: Some(name) }
    }
}

/// The next links of a decision's chain.
pub fn links(
    approval: &approval::Model,
    events: &[Event],
    by: By,
    at: DateTime<Utc>,
) -> Result<Vec<events::Model>> {
    let mut previous = approval.last_hash.clone().unwrap_or_default();
    let first = approval.n_events.unwrap_or(0) + 1;
    let mut links = Vec::with_capacity(events.len());
    for (seq, event) in (first..).zip(events) {
        let mut link = events::Model {
            approval_id: approval.id,
            seq,
            at,
            actor_id: by.actor.map(|it| it.0),
            on_behalf_of: by.on_behalf_of.map(|it| it.0),
            machine: by.machine.map(str::to_owned),
            seen: approval.content_hash.clone(),
            event: serde_json::to_value(event).map_err(anyhow::Error::from)?,
            previous_hash: previous,
            hash: String::new(),
        };
        link.hash = digest(&link);
        previous = link.hash.clone();
        links.push(link);
    }
    Ok(links)
}

/// What a link's content digests to.
fn digest(link: &events::Model) -> String {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    let content = json!({
        "approval": link.approval_id.to_string(),
        "seq": link.seq,
        "at": link.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "actor": id(link.actor_id),
        "on_behalf_of": id(link.on_behalf_of),
        "machine": link.machine,
        "seen": link.seen,
        "event": link.event,
        "previous": link.previous_hash,
    });
    platform::secret::sha256(canonical(&content))
}

/// What is wrong with a decision's chain, or with what it adds up to.
pub fn fault(approval: &approval::Model, links: &[events::Model]) -> Option<String> {
    let mut previous = String::new();
    for (place, link) in (1..).zip(links) {
        if link.seq != place || link.previous_hash != previous {
            return Some(format!("event {place} does not follow the one before"));
        }
        if link.hash != digest(link) {
            return Some(format!("event {place} was changed"));
        }
        previous.clone_from(&link.hash);
    }
    if approval.last_hash.as_deref() != Some(previous.as_str())
        || approval.n_events != i32::try_from(links.len()).ok()
    {
        return Some("events are missing at the end".to_owned());
    }
    let read = |link: &events::Model| serde_json::from_value(link.event.clone()).ok().map(|it| (it, link.at));
    let events: Option<Vec<(Event, DateTime<Utc>)>> = links.iter().map(read).collect();
    let Some(events) = events else { return Some("an event cannot be read".to_owned()) };
    let kept: Option<State> = approval.state.clone().and_then(|it| serde_json::from_value(it).ok());
    match State::replay(&events) {
        Some(state) if Some(&state) != kept.as_ref() => {
            Some("its events add up to something else".to_owned())
        }
        Some(state) if state.status.name() != approval.status => Some("its status is another".to_owned()),
        Some(state) if state.content_hash != approval.content_hash => {
            Some("its content is another".to_owned())
        }
        Some(state) if state.initiator.0 != approval.initiator_id => {
            Some("its initiator is another".to_owned())
        }
        Some(_) if decider(approval, links) != approval.decided_by => {
            Some("its decider is another".to_owned())
        }
        None => Some("it does not begin with its opening".to_owned()),
        Some(_) => None,
    }
}

/// Who gave the word that ended it, as the chain says.
fn decider(approval: &approval::Model, links: &[events::Model]) -> Option<Uuid> {
    let is_decided = ["approved", "rejected"].contains(&approval.status.as_str());
    let ended = links.iter().rev().find(|link| link.event.get("type").is_some_and(|it| it == "concluded"));
    ended.filter(|_| is_decided).and_then(|link| link.actor_id)
}

/// A JSON text that is the same for the same value, whatever kept it in between: RFC 8785.
pub fn canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).expect("a JSON value has text keys and finite numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_the_same_whatever_kept_it() {
        let check = |text: &str, expected: &str| {
            assert_eq!(canonical(&serde_json::from_str(text).unwrap()), expected);
        };
        check(
            r#"{"b": 1.0, "a": [true, null, "\u00e9\n"], "": {}}"#,
            r#"{"":{},"a":[true,null,"é\n"],"b":1}"#,
        );
        check(r#"{"e": 1e3, "d": 0.10}"#, r#"{"d":0.1,"e":1000}"#);
    }
}
