use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::ids::{CustomerId, OpportunityId};
use crate::money::Fen;
use crate::working_time::{Calendar, at_local};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

fn at(on: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    at_local(day(on), time(hour, minute))
}

fn timetable() -> Timetable {
    Timetable { propose: time(18, 0), meeting: time(8, 30) }
}

fn check_next(moment: Moment, after: DateTime<Utc>, expected: DateTime<Utc>) {
    let works_on = |day| Calendar::mainland().is_working_day(day).unwrap();
    assert_eq!(timetable().next(moment, works_on, after), Some(expected), "{moment:?}");
}

#[test]
fn the_morning_has_three_moments_on_working_days() {
    check_next(Moment::Remind, at(23, 7, 44), at(23, 7, 45));
    check_next(Moment::Remind, at(23, 7, 45), at(24, 7, 45));
    check_next(Moment::Digest, at(23, 7, 45), at(23, 8, 30));
    check_next(Moment::Escalate, at(23, 8, 30), at(23, 9, 30));
    // Friday evening's next morning is Monday's.
    check_next(Moment::Digest, at(27, 12, 0), at(30, 8, 30));
}

#[test]
fn the_list_is_proposed_on_the_evening_before_a_working_day() {
    check_next(Moment::Propose, at(23, 12, 0), at(23, 18, 0));
    // Friday and Saturday evening are not before a working day, Sunday evening is.
    check_next(Moment::Propose, at(27, 12, 0), at(29, 18, 0));
}

#[test]
fn filing_at_the_meeting_is_in_time_and_a_microsecond_later_late() {
    let meeting = at(23, 8, 30);
    let filed = |day, is_away, at| timetable().filed_status(Calendar::mainland(), (day, is_away), at);
    assert_eq!(filed(day(23), false, meeting), Status::Filed);
    assert_eq!(filed(day(23), false, meeting + TimeDelta::microseconds(1)), Status::Late);
    assert_eq!(filed(day(23), true, meeting + TimeDelta::hours(2)), Status::Filed, "on leave");
    let saturday = timetable().meeting_at(day(21)) + TimeDelta::hours(2);
    assert_eq!(filed(day(21), false, saturday), Status::Filed, "a day off");
}

fn check_capture(
    captured: DateTime<Utc>,
    sent: Option<DateTime<Utc>>,
    received: DateTime<Utc>,
    counts: bool,
) {
    let counted = Capture { filed_at: captured, sent_at: sent }.counted_from(received);
    assert_eq!(counted == captured, counts, "{captured} {sent:?} {received}");
}

#[test]
fn a_list_filed_without_a_signal_counts_from_when_it_was_filed() {
    let filed = at(23, 8, 20);
    let hours = TimeDelta::hours;
    check_capture(filed, Some(filed + hours(2)), filed + hours(2), true);
    let late = filed + hours(2) + TimeDelta::microseconds(1);
    check_capture(filed, Some(late), late, false);
    // A phone whose clock is off by five minutes, or that does not say, is not believed.
    let received = filed + hours(1);
    for skew in [TimeDelta::seconds(299), TimeDelta::seconds(-299)] {
        check_capture(filed, Some(received + skew), received, true);
    }
    for skew in [TimeDelta::minutes(5), TimeDelta::minutes(-5)] {
        check_capture(filed, Some(received + skew), received, false);
    }
    check_capture(filed, None, received, false);
    check_capture(received + TimeDelta::seconds(1), Some(received), received, false);
}

#[test]
fn a_day_off_owes_no_list() {
    let unfiled = |on, now| timetable().unfiled_status(Calendar::mainland(), (day(on), false), now);
    assert_eq!(unfiled(22, at(22, 12, 0)), Status::Excused);
    assert_eq!(unfiled(23, at(23, 8, 29)), Status::Draft);
    assert_eq!(unfiled(23, at(23, 8, 30)), Status::Missing);
    let away = timetable().unfiled_status(Calendar::mainland(), (day(23), true), at(23, 8, 30));
    assert_eq!(away, Status::Excused);
}

#[test]
fn a_leave_begins_today_at_the_earliest_and_ends_after_it_begins() {
    let leave = |from, until| check_leave(Leave { from_on: day(from), until_on: day(until) }, day(23));
    assert_eq!(leave(23, 23), Ok(()));
    assert_eq!(leave(22, 24), Err(LeaveRefusal::InThePast));
    assert_eq!(leave(25, 24), Err(LeaveRefusal::EndsBefore));
    let long = Leave { from_on: day(23), until_on: day(23) + Days::new(184) };
    assert_eq!(check_leave(long, day(23)), Err(LeaveRefusal::TooLong));
}

