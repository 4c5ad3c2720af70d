//! Made and changed by hand: who may write what, and what is refused.

use serde_json::{Value, json};

use super::a_store;
use crate::support::World;

#[tokio::test]
async fn a_rep_makes_a_file_with_nothing_but_a_name() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let answer = rep.make(json!({"name": " 新月便利店 "})).await;
    assert_eq!(answer.status, 201);
    let made = answer.ok();
    assert_eq!((&made["name"], &made["kind"]), (&json!("新月便利店"), &json!("store")));
    assert_eq!((&made["owner_id"], &made["stage"]), (&rep.own_id().await, &json!("prospect")));
    assert_eq!((&made["fence_radius_m"], &made["payment_terms"]), (&json!(150), &json!("on_delivery")));
    assert_eq!((&made["credit_limit"], &made["duplicates"]), (&json!("0.00"), &json!([])));
    let missing = json!(["contact", "decision_chain", "need"]);
    assert_eq!((&made["freshness"]["is_fresh"], &made["freshness"]["missing"]), (&json!(false), &missing));
    assert_eq!(rep.timeline(&made).await[0]["kind"], "customer_created");
    assert_eq!(world.login("rep-02").await.file_of(&made).await.refused(404), "not_found");
    assert_eq!(rep.make(json!({})).await.refused(422), "required");
    assert_eq!(rep.make(json!({"name": "x", "nmae": 1})).await.refused(422), "unknown_field");
    assert_eq!(rep.make(json!({"name": "x", "kind": "boutique"})).await.refused(422), "value_unknown");
    world.end().await;
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_empties() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let made = rep.make(a_store("新月便利店")).await.ok();
    let fields =
        json!({"phone": "0574-8800 1234", "needs": ["冷柜", "补货"], "decision_chain": ["店主决定"]});
    let changed = rep.change(&made, fields).await.ok();
    assert_eq!(changed["contacts"], made["contacts"]);
    assert_eq!((&changed["needs"], &changed["version"]), (&json!(["冷柜", "补货"]), &json!(2)));
    assert_eq!(changed["freshness"]["is_fresh"], true);
    let emptied = rep.change(&made, json!({"phone": null, "name": "新月超市"})).await.ok();
    assert_eq!((&emptied["phone"], &emptied["name"]), (&Value::Null, &json!("新月超市")));
    assert_eq!(emptied["needs"], changed["needs"]);
    let line = &rep.timeline(&made).await[0];
    assert_eq!(
        (&line["kind"], &line["facts"]["fields"]),
        (&json!("file_changed"), &json!(["name", "phone"]))
    );
    world.end().await;
}

#[tokio::test]
async fn who_saw_an_older_version_does_not_overwrite_a_newer() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let made = rep.make(a_store("新月便利店")).await.ok();
    let path = super::path(&made, "");
    assert_eq!(rep.put_if(&path, 1, json!({"phone": "13800009999"})).await.ok()["version"], 2);
    assert_eq!(rep.put_if(&path, 1, json!({"phone": "13800008888"})).await.refused(412), "version_conflict");
    world.end().await;
}

#[tokio::test]
async fn credit_and_terms_are_for_directors_and_finance() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let made = rep.make(a_store("新月便利店")).await.ok();
    let terms = json!({"credit_limit": "5000.00", "price_tier": "B", "payment_terms": "net_30"});
    for username in ["rep-01", "supervisor-01"] {
        let answer = world.login(username).await.change(&made, terms.clone()).await;
        assert_eq!(answer.pointers(), ["/credit_limit", "/price_tier", "/payment_terms"]);
        assert_eq!(answer.refused(422), "field_not_yours");
    }
    let finance = world.login("finance-01").await;
    assert_eq!(
        finance.change(&made, terms.clone()).await.refused(404),
        "not_found",
        "no credit yet, no order"
    );
    world.login("director-east").await.change(&made, json!({"credit_limit": "100.00"})).await.ok();
    let changed = finance.change(&made, terms.clone()).await.ok();
    assert_eq!((&changed["credit_limit"], &changed["payment_terms"]), (&json!("5000.00"), &json!("net_30")));
    assert_eq!(world.login("director-east").await.change(&made, terms).await.status, 200);
    let director = world.login("director-north").await;
    assert_eq!(director.change(&made, json!({"price_tier": "A"})).await.refused(404), "not_found");
    let finance = world.login("finance-01").await;
    assert_eq!(finance.change(&made, json!({"name": "改名"})).await.refused(422), "field_not_yours");
    assert_eq!(finance.change(&made, json!({"payment_terms": "net_0"})).await.refused(422), "invalid_value");
    assert_eq!(finance.change(&made, json!({"credit_limit": "-1"})).await.refused(422), "negative");
    world.end().await;
}

