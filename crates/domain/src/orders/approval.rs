//! What a special approval is bound to, how long it lasts, and what it still covers.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{Line, OrderChecks, priced};
use crate::money::Fen;
use crate::working_time::at_local;

/// An approval as it was asked for: single use, for this content, up to this amount, until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The digest of the content.
    pub content_hash: String,
    /// Not more than this.
    pub cap: Fen,
    /// Not after this.
    pub until: DateTime<Utc>,
}

/// Why an approval does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lapsed {
    /// It came too late.
    #[error("the approval is not valid any more")]
    Late,
    /// Something else was asked for.
    #[error("the order's content has changed")]
    Changed,
}

impl Lapsed {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Late => "approval_lapsed",
            Self::Changed => "order_content_changed",
        }
    }
}

impl Approval {
    /// Does it hold for this content and amount now?
    pub fn holds(&self, content_hash: &str, total: Fen, now: DateTime<Utc>) -> Result<(), Lapsed> {
        if now > self.until {
            return Err(Lapsed::Late);
        }
        if self.content_hash != content_hash || total > self.cap {
            return Err(Lapsed::Changed);
        }
        Ok(())
    }
}

/// Until when an approval that is asked for now holds: to the end of the planned ship date and the days after it.
pub fn validity(
    planned_ship_on: Option<NaiveDate>,
    rules: &OrderChecks,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let without_a_date = now + TimeDelta::hours(i64::from(rules.validity.hours_without_ship_date));
    let end = planned_ship_on.and_then(|day| {
        let after = day.checked_add_days(Days::new(u64::from(rules.validity.days_after_ship) + 1))?;
        Some(at_local(after, NaiveTime::MIN))
    });
    // A ship date that is over already would leave nobody time to decide.
    end.filter(|end| *end > now).unwrap_or(without_a_date)
}

/// Does what was allowed before cover the lines as they are now? No line may ask for more, pay less or be new, what is
/// judged by a promotion stays as it was, and the sum stays below the cap.
pub fn covers(allowed: &[Line], now: &[Line], cap: Fen) -> bool {
    let promoted = |lines: &[Line]| -> Vec<Line> {
        lines.iter().filter(|line| line.promotion.is_some()).cloned().collect()
    };
    if promoted(allowed) != promoted(now) {
        return false;
    }
    let mut left: Vec<&Line> = allowed.iter().collect();
    let is_covered = now.iter().all(|line| {
        let place = left.iter().position(|it| {
            it.product == line.product
                && it.unit == line.unit
                && it.promotion == line.promotion
                && line.quantity <= it.quantity
                && line.unit_price >= it.unit_price
                && line.discount <= it.discount
        });
        place.map(|place| left.swap_remove(place)).is_some()
    });
    is_covered && priced(now).is_ok_and(|(_, total)| total <= cap)
}
