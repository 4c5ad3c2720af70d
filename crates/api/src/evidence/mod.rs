//! Photos and places as proof.
//!
//! A phone asks for a capture ticket, bound to person, task and purpose, and hands a photo in with it. The bytes are
//! hostile until read under limits; they are kept as shot, by content. What the file says (EXIF, satellite fix) is
//! read from it, never taken from the client. The verdict is the domain's and is never an error: only a file that is
//! no photo, or is incomplete, is refused. The same photo for the same task is the same answer.
//!
//! What is absent: previews with watermarks, look-alike search, documents.

pub mod http;
mod judge;
mod location;

mod receive;
pub mod rows;
mod tickets;

use domain::evidence::{JudgedPhoto, Judgement, judge_with_photos};
use domain::geo::{Point, System};
use domain::ids::UserId;

use uuid::Uuid;

pub use judge::verdict_name;
pub use location::Location;
pub use rows::photo::Model as Photo;

use crate::customers;
use crate::error::{Error, FieldFault, Result};
use crate::select::Connection;
use crate::settings;

/// The photos of a check-in or sign-off, in the order given, each of them for this task and, where `taken_by` says
/// whose, by this person. All that are not are named.
pub async fn photos_for(
    db: &impl Connection,
    ids: &[Uuid],
    (subject_type, subject_id): (&str, Uuid),
    taken_by: Option<UserId>,
) -> Result<Vec<Photo>> {
    if ids.len() > 20 {
        return Err(Error::field("/photo_ids", "invalid_value"));
    }
    let found = rows::among(db, ids).await?;
    let is_for_task = |photo: &&Photo| {
        photo.subject_type == subject_type
            && photo.subject_id == subject_id
            && taken_by.is_none_or(|user| user.0 == photo.user_id)
    };
    let mut photos = Vec::new();
    let mut faults = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        match found.iter().find(|photo| photo.id == *id).filter(is_for_task) {
            Some(photo) => photos.push(photo.clone()),
            None => faults.push(FieldFault::new(format!("/photo_ids/{place}"), "photo_unknown")),
        }
    }
    if faults.is_empty() { Ok(photos) } else { Err(Error::Invalid("photo_unknown", faults)) }
}

/// Judges where somebody is, with the photos that go with it.
pub fn judge(
    customer: &customers::rows::customer::Model,
    location: Option<&Location>,
    photos: &[Photo],
) -> Judgement {
    let judged: Vec<JudgedPhoto> = photos.iter().map(judged_photo).collect();
    let fix = location.map(Location::fix);
    let limits = settings::evidence_thresholds();
    judge_with_photos(&customers::store(customer), fix.as_ref(), &judged, &limits)
}

fn judged_photo(photo: &Photo) -> JudgedPhoto {
    let position = photo.exif.pointer("/gps/position");
    let degrees = |place: usize| position.and_then(|it| it.get(place)).and_then(serde_json::Value::as_f64);
    JudgedPhoto {
        verdict: judge::verdict_named(&photo.verdict),
        reasons: serde_json::from_value(photo.reasons.clone()).unwrap_or_default(),
        exif_point: degrees(0).zip(degrees(1)).and_then(|(lat, lng)| Point::new(lat, lng, System::Wgs84)),
    }
}

/// Whole metres, for people.
pub fn metres(distance_mm: Option<i64>) -> Option<i32> {
    distance_mm.and_then(|mm| i32::try_from((mm + 500) / 1000).ok())
}
