//! Where stores are, learned from the phones of people who were there.

use domain::customers::{self as rules, Learned, SeenFix};
use domain::evidence::Fix;
use domain::geo::{Point, System};
use domain::ids::{CustomerId, UserId};
use platform::Tx;
use serde_json::json;

use super::rows::places::{self as kept, Model as FixRow};
use super::rows::{change, customer};
use super::{Entry, file_as, location_change, point};
use crate::error::Result;
use crate::texts;

/// Somebody was at the customer's, and the phone said where that is. A good fix teaches the file its point.
pub async fn seen_at(tx: &Tx, id: CustomerId, user: UserId, fix: &Fix) -> Result<()> {
    let Some(accuracy_mm) = fix.accuracy_mm.filter(|it| rules::is_good(Some(*it))) else {
        return Ok(());
    };
    let seen = FixRow {
        id: platform::new_id(),
        customer_id: id.0,
        user_id: user.0,
        lat: fix.point.lat,
        lng: fix.point.lng,
        system: fix.point.system.as_str().to_owned(),
        accuracy_mm,
        at: tx.now(),
    };
    let Some(mut it) = change::locked(tx.db(), id).await? else { return Ok(()) };
    kept::insert(tx.db(), seen).await?;
    let fixes = kept::last(tx.db(), id).await?;
    let fixes: Vec<SeenFix> = fixes.iter().filter_map(read).collect();
    let known = point(&it).map(|known| (known, it.location_confirmed));
    let (found, uncertainty_m, source) = match rules::learn(known, &fixes) {
        Learned::Nothing => return Ok(()),
        Learned::Elsewhere(found, uncertainty_m) => {
            return location_change::propose(tx, it, found.to(System::Gcj02), (uncertainty_m, user)).await;
        }
        Learned::First(found, uncertainty_m) => (found, uncertainty_m, "first_fix"),
        Learned::Agreed(found, uncertainty_m) => (found, uncertainty_m, "median_of_visits"),
    };
    set(&mut it, found.to(System::Gcj02), (source, Some(uncertainty_m), source != "first_fix"));
    change::update(tx.db(), it).await?;
    let facts = json!({"source": source, "uncertainty_m": uncertainty_m});
    let title = texts::location_learned(source == "first_fix");
    let entry = Entry {
        customer: id,
        kind: "location_learned",
        title: title.to_owned(),
        subject: ("customer", id.0),
        actor: None,
        facts,
    };
    file_as(tx, "customers.location_learned", entry).await
}

fn read(row: &FixRow) -> Option<SeenFix> {
    let point = Point::new(row.lat, row.lng, row.system.parse().ok()?)?;
    Some(SeenFix { user: UserId(row.user_id), point, accuracy_mm: row.accuracy_mm })
}

/// Writes a point into a file, with its source, its uncertainty and whether it is confirmed.
pub(super) fn set(
    it: &mut customer::Model,
    point: Point,
    (source, uncertainty_m, is_confirmed): (&str, Option<i32>, bool),
) {
    it.lat = Some(point.lat);
    it.lng = Some(point.lng);
    it.system = Some(point.system.as_str().to_owned());
    it.location_source = Some(source.to_owned());
    it.location_confirmed = is_confirmed;
    it.uncertainty_m = uncertainty_m;
    it.proposed_location = None;
}
