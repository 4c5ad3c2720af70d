//! Decisions that are waited for: who is asked, in which order, by which rule, and what happens when they are late.
//!
//! `flow` is the document, `state` where one decision stands, `event` what happened to it. `open` and `act` are what
//! people do, `machine` what the clock does; both answer with events, and the state is the fold of them. `tally`
//! counts, `advance` goes on, `ask` names what has to be known about people first. `lint` judges a document and
//! `branches` its ways, `rehearse` shows what it would have done, `timeline` says in words what happened.
//!
//! What is fixed: whoever refuses by the node's rule ends the flow. After a return, what was agreed before stands
//! unless the content changed; a record is handed in three times at most. A machine's decision is marked as such.
//! A word stands for one person and is taken back only by whoever gave it.

mod act;
mod advance;
mod ask;
mod branches;
pub mod condition;
mod event;
pub mod flow;
mod initiator;
mod kind;
mod ladder;
mod lint;
mod machine;
mod rehearse;
mod seat;
mod state;
mod tally;
#[cfg(test)]
mod tests;
mod verb;

pub use crate::texts::trace as timeline;
pub use act::{Acting, Done, MOST_ROUNDS, act, open};
pub use advance::Case;
pub use ask::{Answers, Halt, Query};
pub use event::{Event, NewSeat, PassedOver, Target, Word};
pub use initiator::REMIND_AFTER;
pub use kind::{Field, FieldType, Kind};
pub use ladder::{Act, Rung, ServiceLevel, ServiceLevels};
pub use lint::check;
pub use machine::{climb, end, move_turns, renew};
pub use rehearse::{Rehearsal, rehearse};
pub use seat::{Origin, Seat, SeatStatus};
pub use state::{Fork, LastDecision, State, Status, Task, TaskStatus};
pub use tally::{Tally, tally};
pub use verb::{Refusal, Verb};
