//! The approval flows and service levels in force, and what is wrong with them before they are.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::approvals::ServiceLevels;
use domain::approvals::flow::{Flows, Node, Who};
use domain::documents::Fault;
use domain::people::Role;

use super::documents::{Kind, in_force, source, typed};
use crate::error::Result;
use crate::select::Connection;
use crate::{App, people};

/// The flows in force, with their version.
pub async fn approval_flows(app: &App, db: &impl Connection) -> Result<Arc<(i32, Flows)>> {
    let read = async || source(db, Kind::ApprovalFlows).await;
    let parse = |source: &super::cache::Source| Ok((source.document.version, typed(source)?));
    app.settings.get(&app.settings.approval_flows, read, parse).await
}

/// The service levels in force.
pub async fn service_levels(app: &App, db: &impl Connection) -> Result<Arc<ServiceLevels>> {
    let read = async || source(db, Kind::ServiceLevels).await;
    app.settings.get(&app.settings.service_levels, read, typed).await
}

/// What is wrong with flows, given the service levels in force and who works here.
pub async fn faults(db: &impl Connection, flows: &Flows, day: NaiveDate) -> Result<Vec<Fault>> {
    let levels = serde_json::from_value(in_force(db, Kind::ServiceLevels).await?.body);
    let levels: ServiceLevels = levels.map_err(anyhow::Error::from)?;
    let staff = Staff::of(db, flows, day).await?;
    Ok(domain::approvals::check(flows, &levels, &|who| staff.finds(who)))
}

/// What is wrong with service levels, also for the flows in force that name them.
pub async fn level_faults(db: &impl Connection, levels: &ServiceLevels) -> Result<Vec<Fault>> {
    let mut faults = levels.check();
    let flows = serde_json::from_value(in_force(db, Kind::ApprovalFlows).await?.body);
    let flows: Flows = flows.map_err(anyhow::Error::from)?;
    let named = domain::approvals::check(&flows, levels, &|_| true);
    let is_about_levels = |fault: &Fault| fault.pointer.ends_with("/service_level");
    if named.iter().any(is_about_levels) {
        faults.push(Fault::new("/levels", "service_level_in_use"));
    }
    Ok(faults)
}

/// Who could answer to the parts of a flow.
struct Staff {
    roles: HashSet<Role>,
    usernames: HashSet<String>,
}

impl Staff {
    async fn of(db: &impl Connection, flows: &Flows, today: NaiveDate) -> Result<Self> {
        let mut roles = HashSet::new();
        for role in Role::ALL {
            if people::rows::anybody(db, role, today).await?.is_some() {
                roles.insert(role);
            }
        }
        let mut usernames = HashSet::new();
        for username in named(flows) {
            if people::by_username(db, &username, today).await?.is_some() {
                usernames.insert(username);
            }
        }
        Ok(Self { roles, usernames })
    }

    fn finds(&self, who: &Who) -> bool {
        match who {
            Who::Role { role, .. } => self.roles.contains(role),
            Who::Person { username } => self.usernames.contains(username),
            Who::FirstOf { choices } => choices.iter().any(|who| self.finds(who)),
            Who::Superior { .. } | Who::DepartmentHead { .. } | Who::Chosen { .. } => true,
        }
    }
}

/// The people that flows name.
fn named(flows: &Flows) -> HashSet<String> {
    fn of(who: &Who, into: &mut HashSet<String>) {
        match who {
            Who::Person { username } => {
                into.insert(username.clone());
            }
            Who::FirstOf { choices } => choices.iter().for_each(|who| of(who, into)),
            _ => {}
        }
    }
    let mut names = HashSet::new();
    for node in flows.flows.iter().flat_map(|flow| &flow.nodes) {
        match node {
            Node::Approval(node) => node.approvers.iter().for_each(|it| of(&it.who, &mut names)),
            Node::Copy(node) => node.to.iter().for_each(|who| of(who, &mut names)),
            _ => {}
        }
    }
    names
}
