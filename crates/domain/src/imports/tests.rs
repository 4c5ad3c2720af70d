use super::*;
use crate::geo::System;
use crate::people::Role;

fn row(cells: &[(&str, &str)]) -> Row {
    Row::new(cells.iter().map(|(column, _)| *column), cells.iter().map(|(_, cell)| *cell))
}

fn codes(faults: Vec<Fault>) -> Vec<(String, String)> {
    faults.into_iter().map(|fault| (fault.column, fault.code)).collect()
}

fn faults(found: &[(&str, &str)]) -> Vec<(String, String)> {
    found.iter().map(|(column, code)| ((*column).to_owned(), (*code).to_owned())).collect()
}

#[test]
fn a_director_without_a_region_is_the_sales_director() {
    let role = |cells: &[(&str, &str)]| UserRow::read(&row(cells)).unwrap().role;
    assert_eq!(role(&[("user_id", "D1"), ("role", "director")]), Role::SalesDirector);
    assert_eq!(
        role(&[("user_id", "D2"), ("role", "director"), ("region_code", "R1")]),
        Role::RegionalDirector
    );
    assert_eq!(role(&[("user_id", "M1"), ("role", "manager"), ("region_code", "R1")]), Role::Supervisor);
}

#[test]
fn a_user_without_a_name_is_called_by_the_other_systems_id() {
    let user = UserRow::read(&row(&[("user_id", "S08"), ("role", "rep"), ("phone", " ")])).unwrap();
    assert_eq!((user.username.as_str(), user.name.as_str(), user.phone), ("S08", "S08", None));
}

#[test]
fn every_fault_of_a_row_is_named_at_once() {
    let bad = UserRow::read(&row(&[("role", "boss"), ("phone", "12"), ("active_from", "yesterday")]));
    let expected = [
        ("user_id", "required"),
        ("role", "role_unknown"),
        ("phone", "not_a_phone"),
        ("active_from", "not_a_date"),
    ];
    assert_eq!(codes(bad.unwrap_err()), faults(&expected));
}

#[test]
fn a_customer_keeps_its_point_in_the_files_system() {
    let cells = [
        ("customer_id", "C1"),
        ("name", "同福便利店"),
        ("region_code", "R1"),
        ("lat", "30.29"),
        ("lng", "120.15"),
    ];
    let customer = CustomerRow::read(&row(&cells)).unwrap();
    assert_eq!(customer.point.map(|point| point.system), Some(System::Gcj02));
    assert!(customer.is_confirmed);
    assert_eq!((customer.kind.as_str(), customer.fence_radius_m), ("store", 150));
}

#[test]
fn half_a_point_a_strange_system_and_a_negative_limit_are_faults() {
    let with = |more: &[(&str, &str)]| {
        let base = [("customer_id", "C1"), ("name", "店"), ("region_code", "R1")];
        codes(CustomerRow::read(&row(&[&base[..], more].concat())).unwrap_err())
    };
    assert_eq!(with(&[("lat", "30.1")]), faults(&[("lat", "half_a_point")]));
    assert_eq!(with(&[("lat", "95"), ("lng", "120")]), faults(&[("lat", "out_of_range")]));
    assert_eq!(with(&[("lat", "nan"), ("lng", "120")]), faults(&[("lat", "out_of_range")]));
    assert_eq!(with(&[("coordinate_system", "mars")]), faults(&[("coordinate_system", "system_unknown")]));
    assert_eq!(with(&[("credit_limit", "-1")]), faults(&[("credit_limit", "negative")]));
    assert_eq!(with(&[("credit_limit", "1.234")]), faults(&[("credit_limit", "not_money")]));
    assert_eq!(with(&[("credit_limit", "1000000000.01")]), faults(&[("credit_limit", "number_too_large")]));
    assert_eq!(with(&[("geofence_m", "7")]), faults(&[("fence_radius_m", "out_of_range")]));
}

#[test]
fn a_wrong_check_digit_is_stored_with_a_warning() {
    let cells =
        [("customer_id", "C1"), ("name", "店"), ("region_code", "R1"), ("uscc", "91320111MW2GK4QX08")];
    let customer = CustomerRow::read(&row(&cells)).unwrap();
    assert_eq!(codes(customer.warnings()), faults(&[("uscc", "uscc_invalid")]));
}

#[test]
fn packs_have_whole_factors() {
    let packs = |text| {
        let cells = [("product_id", "P1"), ("name", "水"), ("list_price", "1.5"), ("packs", text)];
        ProductRow::read(&row(&cells)).map(|product| product.packs.len()).map_err(codes)
    };
    assert_eq!(packs("提:6;箱:24"), Ok(2));
    assert_eq!(packs("提：6；箱：24"), Ok(2));
    assert_eq!(packs("箱:1.5"), Err(faults(&[("packs", "not_packs")])));
    assert_eq!(packs("a:2;b:3;c:4;d:5"), Err(faults(&[("packs", "not_packs")])));
}

#[test]
fn what_a_spreadsheet_made_of_a_phone_is_nobodys_number() {
    let made = "1.38000112E+10";
    let user = UserRow::read(&row(&[("user_id", "S1"), ("role", "rep"), ("phone", made)]));
    assert_eq!(codes(user.unwrap_err()), faults(&[("phone", "not_a_phone")]));
    let cells = [("customer_id", "C1"), ("name", "店"), ("region_code", "R1"), ("phone", made)];
    let customer = CustomerRow::read(&row(&cells)).unwrap();
    assert_eq!(codes(customer.warnings()), faults(&[("phone", "not_a_phone")]));
}
