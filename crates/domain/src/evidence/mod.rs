//! What a photo and a place prove.
//!
//! A verdict is never an error. `reject` only where the machine is certain; everything a person in good faith can
//! meet is `review`, `uncertain` or a note. All reasons are kept and the worst one decides. Thresholds are values
//! of a document, not of the code. Rules and numbers follow the measured decision table of the evidence reference.

mod age;
pub mod kinds;
mod past;
mod photo;
mod place;
mod resemblance;
mod task;
#[cfg(test)]
mod tests;
mod travel;
pub mod unit;
pub mod vague;
mod worth;

use serde::{Deserialize, Serialize};

use crate::documents::Fault;

pub use age::{Asked, judge_age};
pub use past::{Lasts, ON_THE_ROAD, Origin, Past, is_copy, judge_past};
pub use photo::{JudgedPhoto, Shot, Source, TicketState, judge_photo, judge_with_photos, zone_minutes};
pub use place::{Fix, Store, judge_place};
pub use resemblance::{Around, Resemblance, WIDEST, band_keys, judge_resemblance, probe_keys};
pub use task::{PhotoTask, PhotoTaskKind};
pub use travel::{Seen, judge_travel};
pub use worth::{confidence, is_drawn};

names! {
    /// What a photo or a place is worth. The order is the order of severity.
    pub enum Verdict {
        /// Proves it.
        Pass = "pass",
        /// Proves it as far as the measurement goes.
        Uncertain = "uncertain",
        /// Counts for now; a person looks at it.
        Review = "review",
        /// Certainly not what it should be. Stored, and refused.
        Reject = "reject",
    }
}

names! {
    /// Why. The names are stable codes.
    pub enum Reason as VerdictReason {
        /// The ticket was used for another photo, or is another person's.
        NonceInvalid = "nonce_invalid",
        /// The ticket had expired, or there was none.
        NonceExpired = "nonce_expired",
        /// The same bytes are evidence of another customer, day, person or purpose, or have proved something else.
        DuplicateExact = "duplicate_exact",
        /// The picture resembles one of another store, or one of the same store on another day.
        DuplicateSimilar = "duplicate_similar",
        /// The front looks as it did before; what else should it do?
        ResemblesEarlier = "resembles_earlier",
        /// Far from a confirmed store, and a second signal agrees.
        FarAway = "far_away",
        /// Outside the fence by more than the measurement's error.
        OutsideFence = "outside_fence",
        /// Near the fence, within the measurement's error.
        FenceUnclear = "fence_unclear",
        /// Right if the point were in the other coordinate system.
        CoordSystemSuspect = "coord_system_suspect",
        /// The position's accuracy is unknown or worse than 500 m.
        AccuracyLow = "accuracy_low",
        /// Neither the phone nor the photo says where.
        NoLocation = "no_location",
        /// The photo says another place than the phone.
        ExifLocationMismatch = "exif_location_mismatch",
        /// The photo was not taken around the time the ticket was used.
        TimeMismatch = "time_mismatch",
        /// The photo is more than a day old, or older than what it is to prove allows.
        StalePhoto = "stale_photo",
        /// The camera's clock is not set; its time is not used.
        ClockUnset = "clock_unset",
        /// The file says only when it was digitised or changed, which stands in for when it was shot.
        CaptureTimeSecondary = "capture_time_secondary",
        /// The position was measured long ago, before the task was there, or at a time that cannot be.
        StaleLocation = "stale_location",
        /// A real photo that cannot be drawn here: nobody but a person can compare it.
        NotDrawn = "not_drawn",
        /// An editor wrote the file.
        EditedSoftware = "edited_software",
        /// The satellite time equals local time: written by hand.
        GpsTimeIsLocal = "gps_time_is_local",
        /// From the album where a fresh photo is asked for.
        AlbumSource = "album_source",
        /// The person would have had to travel faster than anybody drives.
        ImpossibleTravel = "impossible_travel",
        /// Another device asked for the ticket.
        DeviceDiffers = "device_differs",
        /// The phone's clock is off; its own times mean little.
        ClockSkewed = "clock_skewed",
        /// Accuracy of exactly zero, or the very same point at several stores, as made-up positions have.
        StaticLocation = "static_location",
        /// The store's point is only a guess and the person is away from it.
        StoreLocationDoubtful = "store_location_doubtful",
        /// The store has no point yet.
        StoreLocationUnknown = "store_location_unknown",
        /// The position was taken from the photo.
        LocationFromPhoto = "location_from_photo",
        /// The file's picture is cut away: it shows nothing.
        PictureCut = "picture_cut",
        /// The same document is evidence of something else.
        DocumentRepeated = "document_repeated",
        /// The photo carries no facts of its own; common and no fault.
        ExifMissing = "exif_missing",
    }
}

