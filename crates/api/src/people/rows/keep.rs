//! Regions and employees as other systems know them: by external id, many at a time.

use domain::people::Role;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use super::{region, user};
use crate::select::{Select, marks};

/// Writes employees by one statement, known by the other system's ids: a manager may stand anywhere among them. A
/// known one is changed and keeps its password and id.
pub async fn upsert_users(db: &impl ConnectionTrait, users: Vec<user::Model>) -> Result<(), DbErr> {
    use user::Column;
    if users.is_empty() {
        return Ok(());
    }
    let changed = [
        Column::Username,
        Column::Name,
        Column::Phone,
        Column::Role,
        Column::RegionId,
        Column::ManagerId,
        Column::ActiveFrom,
        Column::ActiveTo,
        Column::UpdatedAt,
    ];
    user::Entity::insert_many(users.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::column(Column::ExternalId)
                .update_columns(changed)
                .value(Column::Version, Expr::cust("people_users.version + 1"))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Writes regions by one statement, known by the other system's ids: a parent may stand anywhere among them.
pub async fn upsert_regions(db: &impl ConnectionTrait, regions: Vec<region::Model>) -> Result<(), DbErr> {
    use region::Column;
    if regions.is_empty() {
        return Ok(());
    }
    region::Entity::insert_many(regions.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::column(Column::ExternalId)
                .update_columns([Column::Name, Column::ParentId])
                .value(Column::Version, Expr::cust("people_regions.version + 1"))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Ids by the other system's ids, for one table that has them.
pub async fn ids_by_external(
    db: &impl ConnectionTrait,
    table: &'static str,
    external_ids: &[String],
) -> Result<Vec<(String, Uuid)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Known {
        external_id: String,
        id: Uuid,
    }
    let mut known = Vec::new();
    for chunk in external_ids.chunks(500) {
        let select = Select::new(&format!("SELECT external_id, id FROM {table}"));
        let condition = format!("external_id IN ({})", marks(chunk.len()));
        let rows: Vec<Known> =
            select.and(&condition, chunk.iter().map(|id| id.as_str().into())).all(db).await?;
        known.extend(rows.into_iter().map(|row| (row.external_id, row.id)));
    }
    Ok(known)
}

/// Usernames with the external ids of those who have them: the ones asked for, and the ones these people have.
pub async fn usernames(
    db: &impl ConnectionTrait,
    names: &[String],
    external_ids: &[String],
) -> Result<Vec<(String, Option<String>)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Taken {
        username: String,
        external_id: Option<String>,
    }
    let mut taken = Vec::new();
    for (column, values) in [("username", names), ("external_id", external_ids)] {
        for chunk in values.chunks(500) {
            let select = Select::new("SELECT username, external_id FROM people_users");
            let condition = format!("{column} IN ({})", marks(chunk.len()));
            let rows: Vec<Taken> =
                select.and(&condition, chunk.iter().map(|value| value.as_str().into())).all(db).await?;
            taken.extend(rows.into_iter().map(|row| (row.username, row.external_id)));
        }
    }
    Ok(taken)
}

/// Those of the external ids that are an admin's.
pub async fn admins(db: &impl ConnectionTrait, external_ids: &[String]) -> Result<Vec<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Admin {
        external_id: String,
    }
    let select = Select::new("SELECT external_id FROM people_users").and("external_id IS NOT NULL", []);
    let rows: Vec<Admin> = select.and("role = ?", [Role::Admin.name().into()]).all(db).await?;
    let admins = rows.into_iter().map(|row| row.external_id);
    Ok(admins.filter(|id| external_ids.contains(id)).collect())
}

/// Where a region stands.
#[derive(Debug, FromQueryResult)]
pub struct RegionPlace {
    pub id: Uuid,
    pub external_id: Option<String>,
    pub parent_id: Option<Uuid>,
}

/// Where every region stands: a company has hundreds of them, not more.
pub async fn places_of_regions(db: &impl ConnectionTrait) -> Result<Vec<RegionPlace>, DbErr> {
    Select::new("SELECT id, external_id, parent_id FROM people_regions").all(db).await
}
