//! What the caller may do with a decision now, and why not.

use chrono::{DateTime, Utc};
use domain::approvals::{self as rules, Acting, Answers, Kind, Refusal, Target, Verb, Word};
use domain::people::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::consult::consult_knowing;
use super::super::keep::Instance;
use crate::actor::Actor;
use crate::error::Result;
use crate::select::Connection;
use crate::{access, texts};

/// Something that the caller may not do.
#[derive(Serialize, ToSchema)]
pub struct MayNot {
    verb: &'static str,
    /// The stable code.
    code: String,
    /// In Chinese, fit to show.
    detail: String,
}

/// What may be done, and what not.
#[derive(Default)]
pub struct May {
    pub may: Vec<&'static str>,
    pub may_not: Vec<MayNot>,
}

/// Of whose turn it is.
const OF_A_TURN: [&str; 7] =
    ["approve", "reject", "return", "transfer", "delegate", "add_signer", "ask_info"];

/// What may be done in a list, where the decision's own state is not read.
pub fn by_purpose(purpose: &str, is_own: bool) -> Vec<&'static str> {
    match purpose {
        "revise" if is_own => vec!["resubmit", "withdraw"],
        "answer" if is_own => vec!["give_info"],
        "decide" if !is_own => OF_A_TURN.to_vec(),
        _ => Vec::new(),
    }
}

/// Every verb with something to try it with. Who is named does not matter: nobody is asked by it.
fn tries(instance: &Instance, actor: &Actor) -> Vec<(&'static str, Verb)> {
    let comment = || Some("。".to_owned());
    // Nobody's id: a person who is not concerned yet.
    let to = domain::ids::UserId(uuid::Uuid::nil());
    let hash = instance.state.content_hash.clone();
    let mut tries = vec![
        ("approve", Verb::Answer { word: Word::Approve, comment: comment() }),
        ("reject", Verb::Answer { word: Word::Reject, comment: comment() }),
        ("return", Verb::Return { to: Target::Initiator, comment: comment() }),
        ("transfer", Verb::Transfer { to, comment: None }),
        ("delegate", Verb::Delegate { to, comment: None }),
        ("add_signer", Verb::AddSigner { to, is_before: true, comment: None }),
        ("ask_info", Verb::AskInfo { question: comment() }),
        ("take_back", Verb::TakeBack),
        ("consent_to_withdrawal", Verb::ConsentToWithdrawal),
        ("give_info", Verb::GiveInfo { answer: comment() }),
        ("remind", Verb::Remind),
        ("withdraw", Verb::Withdraw { reason: None }),
        ("resubmit", Verb::Resubmit { content_hash: hash, comment: None }),
    ];
    if actor.role == Role::Admin {
        tries.push(("override", Verb::Override { word: Word::Approve, comment: comment() }));
    }
    tries
}

/// Tries every verb against the rules and keeps none of it.
pub async fn may(
    (db, now): (&impl Connection, DateTime<Utc>),
    actor: &Actor,
    principals: &[domain::ids::UserId],
    instance: &Instance,
) -> Result<May> {
    let mut may = May::default();
    let who = Acting {
        user: actor.id,
        principals: principals.to_vec(),
        is_override: instance.row.review()?.is_override(),
    };
    let mut known = Answers::default();
    for (name, verb) in tries(instance, actor) {
        if !access::decides(actor.role) && OF_A_TURN.contains(&name) {
            continue;
        }
        let refused = if name == "withdraw" && instance.begun.flow.kind == Kind::EvidenceReview {
            Some("review_not_withdrawn")
        } else {
            let tried = consult_knowing((db, now), instance.basis(), &mut known, |case| {
                rules::act(case, &instance.state, &who, &verb)
            });
            tried.await?.err().map(|refusal: Refusal| refusal.code())
        };
        match refused {
            None => may.may.push(name),
            Some(code) => may.may_not.push(MayNot {
                verb: name,
                code: code.to_owned(),
                detail: texts::detail(code).to_owned(),
            }),
        }
    }
    Ok(may)
}