impl Reason {
    /// The verdict this reason leads to by itself; none for a note.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Self::NonceInvalid | Self::DuplicateExact | Self::FarAway => Some(Verdict::Reject),
            Self::NonceExpired
            | Self::OutsideFence
            | Self::CoordSystemSuspect
            | Self::AccuracyLow
            | Self::NoLocation
            | Self::ExifLocationMismatch
            | Self::TimeMismatch
            | Self::StalePhoto
            | Self::EditedSoftware
            | Self::GpsTimeIsLocal
            | Self::AlbumSource
            | Self::PictureCut
            | Self::DocumentRepeated
            | Self::DuplicateSimilar
            | Self::ImpossibleTravel
            | Self::DeviceDiffers
            | Self::StaleLocation
            | Self::StaticLocation => Some(Verdict::Review),
            Self::FenceUnclear => Some(Verdict::Uncertain),
            Self::ClockUnset
            | Self::CaptureTimeSecondary
            | Self::NotDrawn
            | Self::ClockSkewed
            | Self::ResemblesEarlier
            | Self::StoreLocationDoubtful
            | Self::StoreLocationUnknown
            | Self::LocationFromPhoto
            | Self::ExifMissing => None,
        }
    }
}

impl Reason {
    /// Is it about where the phone was, as opposed to about the photo?
    pub fn is_of_place(self) -> bool {
        matches!(
            self,
            Self::FarAway
                | Self::OutsideFence
                | Self::FenceUnclear
                | Self::CoordSystemSuspect
                | Self::AccuracyLow
                | Self::NoLocation
                | Self::StoreLocationDoubtful
                | Self::StoreLocationUnknown
                | Self::StaleLocation
                | Self::LocationFromPhoto
        )
    }
}

names! {
    /// What to do after a `reject`.
    pub enum Next as NextStep {
        /// Take the photo again.
        Retake = "retake",
        /// Let the phone find its place again, at the store.
        Relocate = "relocate",
        /// Report that the store's point is wrong.
        ReportStorePoint = "report_store_point",
    }
}

/// A verdict with all that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The worst of the reasons.
    pub verdict: Verdict,
    /// All of them, once each.
    pub reasons: Vec<Reason>,
    /// From the position to the store, in millimetres, where both are known.
    pub distance_mm: Option<i64>,
}

impl Judgement {
    /// The judgement these reasons add up to.
    pub fn of(mut reasons: Vec<Reason>, distance_mm: Option<i64>) -> Self {
        reasons.sort_unstable();
        reasons.dedup();
        let verdict = reasons.iter().filter_map(|it| it.verdict()).max().unwrap_or(Verdict::Pass);
        Self { verdict, reasons, distance_mm }
    }

    /// What the person should do next; only a `reject` asks for anything.
    pub fn next(&self) -> Option<Next> {
        if self.verdict != Verdict::Reject {
            return None;
        }
        let retake = [Reason::NonceInvalid, Reason::DuplicateExact];
        Some(if self.reasons.iter().any(|it| retake.contains(it)) {
            Next::Retake
        } else if self.reasons.contains(&Reason::CoordSystemSuspect) {
            Next::ReportStorePoint
        } else {
            Next::Relocate
        })
    }
}

/// The numbers the rules compare with. Distances in metres, times in minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// A confirmed store's point may be off by this much.
    pub confirmed_uncertainty_m: i64,
    /// A geocoded or guessed point may be off by this much.
    pub guessed_uncertainty_m: i64,
    /// At most this much of the phone's own error widens the fence.
    pub accuracy_cap_m: i64,
    /// A fix worse than this says nothing.
    pub accuracy_limit_m: i64,
    /// A fix at least this good may lead to `reject`.
    pub certain_accuracy_m: i64,
    /// Beyond this a person is far away.
    pub far_away_m: i64,
    /// Photo and phone may differ by this much besides the photo's own error.
    pub exif_distance_m: i64,
    /// A photo's satellite fix counts when taken this close to the shot.
    pub exif_fix_minutes: i64,
    /// A photo may be this much older or newer than the use of its ticket.
    pub exif_window_minutes: i64,
    /// A photo older than this is stale.
    pub stale_minutes: i64,
    /// An error in the coordinate system moves a point by a distance in this range.
    pub system_shift_m: (i64, i64),
    /// A picture this near to another store's, in bits of 128, is looked at.
    pub similar_bits: u32,
    /// A picture this near to the same store's of another day is looked at.
    pub similar_bits_same_store: u32,
    /// How far back pictures are compared.
    pub similar_days: i64,
    /// Nobody travels faster.
    pub travel_km_per_h: i64,
    /// A shorter way says nothing about speed: fixes jump.
    pub travel_least_m: i64,
    /// The very same point at so many stores is made up.
    pub static_stores: u32,
    /// A phone's clock may be off by this much.
    pub clock_skew_minutes: i64,
    /// So many of a million that pass are drawn for a person to look at all the same.
    pub draw_ppm: u32,
    /// Names in the software field that mean an editor, lower case.
    pub editors: Vec<String>,
}

