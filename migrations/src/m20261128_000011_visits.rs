//! Visits with their verdicts.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261128_000011_visits",
    up: &[
        "CREATE TABLE visits (
            id {uuid} PRIMARY KEY,
            customer_id {uuid} NOT NULL REFERENCES customers (id),
            user_id {uuid} NOT NULL,
            region_id {uuid} NOT NULL,
            action_item_id {uuid},
            status text NOT NULL CHECK (status IN ('attempted', 'checked_in', 'completed')),
            planned boolean NOT NULL,
            checked_in_at {time} NOT NULL,
            location {json},
            distance_m integer CHECK (distance_m >= 0),
            verdict text NOT NULL CHECK (verdict IN ('pass', 'uncertain', 'review', 'reject')),
            reasons {json} NOT NULL,
            next text CHECK (next IN ('retake', 'relocate', 'report_store_point')),
            provisional boolean NOT NULL,
            review text NOT NULL CHECK (review IN ('none', 'pending', 'accepted', 'rejected')),
            photo_ids {json} NOT NULL,
            result_code text CHECK (result_code IN (
                'order', 'interest', 'no_interest', 'complaint', 'closed')),
            note text,
            needs {json} NOT NULL,
            completed_at {time},
            checkout_at {time},
            received_at {time},
            effective boolean,
            why_not {json},
            flags {json},
            version integer NOT NULL CHECK (version >= 1))",
        "CREATE INDEX visits_user ON visits (user_id, id)",
        "CREATE INDEX visits_customer ON visits (customer_id, id)",
        "CREATE INDEX visits_region ON visits (region_id, id)",
        "CREATE INDEX visits_day ON visits (user_id, customer_id, checked_in_at)",
        "CREATE INDEX visits_next ON visits (user_id, checked_in_at)",
    ],
    down: &["visits"],
};
