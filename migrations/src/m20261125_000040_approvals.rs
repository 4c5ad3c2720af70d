//! Flows, events in a chain, clocks with their rungs, links and carbon copies.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261125_000040_approvals",
    up: &[
        "ALTER TABLE approvals ADD COLUMN owner_id {uuid}",
        "ALTER TABLE approvals ADD COLUMN content_hash text",
        "ALTER TABLE approvals ADD COLUMN flow_key text",
        "ALTER TABLE approvals ADD COLUMN flow_version integer",
        "ALTER TABLE approvals ADD COLUMN flow_digest text",
        "ALTER TABLE approvals ADD COLUMN state {json}",
        "ALTER TABLE approvals ADD COLUMN round integer",
        "ALTER TABLE approvals ADD COLUMN n_events integer",
        "ALTER TABLE approvals ADD COLUMN last_hash text",
        "CREATE INDEX approvals_kind ON approvals (kind, created_at)",
        "ALTER TABLE approvals_todos ADD COLUMN task integer",
        "ALTER TABLE approvals_todos ADD COLUMN purpose text",
        "CREATE TABLE approvals_flows (digest text PRIMARY KEY, body {json} NOT NULL)",
        "CREATE TABLE approvals_events (
            approval_id {uuid} NOT NULL REFERENCES approvals (id), seq integer NOT NULL, at {time} NOT NULL,
            actor_id {uuid}, on_behalf_of {uuid}, machine text, seen text, event {json} NOT NULL,
            previous_hash text NOT NULL, hash text NOT NULL, PRIMARY KEY (approval_id, seq))",
        "CREATE TABLE approvals_timers (
            id {uuid} PRIMARY KEY, approval_id {uuid} NOT NULL REFERENCES approvals (id), task integer NOT NULL,
            region_id {uuid}, level {json} NOT NULL, consumed_seconds bigint NOT NULL, running_since {time},
            rung integer NOT NULL, due_at {time}, next_rung_at {time}, status text NOT NULL,
            UNIQUE (approval_id, task))",
        "CREATE INDEX approvals_timers_due ON approvals_timers (next_rung_at) WHERE status = 'running'",
        "CREATE INDEX approvals_timers_unprojected ON approvals_timers (id)
            WHERE status = 'running' AND next_rung_at IS NULL AND due_at IS NULL",
        "CREATE TABLE approvals_rungs (
            timer_id {uuid} NOT NULL REFERENCES approvals_timers (id), rung integer NOT NULL, at {time} NOT NULL,
            PRIMARY KEY (timer_id, rung))",
        "CREATE TABLE approvals_copies (
            id {uuid} PRIMARY KEY, approval_id {uuid} NOT NULL REFERENCES approvals (id), user_id {uuid} NOT NULL,
            copied_at {time} NOT NULL, read_at {time}, UNIQUE (approval_id, user_id))",
        "CREATE INDEX approvals_copies_user ON approvals_copies (user_id, id)",
        "CREATE TABLE approvals_links (
            digest text PRIMARY KEY, approval_id {uuid} NOT NULL REFERENCES approvals (id), user_id {uuid} NOT NULL,
            task integer NOT NULL, expires_at {time} NOT NULL, used_at {time})",
        "CREATE INDEX approvals_links_approval ON approvals_links (approval_id)",
    ],
    down: &[
        "approvals_links", "approvals_copies", "approvals_rungs", "approvals_timers", "approvals_events",
        "approvals_flows", "ALTER TABLE approvals_todos DROP COLUMN purpose",
        "ALTER TABLE approvals_todos DROP COLUMN task", "DROP INDEX approvals_kind",
        "ALTER TABLE approvals DROP COLUMN last_hash", "ALTER TABLE approvals DROP COLUMN n_events",
        "ALTER TABLE approvals DROP COLUMN round", "ALTER TABLE approvals DROP COLUMN state",
        "ALTER TABLE approvals DROP COLUMN flow_digest", "ALTER TABLE approvals DROP COLUMN flow_version",
        "ALTER TABLE approvals DROP COLUMN flow_key", "ALTER TABLE approvals DROP COLUMN content_hash",
        "ALTER TABLE approvals DROP COLUMN owner_id",
    ],
};
