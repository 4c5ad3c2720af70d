use super::{Fault, Reader, Row};

/// A region as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionRow {
    /// The other system's id.
    pub code: String,
    /// As people read it.
    pub name: String,
    /// The region above, by its code.
    pub parent: Option<String>,
}

impl RegionRow {
    /// Reads a row of `regions.csv`.
    pub fn read(row: &Row) -> Result<Self, Vec<Fault>> {
        let mut cells = Reader::new(row);
        let read = Self {
            code: cells.required(&["region_code"]),
            name: cells.required(&["name"]),
            parent: cells.optional(&["parent_code"]),
        };
        if read.parent.as_ref() == Some(&read.code) {
            cells.fault("parent_code", "own_parent", &read.code);
        }
        cells.finish(read)
    }
}
