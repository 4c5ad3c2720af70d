//! Customer files with their timeline, and opportunities.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261123_000004_customers",
    up: &[
        "CREATE TABLE customers (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, name text NOT NULL, normal_name text NOT NULL,
            kind text NOT NULL, region_id {uuid} NOT NULL REFERENCES people_regions (id),
            owner_id {uuid} REFERENCES people_users (id), phone text, normal_phone text, uscc text,
            district_code text, lat {double}, lng {double}, system text, location_source text,
            location_confirmed boolean NOT NULL, fence_radius_m integer NOT NULL, price_tier text NOT NULL,
            credit_limit_fen bigint NOT NULL, return_rate_limit_ppm bigint, payment_terms text NOT NULL,
            contacts {json} NOT NULL, decision_chain {json} NOT NULL, needs {json} NOT NULL, stage text NOT NULL,
            last_verified_at {time}, confirmed_at {time} NOT NULL, created_at {time} NOT NULL,
            updated_at {time} NOT NULL, version integer NOT NULL)",
        "CREATE INDEX customers_owner ON customers (owner_id, id)",
        "CREATE INDEX customers_region ON customers (region_id, id)",
        "CREATE INDEX customers_phone ON customers (normal_phone)",
        "CREATE INDEX customers_uscc ON customers (uscc)",
        "CREATE INDEX customers_name ON customers (normal_name, district_code)",
        "CREATE TABLE customers_timeline (
            id {uuid} PRIMARY KEY, customer_id {uuid} NOT NULL REFERENCES customers (id), at {time} NOT NULL,
            kind text NOT NULL, title text NOT NULL, subject_type text NOT NULL, subject_id {uuid} NOT NULL,
            actor_id {uuid}, facts {json} NOT NULL)",
        "CREATE INDEX customers_timeline_customer ON customers_timeline (customer_id, id)",
        "CREATE TABLE opportunities (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, customer_id {uuid} NOT NULL REFERENCES customers (id),
            owner_id {uuid} NOT NULL, region_id {uuid} NOT NULL, name text NOT NULL, stage text NOT NULL,
            status text NOT NULL, amount_fen bigint NOT NULL, stage_entered_at {time} NOT NULL, expected_on date,
            created_at {time} NOT NULL, updated_at {time} NOT NULL, version integer NOT NULL)",
        "CREATE INDEX opportunities_owner ON opportunities (owner_id, status, id)",
        "CREATE INDEX opportunities_region ON opportunities (region_id, id)",
        "CREATE INDEX opportunities_customer ON opportunities (customer_id, status)",
    ],
    down: &["opportunities", "customers_timeline", "customers"],
};
