//! What every test has at hand.

pub mod database;
pub mod people;
pub mod photos;
mod world;

pub use people::{Answer, Person};
pub use world::World;

/// The instant a world starts at: a Sunday noon before a plain working week, in company time.
pub const SUNDAY_NOON: &str = "2026-11-15T12:00:00+08:00";
