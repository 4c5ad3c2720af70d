//! Customers that are probably one: the same credit code, phone, or name in a district (查重).

use std::collections::HashMap;

use domain::identifiers::{normal_name, normal_phone};
use domain::imports::{CustomerRow, Fault};

use crate::customers::rows::Identity;

/// What two files of one customer have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Mark {
    Uscc(String),
    Phone(String),
    NameInDistrict(String, String),
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|it| !it.is_empty())
}

fn marks(uscc: Option<String>, phone: Option<String>, name: String, district: Option<String>) -> Vec<Mark> {
    let name = filled(Some(name)).zip(filled(district));
    [
        filled(uscc).map(Mark::Uscc),
        filled(phone).map(Mark::Phone),
        name.map(|(name, district)| Mark::NameInDistrict(name, district)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn marks_of(row: &CustomerRow) -> Vec<Mark> {
    let phone = row.phone.as_deref().map(normal_phone);
    marks(row.uscc.clone(), phone, normal_name(&row.name), row.district.clone())
}

/// Who has which mark: those already stored, and the rows of the file seen so far.
#[derive(Default)]
pub struct Seen {
    marks: HashMap<Mark, Vec<Option<String>>>,
}

impl Seen {
    /// Notes a stored customer.
    pub fn stored(&mut self, it: Identity) {
        for mark in marks(it.uscc, it.normal_phone, it.normal_name, it.district_code) {
            self.marks.entry(mark).or_default().push(it.external_id.clone());
        }
    }

    /// Notes a row and warns where somebody else has its marks.
    pub fn warn(&mut self, row: &CustomerRow) -> Vec<Fault> {
        let mut warnings = Vec::new();
        for mark in marks_of(row) {
            let holders = self.marks.entry(mark.clone()).or_default();
            let is_taken = holders.iter().any(|holder| holder.as_ref() != Some(&row.external_id));
            if is_taken {
                warnings.push(warning(&mark, row));
            } else if holders.is_empty() {
                holders.push(Some(row.external_id.clone()));
            }
        }
        warnings
    }
}

fn warning(mark: &Mark, row: &CustomerRow) -> Fault {
    match mark {
        Mark::Uscc(uscc) => Fault::new("uscc", "duplicate_uscc", uscc),
        Mark::Phone(_) => Fault::new("phone", "duplicate_phone", row.phone.as_deref().unwrap_or_default()),
        Mark::NameInDistrict(..) => Fault::new("name", "duplicate_name", &row.name),
    }
}

#[cfg(test)]
mod tests {
    use domain::imports::Row;

    use super::*;

    fn row(id: &str, name: &str, phone: &str, uscc: &str) -> CustomerRow {
        let columns = ["customer_id", "name", "phone", "uscc", "region_code", "district_code"];
        let cells = [id, name, phone, uscc, "R1", "330111"];
        CustomerRow::read(&Row::new(columns.into_iter(), cells.into_iter())).unwrap()
    }

    fn codes(seen: &mut Seen, row: &CustomerRow) -> Vec<String> {
        seen.warn(row).into_iter().map(|fault| fault.code).collect()
    }

    fn identity(external_id: Option<&str>) -> Identity {
        Identity {
            external_id: external_id.map(str::to_owned),
            uscc: None,
            normal_phone: Some("15500000001".to_owned()),
            normal_name: "同福便利店".to_owned(),
            district_code: None,
        }
    }

    #[test]
    fn the_later_row_is_warned_of_the_earlier() {
        let mut seen = Seen::default();
        let first = row("C1", "同福(便利店)", "15500000001", "91320111MW2GK4QX07");
        assert_eq!(codes(&mut seen, &first), Vec::<String>::new());
        let second = row("C2", "同福便利店", "+86 155 0000 0001", "91320111mw2gk4qx07");
        let expected = ["duplicate_uscc", "duplicate_phone", "duplicate_name"];
        assert_eq!(codes(&mut seen, &second), expected);
        assert_eq!(codes(&mut seen, &row("C3", "别家", "", "")), Vec::<String>::new());
    }

    #[test]
    fn a_stored_customer_is_not_its_own_duplicate() {
        let mut seen = Seen::default();
        seen.stored(identity(Some("C1")));
        let again = row("C1", "同福便利店", "15500000001", "");
        assert_eq!(codes(&mut seen, &again), Vec::<String>::new());
        // Made in the application: the other system has no id for it.
        seen.stored(identity(None));
        assert_eq!(codes(&mut seen, &again), ["duplicate_phone"]);
    }
}
