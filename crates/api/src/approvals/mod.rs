//! Decisions that are waited for: opened by a use case in its transaction, decided once, escalated by the clock.
//!
//! A decision has an assignee's to-do for everybody who may take it; the first decides. Its verdict resumes the
//! subject through `subjects::resume`, in the same transaction. Opening notifies by itself. The clock is a date
//! column and a sweep: nothing is forgotten by a restart, and a rung is told once. What goes on without a decision
//! withdraws it.
//!
//! Locks are taken in one order: the delivery that a decision is about, the decision, everything else.

mod decide;
mod escalate;
pub mod http;
mod project;
pub mod rows;

use domain::approvals as rules;
use domain::ids::{ApprovalId, CustomerId, RegionId, TodoId, UserId};
use domain::notices::{Matter, Message};
use domain::working_time::Calendar;
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

pub use decide::decide;
pub use escalate::Escalate;
pub use project::Project;

use crate::App;
use crate::error::Result;
use crate::notices::{self, Notice};
use crate::settings::{self, Event};

/// What is asked, of whom, about what.
#[derive(Debug)]
pub struct Request {
    pub kind: rules::Kind,
    pub subject: (&'static str, Uuid),
    pub customer: CustomerId,
    pub region: RegionId,
    pub initiator: UserId,
    pub assignee: UserId,
    pub title: String,
    pub summary: String,
    /// What the decider sees, as it is now.
    pub facts: Value,
}

/// Opens the decision with its clock, its to-do and its message.
pub async fn open(app: &App, tx: &Tx, request: Request) -> Result<ApprovalId> {
    let calendar = Calendar::mainland();
    let budget_minutes = request.kind.budget_minutes();
    let id = ApprovalId(platform::new_id());
    let approval = rows::approval::Model {
        id: id.0,
        kind: request.kind.name().to_owned(),
        subject_type: request.subject.0.to_owned(),
        subject_id: request.subject.1,
        customer_id: Some(request.customer.0),
        region_id: Some(request.region.0),
        initiator_id: request.initiator.0,
        title: request.title,
        summary: request.summary,
        facts: request.facts,
        status: rules::Status::Open.name().to_owned(),
        budget_minutes,
        due_at: rules::due_at(calendar, tx.now(), budget_minutes),
        rung: 0,
        next_rung_at: rules::next_rung_at(calendar, tx.now(), budget_minutes, 0),
        decided_by: None,
        decided_at: None,
        comment: None,
        created_at: tx.now(),
        version: 1,
    };
    rows::insert(tx.db(), approval.clone()).await?;
    assign(tx, &approval, request.assignee, 0).await?;
    let event =
        Event::about("approvals.opened", Some(request.initiator), (request.subject.0, request.subject.1));
    settings::record(tx, event.at(request.customer)).await?;
    let message = domain::notices::todo_opened(&matter(&approval, &page(id)));
    notices::tell(app, tx, &[notice(&approval, request.assignee, 0, message)]).await?;
    Ok(id)
}

/// The decision that is waited for about a subject.
pub async fn waiting(tx: &Tx, subject: (&str, Uuid)) -> Result<Option<rows::approval::Model>> {
    Ok(rows::open_about(tx.db(), subject).await?.pop())
}

/// Asks about a newer attempt in a decision that is still open: whoever has to take it reads what is newest and is
/// not called again. The clock goes on.
pub async fn renew(tx: &Tx, open: rows::approval::Model, request: Request) -> Result<()> {
    let renewed = rows::approval::Model {
        subject_type: request.subject.0.to_owned(),
        subject_id: request.subject.1,
        initiator_id: request.initiator.0,
        title: request.title,
        summary: request.summary,
        facts: request.facts,
        ..open
    };
    rows::renew(tx.db(), &renewed).await?;
    let event = Event::about("approvals.renewed", Some(request.initiator), ("approval", renewed.id));
    settings::record(tx, event.at(request.customer)).await
}

/// Takes back whatever is open about a subject that went on by itself. Nobody is told: nothing was decided.
pub async fn withdraw(tx: &Tx, subject: (&str, Uuid)) -> Result<()> {
    for approval in rows::open_about(tx.db(), subject).await? {
        rows::withdraw(tx.db(), ApprovalId(approval.id), tx.now()).await?;
        notices::settle(tx.db(), &matter_key(&approval), tx.now()).await?;
        settings::record(tx, Event::about("approvals.withdrawn", None, ("approval", approval.id))).await?;
    }
    Ok(())
}

/// Gives somebody a to-do on it. Nothing happens to somebody who has one.
async fn assign(tx: &Tx, approval: &rows::approval::Model, assignee: UserId, rung: i32) -> Result<()> {
    let todo = rows::todo::Model {
        id: TodoId(platform::new_id()).0,
        approval_id: approval.id,
        assignee_id: assignee.0,
        rung,
        status: "open".to_owned(),
        created_at: tx.now(),
        done_at: None,
    };
    rows::insert_todo(tx.db(), todo).await?;
    Ok(())
}

/// The inbox key of everything that is said about a decision.
fn matter_key(approval: &rows::approval::Model) -> String {
    format!("todo:{}", approval.id)
}

fn page(id: ApprovalId) -> String {
    format!("pages/todo/detail?id={id}")
}

fn matter<'a>(approval: &'a rows::approval::Model, page: &'a str) -> Matter<'a> {
    Matter { title: &approval.title, summary: &approval.summary, page, due_at: approval.due_at }
}

fn notice(approval: &rows::approval::Model, recipient: UserId, rung: i32, message: Message) -> Notice {
    let subject = Some(("approval", approval.id));
    Notice { recipient, matter: matter_key(approval), rung, subject, message }
}
