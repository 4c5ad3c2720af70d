//! Orders that somebody has to look after: one list with an owner and a clock each.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::ids::OrderId;
use domain::orders::ExceptionKind as Kind;
use domain::people::Role;
use domain::working_time::{at_local, local_date};
use platform::Tx;
use platform::sweeps::Sweep;

use super::rows::{exceptions as rows, order};
use crate::App;
use crate::error::Result;
use crate::settings;

/// Who looks after it.
fn owner(kind: Kind) -> Role {
    match kind {
        Kind::Waiting => Role::RegionalDirector,
        Kind::Late | Kind::Short => Role::Logistics,
        Kind::Refused | Kind::Returned => Role::Rep,
    }
}

/// Opens it with the usual two working days.
pub async fn open(tx: &Tx, order: OrderId, kind: Kind) -> Result<()> {
    open_all(tx, &[order], kind).await
}

/// The same for many orders.
pub async fn open_all(tx: &Tx, orders: &[OrderId], kind: Kind) -> Result<()> {
    // A year without a calendar leaves the clock unprojected and fails nothing.
    let calendars = settings::read_calendars(tx.db()).await?;
    let due_at = calendars.of(None).add_working_days(tx.now(), 2).ok();
    rows::open(tx.db(), orders, (kind, owner(kind)), (tx.now(), due_at)).await?;
    Ok(())
}

/// The order waits for somebody until then.
pub async fn open_waiting(tx: &Tx, order: OrderId, approver: Role, until: DateTime<Utc>) -> Result<()> {
    rows::open(tx.db(), &[order], (Kind::Waiting, approver), (tx.now(), Some(until))).await?;
    Ok(())
}

/// The same for an order that is new, with the end of what is asked for.
pub fn add_waiting(tx: &Tx, order: &order::Model, approver: Role) {
    rows::add(tx, order.id, (Kind::Waiting, approver), order.approval_until);
}

/// The order went on.
pub async fn settle(tx: &Tx, order: OrderId, kinds: &[Kind]) -> Result<()> {
    rows::settle(tx.db(), order, kinds, tx.now()).await?;
    Ok(())
}

/// Every night: names what should have left the day before.
pub struct Late;

const BATCH: u64 = 200;

#[async_trait::async_trait]
impl Sweep<App> for Late {
    fn name(&self) -> &'static str {
        "orders.late"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let tomorrow = local_date(after).succ_opt();
        Ok(tomorrow.map(|day| at_local(day, NaiveTime::MIN) + TimeDelta::minutes(10)))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let mut n_late = 0;
        loop {
            let tx = app.db.begin().await?.at(at);
            let late = rows::late(tx.db(), local_date(at), BATCH).await?;
            open_all(&tx, &late, Kind::Late).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            tx.commit().await?;
            n_late += late.len() as u64;
            if late.len() < usize::try_from(BATCH)? {
                return Ok(n_late);
            }
        }
    }
}
