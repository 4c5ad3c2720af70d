//! The personal number: set by whoever leads a person, changed by the person, tried a few times at most.

use domain::ids::UserId;
use domain::people::{Role, Tries, is_pin};
use platform::Tx;

use super::{password, rows};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// Sets somebody's number: the person's own, a direct report's, or for the admin anybody's.
pub async fn set(tx: &Tx, actor: &Actor, user: UserId, pin: &str) -> Result<()> {
    let person = rows::user(tx.db(), user).await?.ok_or(Error::NotFound)?;
    let is_theirs = actor.id == user || person.manager_id == Some(actor.id.0) || actor.role == Role::Admin;
    if !is_theirs {
        return Err(Error::NotFound);
    }
    if !is_pin(pin) {
        return Err(Error::field("/pin", "pin_invalid"));
    }
    let hash = password::hashed(pin.to_owned()).await?;
    rows::put_pin(tx.db(), user, &hash, actor.id, tx.now()).await?;
    settings::record(tx, Event::about("people.pin_set", Some(actor.id), ("user", user.0))).await
}

/// Is it the person's number? A try counts as wrong, for good, before it is looked at: neither many at once nor a
/// crash gives one for free. Where there is no such person or number it takes as long and is wrong.
pub async fn check(app: &App, user: Option<UserId>, pin: &str) -> Result<()> {
    let tx = app.db.begin().await?;
    let known = match user {
        Some(user) => rows::pin(tx.db(), user).await?.map(|pin| (user, pin)),
        None => None,
    };
    if let Some((user, pin)) = &known {
        let tries = Tries {
            n_wrong: pin.n_wrong,
            first_wrong_at: pin.first_wrong_at,
            locked_until: pin.locked_until,
        };
        let counted = tries.one_more(tx.now()).map_err(|until| {
            let seconds = u32::try_from((until - tx.now()).num_seconds()).unwrap_or_default().max(1);
            Error::TooMany("pin_locked", seconds)
        })?;
        rows::count_wrong(tx.db(), *user, counted).await?;
    }
    tx.commit().await?;
    let hash = known.as_ref().map(|(_, pin)| pin.hash.clone());
    if !password::is_right(pin.to_owned(), hash).await? {
        return Err(Error::field("/pin", "pin_wrong"));
    }
    if let Some((user, _)) = known {
        let tx = app.db.begin().await?;
        rows::put_right(tx.db(), user).await?;
        tx.commit().await?;
    }
    Ok(())
}
