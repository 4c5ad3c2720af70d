//! Where people are reached beside the mini-program: their openid at the service account, their WeCom user id.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{Select, execute};

#[derive(Clone, Debug, FromQueryResult)]
pub struct Address {
    pub user_id: Uuid,
    pub channel: String,
    /// None when the platform was asked and knows nobody.
    pub address: Option<String>,
}

/// What is known of these people: what a platform said when it was asked, and whom of the service account's followers
/// the shared identity names, whichever came first, the follower or the employee.
pub async fn of(db: &impl ConnectionTrait, users: &[Uuid]) -> Result<Vec<Address>, DbErr> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let among = |select: Select, column: &str| select.and_among(column, users.iter().copied());
    let asked = Select::new("SELECT user_id, channel, address FROM notices_addresses");
    let followers = "SELECT i.user_id, 'wechat_service' AS channel, f.openid AS address \
                     FROM people_identities i JOIN notices_followers f ON f.unionid = i.unionid";
    let mut known: Vec<Address> = among(asked, "user_id").all(db).await?;
    known.extend(among(Select::new(followers), "i.user_id").all::<Address>(db).await?);
    Ok(known)
}

/// Keeps a follower of the service account.
pub async fn follow(
    db: &impl ConnectionTrait,
    openid: &str,
    unionid: &str,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO notices_followers (openid, unionid, followed_at) VALUES (?, ?, ?) \
                ON CONFLICT (openid) DO UPDATE SET unionid = excluded.unionid";
    execute(db, text, [openid.into(), unionid.into(), at.into()]).await?;
    Ok(())
}

/// Forgets somebody who follows no longer.
pub async fn unfollow(db: &impl ConnectionTrait, openid: &str) -> Result<(), DbErr> {
    execute(db, "DELETE FROM notices_followers WHERE openid = ?", [openid.into()]).await?;
    Ok(())
}

/// Keeps an address, over what was known. Whoever had it before has it no longer.
pub async fn keep(
    db: &impl ConnectionTrait,
    user: UserId,
    (channel, address): (&str, Option<&str>),
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    if let Some(address) = address {
        let text = "DELETE FROM notices_addresses WHERE channel = ? AND address = ? AND user_id <> ?";
        execute(db, text, [channel.into(), address.into(), user.0.into()]).await?;
    }
    let text = "INSERT INTO notices_addresses (user_id, channel, address, checked_at) VALUES (?, ?, ?, ?) \
                ON CONFLICT (user_id, channel) DO UPDATE SET address = excluded.address, checked_at = excluded.checked_at";
    execute(db, text, [user.0.into(), channel.into(), address.into(), at.into()]).await?;
    Ok(())
}

/// Who is behind an identity of the mini-program.
pub async fn user_of_openid(db: &impl ConnectionTrait, openid: &str) -> Result<Option<UserId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Owner {
        user_id: Uuid,
    }
    let select = Select::new("SELECT user_id FROM people_identities").and("openid = ?", [openid.into()]);
    Ok(select.one::<Owner>(db).await?.map(|it| UserId(it.user_id)))
}

/// The recipients of these queued deliveries whose address on `channel` nobody has asked for since `since`, with
/// their phone numbers.
pub async fn to_look_up(
    db: &impl ConnectionTrait,
    deliveries: &[Uuid],
    channel: &str,
    since: DateTime<Utc>,
) -> Result<Vec<(UserId, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        phone: String,
    }
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let text = "SELECT DISTINCT u.id, u.phone FROM notices_deliveries d JOIN people_users u ON u.id = d.recipient_id";
    let rows: Vec<Row> = Select::new(text)
        .and("d.status = 'queued'", [])
        .and("u.phone IS NOT NULL", [])
        .and("NOT EXISTS (SELECT 1 FROM notices_addresses a WHERE a.user_id = u.id AND a.channel = ? AND a.checked_at > ?)", [
            channel.into(),
            since.into(),
        ])
        .and_among("d.id", deliveries.iter().copied())
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.phone)).collect())
}
