use super::{Fault, Reader, Row};
use crate::money::UnitPrice;
use crate::orders::Pack;
use crate::texts;

/// A product as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductRow {
    /// The other system's id.
    pub external_id: String,
    /// As people read it.
    pub name: String,
    /// The unit that everything is counted in.
    pub base_unit: String,
    /// At most three packs with whole factors.
    pub packs: Vec<Pack>,
    /// A base unit's price before any agreement.
    pub list_price: UnitPrice,
}

impl ProductRow {
    /// Reads a row of `products.csv`. Packs are written `提:6;箱:24`.
    pub fn read(row: &Row) -> Result<Self, Vec<Fault>> {
        let mut cells = Reader::new(row);
        cells.required(&["list_price"]);
        let read = Self {
            external_id: cells.required(&["product_id"]),
            name: cells.required(&["name"]),
            base_unit: cells.optional(&["base_unit"]).unwrap_or_else(|| texts::UNIT.to_owned()),
            packs: packs(&mut cells),
            list_price: cells.number(&["list_price"], "not_a_price").unwrap_or_default(),
        };
        if read.list_price < UnitPrice::ZERO {
            cells.fault("list_price", "negative", &read.list_price.to_string());
        }
        cells.finish(read)
    }
}

fn packs(cells: &mut Reader<'_>) -> Vec<Pack> {
    let text = cells.optional(&["packs"]).unwrap_or_default();
    let parts = text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty());
    let packs: Option<Vec<Pack>> = parts
        .map(|part| {
            let (unit, factor) = part.split_once([':', '：'])?;
            let factor = factor.trim().parse().ok().filter(|factor| *factor > 1)?;
            Some(Pack { unit: unit.trim().to_owned(), factor })
        })
        .collect();
    match packs {
        Some(packs) if packs.len() <= 3 => packs,
        _ => {
            cells.fault("packs", "not_packs", &text);
            Vec::new()
        }
    }
}
