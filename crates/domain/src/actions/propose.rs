//! Whom to see tomorrow, and why.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Action, Published, Stage};
use crate::ids::{CustomerId, OpportunityId};
use crate::money::Fen;
use crate::texts;
use crate::working_time::local_date;

/// An open opportunity of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOpportunity {
    /// Which one.
    pub id: OpportunityId,
    /// Its current stage.
    pub stage: String,
    /// The version of the stages that it runs on.
    pub stages_version: i32,
    /// What it is worth.
    pub amount: Fen,
    /// The day something is promised for.
    pub expected_on: Option<NaiveDate>,
}

/// A customer that might be on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub id: CustomerId,
    /// Its name.
    pub name: String,
    /// The customer stage, which counts where there is no open opportunity.
    pub stage: String,
    /// When a verified action last happened, in UTC.
    pub last_verified_at: Option<DateTime<Utc>>,
    /// When the file was made, in UTC.
    pub created_at: DateTime<Utc>,
    /// The open opportunity to work on, if any.
    pub opportunity: Option<OpenOpportunity>,
    /// Something is left from the day before.
    pub is_rolled_over: bool,
    /// What else speaks for it, such as a standing task.
    pub others: Vec<Term>,
}

/// One readable reason with its points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// How much it adds.
    pub points: i64,
}

/// A proposed item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Whom to see.
    pub customer: CustomerId,
    /// About which opportunity.
    pub opportunity: Option<OpportunityId>,
    /// The stage at this moment.
    pub stage: String,
    /// The version of the stages that it is read in.
    pub stages_version: i32,
    /// What to do.
    pub action: Action,
    /// The terms, the heaviest first.
    pub reasons: Vec<Term>,
    /// Their sum.
    pub score: i64,
}

/// Ranks the candidates for `day` and returns the best `n_most`: what was left over first, so that it is never
/// crowded out, then by score, equal scores in order of name.
pub fn propose(candidates: &[Candidate], stages: &Published, day: NaiveDate, n_most: usize) -> Vec<Proposal> {
    let mut amounts: Vec<Fen> =
        candidates.iter().filter_map(|it| it.opportunity.as_ref()).map(|it| it.amount).collect();
    amounts.sort_unstable();
    let mut ranked: Vec<(&Candidate, Proposal)> =
        candidates.iter().filter_map(|it| Some((it, proposal(it, stages, day, &amounts)?))).collect();
    ranked.sort_by_key(|(candidate, it)| {
        (Reverse(candidate.is_rolled_over), Reverse(it.score), candidate.name.as_str(), it.customer)
    });
    ranked.into_iter().take(n_most).map(|(_, it)| it).collect()
}

fn proposal(candidate: &Candidate, stages: &Published, day: NaiveDate, amounts: &[Fen]) -> Option<Proposal> {
    let opportunity = candidate.opportunity.as_ref();
    let (stages_version, stage) = match opportunity {
        Some(it) => stages.of_opportunity(it.stages_version, &it.stage)?,
        None => stages.of_customer(&candidate.stage)?,
    };
    let action = stage.actions.first()?.clone();
    let mut reasons = vec![
        Term { code: "stage".to_owned(), label: texts::in_stage(&stage.label), points: stage.weight },
        gap_term(candidate, stage, day),
    ];
    reasons.extend(opportunity.and_then(|it| promise_term(it, day)));
    reasons.extend(opportunity.and_then(|it| amount_term(it, amounts)));
    if candidate.stage == "distribution_gap" {
        reasons.push(term("distribution_gap", texts::DISTRIBUTION_GAP.to_owned(), 15));
    }
    if candidate.is_rolled_over {
        reasons.push(term("rolled_over", texts::ROLLED_OVER.to_owned(), 25));
    }
    reasons.extend(candidate.others.iter().cloned());
    reasons.retain(|it| it.points > 0);
    reasons.sort_by_key(|it| Reverse(it.points));
    let score = reasons.iter().map(|it| it.points).sum();
    Some(Proposal {
        customer: candidate.id,
        opportunity: opportunity.map(|it| it.id),
        stage: stage.code.clone(),
        stages_version,
        action,
        reasons,
        score,
    })
}

fn term(code: &str, label: String, points: i64) -> Term {
    Term { code: code.to_owned(), label, points }
}

/// Up to 40 points as the days since the last verified action reach twice the stage's target gap.
fn gap_term(candidate: &Candidate, stage: &Stage, day: NaiveDate) -> Term {
    let since = local_date(candidate.last_verified_at.unwrap_or(candidate.created_at));
    let n_days = (day - since).num_days().max(0);
    let points = (20 * n_days / stage.target_gap_days.max(1)).min(40);
    let label = texts::idle(candidate.last_verified_at.map(|_| n_days), stage.target_gap_days);
    term("gap", label, points)
}

fn promise_term(opportunity: &OpenOpportunity, day: NaiveDate) -> Option<Term> {
    let expected_on = opportunity.expected_on?;
    let n_days = (expected_on - day).num_days();
    let points = match n_days {
        ..0 => 30,
        0 => 25,
        1..=3 => 20,
        _ => return None,
    };
    Some(term("promise", texts::promised(n_days), points))
}

/// Up to 20 points by how many of the rep's opportunities are worth less.
fn amount_term(opportunity: &OpenOpportunity, amounts: &[Fen]) -> Option<Term> {
    let n_smaller = amounts.partition_point(|it| *it < opportunity.amount);
    let points = i64::try_from(20 * n_smaller / amounts.len().max(1)).ok()?;
    Some(term("amount", texts::worth(opportunity.amount), points))
}
