//! Plumbing: promised jobs, sweeps, kept answers, the movable clock, the installation's id.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261128_000001_platform",
    up: &[
        "CREATE TABLE installation (
            id {uuid} PRIMARY KEY,
            number integer NOT NULL DEFAULT 1 UNIQUE)",
        "CREATE TABLE clock (
            id integer PRIMARY KEY,
            offset_us bigint NOT NULL)",
        "CREATE TABLE jobs (
            id {uuid} PRIMARY KEY,
            name text NOT NULL CHECK (trim(name) <> ''),
            payload text NOT NULL,
            due_at {time} NOT NULL,
            state text NOT NULL CHECK (state IN ('ready', 'dead')),
            attempts integer NOT NULL CHECK (attempts >= 0),
            last_error text,
            leased_by {uuid},
            leased_until {time},
            published_at {time},
            created_at {time} NOT NULL)",
        "CREATE INDEX jobs_due ON jobs (state, due_at, id)",
        "CREATE TABLE sweeps (
            name text PRIMARY KEY,
            handled_until {time} NOT NULL,
            leased_by {uuid},
            leased_until {time})",
        "CREATE TABLE idempotency_keys (
            actor {uuid} NOT NULL,
            key text NOT NULL,
            digest text NOT NULL,
            status integer NOT NULL,
            body text NOT NULL,
            created_at {time} NOT NULL,
            PRIMARY KEY (actor, key))",
        "CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)",
        // One call waits for whoever has the key and then reads as of after it; SQLite's writer is alone.
        "{postgres} CREATE FUNCTION idempotency_claim(who uuid, what text)
            RETURNS TABLE (digest text, status integer, body text) LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_advisory_xact_lock(hashtextextended(who::text || ' ' || what, 0));
                RETURN QUERY SELECT kept.digest, kept.status, kept.body FROM idempotency_keys kept
                    WHERE kept.actor = who AND kept.key = what;
            END $$",
    ],
    down: &[
        "{postgres} DROP FUNCTION IF EXISTS idempotency_claim",
        "idempotency_keys",
        "sweeps",
        "jobs",
        "clock",
        "installation",
    ],
};
