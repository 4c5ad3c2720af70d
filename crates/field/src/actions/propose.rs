//! Puts proposals together for some people at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use domain::actions::{self as rules, Candidate, OpenOpportunity, Proposal, Published};
use domain::ids::{CustomerId, OpportunityId, UserId};
use domain::money::Fen;
use uuid::Uuid;

use super::rows;
use crate::error::Result;
use crate::select::Connection;
use crate::{App, customers, opportunities, settings};

/// The best proposals for each of these people, the names of their customers, and the stages all this is read in.
pub struct Suggested {
    pub by_person: HashMap<Uuid, Vec<Proposal>>,
    pub stages: Published,
    pub names: HashMap<Uuid, String>,
}

/// Ranks the customers of these people for a day: a handful of queries, however many people.
pub async fn suggestions(
    app: &App,
    db: &impl Connection,
    people: &[UserId],
    day: NaiveDate,
) -> Result<Suggested> {
    let owners: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    if owners.is_empty() {
        let stages = settings::evidence::stages(app, db, &[]).await?;
        return Ok(Suggested { by_person: HashMap::new(), names: HashMap::new(), stages });
    }
    let mut opportunity_of = best_opportunities(db, &owners).await?;
    let versions: BTreeSet<i32> = opportunity_of.values().map(|it| it.stages_version).collect();
    let versions: Vec<i32> = versions.into_iter().filter(|it| *it != opportunities::NO_VERSION).collect();
    let stages = settings::evidence::stages(app, db, &versions).await?;
    let left_over: HashSet<(Uuid, Uuid)> = rows::left_over(db, &owners, day).await?.into_iter().collect();
    let mut others = customers::due_terms(db, &owners, day).await?;
    let mut candidates: HashMap<Uuid, Vec<Candidate>> = HashMap::new();
    let mut names = HashMap::new();
    for customer in customers::rows::candidates(db, &owners).await? {
        names.insert(customer.id, customer.name.clone());
        candidates.entry(customer.owner_id).or_default().push(Candidate {
            id: CustomerId(customer.id),
            name: customer.name,
            stage: customer.stage,
            last_verified_at: customer.last_verified_at,
            created_at: customer.created_at,
            opportunity: opportunity_of.remove(&customer.id),
            is_rolled_over: left_over.contains(&(customer.owner_id, customer.id)),
            others: others.remove(&customer.id).unwrap_or_default(),
        });
    }
    let n_most = app.config.company.list_size;
    let by_person = candidates
        .into_iter()
        .map(|(owner, candidates)| (owner, rules::propose(&candidates, &stages, day, n_most)))
        .collect();
    Ok(Suggested { by_person, names, stages })
}

/// The open opportunity of each customer that is worth most.
async fn best_opportunities(db: &impl Connection, owners: &[Uuid]) -> Result<HashMap<Uuid, OpenOpportunity>> {
    let mut best: HashMap<Uuid, OpenOpportunity> = HashMap::new();
    for opportunity in opportunities::rows::open_of(db, owners).await? {
        let amount = Fen(opportunity.amount_fen);
        if best.get(&opportunity.customer_id).is_some_and(|known| known.amount >= amount) {
            continue;
        }
        let open = OpenOpportunity {
            id: OpportunityId(opportunity.id),
            stage: opportunity.stage,
            stages_version: opportunity.stages_version.unwrap_or(opportunities::NO_VERSION),
            amount,
            expected_on: opportunity.expected_on,
        };
        best.insert(opportunity.customer_id, open);
    }
    Ok(best)
}
