//! The cheapest way to end a finding, computed and never guessed.

use super::Line;
use super::check::{Deficit, Judged, clamped};
use crate::money::{Fen, Percent, Quantity, UnitPrice};

/// What would end a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cure {
    /// So many units of one line less.
    OrderLess {
        /// The line's place.
        line: usize,
        /// How many of its units.
        n: i64,
        /// The unit.
        unit: String,
    },
    /// So much less, of several lines.
    OrderLessBy {
        /// At least this much.
        amount: Fen,
    },
    /// The customer pays first: the limit is used up without this order.
    PayFirst {
        /// At least this much.
        amount: Fen,
    },
    /// What is owed is settled.
    SettleOverdue {
        /// For how long it has been owed.
        days: i32,
    },
    /// This price or a higher one.
    PriceAtLeast {
        /// The line's place.
        line: usize,
        /// For one of these.
        unit: String,
        /// Before the discount.
        price: UnitPrice,
    },
    /// This price or a lower one.
    PriceAtMost {
        /// The line's place.
        line: usize,
        /// For one of these.
        unit: String,
        /// Before the discount.
        price: UnitPrice,
    },
    /// So many units of a gift less.
    FewerGifts {
        /// The line's place.
        line: usize,
        /// How many of its units.
        n: i64,
        /// The unit.
        unit: String,
    },
    /// The gift names its promotion.
    NamePromotion {
        /// The line's place.
        line: usize,
    },
}

/// What ends an overrun of the credit: of every line the fewest units that are enough, and of those the one that gives
/// up the least money.
pub(super) fn of_credit(lines: &[Line], total: Fen, over_by: Fen) -> Cure {
    if over_by >= total {
        return Cure::PayFirst { amount: over_by };
    }
    let candidates = lines.iter().enumerate().filter(|(_, line)| line.promotion.is_none());
    let fewest = candidates.filter_map(|(place, line)| {
        let (n, amount) = fewest(line, over_by)?;
        Some(((amount, n), Cure::OrderLess { line: place, n, unit: line.unit.clone() }))
    });
    let cheapest = fewest.min_by_key(|(cost, _)| *cost).map(|(_, cure)| cure);
    cheapest.unwrap_or(Cure::OrderLessBy { amount: over_by })
}

/// The fewest whole units of a line that are worth at least so much, and what they are worth.
fn fewest(line: &Line, at_least: Fen) -> Option<(i64, Fen)> {
    let whole = line.amount()?;
    let saved = |n: i64| {
        let less = Quantity(n.checked_mul(1_000)?);
        let rest = Line { quantity: line.quantity.checked_sub(less)?, ..line.clone() };
        whole.checked_sub(rest.amount()?)
    };
    let (mut too_few, mut enough) = (0, line.quantity.0 / 1_000);
    if saved(enough)? < at_least {
        return None;
    }
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if saved(middle)? < at_least { too_few = middle } else { enough = middle }
    }
    Some((enough, saved(enough)?))
}

/// What ends a price below the floor: fewer gifts where gifts are the reason, else a higher price.
pub(super) fn of_floor(group: &[Judged<'_>], deficit: Deficit) -> Option<Cure> {
    let paid = group.iter().find(|it| !it.line.is_gift())?;
    fewer_gifts(group, deficit).or_else(|| {
        let line = paid.line;
        let rest = i128::from(Percent::WHOLE.0 - line.discount.0);
        let gained = deficit.scale.saturating_mul(rest).saturating_mul(i128::from(line.quantity.0));
        let price = i128::from(line.unit_price.0).saturating_add(ceil(deficit.missing, gained)?);
        let price = UnitPrice(clamped(price));
        Some(Cure::PriceAtLeast { line: paid.place, unit: line.unit.clone(), price })
    })
}

fn fewer_gifts(group: &[Judged<'_>], deficit: Deficit) -> Option<Cure> {
    group.iter().filter(|it| it.line.is_gift()).find_map(|it| {
        let quantity = i128::from(it.line.quantity.0);
        // A thousandth of the unit weighs its share of the floor; a whole one a thousand times that.
        let floor = it.floor_at(deficit.scale).saturating_mul(1_000_000);
        let n = ceil(deficit.missing.saturating_mul(quantity), floor.saturating_mul(1_000))?;
        let cure = Cure::FewerGifts { line: it.place, n: clamped(n), unit: it.line.unit.clone() };
        (n.saturating_mul(1_000) <= quantity).then_some(cure)
    })
}

/// What ends a price above the ceiling.
pub(super) fn of_ceiling(it: &Judged<'_>, ceiling: i128, factor: i128) -> Option<Cure> {
    let rest = i128::from(Percent::WHOLE.0 - it.line.discount.0);
    let most = ceiling.saturating_mul(it.factor).saturating_mul(1_000_000);
    let price = most.checked_div(factor.saturating_mul(rest))?;
    Some(Cure::PriceAtMost { line: it.place, unit: it.line.unit.clone(), price: UnitPrice(clamped(price)) })
}

/// Rounded up. None where there is nothing to divide by.
fn ceil(n: i128, by: i128) -> Option<i128> {
    (by > 0).then(|| n.div_euclid(by) + i128::from(n.rem_euclid(by) != 0))
}
