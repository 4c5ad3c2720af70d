//! Standing tasks: when they are due and when their part is done.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::customers::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Was the period's part done, and is it due on Wednesday, 18 November 2026?
#[track_caller]
fn check(rhythm: Rhythm, done_on: &[&str], is_covered: bool, is_due: bool) {
    let today = day("2026-11-18");
    let done_on: Vec<NaiveDate> = done_on.iter().map(|it| day(it)).collect();
    let progress = rhythm.progress(&done_on, today);
    assert_eq!(
        (rhythm.is_covered(progress), rhythm.is_due(progress, today)),
        (is_covered, is_due),
        "{progress:?}"
    );
}

#[test]
fn a_week_begins_on_monday() {
    let twice = Rhythm::Week { times: 2 };
    check(twice, &["2026-11-15", "2026-11-16"], false, true);
    check(twice, &["2026-11-16", "2026-11-17"], true, false);
    check(twice, &["2026-11-16", "2026-11-16"], false, true);
    check(twice, &["2026-11-18"], false, false);
}

#[test]
fn once_in_so_many_days_counts_back_from_today() {
    let third = Rhythm::Days { days: 3 };
    check(third, &["2026-11-16"], true, false);
    check(third, &["2026-11-15"], false, true);
    check(Rhythm::Day, &["2026-11-17"], false, true);
    check(Rhythm::Day, &["2026-11-18"], true, false);
    check(Rhythm::Day, &["2026-11-19"], false, true);
}

fn task() -> Task {
    Task {
        selection: Selection { top: Some(20), ..Selection::default() },
        rhythm: Rhythm::Week { times: 1 },
        done_by: vec![DoneBy::Visit, DoneBy::Evidence { evidence_kind: "shelf".to_owned() }],
    }
}

#[test]
fn a_task_without_what_counts_as_done_is_refused() {
    assert_eq!(task().check(), []);
    assert_eq!(Task { done_by: Vec::new(), ..task() }.check(), [Refusal::NothingCountsAsDone]);
    let unnamed = vec![DoneBy::Evidence { evidence_kind: " ".to_owned() }];
    assert_eq!(Task { done_by: unnamed, ..task() }.check(), [Refusal::NothingCountsAsDone]);
    let nobody = Task { selection: Selection::default(), rhythm: Rhythm::Week { times: 8 }, ..task() };
    assert_eq!(nobody.check(), [Refusal::NothingSelected, Refusal::RhythmImpossible]);
    let one = Selection { customer_ids: vec![Uuid::nil()], ..Selection::default() };
    assert_eq!(Task { selection: one, ..task() }.check(), []);
}

/// A line about the record of that number.
fn deed(kind: &'static str, record: u128) -> Deed<'static> {
    let (subject, on) = (Uuid::from_u128(record), day("2026-11-17"));
    Deed { kind, subject, on, evidence: None, verdict: None, is_accepted: None }
}

/// On how many lines was it done?
#[track_caller]
fn done(deeds: &[Deed<'_>], expected: usize) {
    assert_eq!(task().done_on(deeds).len(), expected);
}

#[test]
fn only_the_evidence_that_is_named_counts() {
    let evidence = |kind| Deed { evidence: Some(kind), ..deed("evidence_recorded", 1) };
    done(&[deed("visit_completed", 1)], 1);
    done(&[evidence("shelf")], 1);
    done(&[evidence("quote"), deed("order_placed", 2)], 0);
    let kinds = ["visit_completed", "visit_reviewed", "evidence_recorded", "evidence_reviewed"];
    assert_eq!(task().timeline_kinds(), kinds);
}

#[test]
fn what_a_reviewer_does_not_believe_was_not_done() {
    let review = |is_accepted| Deed { is_accepted: Some(is_accepted), ..deed("visit_reviewed", 1) };
    done(&[deed("visit_completed", 1), review(false)], 0);
    done(&[deed("visit_completed", 2), review(false)], 1);
    done(&[deed("visit_completed", 1), review(false), review(true)], 1);
    let refused = Deed { verdict: Some("reject"), ..deed("visit_completed", 1) };
    done(&[refused], 0);
    done(&[refused, review(true)], 1);
}

#[test]
fn a_rhythm_is_read_as_it_is_written() {
    let read = |text: &str| serde_json::from_str::<Rhythm>(text).ok();
    assert_eq!(read(r#"{"every": "week", "times": 2}"#), Some(Rhythm::Week { times: 2 }));
    assert_eq!(read(r#"{"every": "day"}"#), Some(Rhythm::Day));
    assert_eq!(read(r#"{"every": "days", "days": 3}"#), Some(Rhythm::Days { days: 3 }));
    assert_eq!(read(r#"{"every": "days"}"#), None);
}
