//! Stages, units, thin opportunities and gaps.

mod oracle;
mod publishing;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::actions::Stages;
use crate::evidence::kinds::{Kinds, Need, Parts};

pub(super) fn stages() -> Stages {
    serde_json::from_str(include_str!("../../../../../config/templates/fmcg/stages.json")).unwrap()
}

pub(super) fn kinds() -> Kinds {
    serde_json::from_str(include_str!("../../../../../config/templates/fmcg/evidence_kinds.json")).unwrap()
}

fn recorded(standing: &[&str]) -> BTreeMap<String, Vec<Need>> {
    standing.iter().map(|kind| ((*kind).to_owned(), Vec::new())).collect()
}

/// What a move from one stage to another lacks, as `stage:kind`.
fn lacking(from: &str, to: &str, standing: &[&str]) -> Vec<String> {
    let stages = stages();
    let Step::Forward(through) = step(&stages, Status::Open, from, to).unwrap() else {
        return vec!["back".to_owned()];
    };
    let missing = missing(&through, &kinds(), &recorded(standing));
    missing.iter().map(|it| format!("{}:{}", it.stage, it.kind)).collect()
}

#[test]
fn a_stage_is_entered_with_its_unit() {
    assert_eq!(lacking("needs", "demo", &[]), ["demo:solution_demo"]);
    assert_eq!(lacking("needs", "demo", &["solution_demo"]), [""; 0]);
    assert_eq!(lacking("negotiation", "won", &["bank_slip"]), ["won:contract_key_pages"]);
}

#[test]
fn skipping_stages_takes_the_units_of_all_of_them() {
    let all = ["demo:solution_demo", "quote:quote_receipt", "negotiation:technical_spec_confirmation"];
    assert_eq!(lacking("needs", "negotiation", &[]), all);
    assert_eq!(lacking("needs", "negotiation", &["quote_receipt"]), [all[0], all[2]]);
}

#[test]
fn one_of_several_kinds_does_and_each_names_the_others() {
    assert_eq!(lacking("contact", "needs", &["competitor_quote"]), [""; 0]);
    let stages = stages();
    let Ok(Step::Forward(through)) = step(&stages, Status::Open, "contact", "needs") else { panic!() };
    let missing = missing(&through, &kinds(), &BTreeMap::new());
    assert_eq!(missing[0].alternatives, ["competitor_quote"]);
    assert_eq!(missing[1].alternatives, ["needs_record"]);
}

#[test]
fn going_back_is_free() {
    assert_eq!(lacking("negotiation", "contact", &[]), ["back"]);
}

#[test]
fn what_a_stage_lacks_is_said_to_the_field() {
    let kinds = kinds();
    let demo = kinds.find("solution_demo").unwrap();
    let codes = |parts: &Parts| -> Vec<(String, String)> {
        demo.needs(parts).into_iter().map(|need| (need.pointer, need.code)).collect()
    };
    let pair = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let signature = pair("/photo_ids", "signature_missing");
    let nothing = codes(&Parts::default());
    let fields = ["/fields/attendees", "/fields/feedback"].map(|it| pair(it, "field_missing"));
    assert_eq!(nothing, [fields[0].clone(), fields[1].clone(), signature.clone()]);
    let held = Parts {
        fields: ["attendees", "feedback"].map(str::to_owned).into(),
        purposes: vec!["evidence".to_owned()],
        n_files: 3,
    };
    assert_eq!(codes(&held), [signature]);
    let signed = Parts { purposes: vec!["signed_slip".to_owned()], ..held };
    assert_eq!(codes(&signed), []);
    assert_eq!(demo.needs(&Parts::default())[0].label, "客户参会人");
}

