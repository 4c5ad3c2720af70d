//! Opportunities move by evidence: records, moves, actions and gaps; and what became of a day's plan.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261125_000045_opportunities",
    up: &[
        "ALTER TABLE opportunities ADD COLUMN stages_version integer",
        "ALTER TABLE opportunities ADD COLUMN n_actions integer NOT NULL DEFAULT 0",
        "ALTER TABLE opportunities ADD COLUMN unsupported_at {time}",
        "ALTER TABLE opportunities ADD COLUMN unsupported_stage text",
        "ALTER TABLE opportunities ADD COLUMN unsupported_by {uuid}",
        "ALTER TABLE opportunities ADD COLUMN lost_reason text",
        "ALTER TABLE opportunities ADD COLUMN lost_note text",
        "ALTER TABLE opportunities ADD COLUMN closed_at {time}",
        "CREATE INDEX opportunities_thin ON opportunities (n_actions, id) WHERE status = 'open'",
        "CREATE TABLE opportunities_moves (
            id {uuid} PRIMARY KEY, opportunity_id {uuid} NOT NULL REFERENCES opportunities (id), kind text NOT NULL,
            from_stage text, to_stage text NOT NULL, stages_version integer NOT NULL, user_id {uuid},
            reason text, note text, at {time} NOT NULL)",
        "CREATE INDEX opportunities_moves_at ON opportunities_moves (opportunity_id, at)",
        "CREATE TABLE opportunities_evidence (
            id {uuid} PRIMARY KEY, opportunity_id {uuid} NOT NULL REFERENCES opportunities (id),
            customer_id {uuid} NOT NULL, region_id {uuid} NOT NULL, user_id {uuid} NOT NULL, kind text NOT NULL,
            kinds_version integer NOT NULL, fields {json} NOT NULL, photo_ids {json} NOT NULL, file_ids {json} NOT NULL,
            held_photo_ids {json} NOT NULL, verdict text NOT NULL, reasons {json} NOT NULL, status text NOT NULL, review text NOT NULL,
            needs {json} NOT NULL, is_vague boolean NOT NULL, is_signed boolean NOT NULL, grace_until {time},
            is_grace_over boolean NOT NULL, recorded_at {time} NOT NULL, completed_at {time}, rejected_at {time},
            version integer NOT NULL)",
        "CREATE INDEX opportunities_evidence_of ON opportunities_evidence (opportunity_id, recorded_at)",
        "CREATE INDEX opportunities_evidence_kind ON opportunities_evidence (region_id, kind, recorded_at)",
        "CREATE INDEX opportunities_evidence_grace ON opportunities_evidence (grace_until) \
         WHERE is_grace_over = false AND grace_until IS NOT NULL",
        "CREATE TABLE opportunities_files (
            file_id {uuid} NOT NULL, evidence_id {uuid} NOT NULL REFERENCES opportunities_evidence (id),
            sha256 text NOT NULL, customer_id {uuid} NOT NULL, PRIMARY KEY (evidence_id, file_id))",
        "CREATE INDEX opportunities_files_sha256 ON opportunities_files (sha256)",
        "CREATE TABLE opportunities_actions (
            id {uuid} PRIMARY KEY, opportunity_id {uuid} NOT NULL REFERENCES opportunities (id), user_id {uuid},
            source_type text NOT NULL, source_id {uuid} NOT NULL, kind text NOT NULL, occurred_at {time} NOT NULL,
            n_evidence integer NOT NULL, is_verified boolean NOT NULL, UNIQUE (source_type, source_id))",
        "CREATE INDEX opportunities_actions_of ON opportunities_actions (opportunity_id, occurred_at)",
        "CREATE TABLE opportunities_gaps (
            id {uuid} PRIMARY KEY, kind text NOT NULL, region_id {uuid} NOT NULL, supplier text NOT NULL,
            evidence_ids {json} NOT NULL, status text NOT NULL, opened_at {time} NOT NULL, closed_at {time},
            closed_by {uuid})",
        "CREATE UNIQUE INDEX opportunities_gaps_open ON opportunities_gaps (kind, region_id) WHERE status = 'open'",
        "CREATE INDEX opportunities_gaps_region ON opportunities_gaps (region_id, id)",
        "ALTER TABLE actions_lists ADD COLUMN received_at {time}",
        "ALTER TABLE actions_items ADD COLUMN reason_code text",
        "ALTER TABLE actions_items ADD COLUMN reason_note text",
        "ALTER TABLE actions_items ADD COLUMN reasoned_at {time}",
        "CREATE TABLE actions_leaves (
            id {uuid} PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES people_users (id), from_on date NOT NULL,
            until_on date NOT NULL, reported_by {uuid} NOT NULL, created_at {time} NOT NULL,
            UNIQUE (user_id, from_on, until_on))",
    ],
    down: &[
        "actions_leaves",
        "ALTER TABLE actions_items DROP COLUMN reasoned_at",
        "ALTER TABLE actions_items DROP COLUMN reason_note",
        "ALTER TABLE actions_items DROP COLUMN reason_code",
        "ALTER TABLE actions_lists DROP COLUMN received_at",
        "opportunities_gaps", "opportunities_actions", "opportunities_files", "opportunities_evidence",
        "opportunities_moves",
        "DROP INDEX opportunities_thin",
        "ALTER TABLE opportunities DROP COLUMN closed_at",
        "ALTER TABLE opportunities DROP COLUMN lost_note",
        "ALTER TABLE opportunities DROP COLUMN lost_reason",
        "ALTER TABLE opportunities DROP COLUMN unsupported_by",
        "ALTER TABLE opportunities DROP COLUMN unsupported_stage",
        "ALTER TABLE opportunities DROP COLUMN unsupported_at",
        "ALTER TABLE opportunities DROP COLUMN n_actions",
        "ALTER TABLE opportunities DROP COLUMN stages_version",
    ],
};
