//! Orders by what other backends would use, one process each, on the same tables.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::ensure;
use benches::Server;

/// A server to stand beside.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// How its packages are had.
    pub(crate) how: &'static str,
    /// What has to run without a fault where they are there.
    trial: fn() -> Command,
    command: fn(&str, u16) -> Command,
}

pub(crate) const ALL: [Peer; 2] = [
    Peer {
        name: "Fastify + pg",
        how: "npm ci --prefix benches/peers/orders, with Node in BENCH_NODE or on the path",
        trial: || node(&["--input-type=module", "-e", "import 'fastify'; import 'pg'"]),
        command: |database, port| {
            let mut command = node(&["main.mjs"]);
            command.env("DATABASE_URL", database).env("PORT", port.to_string());
            command
        },
    },
    Peer {
        name: "FastAPI + SQLAlchemy + asyncpg",
        how: "python3 -m venv /tmp/orders-peer && /tmp/orders-peer/bin/pip install -r \
              benches/peers/orders/requirements.txt, and BENCH_PYTHON=/tmp/orders-peer/bin/python",
        trial: || python(&["-c", "import asyncpg, fastapi, sqlalchemy, uvicorn"]),
        command: |database, port| {
            let database = database.replacen("postgres://", "postgresql+asyncpg://", 1);
            let mut command =
                python(&["-B", "-m", "uvicorn", "main:app", "--workers", "1", "--no-access-log"]);
            command.args(["--log-level", "warning", "--port", &port.to_string()]);
            command.env("DATABASE_URL", database);
            command
        },
    },
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/orders")
}

fn node(args: &[&str]) -> Command {
    run("BENCH_NODE", "node", args)
}

fn python(args: &[&str]) -> Command {
    run("BENCH_PYTHON", "python3", args)
}

fn run(variable: &str, otherwise: &str, args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os(variable).unwrap_or_else(|| otherwise.into()));
    command.current_dir(folder()).args(args);
    command
}

impl Peer {
    pub(crate) async fn start(&self, database: &str) -> anyhow::Result<Server> {
        let trial = (self.trial)().output()?;
        ensure!(trial.status.success(), "its packages are missing");
        Server::start("/readyz", |port| {
            let mut command = (self.command)(database, port);
            command.stderr(Stdio::inherit());
            command
        })
        .await
    }
}
