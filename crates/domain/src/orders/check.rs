//! The guard itself: every check runs, every time, and every finding is kept.

use super::cure::{self, Cure};
use super::{Buyer, Line, OrderChecks, Policy, Promotion, Turnover, Units, policy};
use crate::ids::{ProductId, PromotionId, RegionId};
use crate::money::{Fen, Percent, Quantity, UnitPrice};
use crate::people::Role;

/// A product as the checks need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// How it is counted.
    pub units: Units,
}

/// Where the customer stands, without the order that is checked.
#[derive(Clone, Copy, Debug)]
pub struct Credit {
    /// Only who pays later uses credit; who pays at once is not sent to anybody for a limit of zero.
    pub is_used: bool,
    /// The agreed limit.
    pub limit: Fen,
    /// What is agreed beyond it for today.
    pub temporary: Fen,
    /// What is held already.
    pub exposure: Fen,
    /// Days since the oldest open invoice was due, where anything is owed.
    pub overdue_days: Option<i32>,
}

/// Everything the checks look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Where the customer stands.
    pub credit: Credit,
    /// What went out and came back in twelve months.
    pub turnover: Turnover,
    /// The customer's own limit on returns.
    pub return_limit: Option<Percent>,
    /// Whose prices apply.
    pub buyer: Buyer<'a>,
    /// Where the goods go.
    pub ship_to: RegionId,
    /// The products of the lines.
    pub products: &'a [Product],
    /// Their price policies.
    pub policies: &'a [Policy],
    /// The promotions that lines name.
    pub promotions: &'a [Promotion],
}

names! {
    /// Which check.
    pub enum Rule as OrderRule {
        /// Exposure with this order against the limit.
        Credit = "credit",
        /// Money owed too long.
        Overdue = "overdue",
        /// Goods that come back.
        ReturnRate = "return_rate",
        /// Below the floor, or above the ceiling.
        Price = "price",
        /// Given away without leave.
        Gift = "gift",
        /// To another region than the price is for.
        Diversion = "diversion",
    }
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Yuan.
    Money(Fen),
    /// Yuan for one base unit.
    Price(UnitPrice),
    /// A share.
    Rate(Percent),
    /// Days.
    Days(i32),
    /// Base units.
    Quantity(Quantity),
    /// A region; by how much has no meaning.
    Region(RegionId),
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check.
    pub rule: Rule,
    /// The place of the line it is about.
    pub line: Option<usize>,
    /// What is allowed.
    pub limit: Measure,
    /// What it would be.
    pub actual: Measure,
    /// The difference.
    pub over_by: Option<Measure>,
    /// Who may allow it.
    pub approver_role: Role,
    /// The cheapest way to end it; none where only a person can.
    pub cure: Option<Cure>,
}

/// All findings about the lines, whose sum is `total`.
pub fn check(lines: &[Line], total: Fen, facts: &Facts<'_>, rules: &OrderChecks) -> Vec<Finding> {
    let mut findings: Vec<Finding> = credit(lines, total, facts, rules).into_iter().collect();
    findings.extend(overdue(facts, rules));
    findings.extend(return_rate(facts, rules));
    for group in groups(lines, facts) {
        let group: Vec<Judged<'_>> =
            group.into_iter().filter_map(|place| judged(lines, place, facts)).collect();
        findings.extend(below_floor(&group, rules));
    }
    findings.extend((0..lines.len()).filter_map(|place| above_ceiling(&judged(lines, place, facts)?, rules)));
    findings.extend(gifts(lines, facts, rules));
    findings.extend(diversion(facts, rules));
    findings
}

/// Who may allow all of it.
pub fn approver_for(findings: &[Finding]) -> Option<Role> {
    let rank = |role: &Role| Role::ALL.iter().position(|it| it == role);
    findings.iter().map(|finding| finding.approver_role).max_by_key(rank)
}

fn credit(lines: &[Line], total: Fen, facts: &Facts<'_>, rules: &OrderChecks) -> Option<Finding> {
    let credit = facts.credit;
    let limit = Fen(credit.limit.0.saturating_add(credit.temporary.0));
    let actual = Fen(credit.exposure.0.saturating_add(total.0));
    let over_by = Fen(actual.0.saturating_sub(limit.0));
    if !credit.is_used || over_by <= Fen::ZERO {
        return None;
    }
    let small = rules.credit.small_overrun.as_ref().filter(|small| over_by <= small.at_most);
    Some(Finding {
        rule: Rule::Credit,
        line: None,
        limit: Measure::Money(limit),
        actual: Measure::Money(actual),
        over_by: Some(Measure::Money(over_by)),
        approver_role: small.map_or(rules.credit.approver_role, |small| small.approver_role),
        cure: Some(cure::of_credit(lines, total, over_by)),
    })
}

