//! The customers' files, and the evidence of what was done at theirs.
//!
//! In calling order: `customers`, `evidence`. A customer's communications carry evidence of their own.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what a file offers to its capability, and a capability to the others"
)]

pub mod customers;
pub mod evidence;

use base::{
    App, access, actor, approvals, describe, error, notices, page, people, select, settings, texts, uploads,
};
