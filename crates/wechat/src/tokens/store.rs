use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use async_trait::async_trait;

use super::Record;

/// Where the processes of one installation share what they know about tokens.
#[async_trait]
pub trait TokenStore: Send + Sync + 'static {
    /// What is kept under `key`; the empty record when nothing is.
    async fn read(&self, key: &str) -> Result<Record>;

    /// Keeps `to` if the version is still `from`, which is 0 for an absent
    /// record. False when somebody changed it meanwhile.
    async fn swap(&self, key: &str, from: i64, to: &Record) -> Result<bool>;
}

/// For a single process, and for tests.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<HashMap<String, Record>>);

#[async_trait]
impl TokenStore for InMemory {
    async fn read(&self, key: &str) -> Result<Record> {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.get(key).cloned().unwrap_or_default())
    }

    async fn swap(&self, key: &str, from: i64, to: &Record) -> Result<bool> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_won = records.get(key).map_or(0, |record| record.version) == from;
        if has_won {
            records.insert(key.to_owned(), to.clone());
        }
        Ok(has_won)
    }
}
