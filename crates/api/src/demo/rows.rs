//! Everything goes.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::select::execute;

/// Every table of the capabilities and of the background work, a table after those that refer to it.
const TABLES: [&str; 84] = [
    "deliveries_exchange_lines",
    "deliveries_exchanges",
    "deliveries_hand_ins",
    "deliveries_payments",
    "deliveries_billables",
    "deliveries_corrections",
    "deliveries_takes",
    "deliveries_attempts",
    "deliveries_lines",
    "deliveries",
    "deliveries_stops",
    "deliveries_trips",
    "visits",
    "evidence_hash_bands",
    "evidence_files",
    "evidence_uses",
    "evidence_photos",
    "evidence_tickets",
    "actions_items",
    "actions_lists",
    "actions_leaves",
    "imports",
    "quotes_links",
    "quotes_lines",
    "quotes",
    "orders_exceptions",
    "orders_return_lines",
    "orders_returns",
    "orders_turnover",
    "orders_exposure",
    "orders_findings",
    "orders_promotions",
    "orders_lines",
    "orders",
    "orders_prices",
    "orders_products",
    "opportunities_gaps",
    "opportunities_actions",
    "opportunities_files",
    "opportunities_evidence",
    "opportunities_moves",
    "leads_responses",
    "leads",
    "opportunities",
    "customers_standing_tasks",
    "customers_communications",
    "customers_fixes",
    "customers_owners",
    "customers_temporary_credits",
    "customers_scenes",
    "customers_timeline",
    "customers",
    "notices_addresses",
    "notices_buckets",
    "notices_callbacks",
    "notices_credits",
    "notices_followers",
    "notices_grants",
    "notices_replays",
    "notices_deliveries",
    "notices",
    "approvals_links",
    "approvals_copies",
    "approvals_rungs",
    "approvals_timers",
    "approvals_events",
    "approvals_todos",
    "approvals",
    "approvals_flows",
    "settings_documents",
    "settings_events",
    "settings_secrets",
    "people_moves",
    "people_delegations",
    "people_pins",
    "people_codes",
    "people_tickets",
    "people_sessions",
    "people_identities",
    "people_users",
    "people_regions",
    "idempotency_keys",
    "jobs",
    "sweeps",
];

/// Deletes every row of every table. Nobody writes meanwhile: a row that arrived in between would refer to nothing.
pub async fn wipe(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        let lock = format!("LOCK TABLE {} IN EXCLUSIVE MODE", TABLES.join(", "));
        execute(db, &lock, []).await?;
    }
    for table in TABLES {
        execute(db, &format!("DELETE FROM {table}"), []).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use migrations::{Migrator, MigratorTrait};
    use platform::{Clock, Db, sql};

    use super::*;

    #[tokio::test]
    async fn a_wipe_forgets_no_table() {
        let db = Db::connect("sqlite::memory:", 1, Clock::system()).await.unwrap();
        Migrator::up(db.conn(), None).await.unwrap();
        wipe(db.conn()).await.unwrap();
        let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let rows = db.conn().query_all_raw(sql(db.conn(), text, [])).await.unwrap();
        let mut left: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        left.retain(|table| !TABLES.contains(&table.as_str()));
        // A process may hold a block of numbers of a day that comes again.
        let kept = ["clock", "installation", "notices_wechat_tokens", "seaql_migrations", "settings_counters"];
        assert_eq!(left, kept.into_iter().map(str::to_owned).collect());
    }
}
