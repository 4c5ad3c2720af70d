//! What must never be stored is refused by the tables, and they know the same closed sets as the rules.

use std::collections::BTreeMap;

use domain::evidence::{Next, Source, Verdict};
use domain::people::Role;
use domain::{
    actions, approvals, customers, deliveries, leads, notices, opportunities, orders, quotes, visits,
};
use sea_orm::ConnectionTrait;

use crate::support::World;

/// Columns whose closed sets live in SQL and in the slice that writes them, not among the rules.
const WITHOUT_A_RULE: [&str; 25] = [
    "approvals_timers.status",
    "approvals_todos.purpose",
    "approvals_todos.status",
    "actions_items.status",
    "customers.system",
    "customers_fixes.system",
    "customers_owners.how",
    "customers_standing_tasks.status",
    "deliveries.invoicing",
    "deliveries.review",
    "deliveries_exchange_lines.direction",
    "imports.status",
    "jobs.state",
    "notices_callbacks.account",
    "notices_deliveries.status",
    "notices_grants.source",
    "opportunities_evidence.review",
    "opportunities_gaps.status",
    "opportunities_moves.kind",
    "orders.dispatch",
    "orders_exceptions.kind",
    "orders_findings.occasion",
    "quotes.signed_by",
    "settings_documents.status",
    "visits.review",
];

macro_rules! names_of {
    ($set:ty) => {
        <$set>::ALL.map(|it| it.name()).to_vec()
    };
}

/// The sets of the rules, by the columns that hold them.
fn sets_of_the_rules() -> Vec<(Vec<&'static str>, &'static [&'static str])> {
    vec![
        (
            names_of!(Role),
            &["people_users.role", "orders_findings.approver_role", "orders_exceptions.owner_role"],
        ),
        (names_of!(approvals::Status), &["approvals.status"]),
        (
            names_of!(notices::rules::Channel),
            &["notices_addresses.channel", "notices_buckets.channel", "notices_deliveries.channel"],
        ),
        (
            names_of!(customers::TouchPoint),
            &["customers_communications.touch_point", "leads_responses.touch_point"],
        ),
        (names_of!(customers::Outcome), &["customers_communications.outcome", "leads_responses.outcome"]),
        (
            names_of!(Verdict),
            &[
                "deliveries.verdict",
                "deliveries_attempts.verdict",
                "evidence_photos.verdict",
                "opportunities_evidence.verdict",
                "visits.verdict",
            ],
        ),
        (names_of!(domain::people::Way), &["people_sessions.way"]),
        (names_of!(Next), &["deliveries_attempts.next", "visits.next"]),
        (names_of!(Source), &["evidence_photos.source"]),
        (names_of!(opportunities::Status), &["opportunities.status"]),
        (names_of!(opportunities::Worth), &["opportunities_evidence.status"]),
        (names_of!(leads::Status), &["leads.status"]),
        (names_of!(actions::Status), &["actions_lists.status"]),
        (names_of!(visits::Status), &["visits.status"]),
        (names_of!(visits::Outcome), &["visits.result_code"]),
        (names_of!(quotes::Status), &["quotes.status"]),
        (names_of!(orders::Status), &["orders.status"]),
        (names_of!(orders::Rule), &["orders_findings.rule"]),
        (
            names_of!(deliveries::Status),
            &[
                "deliveries.status",
                "deliveries_corrections.status_after",
                "deliveries_corrections.status_before",
            ],
        ),
        (names_of!(deliveries::TripStatus), &["deliveries_trips.status"]),
        (names_of!(deliveries::Method), &["deliveries_payments.method"]),
        (
            names_of!(deliveries::Bearer),
            &["deliveries_exchange_lines.borne_by", "orders_return_lines.borne_by"],
        ),
    ]
}

/// The sets that tables are closed over, by column.
fn sets_of_the_tables() -> BTreeMap<String, Vec<&'static str>> {
    let mut found = BTreeMap::new();
    for text in migrations::statements() {
        let Some(rest) = text.strip_prefix("CREATE TABLE ") else { continue };
        let table = rest.split(' ').next().unwrap();
        for part in rest.split("CHECK (").skip(1) {
            let Some((column, names)) = part.split_once(" IN (") else { continue };
            let names = names.split(')').next().unwrap().split(',');
            let names = names.map(|name| name.trim().trim_matches('\'')).collect();
            found.insert(format!("{table}.{column}"), names);
        }
    }
    found
}

#[test]
fn tables_and_rules_know_the_same_closed_sets() {
    let mut tables = sets_of_the_tables();
    for (mut names, columns) in sets_of_the_rules() {
        names.sort_unstable();
        for column in columns {
            let mut stored = tables.remove(*column).unwrap_or_else(|| panic!("{column} takes any text"));
            stored.sort_unstable();
            assert_eq!(stored, names, "{column}");
        }
    }
    let mut others = WITHOUT_A_RULE.to_vec();
    others.sort_unstable();
    assert_eq!(tables.into_keys().collect::<Vec<_>>(), others, "closed sets that no rule is compared with");
}

#[tokio::test]
async fn what_must_never_be_stored_is_refused() {
    let world = World::start().await;
    let db = world.app.db.conn();
    // A change that may be stored, of a row that is there: otherwise the refusals below would say nothing.
    for fine in [
        "UPDATE customers SET credit_limit_fen = 0, return_rate_limit_ppm = 1000000, lat = 90, lng = -180, system = 'bd09'",
        "UPDATE people_users SET active_from = '2026-11-28', active_to = '2026-11-28'",
        "UPDATE orders SET total_fen = 0",
        "UPDATE orders_products SET list_price_e4 = 0",
        "UPDATE orders_prices SET valid_to = valid_from",
        "UPDATE opportunities SET amount_fen = 0",
    ] {
        let n_changed = db.execute_unprepared(fine).await.unwrap().rows_affected();
        assert!(n_changed > 0, "{fine}");
    }
    for never in [
        "UPDATE customers SET credit_limit_fen = -1",
        "UPDATE customers SET return_rate_limit_ppm = 1000001",
        "UPDATE customers SET lat = 90.1",
        "UPDATE customers SET lng = -180.1",
        "UPDATE customers SET system = 'mars'",
        "UPDATE customers SET lat = NULL",
        "UPDATE customers SET name = ' '",
        "UPDATE customers SET version = 0",
        "UPDATE people_users SET role = 'king'",
        "UPDATE people_users SET active_from = '2026-11-28', active_to = '2026-11-27'",
        "UPDATE orders SET status = 'lost'",
        "UPDATE orders SET total_fen = -1",
        "UPDATE orders_lines SET quantity_thousandths = -1",
        "UPDATE orders_lines SET discount_ppm = 1000001",
        "UPDATE orders_products SET list_price_e4 = -1",
        "UPDATE orders_prices SET valid_from = '2026-11-28', valid_to = '2026-11-27'",
        "UPDATE opportunities SET amount_fen = -1",
        "UPDATE opportunities SET status = 'stuck'",
    ] {
        assert!(db.execute_unprepared(never).await.is_err(), "{never}");
    }
    world.end().await;
}
