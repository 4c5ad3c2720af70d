//! Regions and employees as other systems know them: by external id, many at a time.

use chrono::NaiveDate;
use domain::people::Role;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbBackend, DbErr, FromQueryResult, IntoActiveModel};

use super::{region, user};
use crate::select::{Select, execute};

/// Lets nobody else write a table until the transaction ends, so that what is read of it still holds when it is
/// written. SQLite's writer is alone anyway.
pub async fn keep_others_out(db: &impl ConnectionTrait, table: &'static str) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(&format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")).await?;
    }
    Ok(())
}

/// Writes employees by one statement, known by the other system's ids: a manager may stand anywhere among them. A
/// known one is changed, where there is something to change, and keeps its password and id.
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
    ];
    let differs = changed.map(|column| {
        let name = column.as_str();
        format!("people_users.{name} IS DISTINCT FROM excluded.{name}")
    });
    user::Entity::insert_many(users.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::column(Column::ExternalId)
                .update_columns(changed)
                .update_column(Column::UpdatedAt)
                .value(Column::Version, Expr::cust("people_users.version + 1"))
                .action_and_where(Expr::cust(differs.join(" OR ")))
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
        let rows: Vec<Known> =
            select.and_among("external_id", chunk.iter().map(|id| id.as_str())).all(db).await?;
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
            let rows: Vec<Taken> =
                select.and_among(column, chunk.iter().map(|value| value.as_str())).all(db).await?;
            taken.extend(rows.into_iter().map(|row| (row.username, row.external_id)));
        }
    }
    Ok(taken)
}

/// An employee the way files describe one: region and manager by the other system's ids, which may be absent where the
/// region or the manager is not.
#[derive(Debug, FromQueryResult)]
pub struct Standing {
    pub external_id: String,
    pub username: String,
    pub name: String,
    pub phone: Option<String>,
    pub role: Role,
    pub region_id: Option<Uuid>,
    pub region: Option<String>,
    pub manager_id: Option<Uuid>,
    pub manager: Option<String>,
    pub active_from: Option<NaiveDate>,
    pub active_to: Option<NaiveDate>,
}

/// Those of the external ids that are an employee's, with what is known of them.
pub async fn standing(db: &impl ConnectionTrait, external_ids: &[String]) -> Result<Vec<Standing>, DbErr> {
    let text = "SELECT external_id, username, name, phone, role, region_id, manager_id, active_from, active_to, \
                (SELECT above.external_id FROM people_regions above WHERE above.id = people_users.region_id) AS region, \
                (SELECT above.external_id FROM people_users above WHERE above.id = people_users.manager_id) AS manager \
                FROM people_users";
    let mut found = Vec::new();
    for chunk in external_ids.chunks(500) {
        let select = Select::new(text).and_among("external_id", chunk.iter().map(|id| id.as_str()));
        found.extend(select.all::<Standing>(db).await?);
    }
    Ok(found)
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

pub async fn has_region(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let found = Select::new("SELECT * FROM people_regions").and("id = ?", [id.into()]);
    Ok(found.one::<region::Model>(db).await?.is_some())
}

pub async fn insert_user(db: &impl ConnectionTrait, user: &user::Model) -> Result<(), DbErr> {
    user::Entity::insert(user.clone().into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Writes what the admin may change of somebody; the password stays.
pub async fn change_user(db: &impl ConnectionTrait, user: &user::Model) -> Result<(), DbErr> {
    let text = "UPDATE people_users SET username = ?, name = ?, phone = ?, role = ?, region_id = ?, manager_id = ?, \
                active_from = ?, active_to = ?, external_id = ?, updated_at = ?, version = ? WHERE id = ?";
    let values = [
        user.username.as_str().into(),
        user.name.as_str().into(),
        user.phone.clone().into(),
        user.role.into(),
        user.region_id.into(),
        user.manager_id.into(),
        user.active_from.into(),
        user.active_to.into(),
        user.external_id.clone().into(),
        user.updated_at.into(),
        user.version.into(),
        user.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}
