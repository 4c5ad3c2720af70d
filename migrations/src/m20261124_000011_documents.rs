//! Configuration documents in versions, and what the channels of notices need: addresses, reports of acceptances,
//! pushed events.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261124_000011_documents",
    up: &[
        "CREATE TABLE settings_documents (
            kind text NOT NULL, version integer NOT NULL, status text NOT NULL, body {json} NOT NULL,
            edited_by {uuid} NOT NULL, edited_at {time} NOT NULL, published_at {time}, PRIMARY KEY (kind, version))",
        "CREATE UNIQUE INDEX settings_documents_draft ON settings_documents (kind) WHERE status = 'draft'",
        "CREATE TABLE notices_addresses (
            user_id {uuid} NOT NULL, channel text NOT NULL, address text, checked_at {time} NOT NULL,
            PRIMARY KEY (user_id, channel))",
        "CREATE UNIQUE INDEX notices_addresses_address ON notices_addresses (channel, address)",
        "CREATE TABLE notices_followers (openid text PRIMARY KEY, unionid text NOT NULL, followed_at {time} NOT NULL)",
        "CREATE INDEX notices_followers_unionid ON notices_followers (unionid)",
        "CREATE TABLE notices_grants (
            id {uuid} PRIMARY KEY, user_id {uuid} NOT NULL, template_id text NOT NULL, source text NOT NULL,
            tapped_at {time} NOT NULL, is_matched boolean NOT NULL)",
        "CREATE INDEX notices_grants_open ON notices_grants (user_id, template_id, tapped_at)",
        "CREATE TABLE notices_callbacks (
            id {uuid} PRIMARY KEY, account text NOT NULL, dedupe_key text NOT NULL UNIQUE, event text NOT NULL, body text NOT NULL,
            received_at {time} NOT NULL, processed_at {time})",
        "CREATE TABLE notices_replays (digest text PRIMARY KEY, seen_at {time} NOT NULL)",
        "CREATE INDEX notices_replays_seen ON notices_replays (seen_at)",
        "CREATE TABLE notices_buckets (channel text PRIMARY KEY, tokens_milli bigint NOT NULL, filled_at {time} NOT NULL, shut_until {time})",
        "ALTER TABLE notices_deliveries ADD COLUMN msgid text",
        "ALTER TABLE notices_deliveries ADD COLUMN digest_at {time}",
        "CREATE INDEX notices_deliveries_msgid ON notices_deliveries (msgid) WHERE msgid IS NOT NULL",
        "CREATE INDEX notices_deliveries_digest ON notices_deliveries (digest_at) WHERE status = 'gathered'",
        "CREATE INDEX notices_deliveries_busy ON notices_deliveries (recipient_id) WHERE status IN ('ready', 'sending')",
        "CREATE INDEX approvals_initiator ON approvals (initiator_id, id)",
        "CREATE INDEX notices_deliveries_day ON notices_deliveries (recipient_id, attempted_at) WHERE status = 'sent'",
    ],
    down: &[
        "DROP INDEX notices_deliveries_day",
        "DROP INDEX approvals_initiator",
        "DROP INDEX notices_deliveries_busy",
        "DROP INDEX notices_deliveries_digest",
        "DROP INDEX notices_deliveries_msgid",
        "ALTER TABLE notices_deliveries DROP COLUMN digest_at",
        "ALTER TABLE notices_deliveries DROP COLUMN msgid",
        "notices_buckets", "notices_replays", "notices_callbacks", "notices_grants", "notices_followers", "notices_addresses",
        "settings_documents",
    ],
};
