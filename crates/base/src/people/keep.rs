//! The admin keeps people's records by hand, under the rules of the importer.

use domain::ids::UserId;
use domain::people::{Role, is_phone, is_term, no_admin_from};
use domain::working_time::local_date;
use domain::writing::is_blank;
use platform::Tx;
use serde_json::json;

use super::rows::{self, user};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::select::Connection;
use crate::settings::{self, Event};

/// The longest text of a record.
const LONGEST: usize = 200;

/// Takes somebody on.
pub async fn hire(tx: &Tx, actor: &Actor, new: user::Model) -> Result<user::Model> {
    rows::keep_others_out(tx.db(), "people_users").await?;
    check(tx.db(), &new).await?;
    rows::insert_user(tx.db(), &new).await?;
    settings::record(tx, Event::about("people.hired", Some(actor.id), ("user", new.id))).await?;
    Ok(new)
}

/// Changes somebody's record from what it was to what it becomes. The company keeps an admin.
pub async fn change(
    tx: &Tx,
    actor: &Actor,
    before: &user::Model,
    becomes: user::Model,
) -> Result<user::Model> {
    check(tx.db(), &becomes).await?;
    keep_an_admin(tx, before, &becomes).await?;
    let changed = user::Model { updated_at: tx.now(), version: before.version + 1, ..becomes };
    rows::change_user(tx.db(), &changed).await?;
    let event = Event::about("people.changed", Some(actor.id), ("user", changed.id));
    let facts = json!({"role": changed.role, "region_id": changed.region_id, "manager_id": changed.manager_id,
        "active_from": changed.active_from, "active_to": changed.active_to});
    settings::record(tx, event.with(facts)).await?;
    Ok(changed)
}

/// Refuses what would leave nobody who keeps people.
pub(super) async fn keep_an_admin(tx: &Tx, before: &user::Model, becomes: &user::Model) -> Result<()> {
    let today = local_date(tx.now());
    if before.role != Role::Admin {
        return Ok(());
    }
    let Some(day) = no_admin_from(becomes.role, (becomes.active_from, becomes.active_to), today) else {
        return Ok(());
    };
    if rows::has_another_admin(tx.db(), UserId(before.id), day).await? {
        return Ok(());
    }
    Err(Error::conflict("last_admin"))
}

/// A field that is wrong, and the code that says how.
type Fault = (&'static str, &'static str);

/// Everything that is wrong with a record, in itself and beside the others.
async fn check(db: &impl Connection, user: &user::Model) -> Result<()> {
    let mut faults: Vec<Fault> = Vec::new();
    for (pointer, text) in [("/username", &user.username), ("/name", &user.name)] {
        if is_blank(text) {
            faults.push((pointer, "required"));
        } else if text.chars().count() > LONGEST {
            faults.push((pointer, "too_long"));
        }
    }
    if user.phone.as_ref().is_some_and(|digits| !is_phone(digits)) {
        faults.push(("/phone", "not_a_phone"));
    }
    if !is_term(user.active_from, user.active_to) {
        faults.push(("/active_to", "before_start"));
    }
    faults.extend(check_names(db, user).await?);
    faults.extend(check_place(db, user).await?);
    match faults.first() {
        Some((_, code)) => {
            let faults = faults.iter().map(|(pointer, code)| FieldFault::new(*pointer, code)).collect();
            Err(Error::Invalid(code, faults))
        }
        None => Ok(()),
    }
}

/// A username and another system's id are one person's.
async fn check_names(db: &impl Connection, user: &user::Model) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let namesake = rows::user_by_username(db, &user.username).await?;
    if namesake.is_some_and(|other| other.id != user.id) {
        faults.push(("/username", "username_taken"));
    }
    if let Some(external_id) = &user.external_id {
        let known = rows::ids_by_external(db, "people_users", std::slice::from_ref(external_id)).await?;
        if known.iter().any(|(_, id)| *id != user.id) {
            faults.push(("/external_id", "external_id_taken"));
        }
    }
    Ok(faults)
}

/// Region and manager are known, and nobody stands above themselves.
async fn check_place(db: &impl Connection, user: &user::Model) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    if let Some(region) = user.region_id
        && !rows::has_region(db, region).await?
    {
        faults.push(("/region_id", "region_unknown"));
    }
    let Some(manager) = user.manager_id else { return Ok(faults) };
    if manager == user.id {
        faults.push(("/manager_id", "own_manager"));
    } else if rows::user(db, UserId(manager)).await?.is_none() {
        faults.push(("/manager_id", "manager_unknown"));
    } else if rows::above(db, UserId(manager)).await?.iter().any(|above| above.id == user.id) {
        faults.push(("/manager_id", "manager_ring"));
    }
    Ok(faults)
}
