//! Reads everything the checks look at, and has the domain check it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{ProductId, PromotionId, RegionId};
use domain::money::Fen;
use domain::orders::{self as rules, Buckets, Buyer, Credit, Facts, Finding, Line, OrderChecks};
use domain::orders::{Policy, Product, Promotion, Turnover, Units};
use domain::working_time::local_date;

use super::rows::catalogue::{self, promotion};
use super::rows::exposure;
use super::rows::facts::{self as rows, Asked, FactRow, SoldRow};
use super::standing::Standing;
use crate::error::{Error, Result};
use crate::quotes;
use crate::select::Connection;

/// What is known about what somebody wants.
#[derive(Debug)]
pub struct Known {
    pub on: NaiveDate,
    pub held: Buckets,
    pub names: HashMap<ProductId, String>,
    turnover: Turnover,
    products: Vec<Product>,
    policies: Vec<Policy>,
    regions: Vec<RegionId>,
    promotions: Vec<Promotion>,
}

/// Reads it. Another statement is asked only where a line names a promotion.
pub async fn read(
    db: &impl Connection,
    standing: &Standing,
    lines: &[Line],
    now: DateTime<Utc>,
) -> Result<Known> {
    let on = local_date(now);
    let mut products: Vec<ProductId> = lines.iter().map(|line| line.product).collect();
    products.sort_unstable();
    products.dedup();
    // Nobody orders more; the domain says so, and the statement stays short.
    products.truncate(201);
    let asked = Asked {
        customer: standing.customer,
        bill_to: standing.bill_to,
        region: standing.region,
        tier: &standing.tier,
        on,
        window: rules::window(on.pred_opt().unwrap_or(on)),
        products: &products,
    };
    let found = if products.is_empty() { Vec::new() } else { rows::read(db, asked).await? };
    let promotions = promotions(db, lines).await?;
    Ok(Known { promotions, ..known(standing, found, on) })
}

async fn promotions(db: &impl Connection, lines: &[Line]) -> Result<Vec<Promotion>> {
    let mut ids: Vec<PromotionId> = lines.iter().filter_map(|line| line.promotion).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(201);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(catalogue::promotions_among(db, &ids).await?.into_iter().map(promotion).collect())
}

fn promotion(row: promotion::Model) -> Promotion {
    Promotion {
        id: row.id,
        buy: row.buy_product_id,
        buy_quantity: row.buy_thousandths,
        get: row.get_product_id,
        get_quantity: row.get_thousandths,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    }
}

/// Each once, in order.
fn unique<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The same for the lines of many orders at once: as many statements for many as for one.
pub async fn read_all(
    db: &impl Connection,
    asked: &[(&Standing, &[Line])],
    now: DateTime<Utc>,
) -> Result<Vec<Known>> {
    let on = local_date(now);
    let lines: Vec<Line> = asked.iter().flat_map(|(_, lines)| lines.iter().cloned()).collect();
    let products = unique(lines.iter().map(|line| line.product));
    let regions = unique(asked.iter().map(|(standing, _)| standing.region));
    let customers = unique(asked.iter().map(|(standing, _)| standing.customer));
    let payers = unique(asked.iter().map(|(standing, _)| standing.bill_to));
    let sold = rows::sold(db, &products, on).await?;
    let above = rows::above(db, &regions).await?;
    let window = rules::window(on.pred_opt().unwrap_or(on));
    let turnovers = rows::turnovers(db, &customers, window).await?;
    let held = exposure::held_by(db, &payers).await?;
    let promotions = promotions(db, &lines).await?;
    let known = |(standing, lines): &(&Standing, &[Line])| {
        let mut above: Vec<_> = above.iter().filter(|it| it.origin == standing.region).collect();
        above.sort_unstable_by_key(|it| (it.depth, it.region_id));
        let turnover = turnovers.iter().find(|it| it.customer_id == standing.customer);
        let turnover = turnover.map(|it| Turnover { delivered: it.delivered_fen, returned: it.returned_fen });
        let own = |row: &&SoldRow| lines.iter().any(|line| line.product == row.product_id);
        let sold: Vec<SoldRow> = sold.iter().filter(own).cloned().collect();
        let (names, products) = products_of(&sold);
        Known {
            on,
            held: held
                .iter()
                .find(|(id, _)| *id == standing.bill_to)
                .map(|(_, held)| *held)
                .unwrap_or_default(),
            names,
            turnover: turnover.unwrap_or_default(),
            products,
            policies: sold.iter().filter_map(policy).collect(),
            regions: above.into_iter().map(|it| it.region_id).collect(),
            promotions: promotions.clone(),
        }
    };
    Ok(asked.iter().map(known).collect())
}

