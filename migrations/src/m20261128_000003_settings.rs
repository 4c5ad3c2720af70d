//! What happened, what operations published, the counters behind numbers, and what codes are signed with.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261128_000003_settings",
    up: &[
        "CREATE TABLE settings_events (
            id {uuid} PRIMARY KEY,
            happened_at {time} NOT NULL,
            recorded_at {time} NOT NULL,
            name text NOT NULL CHECK (trim(name) <> ''),
            actor_id {uuid},
            subject_type text NOT NULL,
            subject_id {uuid} NOT NULL,
            customer_id {uuid},
            facts {json} NOT NULL,
            kind text,
            title text CHECK (trim(title) <> ''),
            CHECK (kind IS NULL OR (title IS NOT NULL AND customer_id IS NOT NULL)))",
        // A customer's timeline is what of them has a kind.
        "CREATE INDEX settings_events_timeline ON settings_events (customer_id, id) WHERE kind IS NOT NULL",
        "CREATE INDEX settings_events_deeds ON settings_events (customer_id, kind, happened_at) WHERE kind IS NOT NULL",
        "CREATE INDEX settings_events_subject ON settings_events (subject_type, subject_id, id)",
        "CREATE TABLE settings_documents (
            kind text NOT NULL,
            status text NOT NULL CHECK (status IN ('draft', 'published')),
            body {json} NOT NULL,
            edited_by {uuid} NOT NULL,
            edited_at {time} NOT NULL,
            published_at {time},
            version integer NOT NULL CHECK (version >= 1),
            PRIMARY KEY (kind, version),
            CHECK ((status = 'published') = (published_at IS NOT NULL)))",
        "CREATE UNIQUE INDEX settings_documents_draft ON settings_documents (kind) WHERE status = 'draft'",
        "CREATE TABLE settings_counters (
            kind text NOT NULL,
            day date NOT NULL,
            n integer NOT NULL CHECK (n >= 0),
            PRIMARY KEY (kind, day))",
        "CREATE TABLE settings_secrets (
            name text PRIMARY KEY,
            value text NOT NULL)",
    ],
    down: &["settings_secrets", "settings_counters", "settings_documents", "settings_events"],
};
