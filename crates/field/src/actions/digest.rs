//! How the lists stand, for those who lead: one digest each, never one message a rep.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::actions::{Digest, Member};
use domain::ids::UserId;
use domain::notices as wording;
use domain::people::Role;
use platform::Tx;
use uuid::Uuid;

use super::morning::is_working;
use super::rows::{self, Owed};
use crate::App;
use crate::error::Result;
use crate::notices::{self, Notice};
use crate::people::rows as people;
use crate::settings;

/// Everybody who owes a list that day, read in steps.
async fn everybody(app: &App, tx: &Tx, day: NaiveDate) -> Result<Vec<Owed>> {
    let calendars = settings::calendars(app, tx.db()).await?;
    let mut all: Vec<Owed> = Vec::new();
    loop {
        let step = rows::owed_after(tx.db(), day, all.last().map(|it| it.user_id), 1_000).await?;
        if step.is_empty() {
            all.retain(|it| is_working(&calendars, it, day));
            return Ok(all);
        }
        all.extend(step);
    }
}

/// At T: each manager reads how the own team stands.
pub async fn tell_supervisors(app: &App, day: NaiveDate, at: DateTime<Utc>) -> Result<u64> {
    let tx = app.db.begin().await?.at(at);
    let mut teams: BTreeMap<Uuid, Vec<Member>> = BTreeMap::new();
    for owed in everybody(app, &tx, day).await? {
        if let Some(manager) = owed.manager_id {
            teams.entry(manager).or_default().push(member(owed));
        }
    }
    let notices = notices_of(teams, (day, at, "action_list_digest", 1));
    notices::tell(app, &tx, &notices).await?;
    tx.commit().await?;
    Ok(notices.len() as u64)
}

/// At T + 60: each regional director reads who is still missing in the regions below; nobody missing, nothing said.
pub async fn tell_directors(app: &App, day: NaiveDate, at: DateTime<Utc>) -> Result<u64> {
    let tx = app.db.begin().await?.at(at);
    let directors = people::active_after(tx.db(), Role::RegionalDirector, day, None, 1_000).await?;
    let director_of: HashMap<Uuid, Uuid> =
        directors.into_iter().filter_map(|user| Some((user.region_id?, user.id))).collect();
    let parent_of = people::parents(tx.db()).await?;
    let mut teams: BTreeMap<Uuid, Vec<Member>> = BTreeMap::new();
    for owed in everybody(app, &tx, day).await? {
        if let Some(director) = owed.region_id.and_then(|region| nearest(region, &director_of, &parent_of)) {
            teams.entry(director).or_default().push(member(owed));
        }
    }
    teams.retain(|_, team| team.iter().any(|member| member.n_filed_items.is_none()));
    let notices = notices_of(teams, (day, at, "action_list_escalation", 2));
    notices::tell(app, &tx, &notices).await?;
    tx.commit().await?;
    Ok(notices.len() as u64)
}

/// The director of the region or of the nearest one above it. A loop in imported regions ends after twenty steps.
fn nearest(region: Uuid, director_of: &HashMap<Uuid, Uuid>, parent_of: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
    let up = std::iter::successors(Some(region), |region| parent_of.get(region).copied());
    up.take(20).find_map(|region| director_of.get(&region).copied())
}

fn member(owed: Owed) -> Member {
    let n_items = usize::try_from(owed.n_items).unwrap_or(0);
    Member { name: owed.name, n_filed_items: owed.filed_at.map(|_| n_items) }
}

fn notices_of(
    teams: BTreeMap<Uuid, Vec<Member>>,
    (day, at, matter, rung): (NaiveDate, DateTime<Utc>, &str, i32),
) -> Vec<Notice> {
    let notice = |(leader, team): (Uuid, Vec<Member>)| {
        let digest = Digest::of(&team)?;
        let message = wording::list_digest(day, &digest, at, wording::end_of_day(at));
        Some(Notice {
            recipient: UserId(leader),
            matter: format!("{matter}:{day}"),
            rung,
            subject: None,
            message,
        })
    };
    teams.into_iter().filter_map(notice).collect()
}
