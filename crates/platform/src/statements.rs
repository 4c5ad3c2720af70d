//! How many statements a piece of work sends, for development: a command that takes a list must not send more for each
//! item. Whoever asks counts what runs within one future; elsewhere nothing is counted.

use std::cell::Cell;
use std::future::Future;

use sea_orm::DatabaseConnection;

tokio::task_local! {
    static SENT: Cell<u64>;
}

/// Runs the work and says how many statements it sent; beginning and committing are none.
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, u64) {
    SENT.scope(Cell::new(0), async {
        let done = work.await;
        (done, SENT.with(Cell::get))
    })
    .await
}

/// Has every statement on the connection counted where somebody asks.
pub(crate) fn watch(conn: &mut DatabaseConnection) {
    conn.set_metric_callback(|_| {
        // Background work runs where nobody counts.
        let _ = SENT.try_with(|sent| sent.set(sent.get() + 1));
    });
}
