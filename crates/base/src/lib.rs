//! What every capability stands on: who calls and what they may, what is configured, who people are, what is decided,
//! and who is told.
//!
//! In calling order: `people`, `settings`, `approvals`, `notices`. What must go back up goes through [`subjects`].
#![expect(
    unreachable_pub,
    reason = "`pub` marks what a file offers to its capability, and a capability to the others"
)]

pub mod access;
pub mod actor;
mod app;
pub mod approvals;
mod body;
pub mod config;
pub mod describe;
pub mod error;
pub mod notices;
pub mod page;
pub mod people;
pub mod public_page;
pub mod select;
pub mod settings;
pub mod subjects;
pub mod telemetry;
pub mod texts;
#[cfg(test)]
mod unreadable_tests;
pub mod uploads;
pub mod wechat_access;

pub use app::{App, Parts, StartUp, migrate};
