//! Guessing at secrets: counted before anything is compared, and refused for a while after too many.
//!
//! What is guessed at is kept as a digest, so that names and addresses nobody has do not pile up in clear.

use domain::ids::UserId;
use domain::people::Guessed;
use platform::secret::sha256;

use super::rows::tries;
use crate::App;
use crate::error::{Error, Result};

/// One guess, counted under each of its keys. What is kept of the secret is part of them: a secret set anew is a new one
/// to guess at, and unlocked.
#[derive(Clone, Debug)]
pub struct Guess {
    /// The code of the refusal.
    code: &'static str,
    keys: Vec<(Guessed, String)>,
}

impl Guess {
    /// At somebody's personal number.
    pub fn pin(user: UserId, hash: &str) -> Self {
        Self { code: "pin_locked", keys: vec![(Guessed::Pin, sha256(format!("pin {} {hash}", user.0)))] }
    }

    /// At the password of an account, which need not exist, from an address.
    pub fn password(username: &str, hash: Option<&str>, address: &str) -> Self {
        let secret = format!("password {username} {}", hash.unwrap_or_default());
        let mut keys = vec![
            (Guessed::PasswordFromAddress, sha256(format!("{secret} {address}"))),
            (Guessed::Password, sha256(secret)),
            (Guessed::AnyFromAddress, sha256(format!("address {address}"))),
        ];
        // Many at once lock the rows in one order.
        keys.sort_by(|one, other| one.1.cmp(&other.1));
        Self { code: "login_locked", keys }
    }

    /// Counts it as wrong, for good: neither many at once nor a crash gives one for free.
    pub async fn count(&self, app: &App) -> Result<()> {
        let tx = app.db.begin().await?;
        for (guessed, key) in &self.keys {
            let counted = tries::tries(tx.db(), key).await?.one_more(*guessed, tx.now());
            let counted = counted.map_err(|until| {
                let seconds = u32::try_from((until - tx.now()).num_seconds()).unwrap_or_default().max(1);
                Error::TooMany(self.code, seconds)
            })?;
            tries::put_tries(tx.db(), key, counted).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// It was right: what concerns this account from here is forgotten, and what others guessed stays counted.
    pub async fn was_right(&self, app: &App) -> Result<()> {
        let tx = app.db.begin().await?;
        for (guessed, key) in &self.keys {
            match guessed {
                Guessed::Pin | Guessed::PasswordFromAddress => tries::forgive(tx.db(), key).await?,
                Guessed::Password | Guessed::AnyFromAddress => {
                    let tries = tries::tries(tx.db(), key).await?.one_less();
                    tries::put_tries(tx.db(), key, tries).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
