//! Is the photo what it is handed in for?

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::{
    Asked, Fix, Reason, Resemblance, Seen, Store, Thresholds, Verdict, judge_age, judge_place,
    judge_resemblance, judge_travel,
};
use crate::evidence::Judgement;
use crate::geo::{self, Point, System};

/// What the ticket of a photo turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// This person's, for this task, unused or used for these same bytes.
    Valid,
    /// Expired, or there was none.
    Expired,
    /// Used for another photo, or another person's.
    Misused,
}

names! {
    /// Where the client says the photo comes from.
    pub enum Source as PhotoSource {
        /// Taken now.
        Camera = "camera",
        /// Picked from the album.
        Album = "album",
    }
}

/// All that is known of one photo when it arrives. Times are UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// What the ticket turned out to be.
    pub ticket: TicketState,
    /// When the ticket was handed out.
    pub issued_at: Option<DateTime<Utc>>,
    /// When the photo arrived.
    pub received_at: DateTime<Utc>,
    /// The same bytes are already evidence of another customer, day, person or purpose.
    pub is_duplicate: bool,
    /// The client's word on where it comes from.
    pub source: Source,
    /// Where the phone was.
    pub fix: Option<Fix>,
    /// Where the photo says it was taken, in WGS-84.
    pub exif_point: Option<Point>,
    /// The error the photo states for it, in millimetres.
    pub exif_error_mm: Option<i64>,
    /// When the photo's satellite fix was made.
    pub exif_fixed_at: Option<DateTime<Utc>>,
    /// When the camera says it was taken, after its time zone: see [`zone_minutes`].
    pub taken_at: Option<DateTime<Utc>>,
    /// The camera's wall clock read as if it were UTC, to find hand-written satellite times.
    pub taken_local: Option<DateTime<Utc>>,
    /// The camera says only when the file was digitised or changed.
    pub is_time_secondary: bool,
    /// There is a picture behind the header, and it could be drawn.
    pub is_drawn: bool,
    /// There is a picture behind the header.
    pub has_pixels: bool,
    /// The program that wrote the file.
    pub software: Option<String>,
    /// What it is to show.
    pub purpose: String,
    /// Pictures of the last months that look alike.
    pub resemblances: Vec<Resemblance>,
    /// Where the person was before.
    pub seen: Seen,
    /// Handed in from another device than the one that asked for the ticket.
    pub is_other_device: bool,
    /// The phone's clock less ours, where it says what time it is.
    pub clock_skew: Option<TimeDelta>,
}

const M: i64 = 1_000;

/// Judges one photo, its place included. Missing facts are a note, never a fault.
pub fn judge_photo(shot: &Shot, store: &Store, limits: &Thresholds) -> Judgement {
    let place_of_photo = shot.exif_point.map(|point| Fix {
        point,
        accuracy_mm: Some(shot.exif_error_mm.unwrap_or(50 * M)),
        fixed_at: shot.exif_fixed_at,
    });
    let fix = shot.fix.as_ref().or(place_of_photo.as_ref());
    let place = judge_place(store, fix, is_elsewhere(shot, store, limits), limits);
    let mut reasons = place.reasons;
    if shot.fix.is_none() && place_of_photo.is_some() {
        reasons.push(Reason::LocationFromPhoto);
    }
    match shot.ticket {
        TicketState::Valid => {}
        TicketState::Expired => reasons.push(Reason::NonceExpired),
        TicketState::Misused => reasons.push(Reason::NonceInvalid),
    }
    if shot.is_duplicate {
        reasons.push(Reason::DuplicateExact);
    }
    if shot.source == Source::Album {
        reasons.push(Reason::AlbumSource);
    }
    if shot.exif_point.is_none() {
        reasons.push(Reason::ExifMissing);
    }
    reasons.extend(by_time(shot, limits));
    reasons.extend(by_origin(shot, limits));
    reasons.extend(by_past(shot, limits));
    Judgement::of(reasons, place.distance_mm)
}

