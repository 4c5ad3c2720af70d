//! The rule over the loaded histories whose figures are known, read where they lie; a line says so where they do not.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::*;
use crate::geo::{self, Point, System};
use crate::working_time::local_date;

/// The rows of a file, each by the names of its columns. No cell of these columns holds a comma or a quote.
fn rows(path: &Path, columns: &[&str]) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    let places: Vec<usize> =
        columns.iter().map(|name| header.iter().position(|it| it == name).unwrap()).collect();
    lines.map(cells).map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect()
}

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

fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse::<DateTime<chrono::FixedOffset>>().ok().map(|it| it.to_utc())
}

fn check(slice: &str) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(slice);
    if !folder.join("expected-visits.json").exists() {
        println!("shared/data/{slice} is absent: its figures are left out");
        return;
    }
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected-visits.json")).unwrap()).unwrap();
    let customers: BTreeMap<String, (Option<Point>, i64)> =
        rows(&folder.join("customers.csv"), &["customer_id", "lat", "lng", "geofence_m"])
            .into_iter()
            .map(|row| (row[0].clone(), (point(&row[1], &row[2]), row[3].parse().unwrap())))
            .collect();
    let columns = [
        "rep_id",
        "customer_id",
        "checkin_at",
        "visit_id",
        "checkout_at",
        "lat",
        "lng",
        "photo_count",
        "result_code",
    ];
    let mut days: BTreeMap<(String, String, NaiveDate), Vec<(DateTime<Utc>, String, Facts)>> =
        BTreeMap::new();
    let visits = rows(&folder.join("visits.csv"), &columns);
    for row in &visits {
        let (store, fence) = customers[&row[1]];
        let distance = point(&row[5], &row[6]).zip(store).map(|(here, there)| geo::distance_mm(here, there));
        let checked_in_at = instant(&row[2]).unwrap();
        let facts = Facts {
            whereabouts: Whereabouts::by_distance(distance, fence, false),
            checked_in_at,
            checkout_at: instant(&row[4]),
            n_photos: row[7].parse().unwrap(),
            has_result: !row[8].is_empty(),
        };
        let day = (row[0].clone(), row[1].clone(), local_date(checked_in_at));
        days.entry(day).or_default().push((checked_in_at, row[3].clone(), facts));
    }
    let rule = Rule { min_dwell_seconds: 600, accept_uncertain: false, accept_no_point: false };
    let (mut n_effective, mut n_repeated) = (0, 0);
    for visits in days.values_mut() {
        visits.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let facts: Vec<Facts> = visits.iter().map(|it| it.2).collect();
        for effect in judge_day(&facts, &rule) {
            n_effective += usize::from(effect.effective == Some(true));
            n_repeated += usize::from(effect.why_not == [WhyNot::NotFirst]);
        }
    }
    let figure = |name: &str| usize::try_from(expected[name].as_u64().unwrap()).unwrap();
    assert_eq!(visits.len(), figure("total"), "{slice}");
    assert_eq!(n_effective + n_repeated, figure("effective_before_dedup"), "{slice}");
    assert_eq!(n_repeated, figure("same_day_repeats_dropped"), "{slice}");
    assert_eq!(n_effective, figure("effective"), "{slice}");
}

fn point(lat: &str, lng: &str) -> Option<Point> {
    Point::new(lat.parse().ok()?, lng.parse().ok()?, System::Gcj02)
}

#[test]
fn the_seed_history_gives_the_known_figures() {
    check("seed");
}

#[test]
fn the_public_history_gives_the_known_figures() {
    check("public");
}
