use chrono::{NaiveTime, TimeDelta, Timelike};
use serde::{Deserialize, Serialize};

/// A stretch of open time within one day: `[opens, closes)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Minute, Minute)", into = "(Minute, Minute)")]
pub struct Shift {
    /// The first open instant.
    pub opens: NaiveTime,
    /// The first instant that is closed again.
    pub closes: NaiveTime,
}

impl From<(Minute, Minute)> for Shift {
    fn from((opens, closes): (Minute, Minute)) -> Self {
        Self { opens: opens.0, closes: closes.0 }
    }
}

impl From<Shift> for (Minute, Minute) {
    fn from(shift: Shift) -> Self {
        (Minute(shift.opens), Minute(shift.closes))
    }
}

/// A time of day as people write it, `09:00`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Minute(NaiveTime);

impl TryFrom<String> for Minute {
    type Error = chrono::ParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        NaiveTime::parse_from_str(&text, "%H:%M").map(Self)
    }
}

impl From<Minute> for String {
    fn from(minute: Minute) -> Self {
        minute.0.format("%H:%M").to_string()
    }
}

/// The shifts of one day: in order, apart, none empty, in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours {
    shifts: Vec<Shift>,
    length: TimeDelta,
}

impl Hours {
    /// None when the shifts are not whole, in order and apart. No shift at all is a closed day.
    pub(super) fn of(shifts: &[Shift]) -> Option<Self> {
        let edges: Vec<NaiveTime> = shifts.iter().flat_map(|shift| [shift.opens, shift.closes]).collect();
        let is_whole = edges.iter().all(|edge| edge.nanosecond() == 0);
        let is_rising = edges.is_sorted() && shifts.iter().all(|shift| shift.opens < shift.closes);
        let length = shifts.iter().map(|shift| shift.closes - shift.opens).sum();
        (is_whole && is_rising).then(|| Self { shifts: shifts.to_vec(), length })
    }

    pub(super) fn length(&self) -> TimeDelta {
        self.length
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shifts.is_empty()
    }

    /// How much of the day's work lies before this time of day.
    pub(super) fn worked_until(&self, time: NaiveTime) -> TimeDelta {
        self.shifts.iter().map(|shift| time.clamp(shift.opens, shift.closes) - shift.opens).sum()
    }

    /// The earliest time of day until which this much is worked; none when the day is shorter.
    pub(super) fn reached(&self, mut worked: TimeDelta) -> Option<NaiveTime> {
        for shift in &self.shifts {
            let length = shift.closes - shift.opens;
            if worked <= length {
                return Some(shift.opens + worked);
            }
            worked -= length;
        }
        None
    }

    /// The time of day itself where it is open, else the next opening of the day.
    pub(super) fn opening(&self, from: NaiveTime) -> Option<NaiveTime> {
        self.shifts.iter().find(|shift| from < shift.closes).map(|shift| from.max(shift.opens))
    }

    #[cfg(test)]
    pub(super) fn shifts(&self) -> &[Shift] {
        &self.shifts
    }
}
