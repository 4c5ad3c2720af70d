//! The lines of an order as somebody wants them, and what they come to.

use super::check::Product;
use crate::ids::{CustomerId, ProductId, PromotionId};
use crate::money::{Fen, Percent, Quantity, UnitPrice};

/// A line as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub product: ProductId,
    /// In which of the product's units.
    pub unit: String,
    /// How many of them.
    pub quantity: Quantity,
    /// Yuan for one of them, before the discount.
    pub unit_price: UnitPrice,
    /// What is taken off.
    pub discount: Percent,
    /// The promotion it belongs to; a gift has to name one.
    pub promotion: Option<PromotionId>,
}

/// The most lines an order has.
const MOST_LINES: usize = 200;
/// More of a line than anybody loads: ten million of its unit.
const MOST: Quantity = Quantity(10_000_000_000);
/// Dearer than anything that is sold: ten million yuan.
const DEAREST: UnitPrice = UnitPrice(100_000_000_000);

/// A line that cannot be ordered, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The line's place.
    pub place: usize,
    /// The field that is wrong.
    pub field: &'static str,
    /// What is wrong with it.
    pub refusal: Refusal,
}

/// Why lines cannot be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No lines at all.
    #[error("an order needs at least one line")]
    NoLines,
    /// More than anybody reads.
    #[error("an order has at most two hundred lines")]
    TooManyLines,
    /// Nothing that is sold.
    #[error("the product is not sold")]
    ProductUnknown,
    /// The product does not come so.
    #[error("the product does not come in this unit")]
    UnitUnknown,
    /// Nothing, less than nothing or more than there is.
    #[error("the quantity cannot be ordered")]
    QuantityInvalid,
    /// Less than nothing, or dearer than anything.
    #[error("the price cannot be asked for")]
    PriceInvalid,
    /// Not between nothing and everything.
    #[error("the discount is not between 0 and 100 percent")]
    DiscountInvalid,
    /// No promotion of that id.
    #[error("the promotion is not known")]
    PromotionUnknown,
    /// The sum cannot be kept.
    #[error("the order's total is too large")]
    TooLarge,
}

impl Refusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoLines => "order_lines_missing",
            Self::TooManyLines => "order_lines_too_many",
            Self::ProductUnknown => "product_unknown",
            Self::UnitUnknown => "unit_unknown",
            Self::QuantityInvalid => "order_quantity_invalid",
            Self::PriceInvalid => "order_price_invalid",
            Self::DiscountInvalid => "discount_invalid",
            Self::PromotionUnknown => "promotion_unknown",
            Self::TooLarge => "order_too_large",
        }
    }
}

impl Line {
    /// What the line comes to after the discount, rounded half up once. None on overflow.
    pub fn amount(&self) -> Option<Fen> {
        // e4 yuan × e3 units × e6 of the whole is e13; fen are e2, so eleven digits go.
        let rounded = self.net_e13(self.quantity).checked_add(50_000_000_000)?.div_euclid(100_000_000_000);
        i64::try_from(rounded).ok().map(Fen)
    }

    /// The exact worth of so much of the line, net of the discount, in units of 10⁻¹³ yuan.
    pub(super) fn net_e13(&self, quantity: Quantity) -> i128 {
        let rest = Percent::WHOLE.0.saturating_sub(self.discount.0);
        i128::from(self.unit_price.0).saturating_mul(i128::from(rest)).saturating_mul(i128::from(quantity.0))
    }

    /// Is it given away?
    pub fn is_gift(&self) -> bool {
        self.unit_price == UnitPrice::ZERO || self.discount == Percent::WHOLE
    }
}

/// The amounts of the lines and their sum, which is no more than anybody may write down.
pub fn priced(lines: &[Line]) -> Result<(Vec<Fen>, Fen), Refusal> {
    let amounts: Vec<Fen> = lines.iter().map(Line::amount).collect::<Option<_>>().ok_or(Refusal::TooLarge)?;
    let total = Fen::sum(amounts.iter().copied()).ok().filter(|total| *total <= Fen::MOST);
    Ok((amounts, total.ok_or(Refusal::TooLarge)?))
}

/// Everything about the lines that cannot be ordered at all; the guard has nothing to say about those.
pub fn validate(
    lines: &[Line],
    products: &[Product],
    promotions: &[PromotionId],
) -> Result<(), Vec<LineFault>> {
    let whole = |refusal| vec![LineFault { place: 0, field: "", refusal }];
    if lines.is_empty() {
        return Err(whole(Refusal::NoLines));
    }
    if lines.len() > MOST_LINES {
        return Err(whole(Refusal::TooManyLines));
    }
    let faults: Vec<LineFault> = lines
        .iter()
        .enumerate()
        .flat_map(|(place, line)| {
            let faults = faults(line, products, promotions);
            faults.into_iter().map(move |(field, refusal)| LineFault { place, field, refusal })
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn faults(line: &Line, products: &[Product], promotions: &[PromotionId]) -> Vec<(&'static str, Refusal)> {
    let mut faults = Vec::new();
    match products.iter().find(|product| product.id == line.product) {
        None => faults.push(("product_id", Refusal::ProductUnknown)),
        Some(product) if product.units.factor(&line.unit).is_none() => {
            faults.push(("unit", Refusal::UnitUnknown));
        }
        Some(_) => {}
    }
    if line.quantity <= Quantity::ZERO || line.quantity > MOST {
        faults.push(("quantity", Refusal::QuantityInvalid));
    }
    if line.unit_price < UnitPrice::ZERO || line.unit_price > DEAREST {
        faults.push(("unit_price", Refusal::PriceInvalid));
    }
    if !(Percent::ZERO..=Percent::WHOLE).contains(&line.discount) {
        faults.push(("discount_pct", Refusal::DiscountInvalid));
    }
    if line.promotion.is_some_and(|id| !promotions.contains(&id)) {
        faults.push(("promotion_id", Refusal::PromotionUnknown));
    }
    faults
}

/// What an approval is bound to, as one text: whoever changes any of it asks again.
pub fn content(customer: CustomerId, lines: &[Line]) -> String {
    let mut text = customer.to_string();
    for line in lines {
        let promotion = line.promotion.map(|id| id.to_string()).unwrap_or_default();
        let Line { product, unit, quantity, unit_price, discount, .. } = line;
        text.push_str(&format!("\n{product}|{unit}|{quantity}|{unit_price}|{discount}|{promotion}"));
    }
    text
}
