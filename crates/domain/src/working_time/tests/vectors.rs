use std::path::Path;

use rust_decimal::Decimal;
use serde_json::Value;

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/");

#[test]
fn every_published_vector_holds() {
    let absent: Vec<&str> = ["seed", "public"].into_iter().filter(|slice| !check(slice)).collect();
    if !absent.is_empty() {
        println!("working time vectors: {} of 2 slices left out: {}", absent.len(), absent.join(", "));
    }
}

fn check(slice: &str) -> bool {
    let path = Path::new(FOLDER).join(slice).join("expected-worktime.json");
    if !path.exists() {
        return false;
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let cases = expected["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let without_lunch = mainland_without_lunch();
        let calendar = match case["config"].as_str().unwrap() {
            "lunch" => Calendar::mainland(),
            "nolunch" => &without_lunch,
            other => panic!("unknown hours {other}"),
        };
        check_case(calendar, case);
    }
    true
}

fn check_case(calendar: &Calendar, case: &Value) {
    let instant = |field: &str| case[field].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    let n = || case["n"].as_i64().unwrap();
    match case["op"].as_str().unwrap() {
        "between" => {
            let worked = calendar.between(instant("from"), instant("to")).unwrap();
            assert_eq!(worked.num_seconds(), case["expect_seconds"].as_i64().unwrap(), "{case}");
            let days =
                Decimal::from(worked.num_seconds()) / Decimal::from(calendar.day_length().num_seconds());
            let expected: Decimal = case["expect_working_days"].to_string().parse().unwrap();
            assert_eq!(days.round_dp(6), expected, "{case}");
        }
        "add_working_minutes" => {
            assert_eq!(
                calendar.add(instant("from"), TimeDelta::minutes(n())),
                Ok(instant("expect")),
                "{case}"
            );
        }
        "add_working_days" => {
            let n = u32::try_from(n()).unwrap();
            assert_eq!(calendar.add_working_days(instant("from"), n), Ok(instant("expect")), "{case}");
        }
        other => panic!("unknown question {other}"),
    }
}
