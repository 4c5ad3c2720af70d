//! What each photo has proved: one thing.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261123_000007_photo_uses",
    up: &["CREATE TABLE evidence_uses (
            photo_id {uuid} NOT NULL REFERENCES evidence_photos (id), subject_type text NOT NULL,
            subject_id {uuid} NOT NULL, used_at {time} NOT NULL,
            PRIMARY KEY (photo_id, subject_type, subject_id))"],
    down: &["evidence_uses"],
};
