//! How old may a position be?
//!
//! Judged as a photo's time is: against when the task was asked for and when the record arrived. A record that waited for
//! a signal keeps its own instant. A time that cannot be is not used, and hides nothing: the arrival stands in for it.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::{Fix, Reason, Thresholds};

/// When a record was asked for and when it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When the first ticket of its photos was handed out, where there is one.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What the age of a position says against it. One that does not say when it was measured is taken as fresh: not every
/// phone says so.
pub fn judge_age(fix: &Fix, asked: Asked, limits: &Thresholds) -> Option<Reason> {
    let at = fix.fixed_at?;
    let window = TimeDelta::minutes(limits.exif_window_minutes);
    let is_old = asked.received_at - at > TimeDelta::minutes(limits.stale_minutes);
    let is_before_the_task = asked.issued_at.is_some_and(|issued_at| at < issued_at - window);
    (!can_be(at, asked.received_at, limits) || is_old || is_before_the_task).then_some(Reason::StaleLocation)
}

/// Neither of the future nor from before there was such a phone.
fn can_be(at: DateTime<Utc>, received_at: DateTime<Utc>, limits: &Thresholds) -> bool {
    at <= received_at + TimeDelta::minutes(limits.exif_window_minutes) && at.year() >= 2015
}

impl Fix {
    /// The position with a time that can be: for how far somebody has come.
    pub fn believed(self, received_at: DateTime<Utc>, limits: &Thresholds) -> Self {
        let fixed_at = self.fixed_at.map(|at| if can_be(at, received_at, limits) { at } else { received_at });
        Self { fixed_at, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{Point, System};

    fn at(minutes: i64) -> DateTime<Utc> {
        "2026-11-23T02:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
    }

    fn fix(fixed_at: Option<DateTime<Utc>>) -> Fix {
        let point = Point::new(29.868012, 121.556851, System::Gcj02).unwrap();
        Fix { point, accuracy_mm: Some(10_000), fixed_at }
    }

    fn is_stale(fixed_at: DateTime<Utc>, issued_at: Option<DateTime<Utc>>) -> bool {
        let asked = Asked { issued_at, received_at: at(0) };
        judge_age(&fix(Some(fixed_at)), asked, &Thresholds::default()) == Some(Reason::StaleLocation)
    }

    #[test]
    fn a_position_of_yesterday_of_1970_and_of_next_year_is_looked_at() {
        for old in [at(-26 * 60), DateTime::UNIX_EPOCH, at(365 * 24 * 60), at(16)] {
            assert!(is_stale(old, None), "{old}");
        }
        for fresh in [at(0), at(-1), at(15), at(-23 * 60)] {
            assert!(!is_stale(fresh, None), "{fresh}");
        }
        let asked = Asked { issued_at: Some(at(-2)), received_at: at(0) };
        assert_eq!(judge_age(&fix(None), asked, &Thresholds::default()), None);
    }

    #[test]
    fn a_position_from_before_the_task_is_looked_at_and_one_that_waited_for_a_signal_is_not() {
        assert!(is_stale(at(-18), Some(at(-2))));
        assert!(!is_stale(at(-17), Some(at(-2))));
        assert!(!is_stale(at(-8 * 60), Some(at(-9 * 60))), "shot without signal, sent in the evening");
    }

    #[test]
    fn a_time_that_cannot_be_hides_no_journey() {
        let limits = Thresholds::default();
        let believed = |it: DateTime<Utc>| fix(Some(it)).believed(at(0), &limits).fixed_at;
        assert_eq!(believed(DateTime::UNIX_EPOCH), Some(at(0)));
        assert_eq!(believed(at(365 * 24 * 60)), Some(at(0)));
        assert_eq!(believed(at(-60)), Some(at(-60)), "what can be is kept");
        assert_eq!(fix(None).believed(at(0), &limits).fixed_at, None);
    }
}
