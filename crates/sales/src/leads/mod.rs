//! Leads: assigned, answered within 72 hours of clock time, and turned into customers with nothing typed twice.
//!
//! A rep keeps own leads; leaders, clerks and operations enter them for somebody or for nobody yet. What is nobody's
//! is seen by the leaders of its region, who assign it. The clock is two columns: when the answer is due, and when the
//! next rung is reached, which a sweep looks for. A response that counts stops the clock in its own transaction, and
//! so does the conversion.
//!
//! Somebody who is known already, by phone or by name and district, is said with the answer and never a refusal.
//!
//! What is absent: lists of what a lead may come from. A source is whatever the company calls it.

mod alike;
mod assign;
mod convert;
mod create;
pub mod http;
mod remind;
mod respond;
pub mod rows;

use domain::ids::{LeadId, UserId};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::Tx;
use uuid::Uuid;

pub use remind::Remind;

use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::notices::{self, Notice};
use crate::people::{self, Moved};
use rows::lead;

/// Gives the open leads of somebody who leaves to somebody else. Their clocks go on.
pub async fn left(tx: &Tx, from: UserId, to: UserId) -> Result<Vec<Moved>> {
    let moved = rows::hand_over(tx.db(), from, to, tx.now()).await?;
    Ok(moved.into_iter().map(|it| Moved { kind: "lead", id: it.id, title: it.name, to }).collect())
}

/// Whoever is to answer a lead: an active rep or supervisor in the actor's scope.
async fn owner(tx: &Tx, actor: &Actor, wanted: UserId) -> Result<people::rows::user::Model> {
    let today = local_date(tx.now());
    let known = people::rows::visible_user(tx.db(), actor, wanted).await?;
    let works = |user: &people::rows::user::Model| {
        let is_field = matches!(user.role, Role::Rep | Role::Supervisor);
        is_field && is_active(user.active_from, user.active_to, today)
    };
    known.filter(works).ok_or_else(|| Error::field("/owner_id", "owner_unknown"))
}

/// The inbox key of everything that is said about a lead.
fn matter_key(id: Uuid) -> String {
    format!("lead:{id}")
}

/// Tells the owner that a lead is theirs to answer, unless they entered it themselves.
async fn tell_owner(app: &App, tx: &Tx, actor: &Actor, lead: &lead::Model) -> Result<()> {
    let Some(owner) = lead.owner_id.filter(|owner| *owner != actor.id.0) else {
        return Ok(());
    };
    let message = domain::notices::lead_assigned(&lead.name, lead.due_at);
    notices::tell(app, tx, &[notice(lead, UserId(owner), 0, message)]).await
}

fn notice(lead: &lead::Model, recipient: UserId, rung: i32, message: domain::notices::Message) -> Notice {
    let subject = Some(("lead", lead.id));
    Notice { recipient, matter: matter_key(lead.id), rung, subject, message }
}

fn id_of(lead: &lead::Model) -> LeadId {
    LeadId(lead.id)
}