#[test]
fn a_scan_does_as_a_photo_or_as_a_document() {
    let kinds = kinds();
    let quote = kinds.find("competitor_quote").unwrap();
    let parts = |purposes: &[&str], n_files| Parts {
        fields: ["competitor".to_owned()].into(),
        purposes: purposes.iter().map(|it| (*it).to_owned()).collect(),
        n_files,
    };
    assert_eq!(quote.needs(&parts(&["storefront"], 0))[0].code, "attachment_missing");
    assert_eq!(quote.needs(&parts(&["evidence"], 0)), []);
    assert_eq!(quote.needs(&parts(&[], 1)), []);
}

#[test]
fn moves_that_the_stages_do_not_allow_are_refused() {
    let stages = stages();
    let check = |status, from, to, refusal| assert_eq!(step(&stages, status, from, to), Err(refusal));
    check(Status::Won, "won", "demo", Refusal::Closed);
    check(Status::Open, "demo", "demo", Refusal::SameStage);
    check(Status::Open, "demo", "lost", Refusal::LoseInstead);
    check(Status::Open, "demo", "gone", Refusal::StageUnknown);
    assert_eq!(lose(&stages, Status::Open, "price"), Ok(()));
    assert_eq!(lose(&stages, Status::Open, "mood"), Err(Refusal::ReasonUnknown));
    assert_eq!(lose(&stages, Status::Lost, "price"), Err(Refusal::Closed));
}

#[test]
fn a_closed_one_is_reopened_where_it_stood() {
    let stages = stages();
    assert_eq!(reopen(&stages, Status::Lost, Some("quote")).unwrap().code, "quote");
    assert_eq!(reopen(&stages, Status::Won, None).unwrap().code, "contact");
    assert_eq!(reopen(&stages, Status::Lost, Some("won")).unwrap().code, "contact");
    assert_eq!(reopen(&stages, Status::Open, Some("quote")), Err(Refusal::NotClosed));
}

#[test]
fn rejected_evidence_shows_the_first_stage_that_it_held_up() {
    let stages = stages();
    let standing = |kinds: &[&str]| -> BTreeSet<String> { kinds.iter().map(|it| (*it).to_owned()).collect() };
    let found = |current, kind, kinds: &[&str]| {
        unmet(&stages, current, kind, &standing(kinds)).map(|stage| stage.code.as_str())
    };
    assert_eq!(found("quote", "solution_demo", &[]), Some("demo"));
    assert_eq!(found("needs", "solution_demo", &[]), None, "the demo supports nothing yet");
    assert_eq!(
        found("quote", "needs_record", &["competitor_quote"]),
        None,
        "the other of the two still does"
    );
}

#[test]
fn fewer_than_three_verified_actions_are_thin() {
    let at = DateTime::UNIX_EPOCH;
    let acted = |is_verified, n_evidence| Acted { at, is_verified, n_evidence };
    let all = [acted(true, 1), acted(true, 2), acted(false, 1), acted(true, 0)];
    assert_eq!(n_actions(&all, at), 2);
    assert_eq!(n_actions(&all, at - TimeDelta::seconds(1)), 0);
    assert!(is_thin(2) && !is_thin(3));
}

fn check_gap(held: &[(bool, i64)], expected: bool) {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH;
    let held: Vec<Held> = held
        .iter()
        .map(|(is_signed, hours)| Held {
            is_signed: *is_signed,
            grace_until: Some(now + TimeDelta::hours(*hours)),
        })
        .collect();
    assert_eq!(is_gap(&held, 3, now), expected, "{held:?}");
}

#[test]
fn three_in_a_row_without_their_page_after_the_grace_are_a_gap() {
    check_gap(&[(false, -1), (false, -2), (false, 0)], true);
    check_gap(&[(false, -1), (false, -2)], false);
    check_gap(&[(false, -1), (true, -2), (false, -3), (false, -4)], false);
    // One that may still get its page neither counts nor ends the row.
    check_gap(&[(false, 1), (false, -1), (false, -2), (false, -3)], true);
    check_gap(&[(false, 1), (false, -1), (false, -2)], false);
    check_gap(&[(true, 1), (false, -1), (false, -2), (false, -3)], false);
}
