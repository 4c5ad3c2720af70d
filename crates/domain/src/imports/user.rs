use chrono::NaiveDate;

use super::{Fault, Reader, Row};
use crate::identifiers::normal_phone;
use crate::people::{Role, is_phone, is_term};

/// An employee as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// The other system's id.
    pub external_id: String,
    /// The name for the console; the other system's id where none is given.
    pub username: String,
    /// As people read it.
    pub name: String,
    /// Digits only; without one nobody can be bound by phone.
    pub phone: Option<String>,
    /// What the person is.
    pub role: Role,
    /// The region, by its code.
    pub region: Option<String>,
    /// The manager, by the other system's id.
    pub manager: Option<String>,
    /// First day employed.
    pub active_from: Option<NaiveDate>,
    /// Last day employed.
    pub active_to: Option<NaiveDate>,
}

impl UserRow {
    /// Reads a row of `users.csv`. `manager` means supervisor, `director` a regional one where a region is named.
    pub fn read(row: &Row) -> Result<Self, Vec<Fault>> {
        let mut cells = Reader::new(row);
        let external_id = cells.required(&["user_id"]);
        let region = cells.optional(&["region_code", "region_id"]);
        let role = role(&mut cells, region.is_some());
        let phone = cells.optional(&["phone"]);
        if phone.as_ref().is_some_and(|phone| !is_phone(&normal_phone(phone))) {
            cells.fault("phone", "not_a_phone", phone.as_deref().unwrap_or_default());
        }
        let phone = phone.map(|phone| normal_phone(&phone));
        let read = Self {
            username: cells.optional(&["username"]).unwrap_or_else(|| external_id.clone()),
            name: cells.optional(&["name"]).unwrap_or_else(|| external_id.clone()),
            phone,
            role: role.unwrap_or(Role::Rep),
            region,
            manager: cells.optional(&["manager_id", "manager"]),
            active_from: cells.day(&["active_from"]),
            active_to: cells.day(&["active_to"]),
            external_id,
        };
        if read.manager.as_ref() == Some(&read.external_id) {
            cells.fault("manager_id", "own_manager", &read.external_id);
        }
        if !is_term(read.active_from, read.active_to) {
            let last = read.active_to.map(|day| day.to_string()).unwrap_or_default();
            cells.fault("active_to", "before_start", &last);
        }
        cells.finish(read)
    }
}

fn role(cells: &mut Reader<'_>, has_region: bool) -> Option<Role> {
    let name = cells.required(&["role"]);
    let role = match name.as_str() {
        "" => return None,
        "manager" => Some(Role::Supervisor),
        "director" if has_region => Some(Role::RegionalDirector),
        "director" => Some(Role::SalesDirector),
        name => Role::by_name(name),
    };
    if role.is_none() {
        cells.fault("role", "role_unknown", &name);
    }
    role
}
