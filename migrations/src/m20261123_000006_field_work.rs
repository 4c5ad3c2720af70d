//! The day in the field: lists, photos, visits, deliveries; and imports.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261123_000006_field_work",
    up: &[
        "CREATE TABLE actions_lists (
            id {uuid} PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES people_users (id), day date NOT NULL,
            status text NOT NULL, proposed_at {time} NOT NULL, filed_at {time}, version integer NOT NULL,
            UNIQUE (user_id, day))",
        "CREATE INDEX actions_lists_day ON actions_lists (day, status)",
        "CREATE TABLE actions_items (
            id {uuid} PRIMARY KEY, list_id {uuid} NOT NULL REFERENCES actions_lists (id), seq integer NOT NULL,
            customer_id {uuid} NOT NULL REFERENCES customers (id), opportunity_id {uuid}, stage text NOT NULL,
            stages_version integer NOT NULL, action text NOT NULL, objective text NOT NULL,
            evidence {json} NOT NULL, reasons {json} NOT NULL, score integer NOT NULL, status text NOT NULL,
            done_by_type text, done_by_id {uuid}, done_at {time})",
        "CREATE INDEX actions_items_list ON actions_items (list_id, seq)",
        "CREATE TABLE evidence_tickets (
            id {uuid} PRIMARY KEY, digest text NOT NULL UNIQUE, user_id {uuid} NOT NULL, purpose text NOT NULL,
            subject_type text NOT NULL, subject_id {uuid} NOT NULL, customer_id {uuid} NOT NULL,
            issued_at {time} NOT NULL, expires_at {time} NOT NULL, used_at {time}, used_sha256 text)",
        "CREATE TABLE evidence_photos (
            id {uuid} PRIMARY KEY, sha256 text NOT NULL, user_id {uuid} NOT NULL, purpose text NOT NULL,
            subject_type text NOT NULL, subject_id {uuid} NOT NULL, customer_id {uuid} NOT NULL,
            ticket_id {uuid}, n_bytes bigint NOT NULL, format text NOT NULL, width integer NOT NULL,
            height integer NOT NULL, source text NOT NULL, taken_at {time}, received_at {time} NOT NULL,
            location {json}, exif {json} NOT NULL, verdict text NOT NULL, reasons {json} NOT NULL,
            distance_m integer, duplicate_of {uuid})",
        "CREATE INDEX evidence_photos_sha256 ON evidence_photos (sha256)",
        "CREATE INDEX evidence_photos_subject ON evidence_photos (subject_type, subject_id)",
        "CREATE INDEX evidence_photos_customer ON evidence_photos (customer_id, id)",
        "CREATE TABLE visits (
            id {uuid} PRIMARY KEY, customer_id {uuid} NOT NULL REFERENCES customers (id), user_id {uuid} NOT NULL,
            region_id {uuid} NOT NULL, action_item_id {uuid}, status text NOT NULL, planned boolean NOT NULL,
            checked_in_at {time} NOT NULL, location {json}, distance_m integer, verdict text NOT NULL,
            reasons {json} NOT NULL, next text, provisional boolean NOT NULL, review text NOT NULL,
            photo_ids {json} NOT NULL, result_code text, note text, needs {json} NOT NULL, completed_at {time},
            version integer NOT NULL)",
        "CREATE INDEX visits_user ON visits (user_id, id)",
        "CREATE INDEX visits_customer ON visits (customer_id, id)",
        "CREATE INDEX visits_region ON visits (region_id, id)",
        "CREATE TABLE deliveries (
            id {uuid} PRIMARY KEY, number text NOT NULL UNIQUE, order_id {uuid} NOT NULL REFERENCES orders (id),
            customer_id {uuid} NOT NULL REFERENCES customers (id), region_id {uuid} NOT NULL,
            driver_id {uuid} NOT NULL, status text NOT NULL, promised_at {time}, departed_at {time},
            signed_at {time}, delivered_on date, signer_name text, verdict text, reasons {json} NOT NULL,
            provisional boolean NOT NULL, review text NOT NULL, fail_reason text, created_at {time} NOT NULL,
            version integer NOT NULL)",
        "CREATE INDEX deliveries_order ON deliveries (order_id)",
        "CREATE INDEX deliveries_status ON deliveries (status, id)",
        "CREATE INDEX deliveries_driver ON deliveries (driver_id, id)",
        "CREATE TABLE deliveries_lines (
            id {uuid} PRIMARY KEY, delivery_id {uuid} NOT NULL REFERENCES deliveries (id),
            order_line_id {uuid} NOT NULL REFERENCES orders_lines (id), quantity_thousandths bigint NOT NULL,
            accepted_thousandths bigint, rejected_thousandths bigint, reject_reason text,
            UNIQUE (delivery_id, order_line_id))",
        "CREATE TABLE deliveries_attempts (
            id {uuid} PRIMARY KEY, delivery_id {uuid} NOT NULL REFERENCES deliveries (id), user_id {uuid} NOT NULL,
            at {time} NOT NULL, signer_name text NOT NULL, location {json}, photo_ids {json} NOT NULL,
            lines {json} NOT NULL, verdict text NOT NULL, reasons {json} NOT NULL, next text, distance_m integer)",
        "CREATE INDEX deliveries_attempts_delivery ON deliveries_attempts (delivery_id, id)",
        "CREATE TABLE imports (
            id {uuid} PRIMARY KEY, kind text NOT NULL, status text NOT NULL, dry_run boolean NOT NULL,
            requested_by {uuid} NOT NULL, file_sha256 text NOT NULL, n_rows integer NOT NULL,
            n_done integer NOT NULL, n_stored integer NOT NULL, n_failed integer NOT NULL, errors {json} NOT NULL,
            warnings {json} NOT NULL, failure text, created_at {time} NOT NULL, finished_at {time})",
    ],
    down: &[
        "imports", "deliveries_attempts", "deliveries_lines", "deliveries", "visits", "evidence_photos",
        "evidence_tickets", "actions_items", "actions_lists",
    ],
};
