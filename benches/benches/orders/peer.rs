//! The same work by FastAPI, SQLAlchemy and asyncpg, one worker of uvicorn, on the same tables.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::ensure;
use benches::Server;

pub(crate) const HOW: &str = "python3 -m venv /tmp/orders-peer && /tmp/orders-peer/bin/pip install -r \
    benches/peers/orders/requirements.txt, and BENCH_PYTHON=/tmp/orders-peer/bin/python";

pub(crate) async fn start(database: &str) -> anyhow::Result<Server> {
    let python = std::env::var_os("BENCH_PYTHON").unwrap_or_else(|| "python3".into());
    let import =
        Command::new(&python).args(["-c", "import asyncpg, fastapi, sqlalchemy, uvicorn"]).output()?;
    ensure!(import.status.success(), "its packages are missing");
    let database = database.replacen("postgres://", "postgresql+asyncpg://", 1);
    Server::start("/readyz", |port| {
        let mut command = Command::new(python);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/orders"));
        command.args(["-B", "-m", "uvicorn", "main:app", "--workers", "1", "--no-access-log"]);
        command.args(["--log-level", "warning", "--port", &port.to_string()]);
        command.env("DATABASE_URL", database).stderr(Stdio::inherit());
        command
    })
    .await
}
