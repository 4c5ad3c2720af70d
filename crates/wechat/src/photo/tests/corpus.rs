//! The real files of `shared/photos` against what they are known to hold.

#![expect(clippy::float_arithmetic, reason = "positions agree to a millionth of a degree")]

use chrono::NaiveDateTime;
use serde_json::Value;

use super::super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/photos");
const N_FILES: usize = 76;

/// Accepted, but marked: expected.json calls the primary image whole, while
/// the file ends at its first scan (its own index says 512,743 bytes of
/// 48,197).
const WITHOUT_PIXELS: &[&str] =
    &["pixel6_ultrahdr_zhejiang.jpg", "pixel6_dash_gpsdate.jpg", "pixel6_android_redacted.jpg"];

const EVERY_FORMAT: &[Format] = &[
    Format::Jpeg,
    Format::Png,
    Format::Webp,
    Format::Heic,
    Format::Avif,
    Format::Tiff,
    Format::Gif,
    Format::Bmp,
];

fn expected() -> Option<Vec<Value>> {
    let Ok(text) = std::fs::read_to_string(format!("{FOLDER}/expected.json")) else {
        println!("shared/photos is absent: {N_FILES} files left out");
        return None;
    };
    let all: Value = serde_json::from_str(&text).unwrap();
    Some(all["files"].as_array().unwrap().clone())
}

fn name(file: &Value) -> &str {
    file["file"].as_str().unwrap()
}

fn bytes_of(file: &Value) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/files/{}", name(file))).unwrap()
}

#[test]
fn every_file_of_the_corpus_agrees() {
    let Some(files) = expected() else { return };
    let (mut n_strict, mut n_lenient, mut n_none) = (0, 0, 0);
    for file in &files {
        let outcome = read(&bytes_of(file), &Limits::default());
        check_action(file, &outcome);
        match file["assert"].as_str().unwrap() {
            "strict" => {
                check_facts(file, &outcome.unwrap_or_else(|it| panic!("{}: {it}", name(file))), true);
                n_strict += 1;
            }
            "lenient" => {
                if let Ok(facts) = outcome {
                    check_facts(file, &facts, false);
                }
                n_lenient += 1;
            }
            _ => {
                assert!(outcome.is_err(), "{}", name(file));
                n_none += 1;
            }
        }
    }
    println!("{n_strict} strict, {n_lenient} lenient, {n_none} none: all of {} agree", files.len());
    assert_eq!(n_strict + n_lenient + n_none, N_FILES);
}

fn check_action(file: &Value, outcome: &Result<Facts, Refusal>) {
    let advice = &file["suggested_upload"];
    match (advice["action"].as_str().unwrap(), outcome) {
        ("accept", Ok(facts)) => {
            assert_eq!(facts.has_pixels, !WITHOUT_PIXELS.contains(&name(file)), "{}", name(file));
        }
        ("reject", Err(refusal)) => {
            let codes: &[&str] = match advice["reason"].as_str().unwrap() {
                "empty" => &["photo_empty"],
                "unsupported_type" => &["photo_type_unsupported", "photo_not_an_image"],
                "too_many_pixels" => &["photo_too_many_pixels"],
                "malformed_or_truncated" => &["photo_truncated", "photo_damaged"],
                other => panic!("unknown reason {other}"),
            };
            assert!(codes.contains(&refusal.code()), "{}: {refusal:?}", name(file));
        }
        ("either", outcome) => println!("{}: {:?}", name(file), outcome.as_ref().map(|it| it.format)),
        (action, outcome) => panic!("{}: {action}, but {outcome:?}", name(file)),
    }
}

/// One field: equal, or, where readers differ, also absent or the alternative.
fn field(file: &Value, what: &str, strict: bool, (found, wanted): (Option<Value>, &Value)) {
    let found = found.unwrap_or(Value::Null);
    let alternative = &file["lenient_alternative"][what];
    let agrees = same(&found, wanted) || !strict && (found.is_null() || same(&found, alternative));
    assert!(agrees, "{} {what}: found {found}, wanted {wanted}", name(file));
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-6,
        _ => a == b,
    }
}

fn trimmed(value: &Value) -> Value {
    value.as_str().map_or(Value::Null, |it| it.trim().into())
}

