//! Employees: each with a name of its own, in a known region, below a known manager.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::imports::{Fault, Row, UserRow};
use domain::people::Role;
use platform::Tx;
use uuid::Uuid;

use super::judge::{Judged, Sheet, top_down};
use super::{known_ids, ours};
use crate::App;
use crate::people::rows::{Standing, keep_others_out, standing, upsert_users, user, usernames};

impl Sheet for UserRow {
    const ID_COLUMN: &'static str = "user_id";

    /// An admin is made and changed on the server alone: whoever imports people must not promote themselves, nor lock
    /// the admin out.
    fn of(row: &Row) -> Result<Self, Vec<Fault>> {
        let user = Self::read(row)?;
        if user.role == Role::Admin {
            return Err(vec![Fault::new("role", "admin_not_imported", user.role.name())]);
        }
        Ok(user)
    }

    fn external_id(&self) -> &str {
        &self.external_id
    }

    async fn judge(app: &App, requester: Role, rows: Vec<Judged<Self>>) -> anyhow::Result<Vec<Judged<Self>>> {
        let db = app.db.conn();
        let good: Vec<&Self> = rows.iter().filter_map(|it| it.outcome.as_ref().ok()).collect();
        let regions = good.iter().filter_map(|row| row.region.as_deref()).collect();
        let regions = known_ids(db, "people_regions", regions).await?;
        let managers = good.iter().filter_map(|row| row.manager.as_deref()).collect();
        let people = known_ids(db, "people_users", managers).await?;
        let names: Vec<String> = good.iter().map(|row| row.username.clone()).collect();
        let external_ids: Vec<String> = good.iter().map(|row| row.external_id.clone()).collect();
        let known = Known {
            regions: regions.into_keys().collect(),
            people: people.into_keys().collect(),
            names: Names::of(usernames(db, &names, &external_ids).await?),
            standing: Stands::of(standing(db, &external_ids).await?, requester),
        };
        Ok(judged(rows, known))
    }

    /// Whoever was stored or changed since the rows were judged is not overwritten by somebody who may not.
    async fn recheck(tx: &Tx, requester: Role, rows: &mut [Judged<Self>]) -> anyhow::Result<()> {
        keep_others_out(tx.db(), "people_users").await?;
        let good = rows.iter().filter_map(|it| it.outcome.as_ref().ok());
        let external_ids: Vec<String> = good.map(|row| row.external_id.clone()).collect();
        let stands = Stands::of(standing(tx.db(), &external_ids).await?, requester);
        for judged in rows {
            let Ok(row) = &judged.outcome else { continue };
            let fault = stands.fault(row);
            judged.refuse(fault.into_iter().collect());
        }
        Ok(())
    }

    async fn store(tx: &Tx, rows: &[&Self]) -> anyhow::Result<()> {
        let codes = rows.iter().filter_map(|row| row.region.as_deref()).collect();
        let regions = known_ids(tx.db(), "people_regions", codes).await?;
        let people = rows
            .iter()
            .flat_map(|row| [Some(row.external_id.as_str()), row.manager.as_deref()])
            .flatten()
            .collect();
        let mut ids = known_ids(tx.db(), "people_users", people).await?;
        for row in rows {
            ids.entry(row.external_id.clone()).or_insert_with(platform::new_id);
        }
        let models = rows.iter().map(|row| {
            let region = ours(&regions, row.region.as_deref())?;
            let manager = ours(&ids, row.manager.as_deref())?;
            Ok(model(row, ids[&row.external_id], (region, manager), tx.now()))
        });
        upsert_users(tx.db(), models.collect::<anyhow::Result<_>>()?).await?;
        Ok(())
    }
}

