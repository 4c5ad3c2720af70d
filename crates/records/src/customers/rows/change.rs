//! Changing a file that was read under its lock.

use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbBackend, DbErr, FromQueryResult, IntoActiveModel};

use super::{CUSTOMER, customer};
use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, below, visible_to};
use crate::select::{self, Select, execute};

/// The customer, locked, if the actor sees it.
pub async fn locked_visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: CustomerId,
) -> Result<Option<customer::Model>, DbErr> {
    let select =
        visible_to(Select::new(CUSTOMER), actor, "owner_id", "region_id", Of::Customer("customers.id"));
    select::held(db, select.and("id = ?", [id.0.into()])).one(db).await
}

/// The customer, locked, whoever asks.
pub async fn locked(db: &impl ConnectionTrait, id: CustomerId) -> Result<Option<customer::Model>, DbErr> {
    select::held(db, Select::new(CUSTOMER).and("id = ?", [id.0.into()])).one(db).await
}

/// The customer that another system knows by this id, locked, whoever asks.
pub async fn locked_external(
    db: &impl ConnectionTrait,
    external_id: &str,
) -> Result<Option<customer::Model>, DbErr> {
    let select = Select::new(CUSTOMER).and("external_id = ?", [external_id.into()]);
    select::held(db, select).one(db).await
}

/// Writes a new file. False when somebody has just taken the other system's id.
pub async fn insert(db: &impl ConnectionTrait, customer: customer::Model) -> Result<bool, DbErr> {
    let known = OnConflict::column(customer::Column::ExternalId).do_nothing().to_owned();
    let insert = customer::Entity::insert(customer.into_active_model()).on_conflict(known);
    Ok(insert.exec_without_returning(db).await? == 1)
}

/// Chains are made one after the other: two that are made at once must not become one of two links.
pub async fn hold_chains(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        let key = "SELECT pg_advisory_xact_lock(hashtextextended('customers chains', 0))";
        execute(db, key, []).await?;
    }
    Ok(())
}

/// Writes a file that was read under its lock, and returns it with its next version.
pub async fn update(db: &impl ConnectionTrait, changed: customer::Model) -> Result<customer::Model, DbErr> {
    let changed = customer::Model { version: changed.version + 1, ..changed };
    let kept = changed.clone().into_active_model().reset_all();
    customer::Entity::update(kept).exec(db).await?;
    Ok(changed)
}

#[derive(FromQueryResult)]
struct Found {
    #[expect(dead_code, reason = "only whether there is one is asked")]
    id: Uuid,
}

/// Is there a region of that id, at or below `top` where that is given?
pub async fn is_region(db: &impl ConnectionTrait, region: Uuid, top: Option<Uuid>) -> Result<bool, DbErr> {
    let select = Select::new("SELECT id FROM people_regions").and("id = ?", [region.into()]);
    let select = match top {
        Some(top) => below(select, "id", top),
        None => select,
    };
    Ok(select.one::<Found>(db).await?.is_some())
}

/// Does anybody's bill go to this customer?
pub async fn is_payer(db: &impl ConnectionTrait, id: CustomerId) -> Result<bool, DbErr> {
    let select = Select::new("SELECT id FROM customers").and("bill_to_id = ?", [id.0.into()]);
    Ok(select.then("LIMIT 1", []).one::<Found>(db).await?.is_some())
}

/// The customers that a payer's goods go to, as far as the actor sees them.
pub async fn ship_to(
    db: &impl ConnectionTrait,
    actor: &Actor,
    payer: CustomerId,
    window: Window,
) -> Result<Vec<customer::Model>, DbErr> {
    visible_to(Select::new(CUSTOMER), actor, "owner_id", "region_id", Of::Customer("customers.id"))
        .and("bill_to_id = ?", [payer.0.into()])
        .window("id", window)
        .all(db)
        .await
}

/// When fields were confirmed. Steps do so in passing: the version stays, so that nobody's edit is refused for it.
pub async fn set_confirmations(
    db: &impl ConnectionTrait,
    id: CustomerId,
    confirmations: Json,
) -> Result<(), DbErr> {
    execute(db, "UPDATE customers SET confirmations = ? WHERE id = ?", [confirmations.into(), id.0.into()])
        .await?;
    Ok(())
}

/// What is needed there, with its confirmation.
pub async fn set_needs(
    db: &impl ConnectionTrait,
    id: CustomerId,
    needs: Json,
    confirmations: Json,
) -> Result<(), DbErr> {
    let text = "UPDATE customers SET needs = ?, confirmations = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [needs.into(), confirmations.into(), id.0.into()]).await?;
    Ok(())
}

/// Where people who were there agree that it is, until somebody decides.
pub async fn set_proposed(
    db: &impl ConnectionTrait,
    id: CustomerId,
    proposed: Option<Json>,
) -> Result<(), DbErr> {
    execute(db, "UPDATE customers SET proposed_location = ? WHERE id = ?", [proposed.into(), id.0.into()])
        .await?;
    Ok(())
}
