//! Freshness and duplicates of the loaded histories whose figures are known, read where they lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde_json::Value;

use crate::customers::*;
use crate::identifiers::{File, check_uscc, duplicate_groups, links};
use crate::working_time::local_date;

/// The folder of a slice; a line says so where it is absent.
fn folder(slice: &str) -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(slice);
    let is_there = folder.join("customers.csv").exists();
    if !is_there {
        println!("shared/data/{slice} is absent: its figures are left out");
    }
    is_there.then_some(folder)
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

/// The cells of a line. A quote in a cell is not kept, which none of these columns has.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for it in line.chars() {
        match it {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

/// The customers, each cell by its column; an empty one is absent.
fn customers(folder: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(folder.join("customers.csv")).unwrap();
    let mut lines = text.lines().map(cells);
    let header = lines.next().unwrap();
    let row =
        |row: Vec<String>| header.iter().cloned().zip(row).filter(|(_, cell)| !cell.is_empty()).collect();
    lines.map(row).collect()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<FixedOffset>>().unwrap().to_utc()
}

/// Numbers of files: all, stale, missing a field, either.
type Counts = [u64; 4];

fn judged(row: &BTreeMap<String, String>, today: NaiveDate) -> Freshness {
    let confirmed_at = instant(&row["updated_at"]);
    let columns = [
        (KeyField::Contact, "contact_name"),
        (KeyField::DecisionChain, "decision_chain"),
        (KeyField::Need, "recent_need"),
    ];
    let fields =
        columns.map(|(field, column)| Dated { field, is_filled: row.contains_key(column), confirmed_at });
    freshness(&fields, today, 180)
}

fn check_freshness(slice: &str) {
    let Some(folder) = folder(slice) else { return };
    let today = local_date(instant(json(&folder, "meta.json")["as_of"].as_str().unwrap()));
    let mut found: BTreeMap<String, Counts> = BTreeMap::new();
    for row in customers(&folder) {
        let file = judged(&row, today);
        let facts = [true, !file.stale.is_empty(), !file.missing.is_empty(), !file.is_fresh()];
        for region in [row["region_code"].as_str(), "ALL"] {
            let counts = found.entry(region.to_owned()).or_default();
            for (count, is_so) in counts.iter_mut().zip(facts) {
                *count += u64::from(is_so);
            }
        }
    }
    let expected = json(&folder, "expected-freshness.json");
    let names = ["customers", "stale", "key_field_missing", "stale_or_missing"];
    let expected: BTreeMap<String, Counts> = expected
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["region"].as_str().unwrap().to_owned(), names.map(|name| it[name].as_u64().unwrap())))
        .collect();
    assert_eq!(found, expected);
}

fn file(row: &BTreeMap<String, String>) -> File<'_> {
    let cell = |name: &str| row.get(name).map(String::as_str);
    File { uscc: cell("uscc"), phone: cell("phone"), name: &row["name"], district: cell("district_code") }
}

fn check_duplicates(slice: &str) {
    let Some(folder) = folder(slice) else { return };
    let rows = customers(&folder);
    let expected = json(&folder, "expected-duplicates.json");
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let files: Vec<File<'_>> = rows.iter().map(file).collect();
    let groups = duplicate_groups(&files);
    let named =
        groups.iter().map(|group| group.iter().map(|place| rows[*place]["customer_id"].clone()).collect());
    let wanted: Vec<Vec<String>> = expected["groups"].as_array().unwrap().iter().map(texts).collect();
    assert_eq!(named.collect::<Vec<Vec<String>>>(), wanted);
    // Who is linked to nobody is in no group, and everybody in a group is linked to somebody of it.
    for group in &groups {
        for one in group {
            assert!(
                group.iter().any(|other| one != other && !links(&files[*one], &files[*other]).is_empty())
            );
        }
    }
    let invalid = rows.iter().filter(|row| row.get("uscc").is_some_and(|uscc| check_uscc(uscc).is_err()));
    let invalid: Vec<String> = invalid.map(|row| row["customer_id"].clone()).collect();
    assert_eq!(invalid, texts(&expected["invalid_uscc"]));
}

#[test]
fn the_freshness_of_files_is_the_known_one() {
    check_freshness("seed");
    check_freshness("public");
}

#[test]
fn the_duplicates_among_files_are_the_known_ones() {
    check_duplicates("seed");
    check_duplicates("public");
}
