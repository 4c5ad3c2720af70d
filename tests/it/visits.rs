//! visits.
