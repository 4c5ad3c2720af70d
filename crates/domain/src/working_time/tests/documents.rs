//! Calendars as documents.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::ids::RegionId;

fn region(n: u128) -> RegionId {
    RegionId(Uuid::from_u128(n))
}

/// Province, coast below it, island below that; inland is beside the coast.
fn tree() -> RegionTree {
    let place =
        |n, code: &str, above: u128| (region(n), Some(code.to_owned()), (above > 0).then(|| region(above)));
    RegionTree::of([place(1, "zj", 0), place(2, "coast", 1), place(3, "island", 2), place(4, "inland", 1)])
}

fn body() -> Value {
    serde_json::to_value(document()).unwrap()
}

fn read(change: impl FnOnce(&mut Value)) -> CalendarDocument {
    let mut body = body();
    change(&mut body);
    serde_json::from_value(body).unwrap()
}

#[track_caller]
fn check(change: impl FnOnce(&mut Value), faults: &[(&str, &str)]) {
    let found = read(change).check(&tree());
    let found: Vec<_> = found.iter().map(|it| (it.pointer.as_str(), it.code)).collect();
    assert_eq!(found, faults);
}

#[test]
fn the_document_compiled_in_says_what_the_table_of_days_says() {
    assert_eq!(document().check(&RegionTree::default()), []);
    assert_eq!(document().calendar(None).as_ref(), Some(Calendar::mainland()));
    let again: CalendarDocument = serde_json::from_value(body()).unwrap();
    assert_eq!(again, document());
}

#[test]
fn what_no_field_is_and_what_no_time_is_cannot_be_read() {
    let refused = |change: fn(&mut Value)| {
        let mut body = body();
        change(&mut body);
        serde_json::from_value::<CalendarDocument>(body).is_err()
    };
    assert!(refused(|it| it["holidays"] = json!([])));
    assert!(refused(|it| it["weekdays"]["someday"] = json!([])));
    assert!(refused(|it| it["days"][0]["day"] = json!("2026-01-01")));
    assert!(refused(|it| it["hours"][0][0] = json!("25:00")));
    assert!(refused(|it| it["hours"][0][1] = json!("24:00")));
    assert!(refused(|it| it["hours"][0] = json!(["09:00"])));
    assert!(!refused(|it| it["hours"][0] = json!(["08:30", "12:00"])));
}

#[test]
fn every_fault_is_named_at_its_place() {
    check(|it| it["name"] = json!(" "), &[("/name", "required")]);
    check(|it| it["hours"] = json!([]), &[("/hours", "required")]);
    check(|it| it["hours"] = json!([["09:00", "09:00"]]), &[("/hours/0", "hours_not_in_order")]);
    check(
        |it| it["hours"] = json!([["09:00", "13:00"], ["12:59", "18:00"]]),
        &[("/hours/1", "hours_not_in_order")],
    );
    check(
        |it| it["weekdays"] = json!({"saturday": [["12:00", "10:00"]], "sunday": []}),
        &[("/weekdays/saturday/0", "hours_not_in_order")],
    );
    check(
        |it| {
            it["days"] = json!([
                {"on": "2026-05-01", "kind": "holiday", "name": "劳动节"},
                {"on": "2026-05-01", "kind": "makeup", "name": ""},
                {"on": "2027-01-01", "kind": "holiday", "name": "元旦"},
                {"on": "2026-05-09", "kind": "makeup", "name": "调休", "hours": []},
            ]);
        },
        &[
            ("/days/1/on", "day_twice"),
            ("/days/1/name", "required"),
            ("/days/2/on", "day_outside_years"),
            ("/days/3/hours", "makeup_closed"),
        ],
    );
}

#[test]
fn years_are_said_once_and_with_their_source() {
    check(|it| it["years"][0]["source"] = json!(""), &[("/years/0/source", "required")]);
    check(
        |it| it["years"].as_array_mut().unwrap().push(json!({"year": 2026, "source": "通知"})),
        &[("/years/4/year", "year_twice")],
    );
    check(
        |it| it["years"].as_array_mut().unwrap().push(json!({"year": 2101, "source": "通知"})),
        &[("/years/4/year", "out_of_range")],
    );
    check(
        |it| {
            it["years"] = json!([]);
            it["days"] = json!([]);
        },
        &[("/years", "required")],
    );
}

#[test]
fn regions_are_known_and_said_once() {
    check(
        |it| {
            let id = region(2).to_string();
            it["regions"] = json!([{"region": "coast"}, {"region": "moon", "hours": []}, {"region": id}]);
        },
        &[
            ("/regions/1/region", "region_unknown"),
            ("/regions/1/hours", "required"),
            ("/regions/2/region", "region_twice"),
        ],
    );
}

#[test]
fn a_calendar_that_never_opens_is_a_fault_and_no_loop() {
    let closed = json!({"monday": [], "tuesday": [], "wednesday": [], "thursday": [], "friday": []});
    check(
        |it| {
            it["regions"] = json!([{"region": "coast"}, {"region": "inland", "weekdays": closed}]);
            it["days"] = json!([]);
        },
        &[("/regions/1", "never_opens")],
    );
    check(
        |it| {
            it["weekdays"] = closed.clone();
            it["days"] = json!([]);
        },
        &[("", "never_opens")],
    );
    assert!(
        read(|it| {
            it["weekdays"] = closed.clone();
            it["days"] = json!([]);
        })
        .calendars(&tree())
        .is_none()
    );
}

#[test]
fn a_region_has_the_nearest_calendar_above_it() {
    let document = read(|it| {
        it["regions"] = json!([
            {"region": "coast", "hours": [["08:00", "12:00"], ["14:00", "17:00"]],
             "weekdays": {"saturday": [["08:00", "10:00"]], "monday": []},
             "days": [{"on": "2026-05-01", "kind": "makeup", "name": "值班", "hours": [["10:00", "11:00"]]}]},
            {"region": "gone", "hours": [["08:00", "12:00"]]},
        ]);
    });
    let calendars = document.calendars(&tree()).unwrap();
    let coast = calendars.of(Some(region(2)));
    assert_eq!(calendars.of(Some(region(3))), coast);
    for elsewhere in [None, Some(region(1)), Some(region(4)), Some(region(9))] {
        assert_eq!(calendars.of(elsewhere), Calendar::mainland());
    }
    let works = |on| coast.is_working_day(day(on)).unwrap();
    assert_eq!(coast.day_length(), TimeDelta::hours(7));
    assert!(!works("2026-03-02") && works("2026-03-07") && works("2026-05-01"));
    let within = |from, until| coast.between(at(from), at(until)).unwrap().num_minutes();
    assert_eq!(within("2026-03-07 00:00:00", "2026-03-08 00:00:00"), 120);
    assert_eq!(within("2026-05-01 00:00:00", "2026-05-02 00:00:00"), 60);
    // The company's make-up Saturday, at the region's ordinary hours.
    assert_eq!(within("2026-02-14 00:00:00", "2026-02-15 00:00:00"), 7 * 60);
    assert!(calendars.is_anybody_working_on(day("2026-03-07")));
    assert!(!Calendars::from(Calendar::mainland().clone()).is_anybody_working_on(day("2026-03-07")));
}

#[test]
fn regions_in_a_ring_have_the_calendar_of_the_company() {
    let ring = RegionTree::of([(region(1), None, Some(region(2))), (region(2), None, Some(region(1)))]);
    let calendars = document().calendars(&ring).unwrap();
    assert_eq!(calendars.of(Some(region(1))), Calendar::mainland());
}
