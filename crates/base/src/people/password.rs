//! Secrets that people type, hashed. Hashing costs time and memory on purpose, so it runs beside the threads that answer
//! and one at a time: whoever guesses waits for others who guess.

use anyhow::{Context, anyhow};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// Is it the password? Against no hash it takes as long and is always wrong.
pub async fn is_right(password: String, hash: Option<String>) -> anyhow::Result<bool> {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$QUlLQ0pBTFNLREpBTFNLREpMQVNLREpMQVNLREo";
    let _permit = AT_ONCE.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let is_somebody = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let hash = PasswordHash::new(&text).map_err(|fault| anyhow!("reading a password hash: {fault}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && is_somebody)
    })
    .await
    .context("checking a password")?
}

/// What is kept in its place.
pub async fn hashed(password: String) -> anyhow::Result<String> {
    let _permit = AT_ONCE.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        Ok(hash.map_err(|fault| anyhow!("hashing a password: {fault}"))?.to_string())
    })
    .await
    .context("hashing a password")?
}
