use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::geo::{Point, System};
use crate::ids::{CustomerId, UserId};

/// A store in Ningbo, GCJ-02.
const LAT: f64 = 29.868012;
const LNG: f64 = 121.556851;
/// About a metre of latitude.
const METRE: f64 = 1.0 / 111_195.08;

fn store() -> Store {
    Store { point: Point::new(LAT, LNG, System::Gcj02), is_confirmed: true, fence_radius_m: 150 }
}

#[expect(clippy::float_arithmetic, reason = "places for the tests")]
fn fix(north_m: f64, accuracy_m: i64) -> Fix {
    let point = Point::new(LAT + north_m * METRE, LNG, System::Gcj02).unwrap();
    Fix { point, accuracy_mm: Some(accuracy_m * 1_000), fixed_at: None }
}

fn check_place(north_m: f64, accuracy_m: i64, is_second_signal: bool, expected: &[Reason]) {
    let judged =
        judge_place(&store(), Some(&fix(north_m, accuracy_m)), is_second_signal, &Thresholds::default());
    assert_eq!(judged.reasons, expected, "{north_m} m north, accuracy {accuracy_m} m");
}

#[test]
fn the_fence_is_widened_by_the_stores_error_and_then_by_the_phones() {
    check_place(0.0, 10, false, &[]);
    check_place(179.0, 10, false, &[]);
    check_place(181.0, 10, false, &[Reason::FenceUnclear]);
    check_place(189.0, 10, false, &[Reason::FenceUnclear]);
    check_place(1_000.0, 10, false, &[Reason::OutsideFence]);
    // The phone's own error counts for 300 m at most.
    check_place(479.0, 400, false, &[Reason::FenceUnclear]);
}

#[test]
fn distance_alone_never_rejects() {
    check_place(2_500.0, 20, false, &[Reason::OutsideFence]);
    check_place(2_500.0, 20, true, &[Reason::FarAway]);
    // Not certain enough: a vague fix, or not far enough beyond its error.
    check_place(2_500.0, 101, true, &[Reason::OutsideFence]);
    check_place(2_015.0, 20, true, &[Reason::OutsideFence]);
}

#[test]
fn an_unsurveyed_store_is_doubted_before_the_person_is() {
    let guessed = Store { is_confirmed: false, ..store() };
    let judge = |north_m| judge_place(&guessed, Some(&fix(north_m, 10)), true, &Thresholds::default());
    assert_eq!(judge(150.0).reasons, []);
    assert_eq!(
        (judge(349.0).verdict, judge(349.0).reasons),
        (Verdict::Pass, vec![Reason::StoreLocationDoubtful])
    );
    assert_eq!(judge(5_000.0).reasons, [Reason::OutsideFence, Reason::StoreLocationDoubtful]);
}

#[test]
fn a_store_without_a_point_and_a_phone_without_a_place_are_no_faults() {
    let nowhere = Store { point: None, ..store() };
    let limits = Thresholds::default();
    let judged = judge_place(&nowhere, Some(&fix(0.0, 10)), false, &limits);
    assert_eq!((judged.verdict, judged.reasons), (Verdict::Pass, vec![Reason::StoreLocationUnknown]));
    let judged = judge_place(&store(), None, false, &limits);
    assert_eq!((judged.verdict, judged.next()), (Verdict::Review, None));
}

#[test]
fn a_point_in_the_wrong_system_is_suspected_as_such() {
    let mislabelled = Point { system: System::Wgs84, ..fix(0.0, 10).point };
    let fix = Fix { point: mislabelled, accuracy_mm: Some(10_000), fixed_at: None };
    let judged = judge_place(&store(), Some(&fix), false, &Thresholds::default());
    assert_eq!(judged.reasons, [Reason::OutsideFence, Reason::CoordSystemSuspect]);
}

#[test]
fn accuracy_of_zero_or_worse_than_500_m_is_looked_at() {
    check_place(0.0, 0, false, &[Reason::StaticLocation]);
    check_place(0.0, 500, false, &[]);
    check_place(0.0, 501, false, &[Reason::AccuracyLow]);
}

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-23T02:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

fn asked() -> Asked {
    Asked { issued_at: Some(at(-2)), received_at: at(0) }
}

fn shot() -> Shot {
    Shot {
        ticket: TicketState::Valid,
        issued_at: Some(at(-2)),
        received_at: at(0),
        is_duplicate: false,
        source: Source::Camera,
        fix: Some(fix(0.0, 10)),
        exif_point: Some(fix(0.0, 10).point.to(System::Wgs84)),
        exif_error_mm: None,
        exif_fixed_at: Some(at(-1)),
        taken_at: Some(at(-1)),
        taken_local: Some(at(-1 + 480)),
        has_pixels: true,
        is_time_secondary: false,
        is_drawn: true,
        software: Some("HDR+ 1.0.621982163zd".to_owned()),
        purpose: "goods".to_owned(),
        resemblances: Vec::new(),
        seen: Seen::default(),
        is_other_device: false,
        clock_skew: None,
    }
}