/// The second signal a certain rejection needs: the photo's own place is also far, or its time is out of window.
fn is_elsewhere(shot: &Shot, store: &Store, limits: &Thresholds) -> bool {
    let is_far = match (shot.exif_point, store.point) {
        (Some(photo), Some(store)) => geo::distance_mm(photo, store) > limits.far_away_m * M,
        _ => false,
    };
    let broken = [Reason::TimeMismatch, Reason::StalePhoto];
    is_far || by_time(shot, limits).iter().any(|reason| broken.contains(reason))
}

fn by_time(shot: &Shot, limits: &Thresholds) -> Vec<Reason> {
    let Some(taken_at) = shot.taken_at else {
        return Vec::new();
    };
    let mut reasons = by_capture_time(shot, taken_at, limits);
    reasons.extend(shot.is_time_secondary.then_some(Reason::CaptureTimeSecondary));
    reasons
}

fn by_capture_time(shot: &Shot, taken_at: DateTime<Utc>, limits: &Thresholds) -> Vec<Reason> {
    let window = TimeDelta::minutes(limits.exif_window_minutes);
    if taken_at > shot.received_at + window || taken_at.year() < 2015 {
        return vec![Reason::ClockUnset];
    }
    if shot.received_at - taken_at > TimeDelta::minutes(limits.stale_minutes) {
        return vec![Reason::StalePhoto];
    }
    if shot.issued_at.is_some_and(|issued_at| taken_at < issued_at - window) {
        return vec![Reason::TimeMismatch];
    }
    Vec::new()
}

fn by_origin(shot: &Shot, limits: &Thresholds) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let software = shot.software.as_deref().unwrap_or_default().to_lowercase();
    if limits.editors.iter().any(|editor| software.contains(editor.as_str())) {
        reasons.push(Reason::EditedSoftware);
    }
    if !shot.has_pixels {
        reasons.push(Reason::PictureCut);
    } else if !shot.is_drawn {
        reasons.push(Reason::NotDrawn);
    }
    if let (Some(fixed_at), Some(local)) = (shot.exif_fixed_at, shot.taken_local)
        && shot.taken_at != Some(local)
        && (fixed_at - local).abs() < TimeDelta::minutes(2)
    {
        reasons.push(Reason::GpsTimeIsLocal);
    }
    if is_photo_elsewhere_than_phone(shot, limits) {
        reasons.push(Reason::ExifLocationMismatch);
    }
    reasons
}

/// What was handed in before, and with what.
fn by_past(shot: &Shot, limits: &Thresholds) -> Vec<Reason> {
    let alike = shot.resemblances.iter().filter_map(|found| judge_resemblance(found, &shot.purpose, limits));
    let mut reasons: Vec<Reason> = alike.collect();
    if let Some(fix) = &shot.fix {
        let asked = Asked { issued_at: shot.issued_at, received_at: shot.received_at };
        reasons.extend(judge_age(fix, asked, limits));
        reasons.extend(judge_travel(&shot.seen, &fix.clone().believed(shot.received_at, limits), limits));
    }
    reasons.extend(shot.is_other_device.then_some(Reason::DeviceDiffers));
    let allowed = TimeDelta::minutes(limits.clock_skew_minutes);
    reasons.extend(shot.clock_skew.is_some_and(|skew| skew.abs() > allowed).then_some(Reason::ClockSkewed));
    reasons
}

/// In both readings of the photo's point: not every camera is known to write WGS-84.
fn is_photo_elsewhere_than_phone(shot: &Shot, limits: &Thresholds) -> bool {
    let (Some(photo), Some(fix)) = (shot.exif_point, shot.fix.as_ref()) else {
        return false;
    };
    let is_fresh = match (shot.exif_fixed_at, shot.taken_at) {
        (Some(fixed_at), Some(taken_at)) => {
            (fixed_at - taken_at).abs() <= TimeDelta::minutes(limits.exif_fix_minutes)
        }
        _ => true,
    };
    let allowed_mm = limits.exif_distance_m * M + shot.exif_error_mm.unwrap_or(0);
    let is_far = |point: Point| geo::distance_mm(point, fix.point) > allowed_mm;
    is_fresh && is_far(photo) && is_far(Point { system: System::Gcj02, ..photo })
}

