//! Gugan (骨干) over HTTP and in the background.
//!
//! One folder a capability, in calling order; each says its routes, jobs and sweeps, and they are collected here.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what a slice offers to the others; the crate itself is a program"
)]

mod access;
mod actions;
pub mod actor;
mod app;
mod approvals;
mod client;
pub mod commands;
pub mod config;
mod customers;
mod deliveries;
mod demo;
mod describe;
mod dev;
mod error;
mod evidence;
mod http;
mod imports;
mod leads;
mod notices;
mod opportunities;
mod orders;
mod page;
mod people;
mod quotes;
mod select;
mod settings;
mod subjects;
mod telemetry;
mod texts;
mod uploads;
mod visits;
mod wechat_access;
mod words;

pub use access::{ROUTES, Who};
pub use app::App;
pub use http::openapi;

use domain::actions::Moment;
use platform::jobs::Jobs;
use platform::sweeps::Sweep;

/// Every capability's routes, under `/api/v1`.
fn routes(config: &mut describe::ServiceConfig<'_>) {
    people::http::routes(config);
    settings::http::routes(config);
    approvals::http::routes(config);
    notices::http::routes(config);
    customers::http::routes(config);
    evidence::http::routes(config);
    opportunities::http::routes(config);
    leads::http::routes(config);
    actions::http::routes(config);
    visits::http::routes(config);
    quotes::http::routes(config);
    orders::http::routes(config);
    deliveries::http::routes(config);
    dev::http::routes(config);
    imports::http::routes(config);
}

/// Every capability's jobs.
fn jobs() -> Jobs<App> {
    Jobs::default()
        .batch::<notices::Send>()
        .job::<notices::Callback>()
        .job::<opportunities::TellOwner>()
        .job::<imports::Run>()
        .job::<approvals::Resume>()
        .job::<customers::AskAboutPlace>()
}

/// Every capability's sweeps.
fn sweeps() -> Vec<Box<dyn Sweep<App>>> {
    vec![
        Box::new(people::ForgetEnded),
        Box::new(notices::FollowUp),
        Box::new(notices::Digest),
        Box::new(notices::Forget),
        Box::new(approvals::Escalate),
        Box::new(approvals::Project),
        Box::new(quotes::Remind),
        Box::new(orders::Lapse),
        Box::new(orders::Late),
        Box::new(evidence::ForgetLooks),
        Box::new(evidence::SweepOrphans),
        Box::new(opportunities::WatchGaps),
        Box::new(leads::Remind),
        Box::new(actions::Morning(Moment::Propose)),
        Box::new(actions::Morning(Moment::Remind)),
        Box::new(actions::Morning(Moment::Digest)),
        Box::new(actions::Morning(Moment::Escalate)),
    ]
}
