//! Console passwords, set by their owner or by the admin.

use domain::ids::UserId;
use domain::people::Role;
use domain::writing::is_blank;

use super::guesses::Guess;
use super::login::Origin;
use super::{password, rows};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// Sets a password: the person's own, with the one until now, which counts as a guess; or for the admin anybody's. The
/// person's sessions end, but the one that asks. Hashing takes its time, so all of it is done before the transaction.
///
/// Neither of the passwords is kept, not even within an idempotency key's digest, which is too quick a hash for that:
/// whoever sends it again after a lost answer is told so by the new password standing already.
pub async fn set(
    app: &App,
    actor: &Actor,
    (user, new, current): (UserId, &str, Option<&str>),
    (from, session): (&Origin, &str),
) -> Result<()> {
    if actor.id != user && actor.role != Role::Admin {
        return Err(Error::NotFound);
    }
    let person = rows::user(app.db.conn(), user).await?.ok_or(Error::NotFound)?;
    if !(10..=128).contains(&new.chars().count()) || is_blank(new) || new.contains(&person.username) {
        return Err(Error::field("/password", "password_weak"));
    }
    if actor.id == user && person.password_hash.is_some() {
        let standing = person.password_hash.clone();
        let guess = Guess::password(&person.username, standing.as_deref(), &from.address);
        guess.count(app).await?;
        let is_current = password::is_right(current.unwrap_or_default().to_owned(), standing.clone()).await?;
        if !is_current && !password::is_right(new.to_owned(), standing).await? {
            return Err(Error::field("/current", "credentials_wrong"));
        }
        guess.was_right(app).await?;
        if !is_current {
            return Ok(());
        }
    }
    let hash = password::hashed(new.to_owned()).await?;
    let tx = app.db.begin().await?;
    rows::set_password(tx.db(), user, &hash).await?;
    rows::close_other_sessions(tx.db(), user, session).await?;
    settings::record(&tx, Event::about("people.password_set", Some(actor.id), ("user", user.0))).await?;
    tx.commit().await?;
    Ok(())
}
