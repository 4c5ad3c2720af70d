//! Windows in which somebody answers for somebody else, and the work that leavers handed over.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261125_000042_people",
    up: &[
        "CREATE TABLE people_delegations (
            id {uuid} PRIMARY KEY, principal_id {uuid} NOT NULL REFERENCES people_users (id),
            agent_id {uuid} NOT NULL REFERENCES people_users (id), from_at {time} NOT NULL, until_at {time} NOT NULL,
            set_by {uuid} NOT NULL, set_at {time} NOT NULL, ended_by {uuid}, ended_at {time})",
        "CREATE INDEX people_delegations_principal ON people_delegations (principal_id, until_at)",
        "CREATE INDEX people_delegations_agent ON people_delegations (agent_id, until_at)",
        "CREATE TABLE people_moves (
            id {uuid} PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES people_users (id),
            to_id {uuid} NOT NULL REFERENCES people_users (id), kind text NOT NULL, subject_id {uuid} NOT NULL,
            title text NOT NULL, moved_by {uuid} NOT NULL, moved_at {time} NOT NULL)",
        "CREATE INDEX people_moves_user ON people_moves (user_id, id)",
    ],
    down: &["people_moves", "people_delegations"],
};
