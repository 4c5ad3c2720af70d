//! Configuration as versioned documents, the events of the process, and the numbers people read.
//!
//! A published version is immutable and whatever is running keeps the one it started with. What holds before anybody
//! publishes, the fast-moving-goods template, is compiled in as version 0; what is in force is read once for many
//! requests. Every command appends an event in its own transaction:
//! who, when, about what.

mod cache;
mod calendars;
pub mod documents;
pub mod evidence;
mod flows;
pub mod http;
mod numbers;
pub mod rows;
pub mod schema;

use std::sync::LazyLock;

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::deliveries::ReturnReason;
use domain::ids::{CustomerId, UserId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Result;

pub use cache::{Cache, Numbered};
pub use calendars::{calendars, read_calendars};
pub use flows::{approval_flows, service_levels};
pub use numbers::{next_number, next_number_within, next_numbers};

static RETURN_REASONS: LazyLock<Option<Vec<ReturnReason>>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../config/templates/fmcg/return_reasons.json")).ok()
});

/// The reasons that goods come back for at the door.
pub fn return_reasons() -> anyhow::Result<&'static [ReturnReason]> {
    RETURN_REASONS.as_deref().context("reading the compiled-in reasons of returns")
}

/// A secret of this installation, made when it is first asked for.
pub async fn secret(tx: &Tx, name: &'static str) -> Result<String> {
    let fresh = platform::secret::token()?;
    Ok(rows::secret(tx.db(), name, &fresh).await?)
}

/// Something that happened in the process.
#[derive(Debug)]
pub struct Event {
    pub name: &'static str,
    pub actor: Option<UserId>,
    pub subject: (&'static str, Uuid),
    pub customer: Option<CustomerId>,
    pub facts: Value,
    /// Earlier than the command that records it, where it is loaded or handed in late.
    pub happened_at: Option<DateTime<Utc>>,
    /// The kind and the words under which it stands in the customer's timeline, where it does.
    pub told: Option<(&'static str, String)>,
}

impl Event {
    /// Who did what to which subject. Without an actor the machine did it.
    pub fn about(name: &'static str, actor: Option<UserId>, subject: (&'static str, Uuid)) -> Self {
        let facts = Value::Object(serde_json::Map::new());
        Self { name, actor, subject, customer: None, facts, happened_at: None, told: None }
    }

    /// At which customer.
    pub fn at(self, customer: CustomerId) -> Self {
        Self { customer: Some(customer), ..self }
    }

    /// How the customer's timeline tells it.
    pub fn told(self, kind: &'static str, title: String) -> Self {
        Self { told: Some((kind, title)), ..self }
    }

    /// What else is known.
    pub fn with(self, facts: Value) -> Self {
        Self { facts, ..self }
    }
}

/// Appends the event.
pub async fn record(tx: &Tx, event: Event) -> Result<()> {
    record_all(tx, vec![event]).await
}

/// Appends events that happened at once, in order.
pub async fn record_all(tx: &Tx, events: Vec<Event>) -> Result<()> {
    rows::append(tx, events);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_states_every_threshold() {
        let text = include_str!("../../../../config/templates/fmcg/evidence_thresholds.json");
        let read: domain::evidence::Thresholds = serde_json::from_str(text).unwrap();
        assert_eq!(read, domain::evidence::Thresholds::default());
        assert_eq!(read.check(), []);
        assert!(read.similar_bits <= domain::evidence::WIDEST, "farther is not found for certain");
    }
}
