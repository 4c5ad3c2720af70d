//! What may happen when, and what it says where it may not.

use super::*;
use crate::deliveries::{Bearer, DoorLine, Exchange, Method, Paid, ReturnReason, Sold, StepRefusal};
use crate::ids::ProductId;
use crate::money::Fen;

fn check(status: Status, step: Step, expected: Result<Status, &str>) {
    assert_eq!(status.after(step).map_err(StepRefusal::code), expected, "{status:?} {step:?}");
}

#[test]
fn a_delivery_goes_from_planned_to_signed_step_by_step() {
    check(Status::Planned, Step::Load, Ok(Status::Loaded));
    check(Status::Loaded, Step::Depart, Ok(Status::InTransit));
    check(Status::InTransit, Step::Arrive, Ok(Status::Arrived));
    for status in [Status::Planned, Status::Loaded, Status::InTransit, Status::Arrived] {
        check(status, Step::Close(Status::Signed), Ok(Status::Signed));
        check(status, Step::Fail, Ok(Status::Failed));
        check(status, Step::Reopen, Err("delivery_not_signed"));
    }
}

#[test]
fn a_step_out_of_turn_says_why_not() {
    check(Status::Loaded, Step::Load, Err("delivery_already_loaded"));
    check(Status::InTransit, Step::Load, Err("delivery_already_loaded"));
    check(Status::InTransit, Step::Depart, Err("delivery_not_planned"));
    check(Status::Planned, Step::Arrive, Err("delivery_not_departed"));
    check(Status::Loaded, Step::Arrive, Err("delivery_not_departed"));
    check(Status::Arrived, Step::Arrive, Err("delivery_already_arrived"));
}

#[test]
fn what_is_over_is_over_but_for_a_reviewer_who_does_not_believe_it() {
    for status in [Status::Signed, Status::PartiallySigned, Status::Refused, Status::Failed] {
        for step in [Step::Load, Step::Arrive, Step::Close(Status::Signed), Step::Fail] {
            check(status, step, Err("delivery_already_closed"));
        }
        check(status, Step::Depart, Err("delivery_not_planned"));
    }
    check(Status::Refused, Step::Reopen, Ok(Status::Arrived));
    check(Status::Failed, Step::Reopen, Err("delivery_not_signed"));
}

#[test]
fn an_override_needs_a_reason_and_an_open_delivery() {
    let all = [handed(1, 1_000, 0, None)];
    let completion = overridden(Status::Arrived, &all, "雨天手机进水").unwrap();
    assert_eq!((completion.status(), completion.is_overridden()), (Status::Signed, true));
    assert_eq!(overridden(Status::Arrived, &all, " "), Err("override_reason_missing"));
    assert_eq!(overridden(Status::Signed, &all, "雨天"), Err("delivery_already_closed"));
}

#[test]
fn a_slip_that_is_missing_holds_invoicing_unless_nothing_was_taken() {
    let now = DateTime::UNIX_EPOCH;
    assert_eq!(invoicing(Status::Signed, &BOTH, now), Invoicing::Open);
    assert_eq!(invoicing(Status::Refused, &[], now), Invoicing::Open);
    let Invoicing::Held(block) = invoicing(Status::PartiallySigned, &[Part::Goods], now) else {
        panic!("without its slip it is held");
    };
    assert_eq!((block.code.as_str(), block.since), ("sign_off_photo_missing", now));
}

#[test]
fn a_correction_has_seven_days_to_the_second() {
    let (before, after) = ([handed(1, 1_000, 0, None)], [handed(1, 900, 100, Some("破损"))]);
    let check = |seconds, reason, after: &[Handed]| {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(7) + TimeDelta::seconds(seconds);
        let standing = (Status::Signed, Some(DateTime::UNIX_EPOCH));
        let checked = check_correction(standing, &[due(1, 1_000)], (&before, after), reason, now);
        checked.map_err(|it| it.code())
    };
    assert_eq!(check(0, "数错了", &after), Ok(()));
    assert_eq!(check(1, "数错了", &after), Err("correction_too_late"));
    assert_eq!(check(0, " ", &after), Err("correction_reason_missing"));
    assert_eq!(check(0, "数错了", &before), Err("correction_changes_nothing"));
    assert_eq!(check(0, "数错了", &[handed(1, 900, 0, None)]), Err("quantity_mismatch"));
}

