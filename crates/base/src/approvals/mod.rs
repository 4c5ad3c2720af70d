//! Decisions that are waited for: opened by a use case in its transaction, decided by who the published flow asks,
//! escalated by the clock.
//!
//! The rules are `domain::approvals`; here a command locks the decision's row, lets the rules decide, and keeps the
//! events, the state they add up to, to-dos, clocks and messages in one transaction (`keep`). The verdict resumes the
//! subject through [`Subjects::resume`](crate::subjects::Subjects::resume) in the same transaction. Each decision keeps the flow it began with (`begun`),
//! and its events are chained (`chain`), which `gugan doctor --audit` verifies.
//!
//! Locks are taken in one order: what a decision is about, the decision, everything else.

mod audit;
mod begun;
mod chain;
mod clocks;
mod consult;
mod decide;
pub mod http;
mod keep;
mod links;
mod open;
mod resume;
pub mod rows;
mod sweeps;
mod tell;

pub use audit::audit;
pub use begun::Flows;
pub use decide::{Wanted, asks_for_override, decide, is_override, visible};
pub use links::link_of;
pub use open::{Request, all_waiting, lapse, left, open, renew, waiting, withdraw};
pub use resume::Resume;
pub use rows::timers::DUE as DUE_CLOCKS;
pub use sweeps::{Escalate, Project};
