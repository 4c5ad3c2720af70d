//! Imports and how far they are.

use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::select::{self, Select, execute};

pub mod import {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "imports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub status: String,
        pub dry_run: bool,
        pub requested_by: Uuid,
        pub file_sha256: String,
        pub n_rows: i32,
        pub n_done: i32,
        pub n_stored: i32,
        pub n_failed: i32,
        pub errors: Json,
        pub warnings: Json,
        pub failure: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub finished_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const IMPORT: &str = "SELECT * FROM imports";

pub async fn insert(db: &impl ConnectionTrait, import: import::Model) -> Result<(), DbErr> {
    import::Entity::insert(import.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The import, if it is the actor's own or the actor is the admin.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<import::Model>, DbErr> {
    let me = Some(actor.id.0).filter(|_| actor.role != domain::people::Role::Admin);
    Select::new(IMPORT).and("id = ?", [id.into()]).and_if("requested_by = ?", me).one(db).await
}

/// The import, while there is something left to do.
pub async fn unfinished(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<import::Model>, DbErr> {
    open(id).one(db).await
}

/// The same, locked: a chunk is stored once, whoever else runs the job.
pub async fn locked(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<import::Model>, DbErr> {
    select::locked(db, open(id)).one(db).await
}

fn open(id: Uuid) -> Select {
    Select::new(IMPORT).and("id = ?", [id.into()]).and("finished_at IS NULL", [])
}

/// Writes down how far it is.
pub async fn keep(db: &impl ConnectionTrait, import: import::Model) -> Result<(), DbErr> {
    let text = "UPDATE imports SET status = ?, n_rows = ?, n_done = ?, n_stored = ?, n_failed = ?, errors = ?, \
                warnings = ?, failure = ?, finished_at = ? WHERE id = ?";
    let values: [Value; 10] = [
        import.status.into(),
        import.n_rows.into(),
        import.n_done.into(),
        import.n_stored.into(),
        import.n_failed.into(),
        import.errors.into(),
        import.warnings.into(),
        import.failure.into(),
        import.finished_at.into(),
        import.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}