#[test]
fn shares_of_a_line_add_up_to_the_fen() {
    let tally = |accepted, rejected| Tally {
        ordered: Quantity(3_000),
        accepted: Quantity(accepted),
        rejected: Quantity(rejected),
    };
    let check = |accepted, rejected, unbilled, released| {
        let expected = Worth { unbilled: Fen(unbilled), released: Fen(released) };
        assert_eq!(worth(Fen(100), tally(accepted, rejected)), Some(expected));
    };
    check(1_000, 0, 33, 0);
    check(2_000, 0, 67, 0);
    check(3_000, 0, 100, 0);
    check(2_000, 1_000, 67, 33);
    check(0, 3_000, 0, 100);
}

#[test]
fn money_that_was_taken_is_more_than_nothing() {
    let check = |method, fen| check_payment(Paid { method, amount: Fen(fen) }).is_ok();
    assert!(check(Method::Cash, 1) && check(Method::Qr, 1) && check(Method::Unpaid, 0));
    assert!(!check(Method::Cash, 0) && !check(Method::Qr, -1) && !check(Method::Unpaid, 1));
}

#[test]
fn money_of_overlapping_sign_offs_is_neither_booked_twice_nor_lost() {
    assert_eq!(left_to_book(Fen(100), Fen(0)), Fen(100));
    assert_eq!(left_to_book(Fen(100), Fen(99)), Fen(1));
    assert_eq!(left_to_book(Fen(100), Fen(101)), Fen(0));
}

#[test]
fn only_a_trip_that_was_over_goes_on() {
    for over in [TripStatus::HandedIn, TripStatus::Closed] {
        assert_eq!(over.go_on(), Some(TripStatus::InTransit));
    }
    assert_eq!(TripStatus::Loaded.go_on(), None);
}

#[test]
fn a_difference_of_one_fen_needs_a_reason() {
    assert_eq!(check_hand_in(Fen(100), Fen(100), None), Ok(Fen(0)));
    assert_eq!(check_hand_in(Fen(100), Fen(99), None), Err("difference_reason_missing"));
    assert_eq!(check_hand_in(Fen(100), Fen(99), Some("少收一分")), Ok(Fen(-1)));
    assert_eq!(check_hand_in(Fen(100), Fen(-1), Some("?")), Err("amount_invalid"));
}

#[test]
fn what_comes_in_has_a_unit_and_a_reason_of_the_list() {
    let product = ProductId(Uuid::from_u128(1));
    let sold = [Sold { product, units: vec!["瓶".to_owned(), "箱".to_owned()] }];
    let reasons = [ReturnReason {
        code: "near_expiry".to_owned(),
        label: "临期调换".to_owned(),
        counts_in_return_rate: false,
        borne_by: Bearer::Supplier,
    }];
    let row = |unit: &str, quantity, reason: Option<&str>| DoorLine {
        product_id: product,
        unit: unit.to_owned(),
        quantity: Quantity(quantity),
        reason: reason.map(str::to_owned),
    };
    let wrong = |out: Vec<DoorLine>, back: Vec<DoorLine>| -> Vec<(String, &'static str)> {
        let found = check_exchange(&Exchange { out, back }, &sold, &reasons);
        found.iter().map(|it| (it.pointer(), it.code())).collect()
    };
    assert_eq!(wrong(vec![row("箱", 1_000, None)], vec![row("箱", 1_000, Some("near_expiry"))]), []);
    assert_eq!(wrong(vec![], vec![]), [(String::new(), "return_empty")]);
    assert_eq!(
        wrong(vec![row("吨", 0, None)], vec![row("瓶", 1, None)]),
        [
            ("/out/0/unit".to_owned(), "unit_unknown"),
            ("/out/0/quantity".to_owned(), "quantity_invalid"),
            ("/in/0/reason".to_owned(), "return_reason_unknown"),
        ]
    );
}
