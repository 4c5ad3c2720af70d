//! What is done at the customer: the day's list, visits, deliveries.
//!
//! In calling order: `actions`, `visits`, `deliveries`.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what a file offers to its capability, and a capability to the others"
)]

pub mod actions;
pub mod deliveries;
pub mod visits;

use base::{App, access, actor, approvals, describe, error, notices, page, people, select, settings, texts};
use records::{customers, evidence};
use sales::{opportunities, orders};
