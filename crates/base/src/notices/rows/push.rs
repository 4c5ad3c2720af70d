//! Pushes on their way: what is queued, under way, unknown, gathered.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::select::{Select, execute, marks};

/// A push that is about to happen: the delivery with its notice and the recipient's identity.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Push {
    pub id: Uuid,
    pub notice_id: Uuid,
    pub recipient_id: Uuid,
    pub matter: String,
    pub rung: i32,
    pub channel: String,
    pub status: String,
    pub template_id: String,
    pub reason: Option<String>,
    pub digest_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub attempted_at: Option<DateTime<Utc>>,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub page: Option<String>,
    pub fields: Json,
    pub push_until: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub openid: Option<String>,
}

const PUSH: &str = "SELECT d.id, d.notice_id, d.recipient_id, d.matter, d.rung, d.channel, d.status, d.template_id, d.reason, \
                    d.digest_at, d.created_at, d.attempted_at, n.kind, n.title, n.body, n.page, n.fields, n.push_until, n.settled_at, i.openid \
                    FROM notices_deliveries d JOIN notices n ON n.id = d.notice_id \
                    LEFT JOIN people_identities i ON i.user_id = d.recipient_id";

fn among(select: Select, column: &str, ids: &[Uuid]) -> Select {
    select.and_among(column, ids.iter().copied())
}

/// Those of `ids` of which nobody has said yet what became of them, decided about or not.
pub async fn on_their_way(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Push>, DbErr> {
    let select = Select::new(PUSH).and("d.status IN ('queued', 'ready', 'sending')", []);
    among(select, "d.id", ids).all(db).await
}

#[derive(FromQueryResult)]
struct Person {
    recipient_id: Uuid,
}

/// The people among these for whom something was found worth sending since `since` and not concluded: WeChat takes one
/// message at a time for each of them.
pub async fn busy(
    db: &impl ConnectionTrait,
    people: &[Uuid],
    since: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select::new("SELECT DISTINCT recipient_id FROM notices_deliveries")
        .and("status IN ('ready', 'sending')", [])
        .and("attempted_at > ?", [since.into()]);
    let rows: Vec<Person> = among(select, "recipient_id", people).all(db).await?;
    Ok(rows.into_iter().map(|it| it.recipient_id).collect())
}

/// How many pushes these people got since `since`.
pub async fn n_sent_since(
    db: &impl ConnectionTrait,
    people: &[Uuid],
    since: DateTime<Utc>,
) -> Result<Vec<(Uuid, u32)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        recipient_id: Uuid,
        n: i64,
    }
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select::new("SELECT recipient_id, count(*) AS n FROM notices_deliveries")
        .and("status = 'sent'", [])
        .and("channel <> 'wecom_robot'", [])
        .and("attempted_at >= ?", [since.into()]);
    let select = among(select, "recipient_id", people).then("GROUP BY recipient_id", []);
    let rows: Vec<Count> = select.all(db).await?;
    Ok(rows.into_iter().map(|it| (it.recipient_id, u32::try_from(it.n).unwrap_or(u32::MAX))).collect())
}

#[derive(FromQueryResult)]
struct Moved {
    id: Uuid,
}

/// Moves deliveries from one status to another and says which were moved: nobody else moves those.
pub async fn advance(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    from: &str,
    to: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = vec![to.into(), at.into(), from.into()];
    values.extend(ids.iter().map(|id| Value::from(*id)));
    let text = format!(
        "UPDATE notices_deliveries SET status = ?, attempted_at = ? WHERE status = ? AND id IN ({}) RETURNING id",
        marks(ids.len())
    );
    let moved: Vec<Moved> = Select::new("").then(&text, values).all(db).await?;
    Ok(moved.into_iter().map(|it| it.id).collect())
}

/// Writes down what came of deliveries that stand at `from`, and says which of them did: whoever comes second changes
/// nothing.
pub async fn conclude(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    from: &str,
    outcome: (&str, Option<&str>),
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    let mut concluded = Vec::new();
    for chunk in ids.chunks(400) {
        let mut values: Vec<Value> = vec![outcome.0.into(), outcome.1.into(), at.into(), from.into()];
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        let text = format!(
            "UPDATE notices_deliveries SET status = ?, reason = ?, settled_at = ? WHERE status = ? AND id IN ({}) RETURNING id",
            marks(chunk.len())
        );
        let moved: Vec<Moved> = Select::new("").then(&text, values).all(db).await?;
        concluded.extend(moved.into_iter().map(|it| it.id));
    }
    Ok(concluded)
}