fn model(
    row: &UserRow,
    id: Uuid,
    (region, manager): (Option<Uuid>, Option<Uuid>),
    now: DateTime<Utc>,
) -> user::Model {
    user::Model {
        id,
        external_id: Some(row.external_id.clone()),
        username: row.username.clone(),
        name: row.name.clone(),
        phone: row.phone.clone(),
        role: row.role,
        region_id: region,
        manager_id: manager,
        active_from: row.active_from,
        active_to: row.active_to,
        password_hash: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// What stands before the first row, and then after each.
struct Known {
    regions: HashSet<String>,
    /// By the other system's ids.
    people: HashSet<String>,
    names: Names,
    standing: Stands,
}

/// Who is stored already, and who wants to change them.
struct Stands {
    by_external_id: HashMap<String, Standing>,
    requester: Role,
}

impl Stands {
    fn of(standing: Vec<Standing>, requester: Role) -> Self {
        let by_external_id = standing.into_iter().map(|it| (it.external_id.clone(), it)).collect();
        Self { by_external_id, requester }
    }

    /// Only the admin edits a person, and nobody an admin. A row that changes nothing is everybody's.
    fn fault(&self, row: &UserRow) -> Option<Fault> {
        let stands = self.by_external_id.get(&row.external_id)?;
        if stands.role == Role::Admin {
            return Some(Fault::new("user_id", "admin_not_imported", &row.external_id));
        }
        let is_refused = self.requester != Role::Admin && changes(row, stands);
        is_refused.then(|| Fault::new("user_id", "person_edit_admin_only", &row.external_id))
    }
}

/// Does the row say anything else than what is stored?
fn changes(row: &UserRow, stands: &Standing) -> bool {
    let is_place_same = stands.region == row.region && stands.region_id.is_some() == row.region.is_some();
    let is_manager_same =
        stands.manager == row.manager && stands.manager_id.is_some() == row.manager.is_some();
    let is_same = stands.username == row.username
        && stands.name == row.name
        && stands.phone == row.phone
        && stands.role == row.role
        && (stands.active_from, stands.active_to) == (row.active_from, row.active_to);
    !(is_same && is_place_same && is_manager_same)
}

/// Who has which username; somebody the other system does not know has no id here.
#[derive(Default)]
struct Names {
    holders: HashMap<String, Option<String>>,
    names: HashMap<String, String>,
}

impl Names {
    fn of(taken: Vec<(String, Option<String>)>) -> Self {
        let mut names = Self::default();
        for (name, holder) in taken {
            names.give(name, holder);
        }
        names
    }

    fn give(&mut self, name: String, holder: Option<String>) {
        if let Some(holder) = &holder
            && let Some(former) = self.names.insert(holder.clone(), name.clone())
        {
            self.holders.remove(&former);
        }
        self.holders.insert(name, holder);
    }

    fn is_free(&self, name: &str, external_id: &str) -> bool {
        self.holders.get(name).is_none_or(|holder| holder.as_deref() == Some(external_id))
    }
}

impl Known {
    fn faults(&self, row: &UserRow) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.standing.fault(row).into_iter().collect();
        if let Some(region) = &row.region
            && !self.regions.contains(region)
        {
            faults.push(Fault::new("region_code", "region_unknown", region));
        }
        if let Some(manager) = &row.manager
            && !self.people.contains(manager)
        {
            faults.push(Fault::new("manager_id", "manager_unknown", manager));
        }
        if !self.names.is_free(&row.username, &row.external_id) {
            faults.push(Fault::new("username", "username_taken", &row.username));
        }
        faults
    }

    fn take(&mut self, row: &UserRow) {
        self.names.give(row.username.clone(), Some(row.external_id.clone()));
        self.people.insert(row.external_id.clone());
    }
}

fn judged(rows: Vec<Judged<UserRow>>, mut known: Known) -> Vec<Judged<UserRow>> {
    let mut rows = top_down(rows, |it| it.manager.as_deref(), ("manager_id", "manager_ring"));
    for judged in &mut rows {
        let Ok(row) = &judged.outcome else { continue };
        let faults = known.faults(row);
        if faults.is_empty() {
            known.take(row);
        }
        judged.refuse(faults);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::file::lines;
    use super::super::judge::without_repeats;
    use super::*;

    /// R1 is a region; D1 is the director and is called boss; somebody without an external id is called admin.
    fn check(file: &str, expected: &[(u32, &str)]) {
        let names = [("boss", Some("D1")), ("admin", None)];
        let names = names.map(|(name, holder)| (name.to_owned(), holder.map(str::to_owned)));
        let known = Known {
            regions: HashSet::from(["R1".to_owned()]),
            people: HashSet::from(["D1".to_owned()]),
            names: Names::of(names.into()),
            standing: Stands::of(Vec::new(), Role::Operations),
        };
        let file = format!("user_id,role,region_code,manager_id,username\n{file}");
        let rows = without_repeats(lines(file.as_bytes(), UserRow::read).unwrap());
        let mut faults: Vec<_> = judged(rows, known)
            .into_iter()
            .filter_map(|it| Some((it.row, it.outcome.err()?)))
            .flat_map(|(row, faults)| faults.into_iter().map(move |fault| (row, fault.code)))
            .collect();
        faults.sort();
        let expected: Vec<_> = expected.iter().map(|(row, code)| (*row, (*code).to_owned())).collect();
        assert_eq!(faults, expected, "{file}");
    }

    #[test]
    fn a_manager_is_stored_already_or_stands_anywhere_in_the_file() {
        check("S1,rep,R1,M1,\nM1,manager,R1,D1,\n", &[]);
        check("S1,rep,R1,M9,\n", &[(2, "manager_unknown")]);
    }

    #[test]
    fn below_a_manager_that_is_refused_nobody_is_stored() {
        check(
            "S1,rep,R1,M1,\nM1,manager,R9,M9,\n",
            &[(2, "manager_unknown"), (3, "manager_unknown"), (3, "region_unknown")],
        );
    }

    #[test]
    fn nobody_is_managed_in_a_ring() {
        let ring = "S1,rep,R1,S2,\nS2,rep,R1,S1,\n";
        check(ring, &[(2, "manager_ring"), (3, "manager_ring")]);
    }

    #[test]
    fn a_username_is_one_persons_and_free_when_given_up() {
        check("S1,rep,,,boss\n", &[(2, "username_taken")]);
        check("S1,rep,,,admin\n", &[(2, "username_taken")]);
        check("D1,director,,,boss\n", &[]);
        check("D1,director,,,chief\nS1,rep,,,boss\n", &[]);
        check("S1,rep,,,x\nS2,rep,,,x\nS1,rep,,,y\n", &[(3, "username_taken"), (4, "duplicate_row")]);
    }
}
