use super::super::tests::{Company, day};
use super::*;

/// `top` over `east` over `coast`; a boss over a director of the east over a supervisor over a rep of the coast.
async fn company() -> Company {
    let mut company = Company::new().await;
    for (name, above) in [("top", None), ("east", Some("top")), ("coast", Some("east"))] {
        company.region(name, above).await;
    }
    company.place("boss", (Role::SalesDirector, "top"), None).await;
    company.place("director", (Role::RegionalDirector, "east"), Some("boss")).await;
    company.place("supervisor", (Role::Supervisor, "coast"), Some("director")).await;
    company.place("rep", (Role::Rep, "coast"), Some("supervisor")).await;
    company
}

#[tokio::test]
async fn a_role_is_looked_for_in_the_region_and_then_upwards() {
    let mut company = company().await;
    company.place("second", (Role::RegionalDirector, "east"), Some("boss")).await;
    company.place("far", (Role::RegionalDirector, "top"), Some("boss")).await;
    company.hire("everywhere", Role::Legal, (None, None)).await;
    let (db, coast) = (company.db(), Some(company.region_id("coast")));
    let directors = in_role(db, Role::RegionalDirector, coast, day(0), false).await.unwrap();
    assert_eq!(directors, [company.id("director"), company.id("second")], "the nearest region's, by id");
    let first = in_role(db, Role::RegionalDirector, coast, day(0), true).await.unwrap();
    assert_eq!(first, [company.id("director")]);
    let all = in_role(db, Role::RegionalDirector, None, day(0), false).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(in_role(db, Role::Legal, coast, day(0), false).await.unwrap(), [company.id("everywhere")]);
    assert_eq!(in_role(db, Role::Finance, coast, day(0), false).await.unwrap(), []);
}

#[tokio::test]
async fn the_line_goes_up_past_whoever_has_left() {
    let company = company().await;
    let (db, rep) = (company.db(), company.id("rep"));
    let ids = |names: &[&str]| names.iter().map(|name| company.id(name)).collect::<Vec<_>>();
    assert_eq!(chain(db, rep, 2, day(0)).await.unwrap(), ids(&["supervisor", "director"]));
    company.last_day("supervisor", day(0)).await;
    assert_eq!(chain(db, rep, 2, day(1)).await.unwrap(), ids(&["director", "boss"]));
    assert_eq!(head_of(db, rep, day(1)).await.unwrap(), Some(company.id("director")));
    assert_eq!(head_of(db, company.id("director"), day(1)).await.unwrap(), Some(company.id("boss")));
    assert_eq!(head_of(db, company.id("boss"), day(1)).await.unwrap(), None);
    assert_eq!(by_username(db, "supervisor", day(0)).await.unwrap(), Some(company.id("supervisor")));
    assert_eq!(by_username(db, "supervisor", day(1)).await.unwrap(), None);
}

#[tokio::test]
async fn managers_in_a_ring_are_named_once() {
    let mut company = Company::new().await;
    company.hire("a", Role::Supervisor, (None, None)).await;
    company.hire("b", Role::Supervisor, (None, None)).await;
    company.manage("a", "b").await;
    company.manage("b", "a").await;
    let found = chain(company.db(), company.id("a"), 8, day(0)).await.unwrap();
    assert_eq!(found, [company.id("b")]);
}
