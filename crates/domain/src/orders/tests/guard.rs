//! Credit, returns, gifts, diversion: exactly at the limit passes, one fen over asks.

use proptest::prelude::*;

use super::*;
use crate::people::Role;

fn over(finding: &Finding) -> Measure {
    finding.over_by.unwrap()
}

#[test]
fn exactly_at_the_limit_passes_and_one_fen_over_asks_the_director() {
    let mut case = Case::new();
    let lines = [line(WATER, "100", "箱", "100")];
    assert_eq!(case.check(&lines), []);
    case.credit.exposure = Fen(1);
    let findings = case.check(&lines);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::Credit);
    assert_eq!(findings[0].limit, Measure::Money(Fen(1_000_000)));
    assert_eq!(findings[0].actual, Measure::Money(Fen(1_000_001)));
    assert_eq!(over(&findings[0]), Measure::Money(Fen(1)));
    assert_eq!(findings[0].approver_role, Role::RegionalDirector);
    case.credit.temporary = Fen(1);
    assert_eq!(case.check(&lines), []);
}

#[test]
fn who_pays_at_once_is_asked_nothing_about_a_limit_of_zero() {
    let mut case = Case::new();
    case.credit.limit = Fen::ZERO;
    case.credit.is_used = false;
    assert_eq!(case.check(&[line(WATER, "1", "箱", "100")]), []);
}

#[test]
fn a_small_overrun_goes_to_the_supervisor_where_the_document_says_so() {
    let mut case = Case::new();
    let approver_role = Role::Supervisor;
    case.rules.credit.small_overrun = Some(super::rules::SmallAmount { at_most: Fen(500), approver_role });
    case.credit.exposure = Fen(500);
    let lines = [line(WATER, "100", "箱", "100")];
    assert_eq!(approver_for(&case.check(&lines)), Some(Role::Supervisor));
    case.credit.exposure = Fen(501);
    assert_eq!(approver_for(&case.check(&lines)), Some(Role::RegionalDirector));
}

#[test]
fn every_check_runs_and_every_finding_is_kept() {
    let mut case = Case::new();
    case.credit.limit = Fen(100);
    case.credit.overdue_days = Some(1);
    case.turnover = Turnover { delivered: Fen(100), returned: Fen(6) };
    case.return_limit = Some(Percent(50_000));
    case.policies = vec![floor(WATER, "瓶", "2")];
    case.ship_to = NORTH;
    let lines = [line(WATER, "10", "瓶", "1"), line(TEA, "1", "瓶", "0")];
    let all = [Rule::Credit, Rule::Overdue, Rule::ReturnRate, Rule::Price, Rule::Gift, Rule::Diversion];
    assert_eq!(case.rules_of(&lines), all);
}

#[test]
fn the_cheapest_cure_is_the_fewest_packs_of_the_line_that_gives_up_least() {
    let mut case = Case::new();
    case.credit.exposure = Fen(100_000);
    // 10,500 yuan with 9,000 left: 1,500 too much.
    let lines = [line(WATER, "10", "箱", "600"), line(TEA, "9", "箱", "500")];
    let cure = Cure::OrderLess { line: 1, n: 3, unit: "箱".to_owned() };
    assert_eq!(case.cure(&lines), Some(cure), "three of 500 give up less than three of 600");
    let lines = [line(WATER, "15", "箱", "700")];
    let cure = Cure::OrderLess { line: 0, n: 3, unit: "箱".to_owned() };
    assert_eq!(case.cure(&lines), Some(cure), "two of 700 are not enough");
}

#[test]
fn where_no_line_is_enough_the_cure_says_how_much() {
    let mut case = Case::new();
    case.credit.exposure = Fen(900_000);
    let lines = [line(WATER, "1", "箱", "800"), line(TEA, "1", "箱", "800"), line(TEA, "1", "箱", "800")];
    assert_eq!(case.cure(&lines), Some(Cure::OrderLessBy { amount: Fen(140_000) }));
    case.credit.exposure = Fen(1_000_000);
    assert_eq!(case.cure(&lines), Some(Cure::PayFirst { amount: Fen(240_000) }));
}

