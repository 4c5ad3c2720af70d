//! Asking the rules until they know enough: each question about people is looked up once.

use chrono::{DateTime, NaiveDate, Utc};
use domain::approvals::flow::{Take, Within};
use domain::approvals::{Answers, Case, Done, Halt, Query, Refusal};
use domain::ids::{RegionId, UserId};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::Value;

use super::begun::Begun;
use crate::error::Result;
use crate::people;
use crate::select::Connection;

/// What the rules need to know of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    pub begun: &'a Begun,
    pub facts: &'a Value,
    pub owner: Option<UserId>,
    pub region: Option<RegionId>,
}

/// What the rules say.
pub async fn consult(
    tx: &Tx,
    basis: Basis<'_>,
    rule: impl Fn(Case<'_>) -> std::result::Result<Done, Halt>,
) -> Result<std::result::Result<Done, Refusal>> {
    consult_knowing((tx.db(), tx.now()), basis, &mut Answers::default(), rule).await
}

/// The same for several rules about one subject: what was looked up for one is known to the next.
pub async fn consult_knowing(
    (db, now): (&impl Connection, DateTime<Utc>),
    basis: Basis<'_>,
    answers: &mut Answers,
    rule: impl Fn(Case<'_>) -> std::result::Result<Done, Halt>,
) -> Result<std::result::Result<Done, Refusal>> {
    let day = local_date(now);
    loop {
        let case = Case { flow: &basis.begun.flow, facts: basis.facts, owner: basis.owner, answers, now };
        match rule(case) {
            Ok(done) => return Ok(Ok(done)),
            Err(Halt::Refused(refusal)) => return Ok(Err(refusal)),
            Err(Halt::Ask(query)) => {
                let people = answer(db, &query, basis.region, day).await?;
                answers.keep(query, people);
            }
        }
    }
}

async fn answer(
    db: &impl Connection,
    query: &Query,
    region: Option<RegionId>,
    day: NaiveDate,
) -> Result<Vec<UserId>> {
    match query {
        Query::InRole(role, within, take) => {
            let region = region.filter(|_| *within == Within::Region);
            people::in_role(db, *role, region, day, *take == Take::First).await
        }
        Query::Above(of, levels) => people::chain(db, *of, *levels, day).await,
        Query::HeadOf(of) => Ok(people::head_of(db, *of, day).await?.into_iter().collect()),
        Query::Person(name) => Ok(people::by_username(db, name, day).await?.into_iter().collect()),
    }
}
