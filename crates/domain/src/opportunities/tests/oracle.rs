//! Thin opportunities of the loaded histories whose figures are known, read where they lie.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::Value;

use super::{Acted, is_thin, n_actions};
use crate::working_time::at_local;

/// The rows of a file whose cells hold no comma and no quote, by the names of their columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        header.iter().map(|it| (*it).to_owned()).zip(line.split(',').map(str::to_owned)).collect()
    };
    lines.map(row).collect()
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse::<DateTime<chrono::FixedOffset>>().ok().map(|it| it.to_utc())
}

fn check(slice: &str) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(slice);
    if !folder.join("expected-actions.json").exists() {
        println!("shared/data/{slice} is absent: its figures are left out");
        return;
    }
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected-actions.json")).unwrap())
            .unwrap();
    let mut actions: BTreeMap<String, Vec<Acted>> = BTreeMap::new();
    for row in rows(&folder.join("actions.csv")) {
        actions.entry(row["opp_id"].clone()).or_default().push(Acted {
            at: instant(&row["occurred_at"]).unwrap(),
            is_verified: row["verified"] == "1",
            n_evidence: row["evidence_count"].parse().unwrap(),
        });
    }
    let opportunities = rows(&folder.join("opportunities.csv"));
    for figure in expected.as_array().unwrap() {
        let day: NaiveDate = figure["as_of"].as_str().unwrap().parse().unwrap();
        let end = at_local(day, NaiveTime::MIN) + TimeDelta::hours(24) - TimeDelta::seconds(1);
        let region = figure["region"].as_str().unwrap();
        let is_open = |row: &&BTreeMap<String, String>| {
            (region == "ALL" || row["region_code"] == region)
                && instant(&row["created_at"]).unwrap() <= end
                && instant(&row["closed_at"]).is_none_or(|closed| closed > end)
        };
        let open: Vec<_> = opportunities.iter().filter(is_open).collect();
        let thin = open
            .iter()
            .filter(|row| is_thin(actions.get(&row["opp_id"]).map_or(0, |actions| n_actions(actions, end))));
        assert_eq!(
            (&figure["open"], &figure["below_3"]),
            (&open.len().into(), &thin.count().into()),
            "{figure}"
        );
    }
    assert!(expected.as_array().unwrap().len() > 4);
}

#[test]
fn the_seed_history_gives_the_known_figures() {
    check("seed");
}

#[test]
fn the_public_history_gives_the_known_figures() {
    check("public");
}
