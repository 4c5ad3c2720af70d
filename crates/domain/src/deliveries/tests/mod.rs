mod properties;
mod steps;

use chrono::{DateTime, TimeDelta};
use uuid::Uuid;

use super::*;
use crate::evidence::{Judgement, Reason};
use crate::ids::{OrderLineId, UserId};
use crate::money::Quantity;

fn line(n: u128) -> OrderLineId {
    OrderLineId(Uuid::from_u128(n))
}

fn due(n: u128, quantity: i64) -> Due {
    Due { line: line(n), quantity: Quantity(quantity) }
}

fn handed(n: u128, accepted: i64, rejected: i64, reason: Option<&str>) -> Handed {
    let reason = reason.map(str::to_owned);
    Handed { line: line(n), accepted: Quantity(accepted), rejected: Quantity(rejected), reason }
}

const BOTH: [Part; 2] = [Part::Goods, Part::SignedSlip];

fn check(handed: &[Handed], expected: Result<(), Vec<Refusal>>) {
    let due = [due(1, 12_000), due(2, 3_500)];
    assert_eq!(check_parts(Status::InTransit, "王店长", &BOTH, &due, handed), expected);
}

#[test]
fn every_line_must_add_up_to_what_was_sent() {
    check(&[handed(1, 12_000, 0, None), handed(2, 3_500, 0, None)], Ok(()));
    check(&[handed(1, 11_000, 1_000, Some("破损")), handed(2, 0, 3_500, Some("拒收"))], Ok(()));
    check(
        &[handed(1, 12_001, 0, None), handed(2, 3_499, 0, None)],
        Err(vec![Refusal::QuantityMismatch(0), Refusal::QuantityMismatch(1)]),
    );
    check(
        &[handed(1, 13_000, -1_000, None), handed(2, 3_500, 0, None)],
        Err(vec![Refusal::QuantityMismatch(0)]),
    );
}

#[test]
fn what_is_missing_is_named_all_at_once() {
    let missing = check_parts(Status::Planned, " ", &[Part::Other], &[due(1, 1_000)], &[]);
    assert_eq!(
        missing,
        Err(vec![
            Refusal::SignerMissing,
            Refusal::GoodsPhotoMissing,
            Refusal::SlipPhotoMissing,
            Refusal::LineMissing(line(1)),
        ])
    );
}

#[test]
fn goods_taken_back_need_a_reason() {
    check(
        &[handed(1, 11_000, 1_000, Some(" ")), handed(2, 3_500, 0, None)],
        Err(vec![Refusal::RejectReasonMissing(0)]),
    );
}

#[test]
fn a_reason_has_a_hundred_characters_at_most() {
    let reason = |n| "破".repeat(n);
    let lines = |n| [handed(1, 11_000, 1_000, Some(&reason(n))), handed(2, 3_500, 0, None)];
    check(&lines(100), Ok(()));
    check(&lines(101), Err(vec![Refusal::RejectReasonTooLong(0)]));
    let idle = [handed(1, 12_000, 0, None), handed(2, 3_500, 0, Some(&reason(101)))];
    check(&idle, Err(vec![Refusal::RejectReasonTooLong(1)]));
}

#[test]
fn a_delivery_is_its_drivers_and_the_drivers_managers() {
    let [driver, above, colleague] = [1, 2, 3].map(|n| UserId(Uuid::from_u128(n)));
    assert!(may_handle(driver, driver, Some(above)));
    assert!(may_handle(above, driver, Some(above)));
    assert!(!may_handle(colleague, driver, Some(above)));
    assert!(!may_handle(colleague, driver, None));
}

#[test]
fn foreign_and_repeated_lines_are_pointed_at() {
    check(
        &[
            handed(1, 12_000, 0, None),
            handed(1, 12_000, 0, None),
            handed(9, 1, 0, None),
            handed(2, 3_500, 0, None),
        ],
        Err(vec![Refusal::LineTwice(1), Refusal::LineUnknown(2)]),
    );
}

#[test]
fn a_closed_delivery_stays_closed() {
    for status in [Status::Signed, Status::PartiallySigned, Status::Refused, Status::Failed] {
        assert_eq!(check_parts(status, "", &[], &[], &[]), Err(vec![Refusal::AlreadyClosed]));
    }
}

#[test]
fn the_verdict_decides_whether_the_status_moves() {
    let all = [handed(1, 1_000, 0, None)];
    let some = [handed(1, 1_000, 1_000, None)];
    let none = [handed(1, 0, 1_000, None)];
    let signed = |reasons, lines: &[Handed]| {
        let it = sign_off(Status::InTransit, &Judgement::of(reasons, None), lines);
        (it.status, it.is_provisional(), it.needs_review)
    };
    assert_eq!(signed(vec![], &all), (Status::Signed, false, false));
    assert_eq!(signed(vec![Reason::FenceUnclear], &some), (Status::PartiallySigned, false, false));
    assert_eq!(signed(vec![Reason::OutsideFence], &none), (Status::Refused, true, true));
    assert_eq!(signed(vec![Reason::FarAway], &all), (Status::InTransit, false, true));
}