fn check_photo(shot: &Shot, verdict: Verdict, expected: &[Reason]) {
    let judged = judge_photo(shot, &store(), &Thresholds::default());
    assert_eq!((judged.verdict, judged.reasons.as_slice()), (verdict, expected));
}

#[test]
fn a_fresh_photo_at_the_store_passes() {
    check_photo(&shot(), Verdict::Pass, &[]);
}

#[test]
fn missing_exif_is_a_note_and_never_a_fault() {
    let bare = Shot { exif_point: None, exif_fixed_at: None, taken_at: None, taken_local: None, ..shot() };
    check_photo(&bare, Verdict::Pass, &[Reason::ExifMissing]);
}

#[test]
fn tickets_reject_only_what_is_certain() {
    check_photo(&Shot { ticket: TicketState::Expired, ..shot() }, Verdict::Review, &[Reason::NonceExpired]);
    check_photo(&Shot { ticket: TicketState::Misused, ..shot() }, Verdict::Reject, &[Reason::NonceInvalid]);
    check_photo(&Shot { is_duplicate: true, ..shot() }, Verdict::Reject, &[Reason::DuplicateExact]);
}

#[test]
fn the_cameras_time_is_compared_with_the_tickets() {
    let taken = |minutes| Shot { taken_at: Some(at(minutes)), exif_fixed_at: None, ..shot() };
    check_photo(&taken(-17), Verdict::Pass, &[]);
    check_photo(&taken(-18), Verdict::Review, &[Reason::TimeMismatch]);
    check_photo(&taken(-24 * 60 - 1), Verdict::Review, &[Reason::StalePhoto]);
    check_photo(&taken(15), Verdict::Pass, &[]);
    check_photo(&taken(16), Verdict::Pass, &[Reason::ClockUnset]);
}

#[test]
fn the_album_an_editor_and_a_hand_written_time_are_looked_at() {
    check_photo(&Shot { source: Source::Album, ..shot() }, Verdict::Review, &[Reason::AlbumSource]);
    let edited = Shot { software: Some("Adobe Photoshop 7.0".to_owned()), ..shot() };
    check_photo(&edited, Verdict::Review, &[Reason::EditedSoftware]);
    check_photo(&Shot { has_pixels: false, ..shot() }, Verdict::Review, &[Reason::PictureCut]);
    let by_hand = Shot { exif_fixed_at: Some(at(-1 + 480)), ..shot() };
    check_photo(&by_hand, Verdict::Review, &[Reason::GpsTimeIsLocal]);
}

#[test]
fn a_photo_from_elsewhere_is_looked_at_and_with_the_phone_elsewhere_too_rejected() {
    let elsewhere = Point::new(30.25, 120.15, System::Wgs84);
    let photo = Shot { exif_point: elsewhere, ..shot() };
    check_photo(&photo, Verdict::Review, &[Reason::ExifLocationMismatch]);
    let both = Shot { fix: Some(fix(50_000.0, 10)), ..photo };
    check_photo(&both, Verdict::Reject, &[Reason::FarAway, Reason::ExifLocationMismatch]);
}

#[test]
fn without_a_position_the_photos_own_place_serves() {
    check_photo(&Shot { fix: None, ..shot() }, Verdict::Pass, &[Reason::LocationFromPhoto]);
}

fn judged(verdict: Verdict, reasons: &[Reason]) -> JudgedPhoto {
    JudgedPhoto { verdict, reasons: reasons.to_vec(), exif_point: None }
}

#[test]
fn the_worst_of_place_and_photos_decides() {
    let with = |north_m, photos: &[JudgedPhoto]| {
        judge_with_photos(&store(), (Some(&fix(north_m, 10)), asked()), photos, &Thresholds::default())
    };
    assert_eq!(with(0.0, &[judged(Verdict::Pass, &[])]).verdict, Verdict::Pass);
    let copied = with(0.0, &[judged(Verdict::Reject, &[Reason::DuplicateExact])]);
    assert_eq!((copied.verdict, copied.next()), (Verdict::Reject, Some(Next::Retake)));
    // The photo was uploaded where the phone had no good fix; the check-in's own place counts.
    let moved = with(0.0, &[judged(Verdict::Review, &[Reason::OutsideFence])]);
    assert_eq!(moved.verdict, Verdict::Pass);
}

