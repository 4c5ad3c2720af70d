//! Leads with their clock, and who was in touch with them.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261125_000044_leads",
    up: &[
        "CREATE TABLE leads (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, name text NOT NULL, normal_name text NOT NULL, phone text,
            normal_phone text, district_code text, source text, region_id {uuid} NOT NULL REFERENCES people_regions (id),
            owner_id {uuid} REFERENCES people_users (id), product_interest text, note text, contacts {json} NOT NULL,
            status text NOT NULL, created_by {uuid}, created_at {time} NOT NULL, due_at {time} NOT NULL,
            first_response_at {time}, rung integer NOT NULL, next_rung_at {time}, customer_id {uuid},
            opportunity_id {uuid}, converted_by {uuid}, converted_at {time}, updated_at {time} NOT NULL,
            version integer NOT NULL)",
        "CREATE INDEX leads_owner ON leads (owner_id, id)",
        "CREATE INDEX leads_region ON leads (region_id, id)",
        "CREATE INDEX leads_phone ON leads (normal_phone)",
        "CREATE INDEX leads_name ON leads (normal_name, district_code)",
        "CREATE INDEX leads_rung ON leads (next_rung_at) WHERE next_rung_at IS NOT NULL",
        "CREATE INDEX leads_created ON leads (created_at)",
        "CREATE TABLE leads_responses (
            id {uuid} PRIMARY KEY, lead_id {uuid} NOT NULL REFERENCES leads (id), user_id {uuid} NOT NULL,
            touch_point text NOT NULL, outcome text, note text, photo_ids {json} NOT NULL, file_ids {json} NOT NULL,
            is_verified boolean NOT NULL, at {time} NOT NULL)",
        "CREATE INDEX leads_responses_lead ON leads_responses (lead_id, id)",
    ],
    down: &["leads_responses", "leads"],
};
