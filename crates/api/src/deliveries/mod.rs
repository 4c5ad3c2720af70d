//! From the warehouse to the customer's signature, with two locks.
//!
//! A sign-off needs a place verdict and photos, both. One transaction writes the delivery date and the signer back
//! to order and customer, files the evidence and, where a person has to look, opens the review. A certain fraud is
//! kept as an attempt: nothing typed or shot is lost, and a supervisor who vouches for it completes the delivery
//! from it. No other way leads to a completed delivery.

mod complete;
mod fail;
pub mod http;
mod review;
pub mod rows;
mod sign_off;
mod start;

pub use fail::fail;
pub use review::reviewed;
pub use sign_off::{Draft, sign_off};
pub use start::{Start, depart, start};
