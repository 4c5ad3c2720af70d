//! Whose customer it is: handed over by leaders, given back to the pool (公海), taken out of it.

use chrono::NaiveTime;
use domain::ids::{CustomerId, UserId};
use domain::notices::customer_moved;
use domain::people::Reach;
use domain::working_time::{at_local, local_date};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::keep::{check_owner, text};
use super::rows::{self, change, customer, ownership};
use super::{Entry, file_as};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::notices::{self, Notice};
use crate::settings::documents::customer_kinds;
use crate::texts;

/// A change of owner.
struct Change<'a> {
    how: &'static str,
    to: Option<UserId>,
    reason: Option<String>,
    title: &'a str,
}

/// A leader gives a customer to somebody of theirs. Both are told.
pub async fn hand_over(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    id: CustomerId,
    (to, reason): (UserId, &str),
) -> Result<customer::Model> {
    let it = change::locked_visible(tx.db(), actor, id).await?.ok_or(Error::NotFound)?;
    let reason = text("/reason", reason, 500)?.ok_or_else(|| Error::field("/reason", "required"))?;
    let unknown = || Error::field("/to_user_id", "owner_unknown");
    let to = check_owner(tx, actor, to).await.map_err(|fault| match fault {
        Error::Invalid(..) => unknown(),
        other => other,
    })?;
    let from = it.owner_id.map(UserId);
    if from == Some(to) {
        return Err(Error::field("/to_user_id", "owner_already"));
    }
    let names = crate::people::rows::names(tx.db(), &[to.0]).await?;
    let title = texts::handed_over_to(&actor.name, names.get(&to.0).map_or("", String::as_str));
    let change = Change { how: "handed_over", to: Some(to), reason: Some(reason.clone()), title: &title };
    let changed = apply(tx, actor, it, change).await?;
    rows::visible(tx.db(), actor, id).await?.ok_or_else(unknown)?;
    let notice = |(place, recipient): (usize, UserId)| Notice {
        recipient,
        matter: format!("customer:{}:{}", changed.id, changed.version),
        rung: i32::try_from(place).unwrap_or_default(),
        subject: Some(("customer", changed.id)),
        message: customer_moved(&changed.name, &actor.name, &reason, changed.id, recipient == to),
    };
    let told: Vec<Notice> = [Some(to), from].into_iter().flatten().enumerate().map(notice).collect();
    notices::tell(app, tx, &told).await?;
    Ok(changed)
}

/// The owner or a leader gives a customer back: it is nobody's.
pub async fn release(tx: &Tx, actor: &Actor, id: CustomerId, reason: &str) -> Result<customer::Model> {
    let it = change::locked_visible(tx.db(), actor, id).await?.ok_or(Error::NotFound)?;
    let reason = text("/reason", reason, 500)?.ok_or_else(|| Error::field("/reason", "required"))?;
    if it.owner_id.is_none() {
        return Err(Error::conflict("customer_in_pool"));
    }
    let title = texts::released(&actor.name);
    apply(tx, actor, it, Change { how: "released", to: None, reason: Some(reason), title: &title }).await
}

/// Somebody in the field takes a customer of the own region out of the pool, so many a day.
pub async fn claim(tx: &Tx, actor: &Actor, id: CustomerId) -> Result<customer::Model> {
    ownership::hold_claims(tx.db(), actor.id).await?;
    let it = change::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    if it.owner_id.is_some() {
        // Whoever was faster has it; what was never in the pool stays unseen.
        let code = if it.released_at.is_some() { Error::conflict("customer_taken") } else { Error::NotFound };
        return Err(code);
    }
    let top = pool_top(actor);
    if top.is_some() && !change::is_region(tx.db(), it.region_id, top).await? {
        return Err(Error::NotFound);
    }
    let since = at_local(local_date(tx.now()), NaiveTime::MIN);
    let most = customer_kinds(tx.db()).await?.claims_a_day;
    if ownership::n_claimed(tx.db(), actor.id, since).await? >= most {
        return Err(Error::conflict("claims_used_up"));
    }
    let title = texts::claimed(&actor.name);
    apply(tx, actor, it, Change { how: "claimed", to: Some(actor.id), reason: None, title: &title }).await
}

/// The region whose pool somebody sees, with those below; none for the whole company's.
pub fn pool_top(actor: &Actor) -> Option<Uuid> {
    match actor.role.reach() {
        Reach::Company => None,
        _ => Some(actor.region.map_or(Uuid::nil(), |it| it.0)),
    }
}

async fn apply(tx: &Tx, actor: &Actor, it: customer::Model, change: Change<'_>) -> Result<customer::Model> {
    let id = CustomerId(it.id);
    let from = it.owner_id;
    let released_at = if change.to.is_none() { Some(tx.now()) } else { it.released_at };
    let owned = customer::Model { owner_id: change.to.map(|it| it.0), released_at, ..it };
    let changed = change::update(tx.db(), owned).await?;
    let noted = ownership::Model {
        id: platform::new_id(),
        customer_id: id.0,
        owner_id: changed.owner_id,
        how: change.how.to_owned(),
        reason: change.reason.clone(),
        by_id: actor.id.0,
        at: tx.now(),
    };
    ownership::note(tx.db(), noted).await?;
    let facts = json!({"how": change.how, "from": from, "to": changed.owner_id, "reason": change.reason});
    let entry = Entry {
        customer: id,
        kind: "owner_changed",
        title: change.title.to_owned(),
        subject: ("customer", id.0),
        actor: Some(actor.id),
        facts,
    };
    file_as(tx, "customers.owner_changed", entry).await?;
    Ok(changed)
}
