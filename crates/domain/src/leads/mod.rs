//! Leads (线索): somebody who may become a customer, and a clock until they are answered.
//!
//! The clock starts when the lead is created and counts clock time, nights and days off included: 72 hours. The first
//! verified communication stops it; an attempt does not, however many there are. Half-way the owner is reminded, at
//! the end the superior hears of it. Passing a lead on starts no new clock.
//!
//! What is absent: a judgement of the answer. That there was one, and when, is what counts.

mod clock;
mod response;
#[cfg(test)]
mod tests;

pub use clock::{Act, act_at, due_at, first_rung_at, is_in_time, rung_at};
pub use response::Response;

/// The longest text of a lead.
pub const LONGEST_TEXT: usize = 200;
/// The longest note.
pub const LONGEST_NOTE: usize = 2_000;

names! {
    /// What has become of a lead.
    pub enum Status as LeadStatus {
        /// Nothing yet.
        Open = "open",
        /// A customer, and perhaps an opportunity.
        Converted = "converted",
    }
}
