//! Handed over, given back, taken: whose customer it is, and whose it was.

use serde_json::{Value, json};

use super::{a_store, path};
use crate::support::{Person, World};

async fn pool(person: &Person) -> Vec<Value> {
    let pool = person.get("/customers/pool?limit=100").await.ok();
    pool["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
}

#[tokio::test]
async fn a_leader_hands_a_customer_over_and_both_are_told() {
    let world = World::start().await;
    let (from, to) = (world.login("rep-01").await, world.login("rep-02").await);
    let store = from.customer("DC001").await;
    let supervisor = world.login("supervisor-01").await;
    let body = json!({"to_user_id": to.own_id().await, "reason": "片区调整"});
    assert_eq!(from.with_customer(&store, "hand-over", body.clone()).await.refused(403), "forbidden");
    supervisor.with_customer(&store, "hand-over", body.clone()).await.ok();
    assert_eq!(from.file_of(&store).await.refused(404), "not_found");
    assert_eq!(to.file_of(&store).await.ok()["owner_id"], to.own_id().await);
    assert_eq!(to.timeline(&store).await[0]["kind"], "owner_changed");
    for username in ["rep-01", "rep-02"] {
        let inbox = world.inbox_of(username).await;
        assert!(inbox[0]["title"].as_str().unwrap().contains("月塘里便利店"), "{username}");
    }
    assert_eq!(supervisor.with_customer(&store, "hand-over", body).await.refused(422), "owner_already");
    let owners = to.get(&path(&store, "/owners")).await.ok();
    assert_eq!(
        (&owners["items"][0]["how"], &owners["items"][0]["reason"]),
        (&json!("handed_over"), &json!("片区调整"))
    );
    world.end().await;
}

#[tokio::test]
async fn nobody_hands_a_customer_to_people_beyond_their_own() {
    let world = World::start().await;
    let store = world.login("rep-01").await.customer("DC001").await;
    let supervisor = world.login("supervisor-01").await;
    for username in ["rep-04", "finance-01", "supervisor-02"] {
        let to = world.login(username).await.own_id().await;
        let body = json!({"to_user_id": to, "reason": "片区调整"});
        let answer = supervisor.with_customer(&store, "hand-over", body).await;
        assert_eq!(answer.pointers(), ["/to_user_id"], "{username}");
        assert_eq!(answer.refused(422), "owner_unknown", "{username}");
    }
    let stranger = world.login("supervisor-02").await;
    let body = json!({"to_user_id": world.login("rep-04").await.own_id().await, "reason": "x"});
    assert_eq!(stranger.with_customer(&store, "hand-over", body).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn what_is_given_back_is_in_the_pool_of_its_region_until_somebody_takes_it() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let store = rep.customer("DC001").await;
    assert_eq!(rep.with_customer(&store, "release", json!({"reason": " "})).await.refused(422), "required");
    rep.with_customer(&store, "release", json!({"reason": "长期无需求"})).await.ok();
    assert_eq!(rep.file_of(&store).await.refused(404), "not_found");
    let (colleague, north) = (world.login("rep-02").await, world.login("rep-04").await);
    assert!(pool(&colleague).await.contains(&store["id"]));
    assert!(!pool(&north).await.contains(&store["id"]));
    assert_eq!(north.with_customer(&store, "claim", json!({})).await.refused(404), "not_found");
    let taken = colleague.with_customer(&store, "claim", json!({})).await.ok();
    assert_eq!(taken["owner_id"], colleague.own_id().await);
    assert!(!pool(&colleague).await.contains(&store["id"]));
    assert_eq!(rep.with_customer(&store, "claim", json!({})).await.refused(409), "customer_taken");
    let never = colleague.customer("DC012").await;
    assert_eq!(rep.with_customer(&never, "claim", json!({})).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn a_pooled_customer_goes_to_one_of_many_and_the_days_cap_holds() {
    let world = World::start().await;
    let supervisor = world.login("supervisor-01").await;
    let rep = world.login("rep-01").await;
    let mut stores = Vec::new();
    for number in 0..6 {
        let made = rep.make(a_store(&format!("公海店{number}"))).await.ok();
        supervisor.with_customer(&made, "release", json!({"reason": "调整"})).await.ok();
        stores.push(made);
    }
    let (one, other) = (world.login("rep-02").await, world.login("rep-03").await);
    let first = &stores[0];
    let (mine, theirs) = futures::join!(
        one.with_customer(first, "claim", json!({})),
        other.with_customer(first, "claim", json!({}))
    );
    let mut statuses = [mine.status, theirs.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    // Five a day, however many are asked for at once.
    let claims = stores.iter().map(|store| rep.with_customer(store, "claim", json!({})));
    let answers = futures::future::join_all(claims).await;
    assert_eq!(answers.iter().filter(|it| it.status == 200).count(), 5);
    let more = rep.make(a_store("公海店又一家")).await.ok();
    supervisor.with_customer(&more, "release", json!({"reason": "调整"})).await.ok();
    assert_eq!(rep.with_customer(&more, "claim", json!({})).await.refused(409), "claims_used_up");
    world.advance("PT24H").await;
    let rep = world.login("rep-01").await;
    rep.with_customer(&more, "claim", json!({})).await.ok();
    world.end().await;
}
