//! The guard's numbers at their edges, what is always true, and the figures that are known.

mod documents;
mod guard;
mod oracle;
mod prices;

use chrono::NaiveDate;
use uuid::Uuid;

use super::*;
use crate::ids::{ProductId, PromotionId, RegionId};
use crate::money::{Fen, Percent, Quantity, UnitPrice};

const EAST: RegionId = RegionId(Uuid::from_u128(1));
const TOP: RegionId = RegionId(Uuid::from_u128(2));
const NORTH: RegionId = RegionId(Uuid::from_u128(3));
const WATER: ProductId = ProductId(Uuid::from_u128(11));
const TEA: ProductId = ProductId(Uuid::from_u128(12));
const TEN_FOR_NINE: PromotionId = PromotionId(Uuid::from_u128(21));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `quantity` of the unit at a price in yuan.
fn line(product: ProductId, quantity: &str, unit: &str, price: &str) -> Line {
    Line {
        product,
        unit: unit.to_owned(),
        quantity: quantity.parse().unwrap(),
        unit_price: price.parse().unwrap(),
        discount: Percent::ZERO,
        promotion: None,
    }
}

fn products() -> Vec<Product> {
    let pack = |unit: &str, factor| Pack { unit: unit.to_owned(), factor };
    let units = Units { base: "瓶".to_owned(), packs: vec![pack("提", 12), pack("箱", 24)] };
    [WATER, TEA].map(|id| Product { id, units: units.clone() }).to_vec()
}

fn floor(product: ProductId, unit: &str, floor: &str) -> Policy {
    Policy {
        product,
        region: None,
        tier: None,
        unit: unit.to_owned(),
        floor: floor.parse().unwrap(),
        ceiling: None,
        valid_from: day("2026-01-01"),
        valid_to: None,
    }
}

/// A customer with a limit of 10,000 yuan that uses it, and nothing else to say about.
struct Case {
    credit: Credit,
    turnover: Turnover,
    return_limit: Option<Percent>,
    ship_to: RegionId,
    policies: Vec<Policy>,
    promotions: Vec<Promotion>,
    rules: OrderChecks,
}

impl Case {
    fn new() -> Self {
        let limit = Fen(1_000_000);
        let zero = Fen::ZERO;
        Self {
            credit: Credit { is_used: true, limit, temporary: zero, exposure: zero, overdue_days: None },
            turnover: Turnover::default(),
            return_limit: None,
            ship_to: EAST,
            policies: Vec::new(),
            promotions: Vec::new(),
            rules: OrderChecks::default(),
        }
    }

    fn check(&self, lines: &[Line]) -> Vec<Finding> {
        let products = products();
        let facts = Facts {
            credit: self.credit,
            turnover: self.turnover,
            return_limit: self.return_limit,
            buyer: Buyer { regions: &[EAST, TOP], tier: "B", day: day("2026-11-25") },
            ship_to: self.ship_to,
            products: &products,
            policies: &self.policies,
            promotions: &self.promotions,
        };
        let (_, total) = priced(lines).unwrap();
        check(lines, total, &facts, &self.rules)
    }

    fn rules_of(&self, lines: &[Line]) -> Vec<Rule> {
        self.check(lines).iter().map(|finding| finding.rule).collect()
    }

    fn cure(&self, lines: &[Line]) -> Option<Cure> {
        let findings = self.check(lines);
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings[0].cure.clone()
    }
}
