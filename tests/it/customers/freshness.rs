//! Files stay fresh by what happens; nobody re-types what has not changed.

use serde_json::{Value, json};

use crate::imports::import;
use crate::support::World;

fn stale(file: &Value) -> &Value {
    &file["freshness"]["stale"]
}

#[tokio::test]
async fn half_a_year_makes_a_file_stale_and_steps_make_its_fields_fresh_again() {
    let world = World::start().await;
    let file = "customer_id,name,region_code,owner_id,contact_name,decision_chain,recent_need,updated_at\n\
                X1,新月便利店,east,rep-01,王姐,店主决定,补货,2026-05-19T09:00:00+08:00\n";
    import(&world, &world.login("operations-01").await, "customers", file).await;
    let rep = world.login("rep-01").await;
    let made = rep.customer("X1").await;
    assert_eq!(made["freshness"]["is_fresh"], true, "on the hundred and eightieth day");
    world.at("2026-11-16T00:00:00+08:00").await;
    let all = json!(["contact", "decision_chain", "need"]);
    assert_eq!(stale(&rep.file_of(&made).await.ok()), &all);
    // A call that was answered confirms the contact, one tap the decision chain, a visit the needs it hears.
    let call = json!({"touch_point": "phone", "outcome": "connected"});
    rep.with_customer(&made, "communications", call).await.ok();
    assert_eq!(stale(&rep.file_of(&made).await.ok()), &json!(["decision_chain", "need"]));
    rep.change(&made, json!({"confirm": ["decision_chain"]})).await.ok();
    assert_eq!(stale(&rep.file_of(&made).await.ok()), &json!(["need"]));
    world.end().await;
}

#[tokio::test]
async fn a_need_that_is_heard_at_the_store_is_vouched_for() {
    let (world, rep, store) = crate::visits::monday().await;
    let visit = rep.check_in(&store, 5.0).await;
    world.advance("PT10M").await;
    let path = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
    rep.post(&path, json!({"result_code": "interest", "needs": ["冬季热饮柜"]})).await.ok();
    let file = rep.file_of(&store).await.ok();
    let heard = &file["need_details"][0];
    assert_eq!((&heard["text"], &heard["is_verified"]), (&json!("冬季热饮柜"), &json!(true)));
    assert_eq!(file["need_details"][1]["is_verified"], false, "what was imported is nobody's word");
    // Typed again it stays heard; new words are nobody's word yet.
    let typed = rep.change(&store, json!({"needs": ["冬季热饮柜", "新品试销"]})).await.ok();
    let is_verified: Vec<_> =
        typed["need_details"].as_array().unwrap().iter().map(|it| &it["is_verified"]).collect();
    assert_eq!(is_verified, [true, false]);
    world.end().await;
}
