//! Who answers for whom at an instant: whoever the windows lead to, through at most eight agents.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::people::delegation::{self as rules, Delegation};
use domain::working_time::local_date;

use super::rows::{self, End, Period};
use crate::error::Result;
use crate::select::Connection;

/// Who stands in for somebody, one for the other; the last one acts. Empty when nobody does.
#[cfg(test)]
async fn agents_of(db: &impl Connection, principal: UserId, at: DateTime<Utc>) -> Result<Vec<UserId>> {
    let windows = connected(db, (End::Principal, vec![principal]), instant(at)).await?;
    Ok(rules::agent(principal, &windows, at))
}

/// Who acts for each of these people; whoever acts in person is not named.
pub async fn agents(
    db: &impl Connection,
    principals: &[UserId],
    at: DateTime<Utc>,
) -> Result<HashMap<UserId, UserId>> {
    let windows = connected(db, (End::Principal, principals.to_vec()), instant(at)).await?;
    let acting = |it: &UserId| Some((*it, *rules::agent(*it, &windows, at).last()?));
    Ok(principals.iter().filter_map(acting).collect())
}

/// Everybody whom somebody answers for, directly or through others. Nobody while an agent of their own does.
pub async fn principals_of(db: &impl Connection, agent: UserId, at: DateTime<Utc>) -> Result<Vec<UserId>> {
    let period = instant(at);
    if !rows::holding(db, (End::Principal, &[agent]), period).await?.is_empty() {
        return Ok(Vec::new());
    }
    let windows = connected(db, (End::Agent, vec![agent]), period).await?;
    let mut principals: Vec<UserId> = windows.iter().map(|it| it.principal).collect();
    principals.sort_unstable();
    principals.dedup();
    Ok(principals)
}

/// The windows that have to do with a new one: those it would pass things on to, and those that would pass things on
/// to it.
pub(super) async fn around(db: &impl Connection, new: &Delegation) -> Result<Vec<Delegation>> {
    let period = Period { from: new.from, until: new.until, employed_on: None };
    let mut windows = connected(db, (End::Principal, vec![new.principal, new.agent]), period).await?;
    windows.extend(connected(db, (End::Agent, vec![new.principal]), period).await?);
    Ok(windows)
}

/// An instant as the shortest period: times are kept to the microsecond.
fn instant(at: DateTime<Utc>) -> Period {
    Period { from: at, until: at + TimeDelta::microseconds(1), employed_on: Some(local_date(at)) }
}

/// The windows with these people at one end, those that go on from their other ends, and so on: a query a round, and
/// as many rounds as a chain may have steps.
async fn connected(
    db: &impl Connection,
    (end, mut people): (End, Vec<UserId>),
    period: Period,
) -> Result<Vec<Delegation>> {
    let mut found = Vec::new();
    let mut seen: HashSet<UserId> = people.iter().copied().collect();
    for _ in 0..rules::LONGEST_CHAIN {
        if people.is_empty() {
            break;
        }
        let windows = rows::holding(db, (end, &people), period).await?;
        let far_ends = windows.iter().map(|it| if end == End::Principal { it.agent } else { it.principal });
        people = far_ends.filter(|it| seen.insert(*it)).collect();
        found.extend(windows);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
