//! Gugan (骨干) over HTTP and in the background: the program that joins the capabilities.
//!
//! Each capability says its routes, jobs and sweeps; here they are collected, in calling order.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what a slice offers to the others; the crate itself is a program"
)]

mod client;
pub mod commands;
mod demo;
mod dev;
mod http;
mod imports;
mod start;
mod subjects;

pub use base::access::{ROUTES, Who};
pub use base::{App, actor, config};
pub use http::openapi;
pub use start::{open, open_migrated, prepare};

use base::{
    access, approvals, describe, error, notices, people, select, settings, telemetry, texts, uploads,
    wechat_access,
};
use domain::actions::Moment;
use field::{actions, deliveries, visits};
use platform::jobs::Jobs;
use platform::sweeps::Sweep;
use records::{customers, evidence};
use sales::{leads, opportunities, orders, quotes};

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
        Box::new(people::SeeOut),
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
