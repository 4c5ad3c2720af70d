//! What is known about each account's access token: one row, changed by whoever saw its last version.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use wechat::Record;

use crate::select::{Select, execute};

#[derive(FromQueryResult)]
struct Row {
    token: Option<String>,
    fresh_until: Option<DateTime<Utc>>,
    fetching_until: Option<DateTime<Utc>>,
    forced_at: Option<DateTime<Utc>>,
    n_forced: i32,
    version: i64,
}

pub async fn record(db: &impl ConnectionTrait, account: &str) -> Result<Option<Record>, DbErr> {
    let text =
        "SELECT token, fresh_until, fetching_until, forced_at, n_forced, version FROM notices_wechat_tokens";
    let rows: Vec<Row> = Select::new(text).and("account = ?", [account.into()]).all(db).await?;
    Ok(rows.into_iter().next().map(|row| Record {
        token: row.token.map(Into::into),
        fresh_until: row.fresh_until,
        fetching_until: row.fetching_until,
        forced_at: row.forced_at,
        n_forced: u32::try_from(row.n_forced).unwrap_or_default(),
        version: row.version,
    }))
}

/// Keeps `to` if nobody changed the row since version `from`; 0 is a row that was not there.
pub async fn swap(db: &impl ConnectionTrait, account: &str, from: i64, to: &Record) -> Result<bool, DbErr> {
    use secrecy::ExposeSecret;
    let token = to.token.as_ref().map(|token| token.expose_secret().to_owned());
    let n_forced = i32::try_from(to.n_forced).unwrap_or(i32::MAX);
    let values = [
        account.into(),
        token.into(),
        to.fresh_until.into(),
        to.fetching_until.into(),
        to.forced_at.into(),
        n_forced.into(),
        to.version.into(),
    ];
    let text = "INSERT INTO notices_wechat_tokens \
                (account, token, fresh_until, fetching_until, forced_at, n_forced, version) \
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET token = excluded.token, \
                fresh_until = excluded.fresh_until, fetching_until = excluded.fetching_until, \
                forced_at = excluded.forced_at, n_forced = excluded.n_forced, version = excluded.version \
                WHERE notices_wechat_tokens.version = ?";
    let n_changed = execute(db, text, values.into_iter().chain([from.into()])).await?;
    Ok(n_changed == 1)
}