fn stage(code: &str, weight: i64, target_gap_days: i64) -> Stage {
    let action = Action { code: "visit".to_owned(), label: "拜访".to_owned(), evidence: vec![] };
    Stage {
        code: code.to_owned(),
        label: code.to_owned(),
        weight,
        target_gap_days,
        unit: None,
        actions: vec![action],
    }
}

fn stages() -> Published {
    let stages = Stages {
        opportunity: vec![stage("quote", 30, 3)],
        customer: vec![stage("regular", 10, 14)],
        lost_reasons: vec![],
        undone_reasons: vec![],
    };
    Published::only(1, Arc::new(stages))
}

fn candidate(n: u128, days_ago: u64) -> Candidate {
    Candidate {
        id: CustomerId(Uuid::from_u128(n)),
        name: format!("客户{n}"),
        stage: "regular".to_owned(),
        last_verified_at: Some(at(23, 12, 0) - Days::new(days_ago)),
        created_at: at(1, 0, 0),
        opportunity: None,
        is_rolled_over: false,
        others: vec![],
    }
}

#[test]
fn the_longest_neglected_comes_first_and_equals_stand_by_name() {
    let proposed = propose(&[candidate(1, 1), candidate(2, 28), candidate(3, 1)], &stages(), day(23), 2);
    let order: Vec<_> = proposed.iter().map(|it| (it.customer.0.as_u128(), it.score)).collect();
    assert_eq!(order, [(2, 10 + 40), (1, 10 + 1)]);
}

#[test]
fn an_open_opportunity_binds_the_item_and_each_term_can_be_read() {
    let opportunity = OpenOpportunity {
        id: OpportunityId(Uuid::from_u128(7)),
        stage: "quote".to_owned(),
        stages_version: 1,
        amount: Fen(100),
        expected_on: Some(day(22)),
    };
    let candidate = Candidate { opportunity: Some(opportunity), is_rolled_over: true, ..candidate(1, 3) };
    let proposed = propose(&[candidate], &stages(), day(23), 5).remove(0);
    assert_eq!(proposed.stage, "quote");
    assert_eq!(proposed.opportunity, Some(OpportunityId(Uuid::from_u128(7))));
    let terms: Vec<_> = proposed.reasons.iter().map(|it| (it.code.as_str(), it.points)).collect();
    assert_eq!(terms, [("stage", 30), ("promise", 30), ("rolled_over", 25), ("gap", 20)]);
    assert_eq!(proposed.reasons[1].label, "约定日期已过 1 天");
}

#[test]
fn what_was_left_over_is_never_crowded_out() {
    let left_over = Candidate { is_rolled_over: true, ..candidate(1, 0) };
    let proposed = propose(&[left_over, candidate(2, 28)], &stages(), day(23), 1);
    assert_eq!(proposed[0].customer.0.as_u128(), 1);
}

#[test]
fn what_else_speaks_for_a_customer_is_a_term_like_the_others() {
    let task = Term { code: "standing_task".to_owned(), label: "每周跟进 TOP 20".to_owned(), points: 15 };
    let candidate = Candidate { others: vec![task], ..candidate(1, 0) };
    let proposed = propose(&[candidate], &stages(), day(23), 1).remove(0);
    assert_eq!(proposed.score, 10 + 15);
    assert_eq!(proposed.reasons[0].label, "每周跟进 TOP 20");
}

#[test]
fn an_opportunity_keeps_the_version_of_the_stages_that_it_runs_on() {
    let mut stages = stages();
    let mut later = Stages::clone(&stages.versions[&1]);
    later.opportunity[0].code = "offer".to_owned();
    stages.versions.insert(2, Arc::new(later));
    stages.version = 2;
    assert_eq!(stages.of_opportunity(1, "quote").unwrap().0, 1);
    assert_eq!(stages.of_opportunity(2, "quote"), None);
    assert_eq!(
        stages.of_opportunity(9, "offer").unwrap().0,
        2,
        "a version that is gone reads as the one in force"
    );
}

#[test]
fn a_stage_the_document_does_not_know_proposes_nothing() {
    let unknown = Candidate { stage: "gone".to_owned(), ..candidate(1, 9) };
    assert_eq!(propose(&[unknown], &stages(), day(23), 5), []);
}

fn member(name: &str, n_filed_items: Option<usize>) -> Member {
    Member { name: name.to_owned(), n_filed_items }
}

#[test]
fn a_digest_names_the_missing_and_the_thin() {
    let digest = Digest::of(&[member("甲", None), member("乙", Some(2)), member("丙", Some(3))]).unwrap();
    assert_eq!((digest.n_owed, digest.n_filed), (3, 2));
    assert_eq!((digest.missing.clone(), digest.thin.clone()), (vec!["甲".to_owned()], vec!["乙".to_owned()]));
    assert!(digest.is_urgent());
    assert!(!Digest::of(&[member("丙", Some(3))]).unwrap().is_urgent());
    assert_eq!(Digest::of(&[]), None);
}
