//! Verifies the chains of all decisions: that no event was changed, left out or put in, and that the events add up to
//! what is kept.

use anyhow::bail;
use platform::Db;
use uuid::Uuid;

use super::chain;
use super::rows::events;

const BATCH: u64 = 200;
/// So many faults are named; the rest is counted.
const NAMED: usize = 20;

/// Says how many decisions hold, or which do not.
pub async fn audit(db: &Db) -> anyhow::Result<String> {
    let (mut n_audited, mut n_events, mut after) = (0_u64, 0_u64, None::<Uuid>);
    let mut faults = Vec::new();
    loop {
        let batch = events::audited(db.conn(), after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = Some(last.id);
        for approval in &batch {
            let links = events::of(db.conn(), approval.id).await?;
            n_audited += 1;
            n_events += links.len() as u64;
            if let Some(fault) = chain::fault(approval, &links) {
                faults.push(format!("{}: {fault}", approval.id));
            }
        }
    }
    if faults.is_empty() {
        return Ok(format!("{n_audited} decisions, {n_events} events"));
    }
    let n_faults = faults.len();
    faults.truncate(NAMED);
    bail!("{n_faults} of {n_audited} decisions do not hold: {}", faults.join("; "))
}
