//! Documents that operations publish.

mod calendar;
