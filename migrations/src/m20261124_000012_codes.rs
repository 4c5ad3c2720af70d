//! Login codes that were used, the printed codes of stores, and what they are signed with.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261124_000012_codes",
    up: &[
        "CREATE TABLE people_codes (
            digest text PRIMARY KEY, openid text NOT NULL, unionid text, used_at {time} NOT NULL)",
        "CREATE TABLE customers_scenes (
            code text PRIMARY KEY, customer_id {uuid} NOT NULL UNIQUE REFERENCES customers (id), made_at {time} NOT NULL)",
        "CREATE TABLE settings_secrets (name text PRIMARY KEY, value text NOT NULL)",
    ],
    down: &["settings_secrets", "customers_scenes", "people_codes"],
};
