//! What was signed turns out to be wrong: a new version, and the old one stays.

use crate::writing::is_blank;
use chrono::{DateTime, TimeDelta, Utc};

use super::sign_off::check_lines;
use super::{Due, Handed, Refusal, Status};

/// How long after the signature quantities may be corrected.
pub const CORRECTION_DAYS: i64 = 7;

/// What a correction is refused for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionRefusal {
    /// There is nothing to correct yet, or nothing was handed over.
    #[error("only a signed delivery is corrected")]
    NotSigned,
    /// The days have passed.
    #[error("the delivery was signed too long ago")]
    TooLate,
    /// Nobody says why.
    #[error("a correction needs a reason")]
    ReasonMissing,
    /// It is as it was.
    #[error("the correction changes nothing")]
    ChangesNothing,
    /// The quantities are wrong.
    #[error("the quantities are wrong")]
    Lines(Vec<Refusal>),
}

impl CorrectionRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSigned => "delivery_not_signed",
            Self::TooLate => "correction_too_late",
            Self::ReasonMissing => "correction_reason_missing",
            Self::ChangesNothing => "correction_changes_nothing",
            Self::Lines(lines) => lines.first().map_or("line_missing", Refusal::code),
        }
    }
}

/// May the signed quantities `before` become `after`?
pub fn check_correction(
    (status, signed_at): (Status, Option<DateTime<Utc>>),
    due: &[Due],
    (before, after): (&[Handed], &[Handed]),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), CorrectionRefusal> {
    let signed_at = signed_at.filter(|_| status.is_signed()).ok_or(CorrectionRefusal::NotSigned)?;
    if now - signed_at > TimeDelta::days(CORRECTION_DAYS) {
        return Err(CorrectionRefusal::TooLate);
    }
    if is_blank(reason) {
        return Err(CorrectionRefusal::ReasonMissing);
    }
    let wrong = check_lines(due, after);
    if !wrong.is_empty() {
        return Err(CorrectionRefusal::Lines(wrong));
    }
    let is_same = |now: &Handed| before.iter().any(|it| it.line == now.line && it.accepted == now.accepted);
    if after.iter().all(is_same) { Err(CorrectionRefusal::ChangesNothing) } else { Ok(()) }
}