fn known(standing: &Standing, found: Vec<FactRow>, on: NaiveDate) -> Known {
    let first = found.first();
    let held = first.map(|row| Buckets {
        reserved: row.reserved_fen.unwrap_or(Fen::ZERO),
        unbilled: row.unbilled_fen.unwrap_or(Fen::ZERO),
        receivable: row.receivable_fen.unwrap_or(Fen::ZERO),
        credited: row.credited_fen.unwrap_or(Fen::ZERO),
        received: row.received_fen.unwrap_or(Fen::ZERO),
    });
    let turnover = first
        .map(|row| Turnover { delivered: row.delivered_fen, returned: row.returned_fen })
        .unwrap_or_default();
    let mut depths: Vec<(i32, RegionId)> =
        found.iter().filter_map(|row| Some((row.depth?, row.sold.region_id?))).collect();
    depths.push((0, standing.region));
    depths.sort_unstable();
    depths.dedup();
    let sold: Vec<SoldRow> = found.into_iter().map(|row| row.sold).collect();
    let (names, products) = products_of(&sold);
    Known {
        on,
        held: held.unwrap_or_default(),
        names,
        turnover,
        products,
        policies: sold.iter().filter_map(policy).collect(),
        regions: depths.into_iter().map(|(_, region)| region).collect(),
        promotions: Vec::new(),
    }
}

/// Each product once, with its name.
fn products_of(sold: &[SoldRow]) -> (HashMap<ProductId, String>, Vec<Product>) {
    let (mut names, mut products) = (HashMap::new(), Vec::new());
    for row in sold {
        if names.insert(row.product_id, row.product_name.clone()).is_none() {
            let units = Units { base: row.base_unit.clone(), packs: row.packs.0.clone() };
            products.push(Product { id: row.product_id, units });
        }
    }
    (names, products)
}

fn policy(row: &SoldRow) -> Option<Policy> {
    Some(Policy {
        product: row.product_id,
        region: row.region_id,
        tier: row.price_tier.clone(),
        unit: row.unit.clone()?,
        floor: row.floor_price_e4?,
        ceiling: row.ceiling_price_e4,
        valid_from: row.valid_from?,
        valid_to: row.valid_to,
    })
}

impl Known {
    /// The amounts of lines that can be ordered at all; everything that is wrong with others.
    pub fn priced(&self, lines: &[Line]) -> Result<(Vec<Fen>, Fen)> {
        let promotions: Vec<PromotionId> = self.promotions.iter().map(|it| it.id).collect();
        if let Err(faults) = rules::validate(lines, &self.products, &promotions) {
            return Err(quotes::refused(&faults));
        }
        rules::priced(lines).map_err(|refusal| Error::field("/lines", refusal.code()))
    }

    /// Everything the checks find. `own` is what the order holds already.
    pub fn check(
        &self,
        (lines, total): (&[Line], Fen),
        standing: &Standing,
        (ship_to, own): (Option<RegionId>, Fen),
        checks: &Arc<OrderChecks>,
    ) -> Vec<Finding> {
        let exposure = self.held.total().unwrap_or(Fen(i64::MAX));
        let facts = Facts {
            credit: Credit {
                is_used: standing.uses_credit,
                limit: standing.limit,
                temporary: standing.temporary,
                exposure: Fen(exposure.0.saturating_sub(own.0)),
                overdue_days: standing.overdue_days,
            },
            turnover: self.turnover,
            return_limit: standing.return_limit,
            buyer: Buyer { regions: &self.regions, tier: &standing.tier, day: self.on },
            ship_to: ship_to.unwrap_or(standing.region),
            products: &self.products,
            policies: &self.policies,
            promotions: &self.promotions,
        };
        rules::check(lines, total, &facts, checks)
    }
}
