//! What a file leaves out.

/// The unit of a product that names none.
pub const UNIT: &str = "件";
