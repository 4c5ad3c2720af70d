//! Units, packs and the policy that a line is judged by.

use super::*;

fn ask<'a>(policies: &'a [Policy], unit: &str, on: &str) -> Option<&'a Policy> {
    let buyer = Buyer { regions: &[EAST, TOP], tier: "B", day: day(on) };
    policy(policies, (WATER, unit), &products()[0].units, buyer)
}

#[test]
fn the_nearest_region_the_own_tier_and_what_came_last_win() {
    let general = floor(WATER, "瓶", "1");
    let mut policies = vec![general.clone()];
    let mut add = |policy: Policy| {
        policies.insert(0, policy.clone());
        let found = ask(&policies, "瓶", "2026-11-25").unwrap();
        assert_eq!(*found, policy);
    };
    add(Policy { valid_from: day("2026-06-01"), ..general.clone() });
    add(Policy { tier: Some("B".to_owned()), ..general.clone() });
    add(Policy { region: Some(TOP), ..general.clone() });
    add(Policy { region: Some(EAST), ..general.clone() });
    add(Policy { region: Some(EAST), tier: Some("B".to_owned()), ..general.clone() });
    add(Policy {
        region: Some(EAST),
        tier: Some("B".to_owned()),
        valid_from: day("2026-11-25"),
        valid_to: Some(day("2026-11-25")),
        ..general.clone()
    });
    let of_others = [
        Policy { region: Some(NORTH), ..general.clone() },
        Policy { region: Some(EAST), tier: Some("A".to_owned()), ..general.clone() },
        Policy { valid_from: day("2026-11-26"), ..general.clone() },
        Policy { valid_to: Some(day("2026-11-24")), ..general.clone() },
        Policy { product: TEA, ..general.clone() },
        Policy { unit: "托".to_owned(), ..general },
    ];
    assert_eq!(ask(&of_others, "瓶", "2026-11-25"), None);
}

#[test]
fn a_price_of_the_very_unit_comes_before_one_that_is_converted() {
    let policies = [floor(WATER, "瓶", "1"), floor(WATER, "箱", "20")];
    assert_eq!(ask(&policies, "箱", "2026-11-25").unwrap().unit, "箱");
    assert_eq!(ask(&policies, "瓶", "2026-11-25").unwrap().unit, "瓶");
    assert!(ask(&policies, "提", "2026-11-25").is_some());
}

#[test]
fn a_pack_is_judged_by_the_base_unit() {
    let mut case = Case::new();
    case.policies = vec![floor(WATER, "箱", "24")];
    assert_eq!(case.check(&[line(WATER, "1", "提", "12")]), []);
    let findings = case.check(&[line(WATER, "1", "提", "11.9999")]);
    assert_eq!(findings[0].limit, Measure::Price(UnitPrice(10_000)));
    assert_eq!(findings[0].actual, Measure::Price(UnitPrice(9_999)));
    let cure = Cure::PriceAtLeast { line: 0, unit: "提".to_owned(), price: UnitPrice(120_000) };
    assert_eq!(findings[0].cure, Some(cure));
}

#[test]
fn a_discount_counts_and_a_ceiling_holds() {
    let mut case = Case::new();
    case.policies = vec![Policy { ceiling: Some(UnitPrice(12_000)), ..floor(WATER, "瓶", "1") }];
    let at = |price: &str, discount: &str| {
        [Line { discount: discount.parse().unwrap(), ..line(WATER, "3", "瓶", price) }]
    };
    assert_eq!(case.check(&at("1.25", "20")), []);
    assert_eq!(case.rules_of(&at("1.2499", "20")), [Rule::Price]);
    assert_eq!(case.check(&at("1.5", "20")), []);
    let cure = Cure::PriceAtMost { line: 0, unit: "瓶".to_owned(), price: UnitPrice(15_000) };
    assert_eq!(case.cure(&at("1.5001", "20")), Some(cure));
    case.policies.clear();
    assert_eq!(case.check(&at("0.0001", "0")), [], "nothing is agreed");
}

#[test]
fn an_amount_is_rounded_half_up_once_after_the_discount() {
    let at = |price: &str, quantity: &str, discount: &str| {
        Line { discount: discount.parse().unwrap(), ..line(WATER, quantity, "瓶", price) }.amount()
    };
    assert_eq!(at("1.305", "1", "0"), Some(Fen(131)));
    assert_eq!(at("25.56", "23", "7"), Some(Fen(54_673)));
    assert_eq!(at("0.01", "1", "50"), Some(Fen(1)));
    assert_eq!(at("0.01", "1", "50.0001"), Some(Fen(0)));
}

#[test]
fn everything_that_cannot_be_ordered_is_named_at_once() {
    let products = products();
    let faults = |lines: &[Line]| {
        let faults = validate(lines, &products, &[]).err().unwrap_or_default();
        faults.into_iter().map(|it| (it.place, it.field, it.refusal.code())).collect::<Vec<_>>()
    };
    assert_eq!(faults(&[]), [(0, "", "order_lines_missing")]);
    assert_eq!(faults(&vec![line(WATER, "1", "瓶", "1"); 201]), [(0, "", "order_lines_too_many")]);
    let nobody = ProductId(Uuid::from_u128(99));
    let mut last = Line { promotion: Some(TEN_FOR_NINE), ..line(WATER, "1", "瓶", "-1") };
    last.discount = Percent(1_000_001);
    let expected = [
        (0, "product_id", "product_unknown"),
        (1, "unit", "unit_unknown"),
        (1, "quantity", "order_quantity_invalid"),
        (2, "unit_price", "order_price_invalid"),
        (2, "discount_pct", "discount_invalid"),
        (2, "promotion_id", "promotion_unknown"),
    ];
    assert_eq!(faults(&[line(nobody, "1", "瓶", "1"), line(WATER, "0", "托", "1"), last]), expected);
}
