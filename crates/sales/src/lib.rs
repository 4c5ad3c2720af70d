//! From the lead to the accepted order.
//!
//! In calling order: `opportunities`, `leads`, `quotes`, `orders`.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what a file offers to its capability, and a capability to the others"
)]

pub mod leads;
pub mod opportunities;
pub mod orders;
pub mod quotes;

use base::{
    App, actor, approvals, describe, error, notices, page, people, public_page, select, settings, texts,
};
use records::{customers, evidence};
