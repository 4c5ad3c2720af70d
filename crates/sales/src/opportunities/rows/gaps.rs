//! Capability gaps.

use chrono::{DateTime, Utc};
use domain::ids::RegionId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{Select, execute};

#[derive(Clone, Debug, FromQueryResult)]
pub struct Gap {
    pub id: Uuid,
    pub kind: String,
    pub region_id: Uuid,
    pub region_name: String,
    pub supplier: String,
    pub evidence_ids: Json,
    pub status: String,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<Uuid>,
}

/// A gap that is to be opened.
#[derive(Debug)]
pub struct Opening<'a> {
    pub id: Uuid,
    pub kind: &'a str,
    pub region: RegionId,
    pub supplier: &'a str,
    pub evidence_ids: Json,
}

/// Opens a gap. False while one of the kind is open in the region.
pub async fn open(
    db: &impl ConnectionTrait,
    opening: &Opening<'_>,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "INSERT INTO opportunities_gaps (id, kind, region_id, supplier, evidence_ids, status, opened_at) \
                VALUES (?, ?, ?, ?, ?, 'open', ?) ON CONFLICT DO NOTHING";
    let values: [Value; 6] = [
        opening.id.into(),
        opening.kind.into(),
        opening.region.0.into(),
        opening.supplier.into(),
        opening.evidence_ids.clone().into(),
        at.into(),
    ];
    Ok(execute(db, text, values).await? == 1)
}

/// Closes the open gap of the kind in the region, by the record that ended the row. Its id, if there was one.
pub async fn close(
    db: &impl ConnectionTrait,
    (region, kind): (RegionId, &str),
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Open {
        id: Uuid,
    }
    let open = Select::new("SELECT id FROM opportunities_gaps")
        .and("kind = ?", [kind.into()])
        .and("region_id = ?", [region.0.into()])
        .and("status = 'open'", []);
    let Some(Open { id }) = open.one(db).await? else {
        return Ok(None);
    };
    let text = "UPDATE opportunities_gaps SET status = 'closed', closed_at = ?, closed_by = ? \
                WHERE id = ? AND status = 'open'";
    let n_closed = execute(db, text, [at.into(), by.into(), id.into()]).await?;
    Ok((n_closed == 1).then_some(id))
}

/// The gaps in the actor's scope, newest first.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    status: Option<String>,
    window: Window,
) -> Result<Vec<Gap>, DbErr> {
    let text = "SELECT g.*, r.name AS region_name FROM opportunities_gaps g \
                JOIN people_regions r ON r.id = g.region_id";
    visible_to(Select::new(text), actor, "NULL", "g.region_id", Of::Other)
        .and_if("g.status = ?", status)
        .window("g.id", window)
        .all(db)
        .await
}