fn overdue(facts: &Facts<'_>, rules: &OrderChecks) -> Option<Finding> {
    let days = facts.credit.overdue_days.filter(|days| *days > rules.overdue.days)?;
    Some(Finding {
        rule: Rule::Overdue,
        line: None,
        limit: Measure::Days(rules.overdue.days),
        actual: Measure::Days(days),
        over_by: Some(Measure::Days(days - rules.overdue.days)),
        approver_role: rules.overdue.approver_role,
        cure: Some(Cure::SettleOverdue { days }),
    })
}

fn return_rate(facts: &Facts<'_>, rules: &OrderChecks) -> Option<Finding> {
    let rule = &rules.return_rate;
    let limit = facts.return_limit.or(rule.limit_pct)?;
    let smoothing = rule.smoothing.as_ref();
    if !facts.turnover.is_above(limit, smoothing) {
        return None;
    }
    let actual = facts.turnover.shown(smoothing)?;
    Some(Finding {
        rule: Rule::ReturnRate,
        line: None,
        limit: Measure::Rate(limit),
        actual: Measure::Rate(actual),
        over_by: actual.checked_sub(limit).map(Measure::Rate),
        approver_role: rule.approver_role,
        cure: None,
    })
}

/// A line with what it is judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged<'a> {
    /// Its place.
    pub(super) place: usize,
    /// The line.
    pub(super) line: &'a Line,
    /// Base units in one of its units.
    pub(super) factor: i128,
    /// The policy, with the base units in one of the policy's units.
    pub(super) policy: Option<(&'a Policy, i128)>,
}

impl Judged<'_> {
    /// How many thousandths of base units.
    fn base(&self) -> i128 {
        i128::from(self.line.quantity.0).saturating_mul(self.factor)
    }
}

fn judged<'a>(lines: &'a [Line], place: usize, facts: &Facts<'a>) -> Option<Judged<'a>> {
    let line = &lines[place];
    let units = &facts.products.iter().find(|product| product.id == line.product)?.units;
    let policy = policy(facts.policies, (line.product, &line.unit), units, facts.buyer);
    let policy = policy.and_then(|policy| Some((policy, i128::from(units.factor(&policy.unit)?))));
    Some(Judged { place, line, factor: i128::from(units.factor(&line.unit)?), policy })
}

/// The places of lines that are judged together: those that a promotion joins, and every other line by itself. What is
/// given away without a promotion that gives it is a finding of its own and has no price.
fn groups(lines: &[Line], facts: &Facts<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<(Option<PromotionId>, Vec<usize>)> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let joined = facts.promotions.iter().find(|it| it.joins(line, facts.buyer.day)).map(|it| it.id);
        let known = groups.iter_mut().find(|(promotion, _)| joined.is_some() && *promotion == joined);
        match known {
            Some((_, group)) => group.push(place),
            None if joined.is_none() && line.is_gift() => {}
            None => groups.push((joined, vec![place])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// How far lines that are judged together lie below the sum of their floors, exactly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deficit {
    /// The common denominator of the floors.
    pub(super) scale: i128,
    /// The sum of the floors, times the scale.
    pub(super) floor: i128,
    /// What is missing, times the scale.
    pub(super) missing: i128,
}

/// How far the group lies below its floors: above nothing where it does.
pub(super) fn deficit(group: &[Judged<'_>]) -> Deficit {
    let scale = group.iter().filter_map(|it| it.policy).fold(1, |scale, (_, factor)| lcm(scale, factor));
    let floor = group.iter().map(|it| it.floor_at(scale)).fold(0_i128, i128::saturating_add);
    let net = group.iter().map(|it| it.line.net_e13(it.line.quantity)).fold(0_i128, i128::saturating_add);
    let floor = floor.saturating_mul(1_000_000);
    Deficit { scale, floor, missing: floor.saturating_sub(net.saturating_mul(scale)) }
}

impl Judged<'_> {
    /// The floor of the whole line times the scale, in ten-thousandths of a yuan times thousandths.
    pub(super) fn floor_at(&self, scale: i128) -> i128 {
        self.policy.map_or(0, |(policy, factor)| {
            i128::from(policy.floor.0).saturating_mul(self.base()).saturating_mul(scale / factor)
        })
    }
}

fn lcm(a: i128, b: i128) -> i128 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).saturating_mul(b)
}