/// How far the camera's wall clock is ahead of UTC, in minutes: by its own word; else by its satellite time, where the
/// difference is within two minutes of a zone that exists, since a fix may be minutes or hours old; else as company
/// time. A satellite time that equals the wall clock says nothing of a zone: it may be the wall clock, written twice.
pub fn zone_minutes(said: Option<i32>, local: DateTime<Utc>, fixed_at: Option<DateTime<Utc>>) -> i64 {
    const COMPANY: i64 = 8 * 60;
    let by_satellite = || {
        let seconds = (local - fixed_at?).num_seconds();
        let quarters = (seconds + if seconds < 0 { -450 } else { 450 }) / 900;
        let is_near = (seconds - quarters * 900).abs() <= 120;
        (is_near && quarters != 0 && is_zone(quarters * 15)).then_some(quarters * 15)
    };
    said.map(i64::from).or_else(by_satellite).unwrap_or(COMPANY)
}

/// Is there such a zone? Whole hours from -12 to +14, and those with halves and quarters (IANA time zones, 2026).
fn is_zone(minutes: i64) -> bool {
    const OTHERS: [i64; 13] = [-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825];
    (minutes % 60 == 0 && (-12 * 60..=14 * 60).contains(&minutes)) || OTHERS.contains(&minutes)
}

/// What a photo that was judged before says when a check-in or sign-off is judged with it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedPhoto {
    /// Its own verdict.
    pub verdict: Verdict,
    /// What led to it.
    pub reasons: Vec<Reason>,
    /// Where it says it was taken, in WGS-84.
    pub exif_point: Option<Point>,
}

/// Judges a place together with its photos: the worst decides, every reason is kept.
pub fn judge_with_photos(
    store: &Store,
    (fix, asked): (Option<&Fix>, Asked),
    photos: &[JudgedPhoto],
    limits: &Thresholds,
) -> Judgement {
    let from_photo = photos.iter().find_map(|photo| photo.exif_point).map(|point| Fix {
        point,
        accuracy_mm: Some(50 * M),
        fixed_at: None,
    });
    let mut place =
        judge_place(store, fix.or(from_photo.as_ref()), is_second_signal(photos, store, limits), limits);
    place.reasons.extend(fix.and_then(|fix| judge_age(fix, asked, limits)));
    let reasons = photos.iter().flat_map(|photo| &photo.reasons).chain(&place.reasons).copied();
    // Each photo was judged with the place it was taken at; where this place is known, it alone counts.
    let of_a_place = |reason: &Reason| reason.is_of_place() && !place.reasons.contains(reason);
    let mut reasons: Vec<Reason> = reasons.filter(|reason| !of_a_place(reason)).collect();
    reasons.extend((fix.is_none() && from_photo.is_some()).then_some(Reason::LocationFromPhoto));
    // A photo that was shot far away does not become right because the phone is at the store by now.
    let is_from_afar = photos.iter().any(|photo| photo.reasons.contains(&Reason::FarAway));
    let is_here = !place.reasons.contains(&Reason::FarAway);
    reasons.extend((is_from_afar && is_here).then_some(Reason::ExifLocationMismatch));
    Judgement::of(reasons, place.distance_mm)
}

fn is_second_signal(photos: &[JudgedPhoto], store: &Store, limits: &Thresholds) -> bool {
    let broken = [Reason::FarAway, Reason::TimeMismatch, Reason::StalePhoto];
    photos.iter().any(|photo| {
        let is_far = match (photo.exif_point, store.point) {
            (Some(point), Some(store)) => geo::distance_mm(point, store) > limits.far_away_m * M,
            _ => false,
        };
        is_far || photo.reasons.iter().any(|reason| broken.contains(reason))
    })
}
