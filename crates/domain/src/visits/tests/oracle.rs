//! The rule over the loaded histories whose figures are known, read where they lie; a line says so where they do not.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::Value;

use crate::geo::{self, Point, System};
use crate::visits::*;
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

/// Whose visits, to whom, and when.
type Day = (String, String, NaiveDate);

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
    let mut days: BTreeMap<Day, Vec<(DateTime<Utc>, String, Facts)>> = BTreeMap::new();
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
    let mut counted: BTreeMap<(String, NaiveDate), u64> = BTreeMap::new();
    for ((rep, _, day), visits) in &mut days {
        visits.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let facts: Vec<Facts> = visits.iter().map(|it| it.2).collect();
        for effect in judge_day(&facts, &rule) {
            let is_effective = effect.effective == Some(true);
            *counted.entry((rep.clone(), monday(*day))).or_default() += u64::from(is_effective);
            n_effective += usize::from(is_effective);
            n_repeated += usize::from(effect.why_not == [WhyNot::NotFirst]);
        }
    }
    let figure = |name: &str| usize::try_from(expected[name].as_u64().unwrap()).unwrap();
    assert_eq!(visits.len(), figure("total"), "{slice}");
    assert_eq!(n_effective + n_repeated, figure("effective_before_dedup"), "{slice}");
    assert_eq!(n_repeated, figure("same_day_repeats_dropped"), "{slice}");
    assert_eq!(n_effective, figure("effective"), "{slice}");
    check_weeks(&folder, &expected, &counted);
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

/// Hundredths of a quotient, rounded half up, as the known figures are written.
fn hundredths(part: u64, whole: u64) -> Value {
    if whole == 0 {
        return Value::Null;
    }
    let rounded = (part * 200 + whole) / (2 * whole);
    serde_json::from_str(&format!("{}.{:02}", rounded / 100, rounded % 100)).unwrap()
}

/// The weeks of each rep and of the team: a rep counts in a week when active on all seven days.
fn check_weeks(folder: &Path, expected: &Value, counted: &BTreeMap<(String, NaiveDate), u64>) {
    let meta: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("meta.json")).unwrap()).unwrap();
    let start: NaiveDate = meta["visits_start"].as_str().unwrap().parse().unwrap();
    let end = local_date(instant(meta["as_of"].as_str().unwrap()).unwrap());
    let weeks: Vec<NaiveDate> = start.iter_weeks().take_while(|week| *week + Days::new(7) <= end).collect();
    let mut team: BTreeMap<NaiveDate, (u64, u64)> = BTreeMap::new();
    let mut reps = rows(&folder.join("users.csv"), &["user_id", "active_from", "active_to", "role"]);
    reps.retain(|row| row[3] == "rep");
    reps.sort();
    assert_eq!(reps.len(), expected["per_rep"].as_array().unwrap().len());
    for (row, known) in reps.iter().zip(expected["per_rep"].as_array().unwrap()) {
        let (from, to) = (row[1].parse::<NaiveDate>().unwrap(), row[2].parse::<NaiveDate>().ok());
        let is_active = |week: &&NaiveDate| from <= **week && to.is_none_or(|to| to >= **week + Days::new(6));
        let (mut n_weeks, mut total) = (0, 0);
        for week in weeks.iter().filter(is_active) {
            let n = counted.get(&(row[0].clone(), *week)).copied().unwrap_or_default();
            (n_weeks, total) = (n_weeks + 1, total + n);
            let of_team = team.entry(*week).or_default();
            *of_team = (of_team.0 + n, of_team.1 + 1);
        }
        assert_eq!(known["rep"], row[0]);
        assert_eq!((&known["weeks"], &known["total"]), (&n_weeks.into(), &total.into()), "{}", row[0]);
        assert_eq!(known["mean"], hundredths(total, n_weeks), "{}", row[0]);
    }
    for (week, known) in team.iter().zip(expected["team_weekly"].as_array().unwrap()) {
        let (monday, (effective, reps)) = week;
        assert_eq!(known["iso_week"], monday.format("%G-W%V").to_string());
        assert_eq!((&known["effective"], &known["reps"]), (&(*effective).into(), &(*reps).into()));
        assert_eq!(known["per_rep"], hundredths(*effective, *reps), "{monday}");
    }
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