fn below_floor(group: &[Judged<'_>], rules: &OrderChecks) -> Option<Finding> {
    let deficit = deficit(group);
    if deficit.missing <= 0 {
        return None;
    }
    let base = group.iter().map(Judged::base).fold(0_i128, i128::saturating_add);
    let per_base = base.saturating_mul(deficit.scale).saturating_mul(1_000_000).max(1);
    // Shown so that the two never look the same: the limit rounded up, what is asked for rounded down.
    let limit = UnitPrice(clamped((deficit.floor.saturating_add(per_base - 1)).div_euclid(per_base)));
    let actual = UnitPrice(clamped((deficit.floor - deficit.missing).div_euclid(per_base)));
    let is_small = |at_most: Percent| {
        deficit.missing.saturating_mul(1_000_000) <= deficit.floor.saturating_mul(i128::from(at_most.0))
    };
    let small = rules.price.small_overrun.as_ref().filter(|small| is_small(small.at_most_pct));
    let paid = group.iter().find(|it| !it.line.is_gift()).or(group.first());
    Some(Finding {
        rule: Rule::Price,
        line: paid.map(|it| it.place),
        limit: Measure::Price(limit),
        actual: Measure::Price(actual),
        over_by: limit.checked_sub(actual).map(Measure::Price),
        approver_role: small.map_or(rules.price.approver_role, |small| small.approver_role),
        cure: cure::of_floor(group, deficit),
    })
}

fn above_ceiling(it: &Judged<'_>, rules: &OrderChecks) -> Option<Finding> {
    let (policy, factor) = it.policy?;
    let ceiling = i128::from(policy.ceiling?.0);
    let net = it.line.net_e13(it.line.quantity);
    let most = ceiling.saturating_mul(it.base()).saturating_mul(1_000_000);
    if net.saturating_mul(factor) <= most {
        return None;
    }
    let per_base = it.base().saturating_mul(1_000_000).max(1);
    let limit = UnitPrice(clamped(ceiling.div_euclid(factor)));
    let actual = UnitPrice(clamped((net.saturating_add(per_base - 1)).div_euclid(per_base)));
    Some(Finding {
        rule: Rule::Price,
        line: Some(it.place),
        limit: Measure::Price(limit),
        actual: Measure::Price(actual),
        over_by: actual.checked_sub(limit).map(Measure::Price),
        approver_role: rules.price.approver_role,
        cure: cure::of_ceiling(it, ceiling, factor),
    })
}

fn gifts(lines: &[Line], facts: &Facts<'_>, rules: &OrderChecks) -> Vec<Finding> {
    let factor = |line: &Line| {
        let product = facts.products.iter().find(|product| product.id == line.product);
        i128::from(product.and_then(|product| product.units.factor(&line.unit)).unwrap_or(1))
    };
    let base = |line: &Line| i128::from(line.quantity.0).saturating_mul(factor(line));
    let mut findings = Vec::new();
    let mut found = |place: usize, limit: i128, actual: i128, cure| {
        let quantity = |n| Measure::Quantity(Quantity(clamped(n)));
        let (limit, over_by, actual) =
            (quantity(limit), quantity(actual.saturating_sub(limit)), quantity(actual));
        let approver_role = rules.gift.approver_role;
        let line = Some(place);
        findings.push(Finding {
            rule: Rule::Gift,
            line,
            limit,
            actual,
            over_by: Some(over_by),
            approver_role,
            cure,
        });
    };
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| line.is_gift()) {
        let Some(id) = line.promotion else {
            found(place, 0, base(line), Some(Cure::NamePromotion { line: place }));
            continue;
        };
        let Some(promotion) = facts.promotions.iter().find(|it| it.id == id) else { continue };
        let of_it = |is_gift: bool| {
            lines.iter().filter(move |it| it.promotion == Some(id) && it.is_gift() == is_gift)
        };
        let bought = of_it(false).filter(|it| it.product == promotion.buy).map(base).sum();
        let allowed =
            if line.product == promotion.get { promotion.gives(bought, facts.buyer.day) } else { 0 };
        // Several lines of the same gift share what is allowed; the last of them answers for what is too much.
        let is_last = !lines[place + 1..].iter().any(|it| same_gift(it, line));
        let given: i128 = of_it(true).filter(|it| it.product == line.product).map(base).sum();
        if is_last && given > allowed {
            let n = (given - allowed).div_euclid(factor(line) * 1_000);
            let n = n + i128::from((given - allowed) % (factor(line) * 1_000) != 0);
            let cure = Cure::FewerGifts { line: place, n: clamped(n), unit: line.unit.clone() };
            let is_enough = i128::from(line.quantity.0) >= n.saturating_mul(1_000);
            found(place, allowed, given, is_enough.then_some(cure));
        }
    }
    findings
}

fn same_gift(one: &Line, other: &Line) -> bool {
    one.is_gift() && one.promotion == other.promotion && one.product == other.product
}

fn diversion(facts: &Facts<'_>, rules: &OrderChecks) -> Option<Finding> {
    let own = *facts.buyer.regions.first()?;
    (own != facts.ship_to).then_some(Finding {
        rule: Rule::Diversion,
        line: None,
        limit: Measure::Region(own),
        actual: Measure::Region(facts.ship_to),
        over_by: None,
        approver_role: rules.diversion.approver_role,
        cure: None,
    })
}

pub(super) fn clamped(n: i128) -> i64 {
    i64::try_from(n).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX })
}
