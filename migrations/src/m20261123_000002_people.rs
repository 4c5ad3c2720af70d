//! Regions, employees and how they log in; process events and the gapless counters.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261123_000002_people",
    up: &[
        "CREATE TABLE people_regions (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, name text NOT NULL,
            parent_id {uuid} REFERENCES people_regions (id), created_at {time} NOT NULL, version integer NOT NULL)",
        "CREATE INDEX people_regions_parent ON people_regions (parent_id)",
        "CREATE TABLE people_users (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, username text NOT NULL UNIQUE, name text NOT NULL,
            phone text, role text NOT NULL, region_id {uuid} REFERENCES people_regions (id),
            manager_id {uuid} REFERENCES people_users (id), active_from date, active_to date, password_hash text,
            created_at {time} NOT NULL, updated_at {time} NOT NULL, version integer NOT NULL)",
        "CREATE INDEX people_users_phone ON people_users (phone)",
        "CREATE INDEX people_users_manager ON people_users (manager_id)",
        "CREATE INDEX people_users_role ON people_users (role, region_id)",
        "CREATE TABLE people_identities (
            openid text PRIMARY KEY, user_id {uuid} NOT NULL UNIQUE REFERENCES people_users (id), unionid text,
            bound_at {time} NOT NULL)",
        "CREATE TABLE people_sessions (
            digest text PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES people_users (id),
            created_at {time} NOT NULL, expires_at {time} NOT NULL)",
        "CREATE INDEX people_sessions_user ON people_sessions (user_id)",
        "CREATE TABLE people_tickets (
            digest text PRIMARY KEY, openid text NOT NULL, unionid text, expires_at {time} NOT NULL, used_at {time})",
        "CREATE TABLE settings_events (
            id {uuid} PRIMARY KEY, recorded_at {time} NOT NULL, name text NOT NULL, actor_id {uuid},
            subject_type text NOT NULL, subject_id {uuid} NOT NULL, customer_id {uuid}, facts {json} NOT NULL)",
        "CREATE INDEX settings_events_subject ON settings_events (subject_type, subject_id, id)",
        "CREATE TABLE settings_counters (
            kind text NOT NULL, day date NOT NULL, n integer NOT NULL, PRIMARY KEY (kind, day))",
    ],
    down: &[
        "settings_counters", "settings_events", "people_tickets", "people_sessions", "people_identities",
        "people_users", "people_regions",
    ],
};
