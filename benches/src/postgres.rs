//! What the database server uses, which is on this machine too.

use anyhow::Context;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::{cpu_ms, stat};

/// Counts the processor time of all of a PostgreSQL server's processes.
pub struct PostgresMeter {
    postmaster: u64,
    cpu_ms: u64,
}

impl PostgresMeter {
    pub async fn start(conn: &DatabaseConnection) -> anyhow::Result<Self> {
        let asked = Statement::from_string(DbBackend::Postgres, "SELECT pg_backend_pid()");
        let row = conn.query_one_raw(asked).await?.context("asking for the backend")?;
        let backend: i32 = row.try_get_by_index(0)?;
        let postmaster = stat(&backend.to_string(), 1)?;
        Ok(Self { postmaster, cpu_ms: used_ms(postmaster)? })
    }

    /// What was used since then.
    pub fn cpu_ms(&self) -> anyhow::Result<u64> {
        Ok(used_ms(self.postmaster)?.saturating_sub(self.cpu_ms))
    }
}

fn used_ms(postmaster: u64) -> anyhow::Result<u64> {
    let parent = postmaster.to_string();
    // Its own, that of processes that have ended, and that of those that live.
    let mut used = cpu_ms(&parent)? + (stat(&parent, 13)? + stat(&parent, 14)?) * 10;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_process = name.bytes().all(|byte| byte.is_ascii_digit());
        // One that ends meanwhile is counted by its parent next time.
        if is_process && stat(&name, 1).is_ok_and(|parent| parent == postmaster) {
            used += cpu_ms(&name).unwrap_or(0);
        }
    }
    Ok(used)
}