impl Thresholds {
    /// Everything that cannot hold.
    pub fn check(&self) -> Vec<Fault> {
        let least_one = [
            ("/confirmed_uncertainty_m", self.confirmed_uncertainty_m),
            ("/guessed_uncertainty_m", self.guessed_uncertainty_m),
            ("/accuracy_cap_m", self.accuracy_cap_m),
            ("/accuracy_limit_m", self.accuracy_limit_m),
            ("/certain_accuracy_m", self.certain_accuracy_m),
            ("/far_away_m", self.far_away_m),
            ("/exif_distance_m", self.exif_distance_m),
            ("/exif_fix_minutes", self.exif_fix_minutes),
            ("/exif_window_minutes", self.exif_window_minutes),
            ("/stale_minutes", self.stale_minutes),
            ("/system_shift_m/0", self.system_shift_m.0),
            ("/similar_days", self.similar_days),
            ("/travel_km_per_h", self.travel_km_per_h),
            ("/travel_least_m", self.travel_least_m),
            ("/static_stores", i64::from(self.static_stores)),
            ("/clock_skew_minutes", self.clock_skew_minutes),
        ];
        // A number a thousand times too large would overflow on its way to millimetres.
        let is_off = |(_, value): &&(&str, i64)| !(1..=1_000_000).contains(value);
        let mut pointers: Vec<&str> = least_one.iter().filter(is_off).map(|(pointer, _)| *pointer).collect();
        let others = [
            ("/system_shift_m/1", (self.system_shift_m.0..=1_000_000).contains(&self.system_shift_m.1)),
            ("/similar_bits", self.similar_bits <= WIDEST),
            ("/similar_bits_same_store", self.similar_bits_same_store <= self.similar_bits),
            ("/draw_ppm", self.draw_ppm <= 1_000_000),
        ];
        pointers.extend(others.iter().filter(|(_, is_fine)| !is_fine).map(|(pointer, _)| *pointer));
        pointers.into_iter().map(|pointer| Fault::new(pointer, "out_of_range")).collect()
    }
}

/// Programs that change pictures, as they name themselves, in lower case. Cameras that only print a watermark are none.
const EDITORS: [&str; 38] = [
    "photoshop",
    "lightroom",
    "gimp",
    "powerexif",
    "paint.net",
    "snapseed",
    "picsart",
    "vsco",
    "polarr",
    "pixelmator",
    "affinity photo",
    "acdsee",
    "canva",
    "camera360",
    "faceu",
    "b612",
    "ulike",
    "beautycam",
    "beautyplus",
    "meitu",
    "hypic",
    "pitu",
    "wps image",
    "美图",
    "美颜",
    "醒图",
    "轻颜",
    "激萌",
    "天天p图",
    "泼辣修图",
    "黄油相机",
    "光影魔术手",
    "可牛",
    "稿定",
    "搞定设计",
    "剪映",
    "修图",
    "wps图片",
];

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            confirmed_uncertainty_m: 30,
            guessed_uncertainty_m: 200,
            accuracy_cap_m: 300,
            accuracy_limit_m: 500,
            certain_accuracy_m: 100,
            far_away_m: 2_000,
            exif_distance_m: 1_000,
            exif_fix_minutes: 15,
            exif_window_minutes: 15,
            stale_minutes: 24 * 60,
            system_shift_m: (150, 720),
            similar_bits: WIDEST,
            similar_bits_same_store: 8,
            similar_days: 90,
            travel_km_per_h: 150,
            travel_least_m: 2_000,
            static_stores: 3,
            clock_skew_minutes: 5,
            draw_ppm: 30_000,
            editors: EDITORS.map(str::to_owned).to_vec(),
        }
    }
}
