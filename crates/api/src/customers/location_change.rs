//! A confirmed point that is to move far needs somebody's word.
//!
//! Until decisions of the kind `location_change` exist, a far move by hand is refused, and what people who were there
//! agree on stays in the file as a proposal. [`decided`] is what a decision resumes.

use domain::customers::is_far_move;
use domain::geo::Point;
use domain::ids::CustomerId;
use platform::Tx;
use serde_json::json;

use super::rows::{change, customer};
use super::{places, point};
use crate::error::{Error, Result};

/// Refuses to move a confirmed point far by hand.
pub fn check_move(it: &customer::Model, to: Point) -> Result<()> {
    let confirmed = point(it).filter(|_| it.location_confirmed);
    if confirmed.is_some_and(|known| is_far_move(known, to)) {
        return Err(Error::conflict("location_change_needs_approval"));
    }
    Ok(())
}

/// Keeps the point that people agree on as a proposal, for a decision.
pub async fn propose(tx: &Tx, it: customer::Model, to: Point, uncertainty_m: i32) -> Result<()> {
    let proposed = json!({
        "lat": to.lat, "lng": to.lng, "system": to.system, "uncertainty_m": uncertainty_m,
        "source": "median_of_visits", "proposed_at": tx.now(),
    });
    change::set_proposed(tx.db(), CustomerId(it.id), Some(proposed)).await?;
    Ok(())
}

/// Moves the point to what was proposed, or drops the proposal.
#[expect(dead_code, reason = "a decision of the kind location_change resumes it")]
pub async fn decided(tx: &Tx, id: CustomerId, is_approved: bool) -> Result<()> {
    let Some(mut it) = change::locked(tx.db(), id).await? else { return Ok(()) };
    let proposed = it.proposed_location.clone().and_then(|it| serde_json::from_value::<Point>(it).ok());
    let uncertainty_m = it.proposed_location.as_ref().and_then(|it| it.get("uncertainty_m")?.as_i64());
    match proposed.filter(|_| is_approved) {
        Some(point) => {
            let uncertainty_m = uncertainty_m.and_then(|metres| i32::try_from(metres).ok());
            places::set(&mut it, point, ("median_of_visits", uncertainty_m, true));
            change::update(tx.db(), it).await?;
        }
        None => change::set_proposed(tx.db(), id, None).await?,
    }
    Ok(())
}
