//! `gugan`: see `gugan --help`.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("gugan: a TLS provider was installed before ours");
    }
    match api::commands::run(api::commands::Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("gugan: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