/// Writes down which messages arrived, with the platform's ids of them, and says how many were not known to have.
/// One that was given up meanwhile has arrived all the same.
pub async fn arrived(
    db: &impl ConnectionTrait,
    sent: &[(Uuid, Option<String>)],
    at: DateTime<Utc>,
) -> Result<u64, DbErr> {
    if sent.is_empty() {
        return Ok(0);
    }
    let named = sent.iter().filter_map(|(id, msgid)| Some((id, msgid.as_deref()?)));
    let named: Vec<[Value; 2]> = named.map(|(id, msgid)| [Value::from(*id), msgid.into()]).collect();
    let msgid = match named.len() {
        0 => "msgid".to_owned(),
        n => format!("CASE id {}ELSE msgid END", "WHEN ? THEN ? ".repeat(n)),
    };
    let text = format!(
        "UPDATE notices_deliveries SET status = 'sent', reason = NULL, settled_at = ?, msgid = {msgid} \
         WHERE status IN ('sending', 'unknown') AND id IN ({})",
        marks(sent.len())
    );
    let ids = sent.iter().map(|(id, _)| Value::from(*id));
    let values = std::iter::once(at.into()).chain(named.into_iter().flatten()).chain(ids);
    execute(db, &text, values.collect::<Vec<Value>>()).await
}

/// Lets deliveries wait for a digest.
pub async fn gather(db: &impl ConnectionTrait, ids: &[Uuid], digest_at: DateTime<Utc>) -> Result<(), DbErr> {
    for chunk in ids.chunks(400) {
        let mut values: Vec<Value> = vec![digest_at.into()];
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        let text = format!(
            "UPDATE notices_deliveries SET status = 'gathered', digest_at = ? WHERE status = 'queued' AND id IN ({})",
            marks(chunk.len())
        );
        execute(db, &text, values).await?;
    }
    Ok(())
}

/// When the earliest digest with something to say is.
pub async fn next_digest(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        digest_at: Option<DateTime<Utc>>,
    }
    let text =
        "SELECT digest_at FROM notices_deliveries WHERE status = 'gathered' ORDER BY digest_at LIMIT 1";
    Ok(Select::new(text).one::<Next>(db).await?.and_then(|it| it.digest_at))
}

/// What waits for a digest at or before `at`, by person.
pub async fn gathered(db: &impl ConnectionTrait, at: DateTime<Utc>, n_most: u64) -> Result<Vec<Push>, DbErr> {
    Select::new(PUSH)
        .and("d.status = 'gathered'", [])
        .and("d.digest_at <= ?", [at.into()])
        .then("ORDER BY d.recipient_id, d.id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// When the unknown delivery that was attempted first was attempted.
pub async fn first_unknown(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct First {
        attempted_at: Option<DateTime<Utc>>,
    }
    let text =
        "SELECT attempted_at FROM notices_deliveries WHERE status = 'unknown' ORDER BY attempted_at LIMIT 1";
    Ok(Select::new(text).one::<First>(db).await?.and_then(|it| it.attempted_at))
}

/// Unknown deliveries attempted at or before `until`.
pub async fn unknown_until(
    db: &impl ConnectionTrait,
    until: DateTime<Utc>,
    n_most: u64,
) -> Result<Vec<Push>, DbErr> {
    Select::new(PUSH)
        .and("d.status = 'unknown'", [])
        .and("d.attempted_at <= ?", [until.into()])
        .then("ORDER BY d.attempted_at LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// The delivery whose message the platform knows by that id.
pub async fn with_msgid(db: &impl ConnectionTrait, msgid: &str) -> Result<Option<Push>, DbErr> {
    Select::new(PUSH).and("d.msgid = ?", [msgid.into()]).one(db).await
}

/// Is a message to that identity and template under way, so that the platform may speak of it before its own answer is
/// written down?
pub async fn is_under_way(
    db: &impl ConnectionTrait,
    (openid, template): (&str, &str),
    since: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let select = Select::new(PUSH)
        .and("d.status = 'sending'", [])
        .and("i.openid = ?", [openid.into()])
        .and("d.template_id = ?", [template.into()])
        .and("d.attempted_at > ?", [since.into()])
        .then("LIMIT 1", []);
    Ok(select.one::<Push>(db).await?.is_some())
}

/// The delivery the platform speaks of: by its id of the message, else the earliest to that identity and template
/// whose outcome nobody knows, attempted between `since` and `until`.
pub async fn spoken_of(
    db: &impl ConnectionTrait,
    msgid: &str,
    (openid, template): (&str, &str),
    (since, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Push>, DbErr> {
    if let Some(known) = with_msgid(db, msgid).await? {
        return Ok(Some(known));
    }
    Select::new(PUSH)
        .and("d.status = 'unknown'", [])
        .and("i.openid = ?", [openid.into()])
        .and("d.template_id = ?", [template.into()])
        .and("d.attempted_at BETWEEN ? AND ?", [since.into(), until.into()])
        .then("ORDER BY d.attempted_at LIMIT 1", [])
        .one(db)
        .await
}

/// Writes down what the platform said of a delivery that had been handed over or was unknown. False when it was
/// concluded otherwise.
pub async fn settle_spoken_of(
    db: &impl ConnectionTrait,
    id: Uuid,
    (status, reason, msgid): (&str, Option<&str>, &str),
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "UPDATE notices_deliveries SET status = ?, reason = ?, msgid = ?, settled_at = ? \
                WHERE id = ? AND status IN ('sent', 'unknown')";
    let values = [status.into(), reason.into(), msgid.into(), at.into(), id.into()];
    Ok(execute(db, text, values).await? == 1)
}
