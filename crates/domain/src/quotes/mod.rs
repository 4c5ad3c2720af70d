//! Quotes: what a customer is offered, and the 48 hours in which it signs.
//!
//! Sending starts the clock, the signature stops it. At half of it the owner is reminded, at its end the superior
//! hears of it; what would be said on a day off is said at nine on the next working day. A quote that is changed is
//! a new version and is sent anew.

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use crate::working_time::{Calendar, at_local, local_date};

names! {
    /// Where a quote stands.
    pub enum Status as QuoteStatus {
        /// Being written.
        Draft = "draft",
        /// At the customer's.
        Sent = "sent",
        /// Signed by the customer.
        Signed = "signed",
        /// An order was made of it.
        Ordered = "ordered",
        /// It counts no more.
        Void = "void",
    }
}

/// What may happen to a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its lines change: a new version.
    Revise,
    /// It goes to the customer.
    Send,
    /// The customer signs.
    Sign,
    /// An order is made of it.
    Order,
    /// It counts no more.
    Void,
}

impl Status {
    /// Where the step leads, or why it leads nowhere.
    pub fn after(self, step: Step) -> Result<Self, &'static str> {
        match (self, step) {
            (Self::Void, _) => Err("quote_void"),
            (Self::Ordered, _) => Err("quote_ordered"),
            (Self::Signed, Step::Revise | Step::Send | Step::Sign) => Err("quote_signed"),
            (Self::Sent, Step::Send) => Err("quote_sent"),
            (Self::Draft, Step::Sign) => Err("quote_not_sent"),
            (_, Step::Revise) => Ok(Self::Draft),
            (_, Step::Send) => Ok(Self::Sent),
            (_, Step::Sign) => Ok(Self::Signed),
            (_, Step::Order) => Ok(Self::Ordered),
            (_, Step::Void) => Ok(Self::Void),
        }
    }
}

/// How long a customer has to sign, by the clock on the wall.
pub const TO_SIGN: TimeDelta = TimeDelta::hours(48);
/// How long a link opens.
pub const LINK_LASTS: TimeDelta = TimeDelta::hours(72);

/// Who hears of a quote that is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// Its owner, at half of the time.
    Owner,
    /// The owner's superior, at its end.
    Superior,
}

/// The rung above `rung` (0 is the ground).
pub fn rung_above(rung: i32) -> Option<Rung> {
    match rung {
        0 => Some(Rung::Owner),
        1 => Some(Rung::Superior),
        _ => None,
    }
}

/// When the rung above `rung` is reached. On a day off it waits for nine on the next working day; while the year's
/// calendar is not published every day counts as a working one.
pub fn next_rung_at(calendar: &Calendar, sent_at: DateTime<Utc>, rung: i32) -> Option<DateTime<Utc>> {
    let at = match rung_above(rung)? {
        Rung::Owner => sent_at + TO_SIGN / 2,
        Rung::Superior => sent_at + TO_SIGN,
    };
    let day = local_date(at);
    if calendar.is_working_day(day).unwrap_or(true) {
        return Some(at);
    }
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    Some(calendar.next_working_day(day).map_or(at, |day| at_local(day, nine)))
}
