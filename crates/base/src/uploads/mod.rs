//! Files on their way in.
//!
//! A phone on a weak network needs minutes for one photo. Nobody waits for it meanwhile: a body goes to the disk as
//! it arrives, and a turn is taken only for the moment in which it is read and decoded. What arrives is bounded by
//! places, so many in all and a few for one person, each of which costs some kilobytes of memory.

mod http;
mod incoming;
mod places;
mod turns;

pub use http::{Allowed, Parts, arrive};
pub use incoming::Incoming;
pub use places::Places;
pub use turns::{N_TURNS, blocking};
