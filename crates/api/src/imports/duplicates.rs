//! Customers that are probably one: the same credit code, phone, or name that no district tells apart (查重).

use std::collections::HashMap;

use domain::identifiers::{normal_name, normal_phone};
use domain::imports::{CustomerRow, Fault};

use crate::customers::rows::Identity;

/// What two files of one customer have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Mark {
    Uscc(String),
    Phone(String),
    Name(String),
}

/// Who has a mark: the other system's id, where it knows the customer, and the district.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    external_id: Option<String>,
    district: Option<String>,
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|it| !it.is_empty())
}

fn marks(uscc: Option<String>, phone: Option<String>, name: String) -> Vec<Mark> {
    [filled(uscc).map(Mark::Uscc), filled(phone).map(Mark::Phone), filled(Some(name)).map(Mark::Name)]
        .into_iter()
        .flatten()
        .collect()
}

/// Who has which mark: those already stored, and the rows of the file seen so far.
#[derive(Default)]
pub struct Seen {
    marks: HashMap<Mark, Vec<Holder>>,
}

impl Seen {
    /// Notes a stored customer.
    pub fn stored(&mut self, it: Identity) {
        let holder = Holder { external_id: it.external_id, district: filled(it.district_code) };
        for mark in marks(it.uscc, it.normal_phone, it.normal_name) {
            self.marks.entry(mark).or_default().push(holder.clone());
        }
    }

    /// Notes a row and warns where somebody else has its marks.
    pub fn warn(&mut self, row: &CustomerRow) -> Vec<Fault> {
        let mut warnings = Vec::new();
        let phone = row.phone.as_deref().map(normal_phone);
        let own =
            Holder { external_id: Some(row.external_id.clone()), district: filled(row.district.clone()) };
        for mark in marks(row.uscc.clone(), phone, normal_name(&row.name)) {
            let holders = self.marks.entry(mark.clone()).or_default();
            let is_by_name = matches!(mark, Mark::Name(_));
            let is_other =
                |it: &Holder| it.external_id != own.external_id && (!is_by_name || is_near(it, &own));
            if holders.iter().any(is_other) {
                warnings.push(warning(&mark, row));
            }
            if !holders.contains(&own) {
                holders.push(own.clone());
            }
        }
        warnings
    }
}

/// Does no district tell these namesakes apart?
fn is_near(one: &Holder, other: &Holder) -> bool {
    one.district.is_none() || other.district.is_none() || one.district == other.district
}

fn warning(mark: &Mark, row: &CustomerRow) -> Fault {
    match mark {
        Mark::Uscc(uscc) => Fault::new("uscc", "duplicate_uscc", uscc),
        Mark::Phone(_) => Fault::new("phone", "duplicate_phone", row.phone.as_deref().unwrap_or_default()),
        Mark::Name(_) => Fault::new("name", "duplicate_name", &row.name),
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
        assert_eq!(codes(&mut seen, &again), ["duplicate_phone", "duplicate_name"]);
    }
}
