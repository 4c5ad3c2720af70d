//! Decisions that are waited for, and who is told what.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261123_000003_notices",
    up: &[
        "CREATE TABLE approvals (
            id {uuid} PRIMARY KEY, kind text NOT NULL, subject_type text NOT NULL, subject_id {uuid} NOT NULL,
            customer_id {uuid}, region_id {uuid}, initiator_id {uuid} NOT NULL, title text NOT NULL,
            summary text NOT NULL, facts {json} NOT NULL, status text NOT NULL, budget_minutes integer NOT NULL,
            due_at {time}, rung integer NOT NULL, next_rung_at {time}, decided_by {uuid}, decided_at {time},
            comment text, created_at {time} NOT NULL, version integer NOT NULL)",
        "CREATE INDEX approvals_clock ON approvals (status, next_rung_at)",
        "CREATE INDEX approvals_subject ON approvals (subject_type, subject_id)",
        "CREATE TABLE approvals_todos (
            id {uuid} PRIMARY KEY, approval_id {uuid} NOT NULL REFERENCES approvals (id),
            assignee_id {uuid} NOT NULL, rung integer NOT NULL, status text NOT NULL, created_at {time} NOT NULL,
            done_at {time}, UNIQUE (approval_id, assignee_id))",
        "CREATE INDEX approvals_todos_assignee ON approvals_todos (assignee_id, status, id)",
        "CREATE TABLE notices (
            id {uuid} PRIMARY KEY, recipient_id {uuid} NOT NULL, matter text NOT NULL, rung integer NOT NULL,
            kind text NOT NULL, title text NOT NULL, body text NOT NULL, page text, subject_type text,
            subject_id {uuid}, fields {json} NOT NULL, push_until {time}, settled_at {time},
            created_at {time} NOT NULL, read_at {time}, UNIQUE (recipient_id, matter, rung))",
        "CREATE INDEX notices_inbox ON notices (recipient_id, id)",
        "CREATE INDEX notices_matter ON notices (matter)",
        "CREATE TABLE notices_deliveries (
            id {uuid} PRIMARY KEY, notice_id {uuid} NOT NULL REFERENCES notices (id), recipient_id {uuid} NOT NULL,
            matter text NOT NULL, rung integer NOT NULL, channel text NOT NULL, template_id text NOT NULL,
            status text NOT NULL, reason text, created_at {time} NOT NULL, attempted_at {time}, settled_at {time},
            UNIQUE (recipient_id, matter, rung, channel))",
        "CREATE INDEX notices_deliveries_recipient ON notices_deliveries (recipient_id, id)",
        "CREATE INDEX notices_deliveries_unknown ON notices_deliveries (attempted_at) WHERE status = 'unknown'",
        "CREATE INDEX notices_deliveries_notice ON notices_deliveries (notice_id)",
        "CREATE TABLE notices_credits (
            user_id {uuid} NOT NULL, template_id text NOT NULL, balance integer NOT NULL, last_accept_at {time},
            PRIMARY KEY (user_id, template_id))",
    ],
    down: &["notices_credits", "notices_deliveries", "notices", "approvals_todos", "approvals"],
};
