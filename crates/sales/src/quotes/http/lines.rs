//! The lines of a quote or an order in requests, and those of a quote as they are shown.

use domain::ids::{ProductId, PromotionId};
use domain::money::{Fen, Percent, Quantity, UnitPrice};
use domain::orders::Line;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{Error, FieldFault, Result};
use crate::quotes::rows::line;

/// A line as it is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineDraft {
    product_id: Uuid,
    /// The product's base unit or one of its packs.
    unit: String,
    /// With up to three decimals.
    #[schema(value_type = String)]
    quantity: Quantity,
    /// Yuan for one unit before the discount, with up to four decimals.
    #[schema(value_type = String)]
    unit_price: UnitPrice,
    /// Between 0 and 100.
    #[schema(value_type = Option<f64>)]
    discount_pct: Option<Number>,
    /// The promotion it belongs to; a gift has to name one.
    promotion_id: Option<Uuid>,
}

/// The lines as the domain knows them.
pub fn lines(drafts: Vec<LineDraft>) -> Result<Vec<Line>> {
    let mut faults = Vec::new();
    let mut lines = Vec::new();
    for (place, draft) in drafts.into_iter().enumerate() {
        let discount = draft.discount_pct.map(|number| number.to_string().parse::<Percent>());
        if matches!(discount, Some(Err(_))) {
            faults.push(FieldFault::new(format!("/lines/{place}/discount_pct"), "discount_invalid"));
        }
        lines.push(Line {
            product: ProductId(draft.product_id),
            unit: draft.unit,
            quantity: draft.quantity,
            unit_price: draft.unit_price,
            discount: discount.and_then(std::result::Result::ok).unwrap_or_default(),
            promotion: draft.promotion_id.map(PromotionId),
        });
    }
    if faults.is_empty() { Ok(lines) } else { Err(Error::Invalid("discount_invalid", faults)) }
}

/// A line of a quote.
#[derive(Serialize, ToSchema)]
pub struct QuoteLineView {
    line_no: i32,
    product_id: Uuid,
    product_name: String,
    unit: String,
    #[schema(value_type = String)]
    quantity: Quantity,
    #[schema(value_type = String)]
    unit_price: UnitPrice,
    #[schema(value_type = f64)]
    discount_pct: Option<Number>,
    promotion_id: Option<Uuid>,
    #[schema(value_type = String)]
    amount: Fen,
}

impl From<line::Model> for QuoteLineView {
    fn from(line: line::Model) -> Self {
        Self {
            line_no: line.line_no,
            product_id: line.product_id,
            product_name: line.product_name,
            unit: line.unit,
            quantity: Quantity(line.quantity_thousandths),
            unit_price: UnitPrice(line.unit_price_e4),
            discount_pct: Percent(line.discount_ppm).to_string().parse().ok(),
            promotion_id: line.promotion_id,
            amount: Fen(line.amount_fen),
        }
    }
}
