//! From what arrived to what the rules read, and from their verdict to the row that is kept.

use chrono::{DateTime, TimeDelta, Utc};
use domain::evidence::{Judgement, Resemblance, Seen, Shot, Source, TicketState, Verdict, zone_minutes};
use domain::geo::{Point, System, millimetres};
use domain::ids::UserId;
use serde_json::json;
use wechat::photo::Facts;

use super::metres;
use super::receive::Upload;
use super::rows::{photo, ticket};

/// A photo with all that is known about it before it is judged.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    pub upload: &'a Upload,
    pub facts: &'a Facts,
    pub state: TicketState,
    pub is_duplicate: bool,
    /// A preview could be made of it.
    pub is_drawn: bool,
    pub ticket: &'a ticket::Model,
    pub resemblances: &'a [Resemblance],
    pub seen: &'a Seen,
}

/// What the rules read.
pub fn shot(received: &Received<'_>, now: DateTime<Utc>) -> Shot {
    let (upload, facts) = (received.upload, received.facts);
    let gps = &facts.gps;
    let told = told(facts);
    Shot {
        ticket: received.state,
        issued_at: Some(received.ticket.issued_at),
        received_at: now,
        is_duplicate: received.is_duplicate,
        source: upload.source,
        fix: upload.location.as_ref().map(super::Location::fix),
        exif_point: gps.position.and_then(|(lat, lng)| Point::new(lat, lng, System::Wgs84)),
        exif_error_mm: gps.positioning_error_m.and_then(millimetres),
        exif_fixed_at: gps.fixed_at,
        taken_at: told
            .map(|(local, zone)| local - TimeDelta::minutes(zone_minutes(zone, local, gps.fixed_at))),
        taken_local: told.map(|(local, _)| local),
        is_time_secondary: facts.taken_at.is_none() && told.is_some(),
        is_drawn: received.is_drawn,
        has_pixels: facts.has_pixels,
        software: facts.software.clone(),
        purpose: received.ticket.purpose.clone(),
        resemblances: received.resemblances.to_vec(),
        seen: received.seen.clone(),
        is_other_device: is_other_device(received),
        clock_skew: upload.client_time.map(|theirs| theirs - now),
    }
}

/// The camera's wall clock when it shot, as if it were UTC, with the zone in minutes that stands beside it.
fn told(facts: &Facts) -> Option<(DateTime<Utc>, Option<i32>)> {
    let original = facts.taken_at.map(|at| (at, facts.offset_minutes));
    let told = original.or_else(|| facts.secondary_time.map(|it| (it.at, it.offset_minutes)));
    told.map(|(at, zone)| (at.and_utc(), zone))
}

/// Only where the phone said who it is both times.
fn is_other_device(received: &Received<'_>) -> bool {
    let (asked, handed_in) = (&received.ticket.device_id, &received.upload.device_id);
    asked.is_some() && handed_in.is_some() && asked != handed_in
}

/// What is kept.
pub fn row(received: &Received<'_>, user: UserId, judgement: &Judgement, now: DateTime<Utc>) -> photo::Model {
    let (upload, facts, ticket) = (received.upload, received.facts, received.ticket);
    photo::Model {
        id: platform::new_id(),
        sha256: facts.sha256.clone(),
        user_id: user.0,
        purpose: ticket.purpose.clone(),
        subject_type: ticket.subject_type.clone(),
        subject_id: ticket.subject_id,
        customer_id: ticket.customer_id,
        ticket_id: Some(ticket.id),
        n_bytes: i64::try_from(facts.n_bytes).unwrap_or(i64::MAX),
        format: facts.format.media_type().to_owned(),
        width: i32::try_from(facts.width).unwrap_or(i32::MAX),
        height: i32::try_from(facts.height).unwrap_or(i32::MAX),
        source: source_name(upload.source).to_owned(),
        taken_at: upload.taken_at,
        received_at: now,
        location: upload.location.as_ref().map(|location| json!(location)),
        exif: json!(facts),
        verdict: verdict_name(judgement.verdict).to_owned(),
        reasons: json!(judgement.reasons),
        distance_m: metres(judgement.distance_mm),
        duplicate_of: None,
        device_id: upload.device_id.clone(),
        issued_at: Some(ticket.issued_at),
        client_time: upload.client_time,
        lat_e6: upload.location.as_ref().map(|it| it.millionths().0),
        lng_e6: upload.location.as_ref().map(|it| it.millionths().1),
        has_preview: false,
        similar_to: json!([]),
        confidence: None,
        drawn: false,
    }
}

fn source_name(source: Source) -> &'static str {
    match source {
        Source::Camera => "camera",
        Source::Album => "album",
    }
}

/// The verdict's name in the API and in the database.
pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Uncertain => "uncertain",
        Verdict::Review => "review",
        Verdict::Reject => "reject",
    }
}

/// The verdict by its name.
pub fn verdict_named(name: &str) -> Verdict {
    match name {
        "pass" => Verdict::Pass,
        "uncertain" => Verdict::Uncertain,
        "reject" => Verdict::Reject,
        _ => Verdict::Review,
    }
}
