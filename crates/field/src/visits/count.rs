//! Whether the visits of a rep to a customer on a day count: derived anew whenever one of them changes.

use chrono::{DateTime, NaiveTime, Utc};
use domain::evidence::Reason;
use domain::ids::{CustomerId, UserId, VisitId};
use domain::notices::end_of_day;
use domain::visits::{self as rules, Facts, Rule, Status, Whereabouts, judge_day, telling_from};
use domain::working_time::{at_local, local_date};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{self, Effect, VisitRow, visit};
use crate::customers::{self, rows::customer};
use crate::error::{Error, Result};
use crate::{evidence, settings};

/// Judges the day again that a visit is of. The caller holds that day.
pub async fn count(tx: &Tx, of: &visit::Model) -> Result<()> {
    let customer = CustomerId(of.customer_id);
    let file = customers::rows::customer(tx.db(), customer).await?.ok_or(Error::NotFound)?;
    let day = local_date(of.checked_in_at);
    let span = (at_local(day, NaiveTime::MIN), end_of_day(of.checked_in_at));
    let visits = rows::of_day(tx.db(), (UserId(of.user_id), customer), span).await?;
    let mut facts = Vec::new();
    for row in &visits {
        facts.push(facts_of(tx, row, &file).await?);
    }
    let judged = judge_day(&facts, &rule(tx, &file.kind).await?);
    for ((row, facts), effect) in visits.iter().zip(&facts).zip(judged) {
        let kept = Effect {
            checkout_at: facts.checkout_at,
            effective: effect.effective,
            why_not: json!(effect.why_not),
        };
        rows::set_effect(tx.db(), VisitId(row.visit.id), &kept).await?;
    }
    Ok(())
}

/// What makes a visit to a customer of this kind count; of a kind that is no longer published, the usual.
async fn rule(tx: &Tx, kind: &str) -> Result<Rule> {
    let kinds = settings::documents::customer_kinds(tx.db()).await?;
    let usual = Rule { min_dwell_seconds: 600, accept_uncertain: true, accept_no_point: true };
    Ok(kinds.find(kind).map_or(usual, |kind| Rule {
        min_dwell_seconds: kind.min_dwell_seconds,
        accept_uncertain: kind.accept_uncertain,
        accept_no_point: kind.accept_no_point,
    }))
}

async fn facts_of(tx: &Tx, row: &VisitRow, customer: &customer::Model) -> Result<Facts> {
    let visit = &row.visit;
    let photos: Vec<Uuid> = serde_json::from_value(visit.photo_ids.clone()).unwrap_or_default();
    let received = evidence::rows::among(tx.db(), &photos).await?;
    let from = telling_from(visit.checked_in_at, visit.received_at.unwrap_or(visit.checked_in_at));
    let records = received.iter().map(|it| it.received_at).chain(visit.completed_at);
    let records: Vec<DateTime<Utc>> = records.filter(|at| *at > from).collect();
    Ok(Facts {
        whereabouts: whereabouts(visit, customer),
        checked_in_at: visit.checked_in_at,
        checkout_at: rules::checkout_at(visit.checked_in_at, &records, row.next_at),
        n_photos: i64::try_from(photos.len()).unwrap_or(i64::MAX),
        has_result: visit.result_code.is_some(),
    })
}

/// What a person said goes before what was measured.
fn whereabouts(visit: &visit::Model, customer: &customer::Model) -> Whereabouts {
    match visit.review.as_str() {
        "accepted" => Whereabouts::Inside,
        "rejected" => Whereabouts::Refuted,
        _ if visit.status == Status::Attempted.name() => Whereabouts::Refuted,
        _ if has_no_place(visit) => Whereabouts::Nowhere,
        _ => {
            let distance_mm = visit.distance_m.map(|metres| i64::from(metres) * 1_000);
            Whereabouts::by_distance(distance_mm, i64::from(customer.fence_radius_m), true)
        }
    }
}

/// Neither the phone nor a photo says where, which is not the same as a store without a point.
fn has_no_place(visit: &visit::Model) -> bool {
    let reasons: Vec<Reason> = serde_json::from_value(visit.reasons.clone()).unwrap_or_default();
    visit.location.is_none() && reasons.contains(&Reason::NoLocation)
}
