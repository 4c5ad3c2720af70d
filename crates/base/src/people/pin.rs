//! The personal number: set by whoever leads a person, changed by the person, tried a few times at most.

use domain::ids::UserId;
use domain::people::{Role, is_pin};

use super::guesses::Guess;
use super::{password, rows};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// Sets somebody's number: the person's own, a direct report's, or for the admin anybody's. Hashed before the transaction,
/// and under no idempotency key, whose digest would give four digits away: set twice, it is set.
pub async fn set(app: &App, actor: &Actor, user: UserId, pin: &str) -> Result<()> {
    if !is_pin(pin) {
        return Err(Error::field("/pin", "pin_invalid"));
    }
    let hash = password::hashed(pin.to_owned()).await?;
    let tx = app.db.begin().await?;
    let person = rows::user(tx.db(), user).await?.ok_or(Error::NotFound)?;
    let is_theirs = actor.id == user || person.manager_id == Some(actor.id.0) || actor.role == Role::Admin;
    if !is_theirs {
        return Err(Error::NotFound);
    }
    rows::put_pin(tx.db(), user, &hash, actor.id, tx.now()).await?;
    settings::record(&tx, Event::about("people.pin_set", Some(actor.id), ("user", user.0))).await?;
    tx.commit().await?;
    Ok(())
}

/// Is it the person's number? Where there is no such person or number it takes as long and is wrong.
pub async fn check(app: &App, user: Option<UserId>, pin: &str) -> Result<()> {
    let known = match user {
        Some(user) => rows::pin(app.db.conn(), user).await?.map(|hash| (Guess::pin(user, &hash), hash)),
        None => None,
    };
    if let Some((guess, _)) = &known {
        guess.count(app).await?;
    }
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    if !password::is_right(pin.to_owned(), hash).await? {
        return Err(Error::field("/pin", "pin_wrong"));
    }
    match known {
        Some((guess, _)) => guess.was_right(app).await,
        None => Ok(()),
    }
}
