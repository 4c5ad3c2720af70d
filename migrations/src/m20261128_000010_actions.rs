//! Daily lists: whom to see, and what became of it; days off.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261128_000010_actions",
    up: &[
        "CREATE TABLE actions_lists (
            id {uuid} PRIMARY KEY,
            user_id {uuid} NOT NULL REFERENCES people_users (id),
            day date NOT NULL,
            status text NOT NULL CHECK (status IN ('draft', 'filed', 'late', 'missing', 'excused')),
            proposed_at {time} NOT NULL,
            filed_at {time},
            received_at {time},
            version integer NOT NULL CHECK (version >= 1),
            UNIQUE (user_id, day))",
        "CREATE INDEX actions_lists_day ON actions_lists (day, status)",
        "CREATE TABLE actions_items (
            id {uuid} PRIMARY KEY,
            list_id {uuid} NOT NULL REFERENCES actions_lists (id),
            seq integer NOT NULL,
            customer_id {uuid} NOT NULL REFERENCES customers (id),
            opportunity_id {uuid},
            stage text NOT NULL,
            stages_version integer NOT NULL CHECK (stages_version >= 0),
            action text NOT NULL,
            objective text NOT NULL,
            evidence {json} NOT NULL,
            reasons {json} NOT NULL,
            score integer NOT NULL,
            status text NOT NULL CHECK (status IN ('pending', 'done')),
            done_by_type text,
            done_by_id {uuid},
            done_at {time},
            reason_code text,
            reason_note text,
            reasoned_at {time},
            CHECK ((done_by_type IS NULL) = (done_by_id IS NULL)))",
        "CREATE INDEX actions_items_list ON actions_items (list_id, seq)",
        "CREATE TABLE actions_leaves (
            id {uuid} PRIMARY KEY,
            user_id {uuid} NOT NULL REFERENCES people_users (id),
            from_on date NOT NULL,
            until_on date NOT NULL,
            reported_by {uuid} NOT NULL,
            created_at {time} NOT NULL,
            UNIQUE (user_id, from_on, until_on),
            CHECK (from_on <= until_on))",
    ],
    down: &["actions_leaves", "actions_items", "actions_lists"],
};
