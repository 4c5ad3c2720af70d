//! Gugan (骨干) over HTTP and in the background.
//!
//! One folder a capability, in calling order; each says its routes, jobs and sweeps, and they are collected here.

mod access;
pub mod actor;
mod app;
mod approvals;
pub mod commands;
pub mod config;
mod customers;
mod demo;
mod error;
mod http;
mod notices;
mod page;
mod people;
mod select;
mod settings;
mod subjects;
mod telemetry;
mod texts;

pub use access::{ROUTES, Who};
pub use app::App;
pub use http::openapi;

use platform::jobs::Jobs;
use platform::sweeps::Sweep;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every capability's routes, under `/api/v1`.
fn routes(config: &mut ServiceConfig<'_>) {
    people::http::routes(config);
    approvals::http::routes(config);
    notices::http::routes(config);
    customers::http::routes(config);
}

/// Every capability's jobs.
fn jobs() -> Jobs<App> {
    Jobs::default().batch::<notices::Send>()
}

/// Every capability's sweeps.
fn sweeps() -> Vec<Box<dyn Sweep<App>>> {
    vec![
        Box::new(people::ForgetEnded),
        Box::new(notices::FollowUp),
        Box::new(approvals::Escalate),
    ]
}