#[test]
fn a_photo_that_contradicts_a_distant_phone_does_not_condemn_it() {
    let at_the_store = JudgedPhoto { exif_point: store().point, ..judged(Verdict::Pass, &[]) };
    let far = JudgedPhoto {
        exif_point: Point::new(30.25, 120.15, System::Wgs84),
        ..judged(Verdict::Review, &[Reason::OutsideFence])
    };
    let with = |photo| {
        judge_with_photos(&store(), (Some(&fix(5_000.0, 10)), asked()), &[photo], &Thresholds::default())
    };
    assert_eq!(with(at_the_store).verdict, Verdict::Review);
    let rejected = with(far);
    assert_eq!((rejected.verdict, rejected.next()), (Verdict::Reject, Some(Next::Relocate)));
}

#[test]
fn a_photo_from_afar_is_looked_at_even_when_the_phone_is_at_the_store() {
    let photo = judged(Verdict::Reject, &[Reason::FarAway]);
    let judged =
        judge_with_photos(&store(), (Some(&fix(0.0, 10)), asked()), &[photo], &Thresholds::default());
    assert_eq!((judged.verdict, judged.reasons), (Verdict::Review, vec![Reason::ExifLocationMismatch]));
}

fn check_past(received: &str, now: &str, lasts: Lasts, expected: &[Reason]) {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    for (is_spent, spent) in [(false, None), (true, Some(Reason::DuplicateExact))] {
        let past = Past { received_at: at(received), is_spent };
        let expected: Vec<Reason> = spent.into_iter().chain(expected.iter().copied()).collect();
        assert_eq!(judge_past(&past, lasts, at(now)), expected, "{received} {now}");
    }
}

#[test]
fn a_photo_of_a_visit_lasts_its_day_and_one_of_a_delivery_a_day_and_a_half() {
    // The company's midnight is 16:00 UTC.
    check_past("2026-11-15T16:00:00Z", "2026-11-16T15:59:59Z", Lasts::TheDay, &[]);
    check_past("2026-11-16T15:59:59Z", "2026-11-16T16:00:00Z", Lasts::TheDay, &[Reason::StalePhoto]);
    check_past("2026-11-16T15:59:59Z", "2026-11-16T16:00:00Z", Lasts::TheRoad, &[]);
    check_past("2026-11-16T02:00:00Z", "2026-11-17T14:00:00Z", Lasts::TheRoad, &[]);
    check_past("2026-11-16T02:00:00Z", "2026-11-17T14:00:01Z", Lasts::TheRoad, &[Reason::StalePhoto]);
}

#[test]
fn the_same_bytes_are_a_copy_unless_person_store_purpose_and_day_are_the_same() {
    let (user, customer) = (UserId(Uuid::from_u128(1)), CustomerId(Uuid::from_u128(2)));
    let day = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap();
    let first = Origin { user, customer, purpose: "goods", day };
    assert!(!is_copy(&first, &first));
    for other in [
        Origin { user: UserId(Uuid::from_u128(3)), ..first },
        Origin { customer: CustomerId(Uuid::from_u128(3)), ..first },
        Origin { purpose: "signed_slip", ..first },
        Origin { day: day.succ_opt().unwrap(), ..first },
    ] {
        assert!(is_copy(&first, &other), "{other:?}");
    }
}

#[test]
fn a_picture_of_another_store_and_another_device_are_looked_at_and_a_wrong_clock_is_a_note() {
    let alike = Resemblance { distance: 20, is_same_store: false, is_same_day: true };
    let copied = Shot { resemblances: vec![alike], ..shot() };
    check_photo(&copied, Verdict::Review, &[Reason::DuplicateSimilar]);
    check_photo(&Shot { is_other_device: true, ..shot() }, Verdict::Review, &[Reason::DeviceDiffers]);
    let skewed = |minutes| Shot { clock_skew: Some(TimeDelta::minutes(minutes)), ..shot() };
    check_photo(&skewed(-5), Verdict::Pass, &[]);
    check_photo(&skewed(-6), Verdict::Pass, &[Reason::ClockSkewed]);
    check_photo(&skewed(6), Verdict::Pass, &[Reason::ClockSkewed]);
}

/// Seen `north_m` away before, `seconds` earlier, both fixes good to 10 m.
fn check_travel(north_m: f64, seconds: i64, expected: &[Reason]) {
    let timed = |north_m, at| Fix { fixed_at: Some(at), ..fix(north_m, 10) };
    let seen = Seen { last: Some(timed(north_m, at(0) - TimeDelta::seconds(seconds))), n_other_stores: 0 };
    let judged = judge_travel(&seen, &timed(0.0, at(0)), &Thresholds::default());
    assert_eq!(judged, expected, "{north_m} m in {seconds} s");
}