fn check_facts(file: &Value, facts: &Facts, strict: bool) {
    assert_eq!(facts.sha256, file["sha256"].as_str().unwrap(), "{}", name(file));
    assert_eq!(facts.n_bytes, file["bytes"].as_u64().unwrap(), "{}", name(file));
    assert_eq!(serde_json::to_value(facts.format).unwrap(), file["format"], "{}", name(file));
    let upright = Value::from(1);
    let orientation = if file["orientation"].is_null() { &upright } else { &file["orientation"] };
    let texts = [("make", &facts.make), ("model", &facts.model), ("software", &facts.software)];
    for (what, found) in texts {
        field(file, what, strict, (found.clone().map(Value::from), &file[what]));
    }
    for (what, found, wanted) in [
        ("width", Some(facts.width.into()), &file["width"]),
        ("height", Some(facts.height.into()), &file["height"]),
        ("orientation", Some(facts.orientation.into()), orientation),
        ("exif_present", Some(facts.exif_present.into()), &file["exif_present"]),
        ("taken_at", facts.taken_at.map(|it| time(it).into()), &file["date_time_original_valid"]),
        ("offset", facts.offset_minutes.map(|it| offset(it).into()), &file["offset_time_original"]),
    ] {
        field(file, what, strict, (found, wanted));
    }
    check_gps(file, &facts.gps, strict);
}

fn check_gps(file: &Value, gps: &Gps, strict: bool) {
    let wanted = &file["gps"];
    let status = serde_json::to_value(gps.status).unwrap();
    let (method, datum) = (trimmed(&wanted["processing_method"]), trimmed(&wanted["map_datum"]));
    for (what, found, wanted) in [
        ("status", Some(status), &wanted["status"]),
        ("lat", gps.position.map(|it| it.0.into()), &wanted["lat"]),
        ("lon", gps.position.map(|it| it.1.into()), &wanted["lon"]),
        ("altitude_m", gps.altitude_m.map(Value::from), &wanted["altitude_m"]),
        ("dop", gps.dop.map(Value::from), &wanted["dop"]),
        ("error", gps.positioning_error_m.map(Value::from), &wanted["h_positioning_error_m"]),
        ("utc", gps.fixed_at.map(|it| (time(it.naive_utc()) + "Z").into()), &wanted["utc"]),
        ("method", gps.processing_method.clone().map(Value::from), &method),
        ("datum", gps.map_datum.clone().map(Value::from), &datum),
    ] {
        field(file, what, strict, (found, wanted));
    }
}

fn time(it: NaiveDateTime) -> String {
    it.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[test]
fn a_deployment_that_takes_every_type_reads_the_same_facts() {
    let Some(files) = expected() else { return };
    let limits = Limits { accepted: EVERY_FORMAT, ..Limits::default() };
    let mut n_read = 0;
    for file in &files {
        if let Ok(facts) = read(&bytes_of(file), &limits) {
            check_facts(file, &facts, file["assert"] == "strict");
            n_read += 1;
        }
    }
    println!("{n_read} files read");
}

#[test]
fn every_whole_photo_is_refused_when_cut() {
    let Some(files) = expected() else { return };
    for file in files.iter().filter(|it| it["assert"] == "strict") {
        let bytes = bytes_of(file);
        // A second picture behind the first may be lost: cut in the first.
        let outcome = read(&bytes[..bytes.len() / 4], &Limits::default());
        assert_eq!(outcome, Err(Refusal::Truncated), "{}", name(file));
    }
}

#[test]
fn accepted_photos_have_a_preview() {
    let Some(files) = expected() else { return };
    let limits = Limits::default();
    let mut n_shown = 0;
    for file in &files {
        let bytes = bytes_of(file);
        let Ok(facts) = read(&bytes, &limits) else {
            continue;
        };
        let outcome = preview(&bytes, &facts, 320, &limits);
        if facts.format == Format::Heic {
            assert_eq!(outcome, Err(Refusal::UnsupportedType));
            continue;
        }
        match outcome {
            Ok(jpeg) => {
                let shown = read(&jpeg, &limits).unwrap();
                assert!(shown.width.max(shown.height) <= 320 && !shown.exif_present);
                let (mut width, mut height) = (facts.width, facts.height);
                if facts.orientation >= 5 {
                    std::mem::swap(&mut width, &mut height);
                }
                assert_eq!(width.cmp(&height), shown.width.cmp(&shown.height), "{}", name(file));
                n_shown += 1;
            }
            Err(refusal) => {
                let open = !facts.has_pixels || file["suggested_upload"]["action"] == "either";
                assert!(open, "{}: {refusal}", name(file));
                println!("{}: {refusal}", name(file));
            }
        }
    }
    println!("{n_shown} previews");
}