#[test]
fn a_return_rate_at_the_limit_passes_and_nothing_delivered_passes() {
    let mut case = Case::new();
    case.return_limit = Some(Percent(50_000));
    let lines = [line(WATER, "1", "箱", "1")];
    case.turnover = Turnover { delivered: Fen(20_000_000), returned: Fen(1_000_000) };
    assert_eq!(case.check(&lines), []);
    case.turnover.returned = Fen(1_000_001);
    assert_eq!(case.rules_of(&lines), [Rule::ReturnRate], "5.000005 % is above 5 %, unrounded");
    assert_eq!(case.cure(&lines), None, "only a person can allow it");
    case.turnover = Turnover { delivered: Fen::ZERO, returned: Fen(100) };
    assert_eq!(case.check(&lines), []);
    case.turnover = Turnover { delivered: Fen(100), returned: Fen(100) };
    let (weight, group_rate_pct) = (Fen(1_000_000), Percent(20_000));
    case.rules.return_rate.smoothing = Some(Smoothing { weight, group_rate_pct });
    assert_eq!(case.check(&lines), [], "little history is pulled towards the group's rate");
}

fn ten_for_nine() -> Promotion {
    Promotion {
        id: TEN_FOR_NINE,
        buy: WATER,
        buy_quantity: Quantity(10_000),
        get: WATER,
        get_quantity: Quantity(1_000),
        valid_from: day("2026-11-01"),
        valid_to: Some(day("2026-11-30")),
    }
}

fn with_gift(bought: &str, price: &str, given: &str) -> [Line; 2] {
    let promotion = Some(TEN_FOR_NINE);
    let paid = Line { promotion, ..line(WATER, bought, "瓶", price) };
    [paid, Line { promotion, ..line(WATER, given, "瓶", "0") }]
}

#[test]
fn a_gift_names_its_promotion_and_is_not_more_than_it_gives() {
    let mut case = Case::new();
    case.promotions = vec![ten_for_nine()];
    assert_eq!(case.check(&with_gift("20", "1", "2")), []);
    let findings = case.check(&with_gift("19", "1", "2"));
    assert_eq!((findings[0].rule, over(&findings[0])), (Rule::Gift, Measure::Quantity(Quantity(1_000))));
    assert_eq!(findings[0].cure, Some(Cure::FewerGifts { line: 1, n: 1, unit: "瓶".to_owned() }));
    let lines = [line(WATER, "20", "瓶", "1"), line(WATER, "2", "瓶", "0")];
    assert_eq!(case.cure(&lines), Some(Cure::NamePromotion { line: 1 }));
    case.promotions[0].valid_to = Some(day("2026-11-24"));
    assert_eq!(case.rules_of(&with_gift("20", "1", "2")), [Rule::Gift], "it is over");
}

#[test]
fn a_gift_lowers_the_net_price_of_its_promotion() {
    let mut case = Case::new();
    case.promotions = vec![ten_for_nine()];
    // Ten paid, one free: 11 bottles for 11 yuan are exactly one yuan each.
    case.policies = vec![floor(WATER, "瓶", "1")];
    assert_eq!(case.check(&with_gift("10", "1.1", "1")), []);
    let cure = case.cure(&with_gift("10", "1.0999", "1"));
    assert_eq!(cure, Some(Cure::FewerGifts { line: 1, n: 1, unit: "瓶".to_owned() }));
    let cure = case.cure(&with_gift("10", "0.9", "1"));
    assert_eq!(
        cure,
        Some(Cure::PriceAtLeast { line: 0, unit: "瓶".to_owned(), price: UnitPrice(11_000) }),
        "without the gift it would still be too cheap"
    );
}

