use std::time::Duration;

use chrono::{DateTime, Utc};

use super::event::{Event, FaultSpec};
use crate::paths;

/// The faults that calls will still meet, oldest first.
#[derive(Default)]
pub(super) struct Faults {
    pending: Vec<Pending>,
    n_added: u64,
}

struct Pending {
    number: u64,
    fault: FaultSpec,
}

/// What one call runs into.
#[derive(Default)]
pub(super) struct Met {
    /// The lines that say so, still to be taken over.
    pub(super) uses: Vec<Event>,
    pub(super) errcode: Option<i64>,
    pub(super) delay: Duration,
}

impl Faults {
    pub(super) fn add(&mut self, fault: FaultSpec) {
        self.n_added += 1;
        if fault.count > 0 {
            self.pending.push(Pending { number: self.n_added, fault });
        }
    }

    pub(super) fn used(&mut self, number: u64) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.number == number) {
            pending.fault.count = pending.fault.count.saturating_sub(1);
        }
        self.pending.retain(|pending| pending.fault.count > 0);
    }

    /// Every fault so far goes; numbers go on.
    pub(super) fn clear(&mut self) {
        self.pending.clear();
    }

    /// The first error that matches, and the delays before it.
    pub(super) fn meet(&self, path: &str, now: DateTime<Utc>) -> Met {
        let mut met = Met::default();
        for Pending { number, fault } in self.pending.iter().filter(|pending| pending.fault.matches(path)) {
            let (path, at) = (path.to_owned(), now);
            met.uses.push(Event::FaultUsed { fault: *number, errcode: fault.errcode, path, at });
            met.delay += Duration::from_millis(fault.delay_ms.unwrap_or(0));
            if fault.errcode != 0 {
                met.errcode = Some(fault.errcode);
                break;
            }
        }
        met
    }
}

impl FaultSpec {
    fn matches(&self, path: &str) -> bool {
        let is_for_token = [paths::TOKEN, paths::OLD_TOKEN, paths::WECOM_TOKEN].contains(&path);
        self.path.as_ref().map_or(!is_for_token, |end| path.ends_with(end.as_str()))
    }
}
