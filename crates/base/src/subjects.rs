//! What slices further up answer for: the one way in which something below calls back up.
//!
//! The program hands one implementation to [`App::open`](crate::App::open); it matches exhaustively on what a decision,
//! a task or a piece of work is about.

use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, RegionId, UserId};
use platform::Tx;
use uuid::Uuid;

use crate::App;
use crate::actor::Actor;
use crate::approvals::rows::approval;
use crate::error::Result;
use crate::people::Moved;

/// Who answers for what is further up.
#[async_trait::async_trait]
pub trait Subjects: Send + Sync {
    /// Locks what a decision is about before the decision itself, in the order in which its own commands lock the two.
    async fn hold(&self, tx: &Tx, approval: &approval::Model) -> Result<()>;

    /// Why nobody needs to decide any more, where the subject has a word for it.
    fn withdrawn_because(&self, approval: &approval::Model) -> Option<&'static str>;

    /// Goes on with what waited for the decision, in the same transaction. Nobody acts where a machine decided.
    async fn resume(&self, app: &App, tx: &Tx, actor: Option<&Actor>, ended: &approval::Model) -> Result<()>;

    /// Moves the open work of somebody who leaves to somebody else, and answers what it moved. A second time it finds
    /// nothing.
    async fn depart(&self, app: &App, tx: &Tx, from_to: (UserId, UserId), by: UserId) -> Result<Vec<Moved>>;

    /// The customer, if the actor sees it.
    async fn customer(&self, tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Option<Named>>;

    /// The customer behind the task that a photo is taken for, if the actor sees the task.
    async fn customer_behind(&self, tx: &Tx, actor: &Actor, task: (&str, Uuid))
    -> Result<Option<CustomerId>>;

    /// Does anybody owe for what the customer ordered, or will?
    async fn owes(&self, tx: &Tx, customer: CustomerId) -> Result<bool>;

    /// A record proved that somebody did something at a customer's: what the day's list plans there is done.
    async fn acted(&self, tx: &Tx, whose: (UserId, CustomerId), at: DateTime<Utc>, by: Record) -> Result<()>;

    /// The record does not hold.
    async fn undone(&self, tx: &Tx, by: Record) -> Result<()>;

    /// Photos and files that the caller hands in for a record at a customer's: each is the caller's own, about this
    /// customer, and proves the record from now on.
    async fn prove(
        &self,
        tx: &Tx,
        actor: &Actor,
        what: (Record, CustomerId),
        photos_and_files: (&[Uuid], &[Uuid]),
    ) -> Result<()>;

    /// The address for a message that calls somebody to a decision; none for any other message.
    async fn link_of(
        &self,
        app: &App,
        matter: &str,
        user: UserId,
        told_at: DateTime<Utc>,
    ) -> Result<Option<String>>;
}

/// A record that proves something: its kind and its id.
pub type Record = (&'static str, Uuid);

/// A customer as a request names it.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    pub id: CustomerId,
    pub region: RegionId,
    pub owner: Option<UserId>,
}