#[test]
fn nobody_travels_faster_than_150_km_an_hour() {
    check_travel(149_500.0, 3_600, &[]);
    check_travel(151_000.0, 3_600, &[Reason::ImpossibleTravel]);
    // Fixes jump: a short way says nothing.
    check_travel(2_010.0, 0, &[]);
    check_travel(2_030.0, 0, &[Reason::ImpossibleTravel]);
    // Without its own time a fix says nothing about speed.
    let seen = Seen { last: Some(fix(50_000.0, 10)), n_other_stores: 0 };
    assert_eq!(judge_travel(&seen, &fix(0.0, 10), &Thresholds::default()), []);
}

#[test]
fn the_very_same_point_at_three_stores_is_made_up() {
    let seen = |n_other_stores| Seen { last: None, n_other_stores };
    let judge = |n| judge_travel(&seen(n), &fix(0.0, 10), &Thresholds::default());
    assert_eq!(judge(1), []);
    assert_eq!(judge(2), [Reason::StaticLocation]);
}

#[test]
fn confidence_adds_up_and_missing_facts_cost_little() {
    let check = |shot: &Shot, store: &Store, expected| {
        let limits = Thresholds::default();
        let judged = judge_photo(shot, store, &limits);
        assert_eq!(confidence(shot, store, &judged, &limits), expected);
    };
    check(&shot(), &store(), 100);
    let bare = Shot { exif_point: None, exif_fixed_at: None, taken_at: None, taken_local: None, ..shot() };
    check(&bare, &store(), 80);
    check(&bare, &Store { is_confirmed: false, ..store() }, 75);
    check(&Shot { fix: Some(fix(0.0, 101)), ..bare.clone() }, &store(), 70);
    check(&Shot { ticket: TicketState::Expired, fix: None, ..bare }, &store(), 5);
}

#[test]
fn three_of_a_hundred_that_pass_are_drawn() {
    let limits = Thresholds::default();
    let drawn = |n: u32| is_drawn(&Judgement::of(Vec::new(), None), n, &limits);
    assert_eq!((0..1_000_000).filter(|n| drawn(*n)).count(), 30_000);
    assert!(!is_drawn(&Judgement::of(vec![Reason::NoLocation], None), 0, &limits));
}

#[test]
fn a_zone_is_believed_only_where_it_exists_and_the_remainder_is_small() {
    let local = at(480);
    let zone = |said, minutes_ago: i64, seconds: i64| {
        zone_minutes(said, local, Some(local - TimeDelta::minutes(minutes_ago) - TimeDelta::seconds(seconds)))
    };
    assert_eq!(zone(Some(60), 480, 0), 60, "its own word");
    assert_eq!(zone(None, 480, 10), 480);
    assert_eq!(zone(None, 330, -110), 330, "India");
    for stale in [488, 495, 510, 550, 663, 667] {
        assert_eq!(zone(None, stale, 0), 480, "a fix {} minutes old", stale - 480);
    }
    assert_eq!(zone(None, 0, 30), 480, "local time written as satellite time");
    assert_eq!(zone(None, 15 * 60, 0), 480, "no such zone");
    assert_eq!(zone_minutes(None, local, None), 480);
}

#[test]
fn satellite_time_that_equals_local_time_is_hand_written_however_old_the_shot() {
    for age in [1, 8 * 60] {
        let taken = at(-age);
        let local = taken + TimeDelta::hours(8);
        let written =
            Shot { taken_at: Some(taken), taken_local: Some(local), exif_fixed_at: Some(local), ..shot() };
        let judged = judge_photo(&written, &store(), &Thresholds::default());
        assert!(judged.reasons.contains(&Reason::GpsTimeIsLocal), "{age}: {:?}", judged.reasons);
    }
    let in_london = Shot { taken_local: Some(at(-1)), exif_fixed_at: Some(at(-1)), ..shot() };
    check_photo(&in_london, Verdict::Pass, &[]);
}

#[test]
fn what_cannot_be_drawn_is_noted_and_always_drawn_for_a_person() {
    let unseen = Shot { is_drawn: false, ..shot() };
    check_photo(&unseen, Verdict::Pass, &[Reason::NotDrawn]);
    let judged = judge_photo(&unseen, &store(), &Thresholds::default());
    assert!(is_drawn(&judged, 999_999, &Thresholds::default()));
    let seen = judge_photo(&shot(), &store(), &Thresholds::default());
    assert!(!is_drawn(&seen, 999_999, &Thresholds::default()));
}

#[test]
fn a_time_of_second_hand_is_used_with_a_note() {
    let second = Shot { is_time_secondary: true, ..shot() };
    check_photo(&second, Verdict::Pass, &[Reason::CaptureTimeSecondary]);
    let old = Shot { taken_at: Some(at(-30)), exif_fixed_at: None, ..second };
    check_photo(&old, Verdict::Review, &[Reason::TimeMismatch, Reason::CaptureTimeSecondary]);
}
