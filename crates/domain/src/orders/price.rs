//! Which price policy a line is judged by, and what a promotion gives.

use std::cmp::Reverse;

use chrono::NaiveDate;

use super::Units;
use crate::ids::{ProductId, PromotionId, RegionId};
use crate::money::{Quantity, UnitPrice};

/// What a product may cost in a region and a tier, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Of what.
    pub product: ProductId,
    /// Everywhere where absent.
    pub region: Option<RegionId>,
    /// Every tier where absent.
    pub tier: Option<String>,
    /// One of the product's units.
    pub unit: String,
    /// Not below.
    pub floor: UnitPrice,
    /// Not above; open where absent.
    pub ceiling: Option<UnitPrice>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; open where absent.
    pub valid_to: Option<NaiveDate>,
}

/// Whose prices are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Buyer<'a> {
    /// The customer's region, then those above it.
    pub regions: &'a [RegionId],
    /// The customer's tier.
    pub tier: &'a str,
    /// The business day.
    pub day: NaiveDate,
}

/// The policy for a product in a unit: the nearest region's before the general one, then the own tier's before the
/// one for all, then the one in this very unit, then what came into force last. None where nothing is agreed.
pub fn policy<'a>(
    policies: &'a [Policy],
    (product, unit): (ProductId, &str),
    units: &Units,
    buyer: Buyer<'_>,
) -> Option<&'a Policy> {
    let rank = |policy: &Policy| {
        let is_valid = policy.valid_from <= buyer.day && policy.valid_to.is_none_or(|last| buyer.day <= last);
        if policy.product != product || !is_valid || units.factor(&policy.unit).is_none() {
            return None;
        }
        let region = match policy.region {
            Some(region) => buyer.regions.iter().position(|it| *it == region)?,
            None => usize::MAX,
        };
        let is_for_all = match &policy.tier {
            Some(tier) if tier != buyer.tier => return None,
            tier => tier.is_none(),
        };
        Some((region, is_for_all, policy.unit != unit, Reverse(policy.valid_from)))
    };
    let ranked = policies.iter().filter_map(|policy| rank(policy).map(|rank| (rank, policy)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, policy)| policy)
}

/// Buy so much of one product, get so much of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its id.
    pub id: PromotionId,
    /// What has to be bought.
    pub buy: ProductId,
    /// How much of it, in base units.
    pub buy_quantity: Quantity,
    /// What is given.
    pub get: ProductId,
    /// How much of it for each time, in base units.
    pub get_quantity: Quantity,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; open where absent.
    pub valid_to: Option<NaiveDate>,
}

impl Promotion {
    /// How much may be given for so much bought on that day, in base units.
    pub fn gives(&self, bought: i128, day: NaiveDate) -> i128 {
        let is_valid = self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last);
        if !is_valid || self.buy_quantity <= Quantity::ZERO {
            return 0;
        }
        (bought / i128::from(self.buy_quantity.0)).saturating_mul(i128::from(self.get_quantity.0))
    }
}
