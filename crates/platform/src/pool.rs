//! Connections for many: whoever waits for one goes on waiting while others are served, and hears soon when nobody is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, Statement, TransactionOptions, TransactionTrait,
};

/// How long is waited while nobody is served: whoever asks hears within two seconds that nothing answers.
pub(crate) const WAIT: Duration = Duration::from_millis(1500);
/// How long is waited at most while others are served: a burst is work, not trouble.
const AT_MOST: Duration = Duration::from_secs(10);

/// Asks until the answer is another than that the pool is busy.
macro_rules! patiently {
    ($pool:expr, $asked:expr) => {{
        let since = Instant::now();
        loop {
            let answer = $asked.await;
            if !$pool.is_busy(&answer, since) {
                break answer;
            }
        }
    }};
}

/// The pool of a database, with when somebody was last served by it.
#[derive(Clone, Debug)]
pub struct Pool {
    inner: DatabaseConnection,
    opened: Instant,
    /// Milliseconds since it was opened.
    served: Arc<AtomicU64>,
}

impl Pool {
    pub(crate) fn new(inner: DatabaseConnection) -> Self {
        Self { inner, opened: Instant::now(), served: Arc::default() }
    }

    /// The driver's own, for what asks for nothing less, such as migrations.
    pub fn inner(&self) -> &DatabaseConnection {
        &self.inner
    }

    #[expect(clippy::disallowed_methods, reason = "the one way to open a transaction")]
    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        patiently!(self, self.inner.begin_with_options(options))
    }

    /// Is the answer that no connection is free, while others are served? What failed for want of a connection was not
    /// begun, so it may be asked again.
    fn is_busy<T>(&self, answer: &Result<T, DbErr>, since: Instant) -> bool {
        match answer {
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => {
                self.is_serving() && since.elapsed() + WAIT <= AT_MOST
            }
            Err(DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => false,
            _ => {
                self.served.store(self.now(), Ordering::Relaxed);
                false
            }
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_serving(&self) -> bool {
        let idle = self.now().saturating_sub(self.served.load(Ordering::Relaxed));
        u128::from(idle) < WAIT.as_millis()
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        patiently!(self, self.inner.execute_raw(statement.clone()))
    }

    async fn execute_unprepared(&self, text: &str) -> Result<ExecResult, DbErr> {
        patiently!(self, self.inner.execute_unprepared(text))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        patiently!(self, self.inner.query_one_raw(statement.clone()))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        patiently!(self, self.inner.query_all_raw(statement.clone()))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, Database};

    use super::*;

    /// A pool of one connection, which waits a little.
    async fn pool_of_one() -> Pool {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).min_connections(1).acquire_timeout(Duration::from_millis(50));
        Pool::new(Database::connect(options).await.unwrap())
    }

    #[tokio::test]
    async fn whoever_waits_is_refused_when_nobody_is_served() {
        let pool = pool_of_one().await;
        pool.served.store(0, Ordering::Relaxed);
        let pool = Pool { opened: Instant::now() - WAIT * 2, ..pool };
        let held = pool.begin(TransactionOptions::default()).await.unwrap();
        pool.served.store(0, Ordering::Relaxed);
        let refused = pool.execute_unprepared("SELECT 1").await;
        assert!(matches!(refused, Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))));
        drop(held);
    }

    #[tokio::test]
    async fn whoever_waits_goes_on_waiting_while_others_are_served() {
        let pool = pool_of_one().await;
        let held = pool.begin(TransactionOptions::default()).await.unwrap();
        let waiting = pool.execute_unprepared("SELECT 1");
        let other = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            held.rollback().await.unwrap();
        };
        let (answer, ()) = tokio::join!(waiting, other);
        answer.unwrap();
    }
}
