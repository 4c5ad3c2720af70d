//! Console passwords, set by their owner or by the admin.

use domain::ids::UserId;
use domain::people::Role;
use domain::writing::is_blank;
use platform::Tx;

use super::guesses::Guess;
use super::login::From;
use super::{password, rows};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// A password that may be set: worked out before the transaction that keeps it, since hashing takes its time.
#[derive(Debug)]
pub struct New {
    user: UserId,
    hash: String,
}

/// Checks who sets which password for whom. Whoever changes their own says the one until now, which counts as a guess.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    (user, new, current): (UserId, &str, Option<&str>),
    from: &From,
) -> Result<New> {
    if actor.id != user && actor.role != Role::Admin {
        return Err(Error::NotFound);
    }
    let person = rows::user(app.db.conn(), user).await?.ok_or(Error::NotFound)?;
    if !(10..=128).contains(&new.chars().count()) || is_blank(new) || new.contains(&person.username) {
        return Err(Error::field("/password", "password_weak"));
    }
    if actor.id == user && person.password_hash.is_some() {
        let guess = Guess::password(&person.username, person.password_hash.as_deref(), &from.address);
        guess.count(app).await?;
        let given = current.unwrap_or_default().to_owned();
        if !password::is_right(given, person.password_hash.clone()).await? {
            return Err(Error::field("/current", "credentials_wrong"));
        }
        guess.was_right(app).await?;
    }
    let hash = password::hashed(new.to_owned()).await?;
    Ok(New { user, hash })
}

/// Keeps it, and ends the person's sessions but the one that asks.
pub async fn set(tx: &Tx, actor: &Actor, new: &New, current_session: &str) -> Result<()> {
    rows::set_password(tx.db(), new.user, &new.hash).await?;
    rows::close_other_sessions(tx.db(), new.user, current_session).await?;
    settings::record(tx, Event::about("people.password_set", Some(actor.id), ("user", new.user.0))).await
}
