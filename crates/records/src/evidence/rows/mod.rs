//! Tickets and photos; what pictures look like, and documents, in files of their own.

pub mod archive;
pub mod blobs;
pub mod file;
pub mod looks;
pub mod reviews;
pub mod seen;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbBackend, DbErr, IntoActiveModel};

use crate::access;
use crate::actor::Actor;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute};

pub mod ticket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "evidence_tickets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub digest: String,
        pub user_id: Uuid,
        pub purpose: String,
        pub subject_type: String,
        pub subject_id: Uuid,
        pub customer_id: Uuid,
        pub issued_at: ChronoDateTimeUtc,
        pub expires_at: ChronoDateTimeUtc,
        pub used_at: Option<ChronoDateTimeUtc>,
        pub used_sha256: Option<String>,
        pub device_id: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod photo {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "evidence_photos")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sha256: String,
        pub user_id: Uuid,
        pub purpose: String,
        pub subject_type: String,
        pub subject_id: Uuid,
        pub customer_id: Uuid,
        pub ticket_id: Option<Uuid>,
        pub n_bytes: i64,
        pub format: String,
        pub width: i32,
        pub height: i32,
        pub source: String,
        pub taken_at: Option<ChronoDateTimeUtc>,
        pub received_at: ChronoDateTimeUtc,
        pub location: Option<Json>,
        pub exif: Json,
        pub verdict: String,
        pub reasons: Json,
        pub distance_m: Option<i32>,
        pub duplicate_of: Option<Uuid>,
        pub device_id: Option<String>,
        pub issued_at: Option<ChronoDateTimeUtc>,
        pub client_time: Option<ChronoDateTimeUtc>,
        pub lat_e6: Option<i64>,
        pub lng_e6: Option<i64>,
        pub has_preview: bool,
        pub similar_to: Json,
        pub confidence: Option<i32>,
        pub drawn: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A record that a photo has proved.
pub mod usage {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "evidence_uses")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub photo_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject_type: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject_id: Uuid,
        pub used_at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const PHOTO: &str = "SELECT evidence_photos.* FROM evidence_photos";
const TICKET: &str = "SELECT * FROM evidence_tickets";

pub async fn insert_tickets(db: &impl ConnectionTrait, tickets: Vec<ticket::Model>) -> Result<(), DbErr> {
    for some in tickets.chunks(select::CHUNK) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        ticket::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

pub async fn ticket(db: &impl ConnectionTrait, digest: &str) -> Result<Option<ticket::Model>, DbErr> {
    Select::new(TICKET).and("digest = ?", [digest.into()]).one(db).await
}

/// The ticket, locked: it is used once.
pub async fn locked_ticket(db: &impl ConnectionTrait, digest: &str) -> Result<Option<ticket::Model>, DbErr> {
    select::locked(db, Select::new(TICKET).and("digest = ?", [digest.into()])).one(db).await
}

pub async fn use_ticket(
    db: &impl ConnectionTrait,
    id: Uuid,
    sha256: &str,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE evidence_tickets SET used_at = ?, used_sha256 = ? WHERE id = ? AND used_at IS NULL";
    execute(db, text, [at.into(), sha256.into(), id.into()]).await?;
    Ok(())
}

/// Lets one transaction at a time take these bytes in, so that two cannot both be the first; SQLite's writer is alone
/// anyway.
pub async fn hold_bytes(db: &impl ConnectionTrait, sha256: &str) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        execute(db, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [sha256.into()]).await?;
    }
    Ok(())
}

/// The first photos with the same bytes.
pub async fn same_bytes(db: &impl ConnectionTrait, sha256: &str) -> Result<Vec<photo::Model>, DbErr> {
    Select::new(PHOTO).and("sha256 = ?", [sha256.into()]).then("ORDER BY id LIMIT 50", []).all(db).await
}

pub async fn insert(db: &impl ConnectionTrait, photo: photo::Model) -> Result<(), DbErr> {
    photo::Entity::insert(photo.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// These photos, locked until the transaction ends: two records must not both be proved by one.
pub async fn locked_among(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<photo::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select::new(PHOTO).and_among("id", ids.iter().copied());
    select::locked(db, select.then("ORDER BY id", [])).all(db).await
}

/// These photos, as they stand.
pub async fn among(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<photo::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Select::new(PHOTO).and_among("id", ids.iter().copied()).all(db).await
}

/// What these photos have proved.
pub async fn uses(db: &impl ConnectionTrait, photos: &[Uuid]) -> Result<Vec<usage::Model>, DbErr> {
    if photos.is_empty() {
        return Ok(Vec::new());
    }
    Select::new("SELECT * FROM evidence_uses").and_among("photo_id", photos.iter().copied()).all(db).await
}

/// Records what photos prove. What was recorded before is left.
pub async fn use_photos(db: &impl ConnectionTrait, uses: Vec<usage::Model>) -> Result<(), DbErr> {
    if uses.is_empty() {
        return Ok(());
    }
    let key = [usage::Column::PhotoId, usage::Column::SubjectType, usage::Column::SubjectId];
    usage::Entity::insert_many(uses.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The photo, for whoever took it and whoever sees its customer; on a shared phone only what was taken for its trip.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<photo::Model>, DbErr> {
    if let Some(trip) = actor.trip {
        let of_trip = "(subject_id = ? OR subject_id IN (SELECT id FROM deliveries_stops WHERE trip_id = ?) \
                       OR subject_id IN (SELECT d.id FROM deliveries d JOIN deliveries_stops s ON s.id = d.stop_id \
                       WHERE s.trip_id = ?))";
        let select = Select::new(PHOTO).and("id = ?", [id.into()]).and("user_id = ?", [actor.id.0.into()]);
        return select.and(of_trip, [trip.0.into(), trip.0.into(), trip.0.into()]).one(db).await;
    }
    let own =
        Select::new(PHOTO).and("id = ?", [id.into()]).and("user_id = ?", [actor.id.0.into()]).one(db).await?;
    if own.is_some() {
        return Ok(own);
    }
    let text = "SELECT evidence_photos.* FROM evidence_photos JOIN customers ON customers.id = evidence_photos.customer_id";
    visible_to(
        Select::new(text),
        actor,
        "customers.owner_id",
        "customers.region_id",
        Of::Customer("customers.id"),
    )
    .and("evidence_photos.id = ?", [id.into()])
    .one(db)
    .await
}

/// The photo, also for whoever looks at another one that it makes doubtful: a reviewer sees both side by side, in
/// whatever region the first was taken. Only for those who review, and not for who took the doubtful one.
pub async fn shown(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    beside: Option<Uuid>,
) -> Result<Option<photo::Model>, DbErr> {
    let own = visible(db, actor, id).await?;
    let (None, Some(beside), true) = (&own, beside, access::is_leader(actor.role)) else {
        return Ok(own);
    };
    let doubtful = visible(db, actor, beside).await?.filter(|it| it.user_id != actor.id.0);
    let names_it = doubtful.is_some_and(|it| it.duplicate_of == Some(id) || names(&it.similar_to, id));
    Ok(if names_it { among(db, &[id]).await?.pop() } else { None })
}

fn names(similar_to: &Json, id: Uuid) -> bool {
    let id = id.to_string();
    similar_to.as_array().is_some_and(|all| all.iter().any(|it| it["id"] == id.as_str()))
}
