//! The one place that calls back down the list of capabilities: a verdict resumes its subject.

use platform::Tx;

use crate::actor::Actor;
use crate::approvals::rows::approval;
use crate::error::Result;
use crate::{deliveries, visits};

/// Goes on with what waited for the decision, in the same transaction.
pub async fn resume(tx: &Tx, actor: &Actor, decided: &approval::Model, is_approved: bool) -> Result<()> {
    match decided.subject_type.as_str() {
        "visit" => visits::reviewed(tx, actor, decided.subject_id, is_approved).await,
        "delivery_attempt" => deliveries::reviewed(tx, actor, decided.subject_id, is_approved).await,
        _ => Ok(()),
    }
}

/// Does approving override a machine's `reject`? Then the decider says why.
pub fn is_override(approval: &approval::Model) -> bool {
    approval
        .facts
        .get("verdict")
        .is_some_and(|verdict| verdict == "reject")
}
