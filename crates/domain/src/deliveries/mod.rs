//! Trips, deliveries and sign-off with two locks: a place verdict and photos, both.
//!
//! No route completes a delivery without this rule: a [`Completion`] can be made by a judged sign-off or by an
//! override alone. A doubtful place signs off provisionally; a certain fraud is kept as an attempt that a supervisor
//! may vouch for, so that nothing the driver typed or shot is lost. What was signed is corrected by a new version,
//! never in place, and every quantity stands in exactly one of accepted, rejected and open.

mod completion;
mod correct;
mod door;
mod sign_off;
mod status;
#[cfg(test)]
mod tests;
mod trips;
mod worth;

pub use completion::{Block, Completion, Invoicing, InvoicingStatus, invoicing, overridden, vouched};
pub use correct::{CORRECTION_DAYS, CorrectionRefusal, check_correction};
pub use door::{Bearer, Direction, DoorLine, DoorRefusal, Exchange, ReturnReason, Sold, check_exchange};
pub use sign_off::{Due, Handed, Part, Refusal, SignedOff, check_parts, closed_status, sign_off};
pub use status::{Review, Status, Step, StepRefusal, Tally, may_handle, order_status};
pub use trips::{
    Collected, HandIn, Method, Paid, PaymentRefusal, TripRefusal, TripStatus, check_hand_in, check_payment,
    left_to_book,
};
pub use worth::{Worth, worth};
