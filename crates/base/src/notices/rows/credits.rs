//! The ledger of subscription credits.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::notices::credits::{Report, SAME_TAP, Source};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::select::{self, Select, execute, marks};

pub async fn add_credits(
    db: &impl ConnectionTrait,
    user: UserId,
    template: &str,
    n_credits: i32,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO notices_credits (user_id, template_id, balance, last_accept_at) VALUES (?, ?, ?, ?) \
                ON CONFLICT (user_id, template_id) DO UPDATE SET balance = notices_credits.balance + excluded.balance, \
                last_accept_at = excluded.last_accept_at";
    execute(db, text, [user.0.into(), template.into(), n_credits.into(), at.into()]).await?;
    Ok(())
}

/// Makes sure that there is a row to lock.
async fn begin_account(db: &impl ConnectionTrait, user: UserId, template: &str) -> Result<(), DbErr> {
    let text = "INSERT INTO notices_credits (user_id, template_id, balance) VALUES (?, ?, 0) \
                ON CONFLICT (user_id, template_id) DO NOTHING";
    execute(db, text, [user.0.into(), template.into()]).await?;
    Ok(())
}

fn source_name(source: Source) -> &'static str {
    match source {
        Source::Client => "client",
        Source::Event => "event",
    }
}

/// Reports about taps of a person on a template around `at` that no other report was matched with. The person's
/// credit is locked first: two reports at once must not both be the first.
pub async fn unmatched(
    db: &impl ConnectionTrait,
    user: UserId,
    template: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Report<Uuid>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        source: String,
        tapped_at: DateTime<Utc>,
    }
    begin_account(db, user, template).await?;
    balances(db, &[user.0]).await?;
    let rows: Vec<Row> = Select::new("SELECT id, source, tapped_at FROM notices_grants")
        .and("user_id = ?", [user.0.into()])
        .and("template_id = ?", [template.into()])
        .and("tapped_at BETWEEN ? AND ?", [(at - SAME_TAP).into(), (at + SAME_TAP).into()])
        .and("is_matched = ?", [false.into()])
        .all(db)
        .await?;
    let source = |row: &Row| if row.source == "client" { Source::Client } else { Source::Event };
    Ok(rows.iter().map(|row| Report { id: row.id, source: source(row), at: row.tapped_at }).collect())
}

pub async fn match_report(db: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    execute(db, "UPDATE notices_grants SET is_matched = ? WHERE id = ?", [true.into(), id.into()]).await?;
    Ok(())
}

