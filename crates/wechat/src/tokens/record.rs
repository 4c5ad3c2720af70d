//! What is shared about one account's token, and how it changes.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::{same, source::Fetched};
use crate::beijing::day;

/// WeChat ignores a forced refresh sooner than this after the last.
const BETWEEN_FORCED: TimeDelta = TimeDelta::seconds(30);

/// WeChat refuses the twenty-first forced refresh of a day; two are left for
/// somebody in need.
const MOST_FORCED: u32 = 18;

/// How long whoever fetches keeps the others away.
const LEASE: TimeDelta = TimeDelta::seconds(10);

/// What is shared about the token of one account. Absent means all of it empty.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub token: Option<SecretString>,
    /// Until when the token is used; it lives a little longer.
    pub fresh_until: Option<DateTime<Utc>>,
    /// Somebody fetches, and has until then.
    pub fetching_until: Option<DateTime<Utc>>,
    /// When a refresh was forced last, and how often on the Beijing day of it.
    pub forced_at: Option<DateTime<Utc>>,
    pub n_forced: u32,
    /// Counts the changes, from 0 for an absent record.
    pub version: i64,
}

/// A step.
pub(super) enum Change<'a> {
    /// Takes the right to fetch. A refused token goes, if it is still there.
    Lease { refused: Option<&'a SecretString> },
    /// Notes that a refresh is about to be forced.
    Force,
    /// Keeps what was fetched, and ends the lease.
    Fetched(&'a Fetched),
    /// Ends the lease with nothing to show.
    GiveUp,
}

impl Record {
    pub(super) fn usable(&self, now: DateTime<Utc>, refused: Option<&SecretString>) -> Option<SecretString> {
        let is_fresh = self.fresh_until.is_some_and(|until| now < until);
        let token = self.token.as_ref().filter(|_| is_fresh)?;
        let is_refused = refused.is_some_and(|refused| same(token, refused));
        (!is_refused).then(|| token.clone())
    }

    pub(super) fn is_being_fetched(&self, now: DateTime<Utc>) -> bool {
        self.fetching_until.is_some_and(|until| now < until)
    }

    pub(super) fn may_force(&self, now: DateTime<Utc>) -> bool {
        let Some(forced_at) = self.forced_at else { return true };
        let is_another_day = day(forced_at) != day(now);
        // A clock that was set back must not forbid it for ever.
        (now - forced_at).abs() >= BETWEEN_FORCED && (is_another_day || self.n_forced < MOST_FORCED)
    }

    pub(super) fn changed(&self, change: &Change<'_>, now: DateTime<Utc>) -> Self {
        let mut to = self.clone();
        to.version += 1;
        match change {
            Change::Lease { refused } => {
                to.fetching_until = Some(now + LEASE);
                if let (Some(token), Some(refused)) = (&to.token, refused)
                    && same(token, refused)
                {
                    to.token = None;
                }
            }
            Change::Force => {
                let is_same_day = self.forced_at.is_some_and(|at| day(at) == day(now));
                to.n_forced = if is_same_day { self.n_forced + 1 } else { 1 };
                to.forced_at = Some(now);
                to.fetching_until = Some(now + LEASE);
            }
            Change::Fetched(fetched) => {
                to.token = Some(fetched.token.clone());
                to.fresh_until = Some(now + lifetime(fetched.expires_in));
                to.fetching_until = None;
            }
            Change::GiveUp => to.fetching_until = None,
        }
        to
    }
}

/// Until shortly before the token dies; never for no time at all, which would
/// mean a fetch for every call.
fn lifetime(expires_in: i64) -> TimeDelta {
    let margin = (expires_in / 2).min(300);
    TimeDelta::seconds(expires_in.saturating_sub(margin).clamp(30, 7200))
}
