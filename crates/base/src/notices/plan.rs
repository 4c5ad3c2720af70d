//! Which messages a tap should ask for.

use std::collections::HashMap;

use domain::ids::UserId;
use domain::notices::Kind;
use domain::notices::rules::{Rules, Tap};
use domain::people::Role;

use super::rows::credits::Balance;
use super::template_id;
use crate::{App, access};

/// WeChat takes at most five templates a prompt.
const N_MOST: usize = 5;

/// More acceptances than this are enough for now.
const ENOUGH: i32 = 3;

/// The templates to ask for: what the role hears of, the scarcest first, then the most needed.
pub fn plan(app: &App, rules: &Rules, (role, tap): (Role, Tap), balances: &[Balance]) -> Vec<String> {
    let left: HashMap<&str, i32> = balances.iter().map(|it| (it.template_id.as_str(), it.balance)).collect();
    let kinds = rules.asked_at.get(&tap).map(Vec::as_slice).unwrap_or_default();
    let mut ids: Vec<String> = Vec::new();
    for kind in kinds.iter().filter(|kind| hears_of(role, **kind)) {
        let id = template_id(app, kind.name());
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    // Stable: among equally scarce ones the rules' order stays.
    ids.sort_by_key(|id| left.get(id.as_str()).copied().unwrap_or(0).clamp(0, ENOUGH));
    ids.truncate(N_MOST);
    ids
}

fn hears_of(role: Role, kind: Kind) -> bool {
    match kind {
        Kind::ActionListReminder => role == Role::Rep,
        Kind::ActionListDigest => access::is_leader(role),
        Kind::TodoEscalated => access::is_leader(role) || role == Role::Admin,
        _ => true,
    }
}

/// Somebody's balances, read for the plan.
pub async fn balances(app: &App, user: UserId) -> crate::error::Result<Vec<Balance>> {
    Ok(super::rows::credits::balances_of_one(app.db.conn(), user).await?)
}
