//! The whole customer file: who pays, invoices, freshness, temporary credit, ownership, places, communications and
//! standing tasks.
//!
//! `customers_place` is found by the expression that `customers/rows/nearby.rs` asks with.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261125_000043_customers",
    up: &[
        "ALTER TABLE customers ADD COLUMN bill_to_id {uuid}",
        "ALTER TABLE customers ADD COLUMN confirmations {json}",
        "ALTER TABLE customers ADD COLUMN invoice {json}",
        "ALTER TABLE customers ADD COLUMN uncertainty_m integer",
        "ALTER TABLE customers ADD COLUMN proposed_location {json}",
        "ALTER TABLE customers ADD COLUMN is_blacklisted boolean NOT NULL DEFAULT false",
        "ALTER TABLE customers ADD COLUMN blacklist_reason text",
        "ALTER TABLE customers ADD COLUMN released_at {time}",
        "CREATE INDEX customers_bill_to ON customers (bill_to_id, id) WHERE bill_to_id IS NOT NULL",
        "CREATE INDEX customers_pool ON customers (region_id, id) WHERE owner_id IS NULL",
        "CREATE INDEX customers_place ON customers
            (system, (CAST(round(lat * 200) * 100000 + round(lng * 200) AS bigint)))",
        "CREATE INDEX customers_timeline_kind ON customers_timeline (customer_id, kind, at)",
        "CREATE TABLE customers_temporary_credits (
            id {uuid} PRIMARY KEY, customer_id {uuid} NOT NULL REFERENCES customers (id), amount_fen bigint NOT NULL,
            valid_from {time} NOT NULL, valid_until {time} NOT NULL, reason text NOT NULL, granted_by {uuid} NOT NULL,
            granted_at {time} NOT NULL)",
        "CREATE INDEX customers_temporary_credits_valid ON customers_temporary_credits (customer_id, valid_until)",
        "CREATE TABLE customers_owners (
            id {uuid} PRIMARY KEY, customer_id {uuid} NOT NULL REFERENCES customers (id), owner_id {uuid},
            how text NOT NULL, reason text, by_id {uuid} NOT NULL, at {time} NOT NULL)",
        "CREATE INDEX customers_owners_customer ON customers_owners (customer_id, id)",
        "CREATE INDEX customers_owners_claims ON customers_owners (owner_id, at) WHERE how = 'claimed'",
        "CREATE TABLE customers_fixes (
            id {uuid} PRIMARY KEY, customer_id {uuid} NOT NULL REFERENCES customers (id), user_id {uuid} NOT NULL,
            lat {double} NOT NULL, lng {double} NOT NULL, system text NOT NULL, accuracy_mm bigint NOT NULL,
            at {time} NOT NULL)",
        "CREATE INDEX customers_fixes_customer ON customers_fixes (customer_id, id)",
        "CREATE TABLE customers_communications (
            id {uuid} PRIMARY KEY, customer_id {uuid} NOT NULL REFERENCES customers (id), user_id {uuid} NOT NULL,
            touch_point text NOT NULL, outcome text, contact text, note text, photo_ids {json} NOT NULL,
            file_ids {json} NOT NULL, is_verified boolean NOT NULL, at {time} NOT NULL, outcome_at {time})",
        "CREATE INDEX customers_communications_customer ON customers_communications (customer_id, id)",
        "CREATE TABLE customers_standing_tasks (
            id {uuid} PRIMARY KEY, title text NOT NULL, instruction text, selection {json} NOT NULL,
            rhythm {json} NOT NULL, done_by {json} NOT NULL, status text NOT NULL, created_by {uuid} NOT NULL,
            created_at {time} NOT NULL, published_at {time}, ended_at {time}, version integer NOT NULL)",
        "CREATE INDEX customers_standing_tasks_status ON customers_standing_tasks (status, id)",
        "CREATE INDEX evidence_files_customer ON evidence_files (customer_id, id) WHERE customer_id IS NOT NULL",
    ],
    down: &[
        "DROP INDEX evidence_files_customer",
        "customers_standing_tasks",
        "customers_communications",
        "customers_fixes",
        "customers_owners",
        "customers_temporary_credits",
        "DROP INDEX customers_timeline_kind",
        "DROP INDEX customers_place",
        "DROP INDEX customers_pool",
        "DROP INDEX customers_bill_to",
        "ALTER TABLE customers DROP COLUMN released_at",
        "ALTER TABLE customers DROP COLUMN blacklist_reason",
        "ALTER TABLE customers DROP COLUMN is_blacklisted",
        "ALTER TABLE customers DROP COLUMN proposed_location",
        "ALTER TABLE customers DROP COLUMN uncertainty_m",
        "ALTER TABLE customers DROP COLUMN invoice",
        "ALTER TABLE customers DROP COLUMN confirmations",
        "ALTER TABLE customers DROP COLUMN bill_to_id",
    ],
};
