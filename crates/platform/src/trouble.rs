//! What went wrong below: told apart by what helps, because trying again helps against some of it only.

use std::io;
use std::time::Duration;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError};

/// Trouble that is nobody's mistake and may be over in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another transaction was in the way and this one was undone: the same work again may well succeed.
    Race,
    /// The connection broke. Whatever was not committed is undone; what was being committed may be either.
    Lost,
    /// What was asked does not answer, has no room for one more, or took longer than it may.
    Away,
    /// Nothing more can be stored until somebody makes room.
    Full,
}

/// The trouble behind an error; none where the error is our own mistake.
pub fn trouble(cause: &anyhow::Error) -> Option<Trouble> {
    cause.chain().find_map(|cause| {
        if let Some(fault) = cause.downcast_ref::<DbErr>() {
            of_database(fault)
        } else if let Some(fault) = cause.downcast_ref::<SqlxError>() {
            of_driver(fault)
        } else if let Some(fault) = cause.downcast_ref::<opendal::Error>() {
            of_store(fault)
        } else if let Some(fault) = cause.downcast_ref::<io::Error>() {
            of_file(fault)
        } else {
            None
        }
    })
}

/// How often work that loses races is tried at all.
const TRIES: u32 = 6;
/// The longest first pause; each further one may be twice as long.
const PAUSE: Duration = Duration::from_millis(20);

/// Counts how often the same work was tried.
#[derive(Debug, Default)]
pub struct Again {
    n_tried: u32,
}

impl Again {
    /// After a failure: waits a moment where the same work again may well succeed, and says whether it may.
    pub async fn helps(&mut self, cause: &anyhow::Error) -> bool {
        self.n_tried += 1;
        if trouble(cause) != Some(Trouble::Race) || self.n_tried >= TRIES {
            return false;
        }
        metrics::counter!("transactions_retried_total").increment(1);
        tracing::debug!(n_tried = self.n_tried, "work that lost a race is done again");
        tokio::time::sleep(pause(self.n_tried)).await;
        true
    }
}

/// Twice as long each time and drawn by lot, so that two that met do not meet again.
fn pause(n_tried: u32) -> Duration {
    let share = u32::from(crate::new_id().as_bytes()[15]) + 1;
    PAUSE * 2_u32.saturating_pow(n_tried - 1) * share / 256
}

fn of_database(fault: &DbErr) -> Option<Trouble> {
    match fault {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
            Some(Trouble::Away)
        }
        DbErr::Conn(RuntimeErr::SqlxError(fault))
        | DbErr::Exec(RuntimeErr::SqlxError(fault))
        | DbErr::Query(RuntimeErr::SqlxError(fault)) => of_driver(fault),
        _ => None,
    }
}

fn of_driver(fault: &SqlxError) -> Option<Trouble> {
    match fault {
        SqlxError::Database(fault) if fault.try_downcast_ref::<sea_orm::SqlxSqliteError>().is_some() => {
            of_sqlite(&fault.code()?)
        }
        SqlxError::Database(fault) => of_postgres(&fault.code()?),
        SqlxError::Io(fault) if fault.kind() == io::ErrorKind::ConnectionRefused => Some(Trouble::Away),
        SqlxError::Io(_) | SqlxError::Protocol(_) | SqlxError::WorkerCrashed => Some(Trouble::Lost),
        SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::Tls(_) => Some(Trouble::Away),
        _ => None,
    }
}

/// By SQLSTATE.
fn of_postgres(code: &str) -> Option<Trouble> {
    match code {
        // Serialisation failure, deadlock.
        "40001" | "40P01" => Some(Trouble::Race),
        // Ended by an administrator, by a crash, or for having been idle in a transaction.
        "57P01" | "57P02" | "25P03" => Some(Trouble::Lost),
        // Starting up, too many connections, a lock or a statement that took too long, memory.
        "57P03" | "53300" | "55P03" | "57014" | "53200" | "53000" => Some(Trouble::Away),
        "53100" | "58030" => Some(Trouble::Full),
        _ => code.starts_with("08").then_some(Trouble::Lost),
    }
}

/// By SQLite's result code, of which the last eight bits are the kind.
fn of_sqlite(code: &str) -> Option<Trouble> {
    let code = code.parse::<i32>().ok()?;
    match code & 0xff {
        // Busy after all the waiting that there is: another wait would be as long.
        5 if code == 5 => Some(Trouble::Away),
        // Busy because somebody else has written meanwhile, locked.
        5 | 6 => Some(Trouble::Race),
        // Input or output, cannot be opened, cannot be written.
        10 | 14 | 8 => Some(Trouble::Away),
        13 => Some(Trouble::Full),
        _ => None,
    }
}

/// A file that is not there is a mistake; a store that is not there is trouble.
fn of_store(fault: &opendal::Error) -> Option<Trouble> {
    let source = std::error::Error::source(fault).and_then(|it| it.downcast_ref::<io::Error>());
    match (source.and_then(of_file), fault.kind()) {
        (Some(trouble), _) => Some(trouble),
        (None, opendal::ErrorKind::RateLimited) => Some(Trouble::Away),
        (None, _) => fault.is_temporary().then_some(Trouble::Away),
    }
}

fn of_file(fault: &io::Error) -> Option<Trouble> {
    use io::ErrorKind as Kind;
    match fault.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Some(Trouble::Full),
        Kind::ConnectionRefused
        | Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::NotConnected
        | Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::TimedOut
        | Kind::StaleNetworkFileHandle
        | Kind::ReadOnlyFilesystem
        | Kind::PermissionDenied
        | Kind::NotADirectory => Some(Trouble::Away),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_race_is_told_from_a_lost_connection_and_from_a_mistake() {
        assert_eq!(of_postgres("40P01"), Some(Trouble::Race));
        assert_eq!(of_postgres("40001"), Some(Trouble::Race));
        assert_eq!(of_postgres("08006"), Some(Trouble::Lost));
        assert_eq!(of_postgres("57P03"), Some(Trouble::Away));
        assert_eq!(of_postgres("53100"), Some(Trouble::Full));
        assert_eq!(of_postgres("23505"), None);
        // Busy for long, and busy because of a snapshot.
        assert_eq!((of_sqlite("5"), of_sqlite("517")), (Some(Trouble::Away), Some(Trouble::Race)));
        assert_eq!((of_sqlite("13"), of_sqlite("19")), (Some(Trouble::Full), None));
    }

    #[test]
    fn the_trouble_is_found_below_what_was_said_about_it() {
        let fault =
            anyhow::Error::from(io::Error::from(io::ErrorKind::StorageFull)).context("writing a blob");
        assert_eq!(trouble(&fault), Some(Trouble::Full));
        let fault =
            anyhow::Error::from(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)).context("beginning");
        assert_eq!(trouble(&fault), Some(Trouble::Away));
        assert_eq!(trouble(&anyhow::anyhow!("a mistake")), None);
    }
}
