//! Events, counters and documents.

pub mod document;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use platform::sql;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::Event;
use crate::select::execute;

pub async fn append(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    events: Vec<Event>,
) -> Result<(), DbErr> {
    for chunk in events.chunks(500) {
        let text = format!(
            "INSERT INTO settings_events (id, recorded_at, name, actor_id, subject_type, subject_id, customer_id, facts) \
             VALUES {}",
            vec!["(?, ?, ?, ?, ?, ?, ?, ?)"; chunk.len()].join(", ")
        );
        let values = chunk.iter().flat_map(|event| -> [Value; 8] {
            [
                platform::new_id().into(),
                at.into(),
                event.name.into(),
                event.actor.map(|it| it.0).into(),
                event.subject.0.into(),
                event.subject.1.into(),
                event.customer.map(|it| it.0).into(),
                event.facts.clone().into(),
            ]
        });
        execute(db, &text, values).await?;
    }
    Ok(())
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
