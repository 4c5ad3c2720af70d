use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::customers::{Outcome, TouchPoint};
use crate::working_time::Calendar;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}+08:00")).unwrap().to_utc()
}

#[test]
fn only_what_reached_somebody_is_an_answer() {
    use Outcome::*;
    use TouchPoint::*;
    let check = |touch_point, outcome, n_proofs, expected| {
        let response = Response { touch_point, outcome, n_proofs };
        assert_eq!(response.is_verified(), expected, "{response:?}");
    };
    check(Phone, None, 0, false);
    check(Phone, None, 1, false);
    check(Phone, Some(NoAnswer), 0, false);
    check(Phone, Some(Refused), 0, false);
    check(Phone, Some(Connected), 0, true);
    check(Visit, None, 0, false);
    check(Visit, None, 1, true);
    check(Visit, Some(Connected), 0, true);
    check(Visit, Some(Refused), 0, true);
    check(Visit, Some(NoAnswer), 1, false);
    for written in [Wechat, Email, QuoteLink] {
        check(written, Some(Connected), 0, false);
        check(written, None, 1, true);
        check(written, Some(WrongContact), 1, false);
    }
}

#[test]
fn exactly_seventy_two_hours_are_in_time() {
    let created = at("2026-11-16T10:00:00");
    let due = due_at(created);
    assert_eq!(due, at("2026-11-19T10:00:00"));
    let second = TimeDelta::seconds(1);
    assert_eq!(is_in_time(created, Some(due), due), Some(true));
    assert_eq!(is_in_time(created, Some(due + second), due + second), Some(false));
    assert_eq!(is_in_time(created, None, due), None);
    assert_eq!(is_in_time(created, None, due + second), Some(false));
}

#[test]
fn the_owner_hears_half_way_and_the_superior_at_the_end() {
    let created = at("2026-11-16T10:00:00");
    let rung = |rung| rung_at(Calendar::mainland(), created, rung);
    assert_eq!(rung(0), Some(at("2026-11-17T22:00:00")));
    assert_eq!(rung(1), Some(at("2026-11-19T10:00:00")));
    assert_eq!(rung(2), None);
    assert_eq!((act_at(0), act_at(1), act_at(2)), (Some(Act::RemindOwner), Some(Act::TellSuperior), None));
}

#[test]
fn an_end_on_a_day_off_is_told_at_nine_on_the_next_working_day() {
    let end = |created: &str| rung_at(Calendar::mainland(), at(created), 1).unwrap();
    // Thursday plus three days is a Sunday.
    assert_eq!(end("2026-11-19T15:00:00"), at("2026-11-23T09:00:00"));
    // The holidays of October last until the 7th; the 10th is a Saturday that is worked.
    assert_eq!(end("2026-09-30T08:00:00"), at("2026-10-08T09:00:00"));
    assert_eq!(end("2026-10-07T08:00:00"), at("2026-10-10T08:00:00"));
    // Nobody has published 2027.
    assert_eq!(end("2026-12-30T08:00:00"), at("2027-01-02T08:00:00"));
}

#[test]
fn history_rings_for_nobody() {
    let created = at("2026-11-16T10:00:00");
    let first = |now| first_rung_at(Calendar::mainland(), created, now);
    assert_eq!(first(created), Some(at("2026-11-17T22:00:00")));
    assert_eq!(first(at("2026-11-18T22:00:00")), Some(at("2026-11-17T22:00:00")));
    assert_eq!(first(at("2026-11-19T10:00:00")), None);
}