#[test]
fn only_what_a_valid_promotion_is_about_is_judged_together() {
    let mut case = Case::new();
    case.promotions = vec![ten_for_nine()];
    case.policies = vec![floor(WATER, "瓶", "1"), floor(TEA, "瓶", "1")];
    let promotion = Some(TEN_FOR_NINE);
    let cheap = Line { promotion, ..line(WATER, "10", "瓶", "0.5") };
    let dear = Line { promotion, ..line(TEA, "10", "瓶", "9") };
    assert_eq!(case.rules_of(&[cheap.clone(), dear]), [Rule::Price], "tea makes up for no water");
    let dear = Line { promotion, ..line(WATER, "10", "瓶", "9") };
    assert_eq!(case.check(&[cheap.clone(), dear.clone()]), []);
    case.promotions[0].valid_to = Some(day("2026-11-24"));
    assert_eq!(case.rules_of(&[cheap, dear]), [Rule::Price], "the promotion is over");
}

#[test]
fn the_document_names_approvers_who_may_decide() {
    let text = include_str!("../../../../../config/templates/fmcg/order_checks.json");
    let read: OrderChecks = serde_json::from_str(text).unwrap();
    assert_eq!(read.check(), []);
    let mut wrong = read.clone();
    wrong.credit.approver_role = Role::Rep;
    wrong.return_rate.limit_pct = Some(Percent(1_000_001));
    wrong.validity.hours_without_ship_date = 0;
    let pointers: Vec<_> = wrong.check().into_iter().map(|fault| fault.pointer).collect();
    let expected = ["/credit/approver_role", "/return_rate/limit_pct", "/validity/hours_without_ship_date"];
    assert_eq!(pointers, expected);
}

proptest! {
    #[test]
    fn the_cure_of_an_overrun_ends_it_and_one_pack_fewer_does_not(
        packs in proptest::collection::vec((1_i64..200, 1_i64..10_000_000), 1..5),
        over in 1_i64..1_000_000_000,
    ) {
        let lines: Vec<Line> = packs.iter().map(|(n, price)| Line {
            quantity: Quantity(n * 1_000), unit_price: UnitPrice(*price), ..line(WATER, "1", "箱", "0")
        }).collect();
        let (_, total) = priced(&lines).unwrap();
        let mut case = Case::new();
        case.credit.limit = Fen(1_000_000_000_000);
        case.credit.exposure = Fen(case.credit.limit.0 - total.0 + over);
        if let Some(Cure::OrderLess { line: place, n, .. }) = case.cure(&lines) {
            let without = |n: i64| {
                let mut fewer = lines.clone();
                fewer[place].quantity.0 -= n * 1_000;
                case.check(&fewer)
            };
            prop_assert_eq!(without(n), []);
            prop_assert!(n == 1 || !without(n - 1).is_empty());
        }
    }

    #[test]
    fn the_price_that_is_named_is_the_lowest_that_passes(
        floor_e4 in 1_i64..10_000_000, price in 1_i64..10_000_000, discount in 0_i64..1_000_000,
        quantity in 1_i64..1_000_000, unit in 0_usize..3, of in 0_usize..3,
    ) {
        let units = ["瓶", "提", "箱"];
        let mut case = Case::new();
        case.credit.is_used = false;
        case.policies = vec![Policy { floor: UnitPrice(floor_e4), ..floor(WATER, units[of], "0") }];
        let wanted = Line {
            quantity: Quantity(quantity), unit_price: UnitPrice(price), discount: Percent(discount),
            ..line(WATER, "1", units[unit], "0")
        };
        let factor = |place: usize| [1_i128, 12, 24][place];
        let net = i128::from(price) * i128::from(1_000_000 - discount) * factor(of);
        let is_below = net < i128::from(floor_e4) * factor(unit) * 1_000_000;
        let findings = case.check(std::slice::from_ref(&wanted));
        prop_assert_eq!(!findings.is_empty(), is_below);
        if let Some(Cure::PriceAtLeast { price, .. }) = findings.first().and_then(|it| it.cure.clone()) {
            prop_assert_eq!(case.check(&[Line { unit_price: price, ..wanted.clone() }]), []);
            let cheaper = Line { unit_price: UnitPrice(price.0 - 1), ..wanted };
            prop_assert!(!case.check(&[cheaper]).is_empty());
        }
    }
}
