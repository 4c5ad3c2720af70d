//! Days on which somebody is away and owes no list.

use chrono::NaiveDate;

/// From the first to the last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The first day.
    pub from_on: NaiveDate,
    /// The last day.
    pub until_on: NaiveDate,
}

/// Why a leave is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeaveRefusal {
    /// It ends before it begins.
    #[error("a leave ends after it begins")]
    EndsBefore,
    /// A day that is over cannot be excused any more.
    #[error("a leave does not begin in the past")]
    InThePast,
    /// Longer than any leave.
    #[error("a leave lasts half a year at most")]
    TooLong,
}

impl LeaveRefusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::EndsBefore => "leave_ends_before",
            Self::InThePast => "leave_in_the_past",
            Self::TooLong => "leave_too_long",
        }
    }

    /// The field, as a JSON pointer.
    pub fn pointer(self) -> &'static str {
        if self == Self::InThePast { "/from_on" } else { "/until_on" }
    }
}

/// May somebody be away so?
pub fn check_leave(leave: Leave, today: NaiveDate) -> Result<(), LeaveRefusal> {
    if leave.until_on < leave.from_on {
        return Err(LeaveRefusal::EndsBefore);
    }
    if leave.from_on < today {
        return Err(LeaveRefusal::InThePast);
    }
    if (leave.until_on - leave.from_on).num_days() > 183 {
        return Err(LeaveRefusal::TooLong);
    }
    Ok(())
}
