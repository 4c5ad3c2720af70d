use domain::people::Role;

use super::super::rows::DelegationRow;
use super::super::tests::{Company, day, hour};
use super::*;

/// `principal → agent` in the hours `[from, until)`.
async fn window(company: &Company, (principal, agent): (&str, &str), (from, until): (u32, u32)) {
    let row = DelegationRow {
        id: platform::new_id(),
        principal_id: company.id(principal).0,
        agent_id: company.id(agent).0,
        from_at: hour(from),
        until_at: hour(until),
        set_by: company.id(principal).0,
        set_at: hour(0),
        ended_by: None,
        ended_at: None,
    };
    rows::insert_delegation(company.db(), &row).await.unwrap();
}

#[tokio::test]
async fn the_last_of_the_chain_acts_and_answers_for_all_before() {
    let mut company = Company::new().await;
    for name in ["a", "b", "c", "d"] {
        company.hire(name, Role::Rep, (None, None)).await;
    }
    window(&company, ("a", "b"), (8, 16)).await;
    window(&company, ("b", "c"), (10, 12)).await;
    window(&company, ("d", "c"), (8, 16)).await;
    let (db, id) = (company.db(), |name: &str| company.id(name));
    let ids = |names: &[&str]| names.iter().map(|name| id(name)).collect::<Vec<_>>();

    assert_eq!(agents_of(db, id("a"), hour(7)).await.unwrap(), []);
    assert_eq!(agents_of(db, id("a"), hour(8)).await.unwrap(), ids(&["b"]));
    assert_eq!(agents_of(db, id("a"), hour(10)).await.unwrap(), ids(&["b", "c"]));
    assert_eq!(agents_of(db, id("a"), hour(12)).await.unwrap(), ids(&["b"]));
    assert_eq!(agents_of(db, id("a"), hour(16)).await.unwrap(), []);

    let all = ids(&["a", "b", "c", "d"]);
    let acting = agents(db, &all, hour(11)).await.unwrap();
    assert_eq!(acting, HashMap::from(["a", "b", "d"].map(|name| (id(name), id("c")))));

    assert_eq!(principals_of(db, id("c"), hour(11)).await.unwrap(), ids(&["a", "b", "d"]));
    assert_eq!(principals_of(db, id("b"), hour(11)).await.unwrap(), [], "c answers for b and all before");
    assert_eq!(principals_of(db, id("b"), hour(13)).await.unwrap(), ids(&["a"]));
}

#[tokio::test]
async fn nobody_acts_through_somebody_who_has_left() {
    let mut company = Company::new().await;
    company.hire("a", Role::Rep, (None, None)).await;
    company.hire("b", Role::Rep, (None, Some(day(0)))).await;
    window(&company, ("a", "b"), (0, 100)).await;
    let (a, b) = (company.id("a"), company.id("b"));
    assert_eq!(agents_of(company.db(), a, hour(8)).await.unwrap(), [b], "the last day counts");
    assert_eq!(agents_of(company.db(), a, hour(26)).await.unwrap(), []);
    assert_eq!(principals_of(company.db(), b, hour(26)).await.unwrap(), []);
}
