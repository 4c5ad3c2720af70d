//! Files that were taken in.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261128_000015_imports",
    up: &[
        "CREATE TABLE imports (
            id {uuid} PRIMARY KEY,
            kind text NOT NULL,
            status text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed')),
            dry_run boolean NOT NULL,
            requested_by {uuid} NOT NULL,
            file_sha256 text NOT NULL,
            n_rows integer NOT NULL CHECK (n_rows >= 0),
            n_done integer NOT NULL CHECK (n_done >= 0),
            n_stored integer NOT NULL CHECK (n_stored >= 0),
            n_failed integer NOT NULL CHECK (n_failed >= 0),
            errors {json} NOT NULL,
            warnings {json} NOT NULL,
            failure text,
            finished_at {time},
            created_at {time} NOT NULL)",
        "CREATE INDEX imports_file_sha256 ON imports (file_sha256)",
    ],
    down: &["imports"],
};
