//! Exposure, returns, approvals and steps.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
}

#[test]
fn an_orders_amount_lies_in_exactly_one_bucket() {
    let submitted = [Posting::Submitted(Fen(1_000))];
    let signed = [Posting::Accepted(Fen(600)), Posting::Released(Fen(100))];
    let after = [Posting::Invoiced(Fen(600)), Posting::Credited(Fen(50)), Posting::Received(Fen(700))];
    let fold = |postings: &[Posting]| Buckets::fold(postings.iter().copied()).unwrap();
    assert_eq!(fold(&submitted).reserved, Fen(1_000));
    let now = fold(&[&submitted[..], &signed].concat());
    assert_eq!((now.reserved, now.unbilled, now.total()), (Fen(300), Fen(600), Some(Fen(900))));
    let now = fold(&[&submitted[..], &signed, &after].concat());
    assert_eq!((now.unbilled, now.receivable), (Fen::ZERO, Fen(600)));
    assert_eq!(now.total(), Some(Fen(150)));
    let cancelled = fold(&[submitted[0], Posting::Released(Fen(1_000))]);
    assert_eq!(cancelled.total(), Some(Fen::ZERO));
}

#[test]
fn the_window_of_a_leap_day_starts_on_the_28th() {
    assert_eq!(window(day("2024-02-29")), (day("2023-02-28"), day("2024-02-29")));
    assert_eq!(window(day("2026-11-24")), (day("2025-11-24"), day("2026-11-24")));
}

#[test]
fn what_comes_back_is_at_most_what_was_taken() {
    let of = |returned, quantity| {
        check_return(ReturnLine {
            amount: Fen(1_000),
            ordered: Quantity(3_000),
            accepted: Quantity(2_000),
            returned: Quantity(returned),
            quantity: Quantity(quantity),
        })
    };
    assert_eq!(of(0, 1_000), Ok(Fen(333)));
    assert_eq!(of(1_000, 1_000), Ok(Fen(334)));
    assert_eq!(of(1_000, 1_001), Err(ReturnFault::TooMuch));
    assert_eq!(of(0, 0), Err(ReturnFault::Nothing));
}

#[test]
fn an_approval_holds_for_its_content_its_cap_and_its_time() {
    let until = at("2026-11-27T00:00:00+08:00");
    let approval = Approval { content_hash: "a".to_owned(), cap: Fen(100), until };
    assert_eq!(approval.holds("a", Fen(100), until), Ok(()));
    assert_eq!(approval.holds("a", Fen(100), until + TimeDelta::seconds(1)), Err(Lapsed::Late));
    assert_eq!(approval.holds("b", Fen(100), until), Err(Lapsed::Changed));
    assert_eq!(approval.holds("a", Fen(101), until), Err(Lapsed::Changed));
}

#[test]
fn an_approval_lasts_to_the_end_of_the_day_after_the_ship_date() {
    let rules = OrderChecks::default();
    let now = at("2026-11-25T15:00:00+08:00");
    assert_eq!(validity(Some(day("2026-11-26")), &rules, now), at("2026-11-28T00:00:00+08:00"));
    assert_eq!(validity(None, &rules, now), at("2026-11-28T15:00:00+08:00"));
    assert_eq!(validity(Some(day("2026-11-20")), &rules, now), at("2026-11-28T15:00:00+08:00"));
}

#[test]
fn a_raised_quantity_or_a_lowered_price_voids_what_was_allowed() {
    let allowed = [line(WATER, "10", "箱", "20"), line(TEA, "5", "箱", "30")];
    let cap = Fen(35_000);
    let covers = |lines: &[Line]| covers(&allowed, lines, cap);
    assert!(covers(&allowed));
    assert!(covers(&[line(WATER, "9", "箱", "20")]), "less of it");
    assert!(covers(&[line(WATER, "10", "箱", "21")]), "dearer, within the cap");
    assert!(!covers(&[line(WATER, "11", "箱", "20")]));
    assert!(!covers(&[line(WATER, "10", "箱", "19.9999")]));
    assert!(!covers(&[line(WATER, "10", "箱", "36")]), "over the cap");
    assert!(!covers(&[line(WATER, "5", "箱", "20"), line(WATER, "5", "箱", "20")]), "a new line");
    let promotion = Some(TEN_FOR_NINE);
    let promoted = [Line { promotion, ..line(WATER, "10", "箱", "20") }];
    assert!(super::covers(&promoted, &promoted, cap));
    let less = [Line { promotion, ..line(WATER, "9", "箱", "20") }];
    assert!(!super::covers(&promoted, &less, cap), "fewer that are paid leave the gifts dearer");
}

#[test]
fn a_vehicle_under_way_keeps_an_order_as_it_is() {
    assert_eq!(may_cancel(Status::Accepted, false), Ok(()));
    assert_eq!(may_cancel(Status::PartiallyDelivered, false), Ok(()));
    assert_eq!(may_cancel(Status::Accepted, true), Err("order_in_delivery"));
    assert_eq!(may_cancel(Status::Cancelled, false), Err("order_cancelled"));
    assert_eq!(may_cancel(Status::Delivered, false), Err("order_settled"));
    assert_eq!(may_edit(Status::PendingSpecialApproval, false), Ok(()));
    assert_eq!(may_edit(Status::Accepted, true), Err("order_in_delivery"));
    assert_eq!(may_edit(Status::PartiallyDelivered, true), Err("order_settled"));
    assert_eq!(Status::by_name("refused"), Some(Status::Refused));
}

proptest! {
    #[test]
    fn returns_in_parts_are_credited_to_the_fen(
        amount in 0_i64..1_000_000_000, parts in proptest::collection::vec(1_i64..100_000, 1..6), rest in 0_i64..100_000,
    ) {
        let accepted: i64 = parts.iter().sum();
        let mut returned = 0;
        let mut credited = 0;
        for part in &parts {
            let line = ReturnLine {
                amount: Fen(amount),
                ordered: Quantity(accepted + rest),
                accepted: Quantity(accepted),
                returned: Quantity(returned),
                quantity: Quantity(*part),
            };
            credited += check_return(line).unwrap().0;
            returned += part;
        }
        let whole = Fen(amount).share(Quantity(accepted), Quantity(accepted + rest)).unwrap();
        prop_assert_eq!(credited, whole.0);
    }

    #[test]
    fn exposure_is_the_sum_whatever_the_order_of_postings(amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 6)) {
        let make = [Posting::Submitted, Posting::Accepted, Posting::Released, Posting::Invoiced, Posting::Credited, Posting::Received];
        let postings: Vec<Posting> = make.iter().zip(&amounts).map(|(make, amount)| make(Fen(*amount))).collect();
        let forward = Buckets::fold(postings.iter().copied()).unwrap();
        let backward = Buckets::fold(postings.iter().rev().copied()).unwrap();
        prop_assert_eq!(forward, backward);
        let total = amounts[0] - amounts[2] - amounts[4] - amounts[5];
        prop_assert_eq!(forward.total(), Some(Fen(total)));
    }
}
