//! Plumbing without a business word.
//!
//! What is here: a database that is opened and written to in one way ([`Db`], [`Tx`]), work that is promised
//! inside a transaction and done after it ([`jobs`]), work by the clock ([`sweeps`]), the transport that carries
//! promised ids ([`queue`]), files by content ([`blob`]), answers kept for a retry ([`idempotency`]), the time
//! ([`Clock`]), ids and secrets, logs and metrics.
//!
//! What is absent: any idea of what the product does. Rows hold the truth; nothing that must be unique lives in
//! one process's memory; there are no in-memory timers that a restart would forget.

pub mod append;
pub mod blob;
mod clock;
mod db;
pub mod idempotency;
pub mod jobs;
mod outbox;
mod pool;
pub mod queue;
pub mod secret;
pub mod statements;
pub mod sweeps;
pub mod telemetry;
mod trouble;

pub use clock::Clock;
pub use db::{Db, Tx, sql};
pub use outbox::{DeadJob, dead_jobs, n_waiting, replay_dead};
pub use pool::Pool;
pub use trouble::{Again, Trouble, trouble};

/// A new time-ordered id (UUIDv7, real clock).
#[expect(clippy::disallowed_methods, reason = "the one place ids are made")]
pub fn new_id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
