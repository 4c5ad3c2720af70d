//! Units and packs of a product: one base unit that everything is counted in.

use serde::{Deserialize, Serialize};

/// A pack of a product: so many base units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Its unit.
    pub unit: String,
    /// How many base units are in it.
    pub factor: i64,
}

/// A product's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// What everything is counted in.
    pub base: String,
    /// At most three, with whole factors.
    pub packs: Vec<Pack>,
}

impl Units {
    /// How many base units are in one of these. None where the product does not come so.
    pub fn factor(&self, unit: &str) -> Option<i64> {
        if unit == self.base {
            return Some(1);
        }
        self.packs.iter().find(|pack| pack.unit == unit).map(|pack| pack.factor)
    }
}
