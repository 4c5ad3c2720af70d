//! Check-in with place and photo, and the structured outcome.
//!
//! A check-in is judged and kept whatever the verdict. The outcome turns the matching item of the day's list done by
//! itself and files itself in the customer's timeline; nobody ticks anything off. Whether a visit counts is judged anew
//! with everything that is recorded or decided about the day.

mod check_in;
mod complete;
mod count;
pub mod http;
mod review;
pub mod rows;

pub use check_in::{Draft, check_in};
pub use complete::{OutcomeDraft, complete};
pub use review::reviewed;
