//! The rate at which goods come back, and what may come back of an order.

use chrono::{Datelike, NaiveDate};

use super::Smoothing;
use crate::money::{Fen, Percent, Quantity};

/// What went out and what came back, in money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// Accepted at the door.
    pub delivered: Fen,
    /// Credited for reasons that count.
    pub returned: Fen,
}

/// The twelve months up to and with `last`: the day before the window, and its last day.
pub fn window(last: NaiveDate) -> (NaiveDate, NaiveDate) {
    let before = last.with_year(last.year() - 1).or_else(|| {
        // 29 February: the year before ends its February a day earlier.
        NaiveDate::from_ymd_opt(last.year() - 1, 2, 28)
    });
    (before.unwrap_or(last), last)
}

impl Turnover {
    /// The exact rate as a fraction, with little history pulled towards the group's. None where nothing was delivered.
    pub fn rate(self, smoothing: Option<&Smoothing>) -> Option<(i128, i128)> {
        let (mut returned, mut delivered) =
            (i128::from(self.returned.0) * 1_000_000, i128::from(self.delivered.0) * 1_000_000);
        if let Some(smoothing) = smoothing {
            returned += i128::from(smoothing.weight.0) * i128::from(smoothing.group_rate_pct.0);
            delivered += i128::from(smoothing.weight.0) * 1_000_000;
        }
        (delivered > 0).then_some((returned, delivered))
    }

    /// Is the rate above the limit? Compared unrounded; nothing delivered passes.
    pub fn is_above(self, limit: Percent, smoothing: Option<&Smoothing>) -> bool {
        self.rate(smoothing).is_some_and(|(returned, delivered)| {
            returned.saturating_mul(1_000_000) > delivered.saturating_mul(i128::from(limit.0))
        })
    }

    /// The rate to be shown, rounded half up.
    pub fn shown(self, smoothing: Option<&Smoothing>) -> Option<Percent> {
        let (returned, delivered) = self.rate(smoothing)?;
        let rounded = (returned.saturating_mul(2_000_000) + delivered).div_euclid(delivered * 2);
        Some(Percent(i64::try_from(rounded).unwrap_or(i64::MAX)))
    }
}

/// A line of an order, and what is to come back of it.
#[derive(Clone, Copy, Debug)]
pub struct ReturnLine {
    /// What the line came to.
    pub amount: Fen,
    /// What was asked for.
    pub ordered: Quantity,
    /// What the customer took.
    pub accepted: Quantity,
    /// What has come back before.
    pub returned: Quantity,
    /// What comes back now.
    pub quantity: Quantity,
}

/// Why goods cannot come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnFault {
    /// Nothing or less than nothing.
    #[error("nothing comes back")]
    Nothing,
    /// More than the customer has.
    #[error("more comes back than was accepted")]
    TooMuch,
}

impl ReturnFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nothing => "return_quantity_invalid",
            Self::TooMuch => "return_exceeds_accepted",
        }
    }
}

/// What is credited for it: shares of running totals, so that the parts add up to what was paid to the fen.
pub fn check_return(line: ReturnLine) -> Result<Fen, ReturnFault> {
    if line.quantity <= Quantity::ZERO {
        return Err(ReturnFault::Nothing);
    }
    let after = line.returned.checked_add(line.quantity).filter(|after| *after <= line.accepted);
    let after = after.ok_or(ReturnFault::TooMuch)?;
    let worth = |quantity| line.amount.share(quantity, line.ordered);
    // Nothing overflows: the quantities are at most what was ordered.
    worth(after)
        .zip(worth(line.returned))
        .and_then(|(is, was)| is.checked_sub(was))
        .ok_or(ReturnFault::TooMuch)
}