pub async fn keep_report(
    db: &impl ConnectionTrait,
    user: UserId,
    template: &str,
    (source, at): (Source, DateTime<Utc>),
) -> Result<(), DbErr> {
    let text = "INSERT INTO notices_grants (id, user_id, template_id, source, tapped_at, is_matched) VALUES (?, ?, ?, ?, ?, ?)";
    let values = [
        platform::new_id().into(),
        user.0.into(),
        template.into(),
        source_name(source).into(),
        at.into(),
        false.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

#[derive(Clone, Debug, FromQueryResult)]
pub struct Balance {
    pub user_id: Uuid,
    pub template_id: String,
    pub balance: i32,
}

fn balances_of(users: &[Uuid]) -> Select {
    Select::new("SELECT user_id, template_id, balance FROM notices_credits")
        .and_among("user_id", users.iter().copied())
        .then("ORDER BY user_id, template_id", [])
}

/// What somebody has left.
pub async fn balances_of_one(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<Balance>, DbErr> {
    balances_of(&[user.0]).all(db).await
}

/// What these people have left, locked until the transaction ends where the database locks rows.
pub async fn balances(db: &impl ConnectionTrait, users: &[Uuid]) -> Result<Vec<Balance>, DbErr> {
    select::locked(db, balances_of(users)).all(db).await
}

pub async fn take_credit(db: &impl ConnectionTrait, users: &[Uuid], template: &str) -> Result<(), DbErr> {
    for chunk in users.chunks(400) {
        let mut values: Vec<Value> = vec![template.into()];
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        let text = format!(
            "UPDATE notices_credits SET balance = balance - 1 WHERE template_id = ? AND balance > 0 AND user_id IN ({})",
            marks(chunk.len())
        );
        execute(db, &text, values).await?;
    }
    Ok(())
}

pub async fn give_credit_back(db: &impl ConnectionTrait, user: Uuid, template: &str) -> Result<(), DbErr> {
    let text = "UPDATE notices_credits SET balance = balance + 1 WHERE user_id = ? AND template_id = ?";
    execute(db, text, [user.into(), template.into()]).await?;
    Ok(())
}

pub async fn clear_credits(db: &impl ConnectionTrait, user: Uuid, template: &str) -> Result<(), DbErr> {
    let text = "UPDATE notices_credits SET balance = 0 WHERE user_id = ? AND template_id = ?";
    execute(db, text, [user.into(), template.into()]).await?;
    Ok(())
}

/// The same, unless something was accepted after `at`: events may come late.
pub async fn clear_older(
    db: &impl ConnectionTrait,
    user: Uuid,
    template: &str,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE notices_credits SET balance = 0 WHERE user_id = ? AND template_id = ? \
                AND (last_accept_at IS NULL OR last_accept_at <= ?)";
    execute(db, text, [user.into(), template.into(), at.into()]).await?;
    Ok(())
}

/// Takes tokens out of a channel's bucket, which fills by `per_minute` and holds three seconds' worth, at least one: a
/// full bucket must not double the rate of its first minute. Returns how many of `wanted` there were. The row is locked until the transaction ends.
pub async fn take_tokens(
    db: &impl ConnectionTrait,
    channel: &str,
    (wanted, per_minute): (i64, i64),
    at: DateTime<Utc>,
) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Bucket {
        tokens_milli: i64,
        filled_at: DateTime<Utc>,
    }
    let full = (per_minute * 1_000 / 20).max(1_000);
    let create = "INSERT INTO notices_buckets (channel, tokens_milli, filled_at) VALUES (?, ?, ?) \
                  ON CONFLICT (channel) DO NOTHING";
    execute(db, create, [channel.into(), full.into(), at.into()]).await?;
    let select = Select::new("SELECT tokens_milli, filled_at FROM notices_buckets")
        .and("channel = ?", [channel.into()]);
    let bucket: Option<Bucket> = select::locked(db, select).one(db).await?;
    let Some(bucket) = bucket else { return Ok(0) };
    // What passed in milliseconds times the rate a minute is the inflow in thousandths of a token, times sixty.
    let passed_ms = (at - bucket.filled_at).num_milliseconds().clamp(0, 60_000);
    let tokens_milli = (bucket.tokens_milli + passed_ms * per_minute / 60).min(full);
    let granted = wanted.min(tokens_milli / 1_000);
    let text = "UPDATE notices_buckets SET tokens_milli = ?, filled_at = ? WHERE channel = ?";
    // Whoever waited for the row may come with an earlier time.
    let filled_at = at.max(bucket.filled_at);
    execute(db, text, [(tokens_milli - granted * 1_000).into(), filled_at.into(), channel.into()]).await?;
    Ok(granted)
}

#[derive(FromQueryResult)]
struct Shut {
    channel: String,
    shut_until: DateTime<Utc>,
}

/// The channels whose quota is used up, and until when.
pub async fn shut_channels(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>)>, DbErr> {
    let select =
        Select::new("SELECT channel, shut_until FROM notices_buckets").and("shut_until > ?", [now.into()]);
    let rows: Vec<Shut> = select.all(db).await?;
    Ok(rows.into_iter().map(|it| (it.channel, it.shut_until)).collect())
}

/// Shuts a channel until its quota comes back. False when somebody did so before.
pub async fn shut_channel(
    db: &impl ConnectionTrait,
    channel: &str,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, DbErr> {
    let text = "INSERT INTO notices_buckets (channel, tokens_milli, filled_at, shut_until) VALUES (?, 0, ?, ?) \
                ON CONFLICT (channel) DO UPDATE SET shut_until = excluded.shut_until \
                WHERE notices_buckets.shut_until IS NULL OR notices_buckets.shut_until < excluded.shut_until";
    Ok(execute(db, text, [channel.into(), now.into(), until.into()]).await? == 1)
}
