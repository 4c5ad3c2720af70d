//! What pictures are recognised by, what else is known of a photo, and documents.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261124_000020_evidence_index",
    up: &[
        "ALTER TABLE evidence_tickets ADD COLUMN device_id text",
        "ALTER TABLE evidence_photos ADD COLUMN device_id text",
        "ALTER TABLE evidence_photos ADD COLUMN issued_at {time}",
        "ALTER TABLE evidence_photos ADD COLUMN client_time {time}",
        "ALTER TABLE evidence_photos ADD COLUMN lat_e6 bigint",
        "ALTER TABLE evidence_photos ADD COLUMN lng_e6 bigint",
        "ALTER TABLE evidence_photos ADD COLUMN has_preview boolean NOT NULL DEFAULT TRUE",
        "ALTER TABLE evidence_photos ADD COLUMN similar_to {json} NOT NULL DEFAULT '[]'",
        "ALTER TABLE evidence_photos ADD COLUMN confidence integer",
        "ALTER TABLE evidence_photos ADD COLUMN drawn boolean NOT NULL DEFAULT FALSE",
        "CREATE INDEX evidence_photos_user ON evidence_photos (user_id, id)",
        "CREATE INDEX evidence_photos_spot ON evidence_photos (user_id, lat_e6, lng_e6)",
        // Seven rows a photo, for the days that are looked through. All that a look-up reads is in the key, so it
        // never leaves the index.
        "CREATE TABLE evidence_hash_bands (
            key bigint NOT NULL, seen_on date NOT NULL, photo_id {uuid} NOT NULL, dhash bigint NOT NULL,
            phash bigint NOT NULL, PRIMARY KEY (key, seen_on, photo_id, dhash, phash))",
        "CREATE INDEX evidence_hash_bands_day ON evidence_hash_bands (seen_on)",
        "CREATE TABLE evidence_files (
            id {uuid} PRIMARY KEY, sha256 text NOT NULL, user_id {uuid} NOT NULL, customer_id {uuid},
            content_type text NOT NULL, n_bytes bigint NOT NULL, name text, has_macros boolean NOT NULL,
            duplicate_of {uuid}, received_at {time} NOT NULL)",
        "CREATE INDEX evidence_files_sha256 ON evidence_files (sha256)",
        "CREATE INDEX imports_file_sha256 ON imports (file_sha256)",
    ],
    down: &[
        "evidence_files",
        "evidence_hash_bands",
        "DROP INDEX imports_file_sha256",
        "DROP INDEX evidence_photos_spot",
        "DROP INDEX evidence_photos_user",
        "ALTER TABLE evidence_photos DROP COLUMN drawn",
        "ALTER TABLE evidence_photos DROP COLUMN confidence",
        "ALTER TABLE evidence_photos DROP COLUMN similar_to",
        "ALTER TABLE evidence_photos DROP COLUMN has_preview",
        "ALTER TABLE evidence_photos DROP COLUMN lng_e6",
        "ALTER TABLE evidence_photos DROP COLUMN lat_e6",
        "ALTER TABLE evidence_photos DROP COLUMN client_time",
        "ALTER TABLE evidence_photos DROP COLUMN issued_at",
        "ALTER TABLE evidence_photos DROP COLUMN device_id",
        "ALTER TABLE evidence_tickets DROP COLUMN device_id",
    ],
};