#[tokio::test]
async fn the_same_external_id_is_the_same_customer() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let rep = world.login("rep-01").await;
    let region = rep.get("/me").await.ok()["region_id"].clone();
    let file = json!({"external_id": "ERP-1", "name": "新月便利店", "region_id": region,
        "owner_id": rep.own_id().await, "credit_limit": "3000.00", "location_source": "survey",
        "location": {"lat": 29.8, "lng": 121.5, "system": "gcj02"}});
    let made = clerk.make(file.clone()).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!((&made["location_confirmed"], &made["credit_limit"]), (&json!(true), &json!("3000.00")));
    let mut again = file;
    again["name"] = json!("新月超市");
    let again = clerk.make(again).await;
    assert_eq!(again.status, 200);
    let again = again.ok();
    assert_eq!((&again["id"], &again["name"]), (&made["id"], &json!("新月超市")));
    let stranger = world.login("rep-04").await;
    let taken = json!({"external_id": "ERP-1", "name": "别家"});
    assert_eq!(stranger.make(taken).await.refused(409), "external_id_taken");
    world.end().await;
}

#[tokio::test]
async fn nobody_makes_files_for_people_or_regions_beyond_their_own() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let north = world.login("rep-04").await;
    let region = north.get("/me").await.ok()["region_id"].clone();
    let elsewhere = json!({"name": "别区门店", "region_id": region});
    assert_eq!(rep.make(elsewhere).await.refused(422), "region_unknown");
    let others = json!({"name": "别人的门店", "owner_id": north.own_id().await});
    assert_eq!(rep.make(others.clone()).await.refused(422), "owner_unknown");
    let supervisor = world.login("supervisor-01").await;
    assert_eq!(supervisor.make(others).await.refused(422), "owner_unknown");
    let own = json!({"name": "组员的门店", "owner_id": rep.own_id().await});
    assert_eq!(supervisor.make(own).await.ok()["owner_id"], rep.own_id().await);
    world.end().await;
}

#[tokio::test]
async fn an_invoice_profile_names_a_payer_with_a_right_code() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let made = rep.make(a_store("新月便利店")).await.ok();
    let invoice = |uscc: &str| json!({"invoice": {"payer_name": "宁波新月商贸有限公司", "uscc": uscc, "kind": "special", "period": "monthly"}});
    let wrong = rep.change(&made, invoice("91320106FABQK0PF03")).await;
    assert_eq!(wrong.pointers(), ["/invoice/uscc"]);
    assert_eq!(wrong.refused(422), "uscc_invalid");
    let kept = rep.change(&made, invoice("91320106fabqk0pf02")).await.ok();
    assert_eq!(kept["invoice"]["uscc"], "91320106FABQK0PF02");
    // The customer's own code is kept as it was told, with a warning.
    let warned = rep.change(&made, json!({"uscc": "91320106FABQK0PF03"})).await.ok();
    assert_eq!(warned["warnings"][0]["code"], "uscc_invalid");
    world.end().await;
}

#[tokio::test]
async fn a_blacklisted_customer_says_why() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let made = rep.make(a_store("新月便利店")).await.ok();
    world.login("director-east").await.change(&made, json!({"credit_limit": "100.00"})).await.ok();
    let finance = world.login("finance-01").await;
    assert_eq!(finance.change(&made, json!({"is_blacklisted": true})).await.refused(422), "required");
    let reason = json!({"is_blacklisted": true, "blacklist_reason": "三次拒付"});
    assert_eq!(finance.change(&made, reason).await.ok()["blacklist_reason"], "三次拒付");
    let standing = rep.get(&super::path(&made, "/standing")).await.ok();
    assert_eq!(standing["is_blacklisted"], true);
    let cleared = finance.change(&made, json!({"is_blacklisted": false})).await.ok();
    assert_eq!((&cleared["is_blacklisted"], &cleared["blacklist_reason"]), (&json!(false), &Value::Null));
    world.end().await;
}
