//! Everything the checks look at, in one statement: what is sold, at which prices, what is held, what came back, and
//! which rules are in force.

use chrono::NaiveDate;
use domain::ids::{CustomerId, ProductId, RegionId};
use domain::money::{Fen, UnitPrice};
use domain::orders::Pack;
use domain::stored::Stored;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::select::{self, Select, marks};

/// A product with one of its prices, if it has any.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SoldRow {
    pub product_id: ProductId,
    pub product_name: String,
    pub base_unit: String,
    pub packs: Stored<Vec<Pack>>,
    pub region_id: Option<RegionId>,
    pub price_tier: Option<String>,
    pub unit: Option<String>,
    pub floor_price_e4: Option<UnitPrice>,
    pub ceiling_price_e4: Option<UnitPrice>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A product of the order with one of its prices; the rest is the same on every row.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FactRow {
    #[sea_orm(nested)]
    pub sold: SoldRow,
    /// How far above the customer's own region; none for a general price.
    pub depth: Option<i32>,
    pub reserved_fen: Option<Fen>,
    pub unbilled_fen: Option<Fen>,
    pub receivable_fen: Option<Fen>,
    pub credited_fen: Option<Fen>,
    pub received_fen: Option<Fen>,
    pub delivered_fen: Fen,
    pub returned_fen: Fen,
}

/// Whose order it is, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub customer: CustomerId,
    pub bill_to: CustomerId,
    pub region: RegionId,
    pub tier: &'a str,
    pub on: NaiveDate,
    /// The day before the window of returns, and its last.
    pub window: (NaiveDate, NaiveDate),
    pub products: &'a [ProductId],
}

const FACTS: &str = "\
WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS depth FROM people_regions WHERE id = ?
    UNION ALL SELECT upper.id, upper.parent_id, above.depth + 1 FROM people_regions upper
    JOIN above ON upper.id = above.parent_id WHERE above.depth < 20),
nearest AS (SELECT id, min(depth) AS depth FROM above GROUP BY id)
SELECT product.id AS product_id, product.name AS product_name, product.base_unit, product.packs,
    price.region_id, nearest.depth, price.price_tier, price.unit, price.floor_price_e4,
    price.ceiling_price_e4, price.valid_from, price.valid_to,
    held.reserved_fen, held.unbilled_fen, held.receivable_fen, held.credited_fen, held.received_fen,
    turnover.delivered_fen, turnover.returned_fen
FROM orders_products product
CROSS JOIN (SELECT CAST(COALESCE(sum(delivered_fen), 0) AS bigint) AS delivered_fen,
    CAST(COALESCE(sum(returned_fen), 0) AS bigint) AS returned_fen
    FROM orders_turnover WHERE customer_id = ? AND day > ? AND day <= ?) turnover
LEFT JOIN orders_exposure held ON held.customer_id = ?
LEFT JOIN orders_prices price ON price.product_id = product.id
    AND (price.price_tier IS NULL OR price.price_tier = ?)
    AND price.valid_from <= ? AND (price.valid_to IS NULL OR price.valid_to >= ?)
    AND (price.region_id IS NULL OR price.region_id IN (SELECT id FROM nearest))
LEFT JOIN nearest ON nearest.id = price.region_id
WHERE product.id IN";

pub async fn read(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Vec<FactRow>, DbErr> {
    let text = format!("{FACTS} ({})", marks(asked.products.len()));
    let (before, last) = asked.window;
    let fixed: [Value; 8] = [
        asked.region.into(),
        asked.customer.into(),
        before.into(),
        last.into(),
        asked.bill_to.into(),
        asked.tier.into(),
        asked.on.into(),
        asked.on.into(),
    ];
    let values = fixed.into_iter().chain(asked.products.iter().map(|id| Value::from(*id)));
    Select::new("").then(&text, values).all(db).await
}

/// A region with one that lies above it, or itself.
#[derive(Clone, Debug, FromQueryResult)]
pub struct AboveRow {
    pub origin: RegionId,
    pub region_id: RegionId,
    pub depth: i32,
}

/// What lies above these regions.
pub async fn above(db: &impl ConnectionTrait, regions: &[RegionId]) -> Result<Vec<AboveRow>, DbErr> {
    let mut found = Vec::new();
    for some in regions.chunks(select::CHUNK) {
        let text = format!(
            "WITH RECURSIVE above AS (\
             SELECT id AS origin, id, parent_id, 0 AS depth FROM people_regions WHERE id IN ({}) \
             UNION ALL SELECT above.origin, upper.id, upper.parent_id, above.depth + 1 FROM people_regions upper \
             JOIN above ON upper.id = above.parent_id WHERE above.depth < 20) \
             SELECT origin, id AS region_id, min(depth) AS depth FROM above GROUP BY origin, id",
            marks(some.len())
        );
        let ids = some.iter().map(|id| Value::from(*id));
        found.extend(Select::new("").then(&text, ids).all::<AboveRow>(db).await?);
    }
    Ok(found)
}

/// These products with the prices that are in force on a day, for whomever.
pub async fn sold(
    db: &impl ConnectionTrait,
    products: &[ProductId],
    on: NaiveDate,
) -> Result<Vec<SoldRow>, DbErr> {
    let text = "SELECT product.id AS product_id, product.name AS product_name, product.base_unit, product.packs, \
        price.region_id, price.price_tier, price.unit, price.floor_price_e4, price.ceiling_price_e4, \
        price.valid_from, price.valid_to FROM orders_products product \
        LEFT JOIN orders_prices price ON price.product_id = product.id \
        AND price.valid_from <= ? AND (price.valid_to IS NULL OR price.valid_to >= ?)";
    let select = Select::new("").then(text, [on.into(), on.into()]);
    select::among(db, (select, "product.id"), products, "").await
}

/// What went out to a customer and came back.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TurnoverRow {
    pub customer_id: CustomerId,
    pub delivered_fen: Fen,
    pub returned_fen: Fen,
}

/// What went out to these customers and came back, from the day after the first to the last.
pub async fn turnovers(
    db: &impl ConnectionTrait,
    customers: &[CustomerId],
    (before, last): (NaiveDate, NaiveDate),
) -> Result<Vec<TurnoverRow>, DbErr> {
    let text = "SELECT customer_id, CAST(sum(delivered_fen) AS bigint) AS delivered_fen, \
                CAST(sum(returned_fen) AS bigint) AS returned_fen FROM orders_turnover";
    let select = Select::new(text).and("day > ?", [before.into()]).and("day <= ?", [last.into()]);
    select::among(db, (select, "customer_id"), customers, "GROUP BY customer_id").await
}

#[derive(FromQueryResult)]
struct Found {
    n: i64,
}

/// Is there such a region?
pub async fn region_exists(db: &impl ConnectionTrait, id: RegionId) -> Result<bool, DbErr> {
    let select = Select::new("SELECT count(*) AS n FROM people_regions").and("id = ?", [id.into()]);
    Ok(select.one::<Found>(db).await?.is_some_and(|found| found.n > 0))
}
