//! Access tokens: one for all callers of all processes, fetched by one of them.
//!
//! What is known about a token is one [`Record`], which a [`TokenStore`] shares.
//! Every step is a compare and swap on it, so replicas agree without a lock
//! that somebody could die with: who fetches holds a lease of some seconds.
//! A store that does not answer costs nothing but this agreement.

mod record;
mod source;
mod store;

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use self::record::Change;
use crate::{Fault, Host, Transport};

pub use record::Record;
pub(crate) use source::Source;
pub use store::{InMemory, TokenStore};

/// How long whoever waits for another process's fetch waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// A store that takes longer is as good as down.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The token of one account.
pub(crate) struct Tokens {
    source: Source,
    transport: Arc<dyn Transport>,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    /// What this process knew last: most calls need nothing else.
    local: RwLock<Record>,
    /// Held while a token is sought, with how the last search went wrong.
    seeking: Mutex<Option<Fault>>,
    /// How many searches went wrong.
    n_failed: AtomicU64,
}

impl Tokens {
    pub(crate) fn new(
        source: Source,
        transport: Arc<dyn Transport>,
        store: Arc<dyn TokenStore>,
        clock: Clock,
    ) -> Self {
        Self {
            source,
            transport,
            store,
            clock,
            local: RwLock::default(),
            seeking: Mutex::default(),
            n_failed: AtomicU64::new(0),
        }
    }

    pub(crate) fn host(&self) -> Host {
        self.source.host()
    }

    /// A token that lives for a while yet.
    pub(crate) async fn current(&self) -> Result<SecretString, Fault> {
        match self.known(None) {
            Some(token) => Ok(token),
            None => self.seek(None).await,
        }
    }

    /// Another token than the one WeChat has just refused. Somebody may have
    /// replaced it already; otherwise WeChat is asked plainly first, because
    /// the forced way is rationed.
    pub(crate) async fn instead_of(&self, refused: &SecretString) -> Result<SecretString, Fault> {
        self.seek(Some(refused)).await
    }

    async fn seek(&self, refused: Option<&SecretString>) -> Result<SecretString, Fault> {
        let mut last_fault = self.turn().await?;
        if let Some(token) = self.known(refused) {
            return Ok(token);
        }
        let found = self.find(refused).await;
        if let Err(fault) = &found {
            *last_fault = Some(fault.clone());
            self.n_failed.fetch_add(1, Ordering::SeqCst);
        }
        found
    }

    /// Waits for the right to seek. Whoever waited while a search went wrong
    /// gets its fault: fifty callers must not run into fifty timeouts in a row.
    async fn turn(&self) -> Result<MutexGuard<'_, Option<Fault>>, Fault> {
        let n_failed = self.n_failed.load(Ordering::SeqCst);
        let seeking = self.seeking.lock().await;
        match &*seeking {
            Some(fault) if self.n_failed.load(Ordering::SeqCst) > n_failed => Err(fault.clone()),
            _ => Ok(seeking),
        }
    }

    /// Takes what others found, or the right to fetch.
    async fn find(&self, refused: Option<&SecretString>) -> Result<SecretString, Fault> {
        let waited_since = Instant::now();
        loop {
            let record = self.read().await;
            let now = (self.clock)();
            if let Some(token) = record.usable(now, refused) {
                return Ok(token);
            }
            if record.is_being_fetched(now) && waited_since.elapsed() < PATIENCE {
                let spread = u64::from(now.timestamp_subsec_micros() % 50);
                tokio::time::sleep(Duration::from_millis(50 + spread)).await;
                continue;
            }
            if let Some(leased) = self.swap(&record, Change::Lease { refused }).await {
                return self.fetch(leased, refused).await;
            }
        }
    }

    /// Asks WeChat, under the lease.
    async fn fetch(&self, leased: Record, refused: Option<&SecretString>) -> Result<SecretString, Fault> {
        let mut record = leased;
        let mut fetched = self.source.fetch(&*self.transport, false).await;
        let is_refused = |token: &SecretString| refused.is_some_and(|refused| same(token, refused));
        if matches!(&fetched, Ok(token) if is_refused(&token.token))
            && self.source.can_force()
            && record.may_force((self.clock)())
        {
            // Noted before it is done: whoever takes over must not force again.
            match self.swap(&record, Change::Force).await {
                Some(noted) => {
                    record = noted;
                    fetched = self.source.fetch(&*self.transport, true).await;
                }
                None => return Err(Fault::NotNow("another process replaces the access token".to_owned())),
            }
        }
        match fetched {
            Ok(token) => {
                self.swap(&record, Change::Fetched(&token)).await;
                let again = is_refused(&token.token);
                tracing::info!(wechat.account = self.source.key(), "a WeChat access token is fetched");
                if again {
                    Err(Fault::NotNow("WeChat gives the refused access token again".to_owned()))
                } else {
                    Ok(token.token)
                }
            }
            Err(fault) => {
                self.swap(&record, Change::GiveUp).await;
                Err(fault)
            }
        }
    }

    fn known(&self, refused: Option<&SecretString>) -> Option<SecretString> {
        let local = self.local.read().unwrap_or_else(PoisonError::into_inner);
        local.usable((self.clock)(), refused)
    }

    fn keep(&self, record: &Record) {
        *self.local.write().unwrap_or_else(PoisonError::into_inner) = record.clone();
    }

    /// What is shared; what this process knows while the store is down.
    async fn read(&self) -> Record {
        let asked = tokio::time::timeout(STORE_TIMEOUT, self.store.read(self.source.key())).await;
        match asked {
            Ok(Ok(record)) => {
                self.keep(&record);
                return record;
            }
            Ok(Err(error)) => self.warn(&error),
            Err(_) => self.warn(&anyhow::anyhow!("it takes too long")),
        }
        self.local.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is shared. None when somebody else changed it meanwhile.
    /// While the store is down the change holds for this process.
    async fn swap(&self, from: &Record, change: Change<'_>) -> Option<Record> {
        let to = from.changed(&change, (self.clock)());
        let asked = self.store.swap(self.source.key(), from.version, &to);
        let has_won = match tokio::time::timeout(STORE_TIMEOUT, asked).await {
            Ok(Ok(has_won)) => has_won,
            Ok(Err(error)) => {
                self.warn(&error);
                true
            }
            Err(_) => {
                self.warn(&anyhow::anyhow!("it takes too long"));
                true
            }
        };
        // A token that was fetched serves here even if others went on without it.
        if has_won || matches!(change, Change::Fetched(_)) {
            self.keep(&to);
        }
        has_won.then_some(to)
    }

    fn warn(&self, error: &anyhow::Error) {
        tracing::warn!(wechat.account = self.source.key(), %error, "the shared access tokens are out of reach");
    }
}

fn same(left: &SecretString, right: &SecretString) -> bool {
    left.expose_secret() == right.expose_secret()
}
