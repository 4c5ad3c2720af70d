//! Events, counters and documents.

pub mod document;

use anyhow::Context;
use chrono::NaiveDate;
use platform::append::Target;
use platform::{Tx, sql};
use sea_orm::{ConnectionTrait, Value};

use super::Event;
use crate::select::execute;

/// Appends events, written with whatever else the command adds.
pub fn append(tx: &Tx, events: Vec<Event>) {
    let columns = vec![
        "id",
        "happened_at",
        "recorded_at",
        "name",
        "actor_id",
        "subject_type",
        "subject_id",
        "customer_id",
        "facts",
        "kind",
        "title",
    ];
    let row = |event: Event| -> Vec<Value> {
        let (kind, title) = event.told.unzip();
        vec![
            platform::new_id().into(),
            event.happened_at.unwrap_or(tx.now()).into(),
            tx.now().into(),
            event.name.into(),
            event.actor.map(|it| it.0).into(),
            event.subject.0.into(),
            event.subject.1.into(),
            event.customer.map(|it| it.0).into(),
            event.facts.into(),
            kind.into(),
            title.into(),
        ]
    };
    let into = Target { table: "settings_events", columns, conflict: "" };
    tx.append(into, events.into_iter().map(row).collect());
}

/// The secret of that name: `fresh` where there was none.
pub async fn secret(db: &impl ConnectionTrait, name: &str, fresh: &str) -> anyhow::Result<String> {
    let insert = "INSERT INTO settings_secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
    execute(db, insert, [name.into(), fresh.into()]).await?;
    let text = "SELECT value FROM settings_secrets WHERE name = $1";
    let row = db.query_one_raw(sql(db, text, [name.into()])).await?;
    Ok(row.context("reading a secret")?.try_get("", "value")?)
}

/// Counts `n` up and returns the new count. Within a transaction the row stays locked until its end.
pub async fn count_up(
    db: &impl ConnectionTrait,
    (kind, day): (&str, NaiveDate),
    n: i32,
) -> anyhow::Result<i32> {
    let text = "INSERT INTO settings_counters (kind, day, n) VALUES ($1, $2, $3) \
                ON CONFLICT (kind, day) DO UPDATE SET n = settings_counters.n + excluded.n RETURNING n";
    let row = db.query_one_raw(sql(db, text, [kind.into(), day.into(), n.into()])).await?;
    Ok(row.context("counting up")?.try_get("", "n")?)
}
