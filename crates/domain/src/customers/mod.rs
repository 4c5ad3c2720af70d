//! The customer's file (客户档案): what is known, how fresh it is, where the customer stands, and how it is found.
//!
//! Kinds of customers are a document: they say which fields count as key, how wide the fence is, what a visit needs
//! and how the customer usually pays. Nobody re-types what has not changed: orders, calls and sign-offs confirm the
//! fields they touch. A chain has one customer that pays (`bill_to`) and many that are delivered to (`ship_to`).
//!
//! What is absent: a judgement whether two files are one customer. They are shown side by side, and a person decides.

mod communications;
mod file;
mod freshness;
mod kinds;
mod likeness;
mod place;
mod standing;
mod standing_tasks;
mod terms;

#[cfg(test)]
#[expect(clippy::float_arithmetic, reason = "the tests place stores on a map")]
mod tests;

pub use communications::{Communication, Outcome, TouchPoint};
pub use file::{Contact, InvoiceKind, InvoicePeriod, InvoiceProfile, Need, Refusal, Section, may_edit};
pub use freshness::{Dated, Freshness, KeyField, Step, confirmed_by, freshness};
pub use kinds::{Kind, Kinds};
pub use likeness::{By, Known, NEAR_MM, likeness};
pub use place::{GOOD_FIX_MM, Learned, SeenFix, is_far_move, is_good, learn};
pub use standing::{Standing, TemporaryCredit};
pub use standing_tasks::{Deed, DoneBy, Progress, Rhythm, Selection, Task};
pub use terms::{PaymentTerms, UnknownTerms};
