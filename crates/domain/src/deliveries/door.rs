//! What goes back and forth at the store's door besides the delivery: returns and exchanges near the expiry date.

use crate::ids::ProductId;
use crate::money::Quantity;
use serde::{Deserialize, Serialize};

names! {
    /// Who pays for goods that come back.
    pub enum Bearer {
        /// 厂家
        Supplier = "supplier",
        /// 公司
        Company = "company",
        /// 客户
        Customer = "customer",
    }
}

names! {
    /// Which way goods go at the door.
    pub enum Direction as DoorDirection {
        /// To the store.
        Out = "out",
        /// From it.
        In = "in",
    }
}

/// A reason that goods come back for, as the company lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnReason {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// Does it count in the customer's return rate?
    pub counts_in_return_rate: bool,
    /// Who pays.
    pub borne_by: Bearer,
}

/// A product as far as a line needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Which.
    pub product: ProductId,
    /// The units it is counted in.
    pub units: Vec<String>,
}

/// Something that goes out to the store or comes in from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoorLine {
    /// Which product.
    pub product_id: ProductId,
    /// One of its units.
    pub unit: String,
    /// How much, with up to three decimals.
    pub quantity: Quantity,
    /// Why it comes in; a code of the company's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One record: what went out to the store, and what came in for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// To the store.
    #[serde(default)]
    pub out: Vec<DoorLine>,
    /// From the store.
    #[serde(default, rename = "in")]
    pub back: Vec<DoorLine>,
}

/// What a record is refused for, with its place.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorRefusal {
    /// Neither out nor in.
    #[error("an exchange needs a line")]
    Empty,
    /// Nothing of that id is sold.
    #[error("there is no such product")]
    ProductUnknown(String),
    /// The product has no such unit.
    #[error("the product has no such unit")]
    UnitUnknown(String),
    /// Nothing, or less.
    #[error("a quantity is more than nothing")]
    QuantityInvalid(String),
    /// The list has no such reason.
    #[error("there is no such reason")]
    ReasonUnknown(String),
}

impl DoorRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "return_empty",
            Self::ProductUnknown(_) => "product_unknown",
            Self::UnitUnknown(_) => "unit_unknown",
            Self::QuantityInvalid(_) => "quantity_invalid",
            Self::ReasonUnknown(_) => "return_reason_unknown",
        }
    }

    /// The field below the record, as a JSON pointer.
    pub fn pointer(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::ProductUnknown(line) => format!("{line}/product_id"),
            Self::UnitUnknown(line) => format!("{line}/unit"),
            Self::QuantityInvalid(line) => format!("{line}/quantity"),
            Self::ReasonUnknown(line) => format!("{line}/reason"),
        }
    }
}

/// All that is wrong with a record.
pub fn check_exchange(exchange: &Exchange, sold: &[Sold], reasons: &[ReturnReason]) -> Vec<DoorRefusal> {
    let mut wrong = Vec::new();
    if exchange.out.is_empty() && exchange.back.is_empty() {
        wrong.push(DoorRefusal::Empty);
    }
    for (side, lines) in [("out", &exchange.out), ("in", &exchange.back)] {
        for (place, line) in lines.iter().enumerate() {
            let at = format!("/{side}/{place}");
            match sold.iter().find(|it| it.product == line.product_id) {
                None => wrong.push(DoorRefusal::ProductUnknown(at.clone())),
                Some(product) if !product.units.contains(&line.unit) => {
                    wrong.push(DoorRefusal::UnitUnknown(at.clone()));
                }
                Some(_) => {}
            }
            if line.quantity <= Quantity::ZERO {
                wrong.push(DoorRefusal::QuantityInvalid(at.clone()));
            }
            let is_known = reasons.iter().any(|it| Some(&it.code) == line.reason.as_ref());
            if side == "in" && !is_known || side == "out" && line.reason.is_some() {
                wrong.push(DoorRefusal::ReasonUnknown(at));
            }
        }
    }
    wrong
}
