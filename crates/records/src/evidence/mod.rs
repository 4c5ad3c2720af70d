//! Photos and places as proof.
//!
//! A phone asks for a capture ticket, bound to person, task and purpose, and hands a photo in with it. The bytes are
//! hostile until read under limits; they are kept as shot, by content. What the file says (EXIF, satellite fix) is
//! read from it, never taken from the client. The verdict is the domain's and is never an error: only a file that is
//! no photo, or is incomplete, is refused. The same photo for the same task is the same answer, and it proves one
//! thing: what it was used for is recorded.
//!
//! A picture is decoded once, when it arrives: its preview and thumbnail lie beside the original, and its hashes are
//! filed so that the same picture is recognised at another store after it was scaled, written again or turned.
//! Documents are kept the same way and judged by nobody.

mod audit;
mod develop;
mod documents;
pub mod http;
mod judge;
mod location;
mod receive;
pub mod rows;
mod sweeps;
mod tickets;
mod vague;

use domain::evidence::{Asked, JudgedPhoto, Judgement, Lasts, Past, Reason, judge_past, judge_with_photos};
use domain::geo::{Point, System};
use domain::ids::UserId;
use platform::Tx;
use uuid::Uuid;

pub use audit::audit;
pub use documents::file_with;
pub use judge::verdict_name;
pub use location::Location;
pub use rows::file::Model as File;
pub use rows::photo::Model as Photo;
pub use sweeps::{ForgetLooks, SweepOrphans};
pub use tickets::{Task, hand_out_all};
pub use vague::vague;

use crate::App;
use crate::actor::Actor;
use crate::customers;
use crate::error::{Error, FieldFault, Result};
use crate::settings;

/// The photos of a check-in, in the order given, each of them for this task and, where `taken_by` says whose, by this
/// person. All that are not are named.
pub async fn photos_for(
    tx: &Tx,
    ids: &[Uuid],
    (subject_type, subject_id): (&str, Uuid),
    taken_by: Option<UserId>,
) -> Result<Vec<Photo>> {
    photos_among(tx, ids, (subject_type, &[subject_id]), taken_by).await
}

/// The same for several tasks that are done at once, as all deliveries of a stop are: each photo is for one of them.
pub async fn photos_among(
    tx: &Tx,
    ids: &[Uuid],
    (subject_type, subject_ids): (&str, &[Uuid]),
    taken_by: Option<UserId>,
) -> Result<Vec<Photo>> {
    if ids.len() > 20 {
        return Err(Error::field("/photo_ids", "invalid_value"));
    }
    let found = rows::locked_among(tx.db(), ids).await?;
    let is_for_task = |photo: &&Photo| {
        photo.subject_type == subject_type
            && subject_ids.contains(&photo.subject_id)
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

/// A record that photos are to prove.
#[derive(Debug)]
pub struct Claim<'a> {
    pub subject: (&'static str, Uuid),
    /// Earlier attempts at the same thing, whose photos may serve again.
    pub attempts: &'a [Uuid],
    pub lasts: Lasts,
}

/// Judges where somebody is, with the photos that go with it, and records what these prove.
pub async fn judge(
    app: &App,
    tx: &Tx,
    claim: &Claim<'_>,
    (customer, location): (&customers::rows::customer::Model, Option<&Location>),
    photos: &[Photo],
) -> Result<Judgement> {
    let judged = judged(tx, claim, photos).await?;
    let fix = location.map(Location::fix);
    let limits = settings::documents::evidence_thresholds(app, tx.db()).await?;
    let issued_at = photos.iter().filter_map(|photo| photo.issued_at).min();
    let asked = Asked { issued_at, received_at: tx.now() };
    Ok(judge_with_photos(&customers::store(customer), (fix.as_ref(), asked), &judged, &limits))
}

/// Judges the photos of a record that has no place of its own; only the reasons that `counts` lets through.
pub async fn judge_record(
    tx: &Tx,
    claim: &Claim<'_>,
    photos: &[Photo],
    counts: impl Fn(Reason) -> bool,
) -> Result<Judgement> {
    let judged = judged(tx, claim, photos).await?;
    let reasons = judged.into_iter().flat_map(|photo| photo.reasons).filter(|reason| counts(*reason));
    Ok(Judgement::of(reasons.collect(), None))
}

/// The photos with what their past says against them; records what they prove now.
async fn judged(tx: &Tx, claim: &Claim<'_>, photos: &[Photo]) -> Result<Vec<JudgedPhoto>> {
    let ids: Vec<Uuid> = photos.iter().map(|photo| photo.id).collect();
    let uses = rows::uses(tx.db(), &ids).await?;
    let is_other = |usage: &&rows::usage::Model| {
        (usage.subject_type.as_str(), usage.subject_id) != claim.subject
            && !claim.attempts.contains(&usage.subject_id)
    };
    let spent: Vec<Uuid> = uses.iter().filter(is_other).map(|usage| usage.photo_id).collect();
    let judged = photos.iter().map(|photo| {
        let past = Past { received_at: photo.received_at, is_spent: spent.contains(&photo.id) };
        let mut judged = judged_photo(photo);
        judged.reasons.extend(judge_past(&past, claim.lasts, tx.now()));
        judged
    });
    let judged = judged.collect();
    use_for(tx, claim.subject, &ids).await?;
    Ok(judged)
}

/// Documents of one's own, or of customers that one sees. All that are not are named.
pub async fn files_for(tx: &Tx, actor: &Actor, ids: &[Uuid]) -> Result<Vec<File>> {
    if ids.len() > 20 {
        return Err(Error::field("/file_ids", "invalid_value"));
    }
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for (place, id) in ids.iter().enumerate() {
        match rows::file::visible(tx.db(), actor, *id).await? {
            Some(file) => files.push(file),
            None => faults.push(FieldFault::new(format!("/file_ids/{place}"), "file_unknown")),
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(Error::Invalid("file_unknown", faults)) }
}

/// Records that photos prove something.
pub async fn use_for(tx: &Tx, subject: (&'static str, Uuid), photos: &[Uuid]) -> Result<()> {
    let usage = |photo_id: &Uuid| rows::usage::Model {
        photo_id: *photo_id,
        subject_type: subject.0.to_owned(),
        subject_id: subject.1,
        used_at: tx.now(),
    };
    rows::use_photos(tx.db(), photos.iter().map(usage).collect()).await?;
    Ok(())
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
