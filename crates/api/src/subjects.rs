//! The one place that calls back down the list of capabilities: a verdict resumes its subject.

use platform::Tx;

use crate::App;
use crate::actor::Actor;
use crate::approvals::rows::approval;
use crate::error::Result;

/// Goes on with what waited for the decision, in the same transaction.
pub async fn resume(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    decided: &approval::Model,
    is_approved: bool,
) -> Result<()> {
    let _ = (app, tx, actor, decided, is_approved);
    Ok(())
}

/// Does approving override a machine's `reject`? Then the decider says why.
pub fn is_override(approval: &approval::Model) -> bool {
    approval
        .facts
        .get("verdict")
        .is_some_and(|verdict| verdict == "reject")
}
