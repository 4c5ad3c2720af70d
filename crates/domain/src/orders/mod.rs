//! Orders and the soft guard: what is asked for is checked whole, every time, and nothing is refused but a customer
//! nobody may sell to.
//!
//! A line is checked in base units, whatever pack it names, and net of discounts and gifts. Every finding says by how
//! much, who may allow it, and the cheapest way to end it. What was allowed is bound to the content it was allowed
//! for. Where a customer's money stands is a fold over documents: each order's amount lies in exactly one bucket.
//!
//! What is absent: where the facts come from. Prices, standing and history are values here.

mod approval;
mod check;
mod cure;
mod exposure;
mod lines;
mod price;
mod returns;
mod rules;
mod status;
#[cfg(test)]
mod tests;
mod units;

pub use approval::{Approval, Lapsed, covers, validity};
pub use check::{Credit, Facts, Finding, Measure, Product, Rule, approver_for, check};
pub use cure::Cure;
pub use exposure::{Buckets, Posting};
pub use lines::{Line, LineFault, Refusal, content, priced, validate};
pub use price::{Buyer, Policy, Promotion, policy};
pub use returns::{ReturnFault, ReturnLine, Turnover, check_return, window};
pub use rules::{OrderChecks, Smoothing};
pub use status::{Dispatch, ExceptionKind, Occasion, Status, may_cancel, may_edit};
pub use units::{Pack, Units};
