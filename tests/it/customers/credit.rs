//! Temporary credit, and the chain that pays for its stores.

use serde_json::{Value, json};

use super::{a_store, path};
use crate::support::{Person, World};

async fn standing(person: &Person, customer: &Value) -> Value {
    person.get(&path(customer, "/standing")).await.ok()
}

fn credit(amount: &str, from: &str, until: &str) -> Value {
    json!({"amount": amount, "from": format!("{from}T00:00:00+08:00"), "until": format!("{until}T00:00:00+08:00"),
        "reason": "双十一备货"})
}

#[tokio::test]
async fn temporary_credits_that_overlap_add_up_while_they_last() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let store = rep.customer("DC001").await;
    let director = world.login("director-east").await;
    let granted =
        director.with_customer(&store, "temporary-credits", credit("1000", "2026-11-16", "2026-11-20")).await;
    assert_eq!(granted.status, 201);
    let finance = world.login("finance-01").await;
    finance
        .with_customer(&store, "temporary-credits", credit("500.50", "2026-11-18", "2026-11-25"))
        .await
        .ok();
    assert_eq!(standing(&rep, &store).await["temporary_credit"], "1000.00");
    world.at("2026-11-18T00:00:00+08:00").await;
    assert_eq!(standing(&rep, &store).await["temporary_credit"], "1500.50");
    world.at("2026-11-20T00:00:00+08:00").await;
    assert_eq!(standing(&rep, &store).await["temporary_credit"], "500.50");
    let all = rep.get(&path(&store, "/temporary-credits")).await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    assert_eq!(rep.timeline(&store).await[0]["kind"], "temporary_credit");
    world.end().await;
}

#[tokio::test]
async fn no_number_is_so_large_that_the_sum_of_many_cannot_be_kept() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let finance = world.login("finance-01").await;
    let store = finance.customer("DC001").await;
    for amount in ["9999999999999999.99", "1000000000.01", "99999999999999999999"] {
        let draft = credit(amount, "2026-11-16", "2026-11-20");
        let refused = finance.with_customer(&store, "temporary-credits", draft).await;
        assert_eq!(refused.pointers(), ["/amount"]);
        assert!(refused.body["detail"].as_str().unwrap().contains("金额不超过 10 亿元"), "{}", refused.text);
        assert_eq!(refused.refused(422), "number_too_large");
    }
    let most = credit("1000000000", "2026-11-16", "2026-11-20");
    for _ in 0..10 {
        finance.with_customer(&store, "temporary-credits", most.clone()).await.ok();
    }
    assert_eq!(standing(&finance, &store).await["temporary_credit"], "10000000000.00");
    world.end().await;
}

#[tokio::test]
async fn only_directors_and_finance_grant_credit_and_never_for_nothing() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let store = rep.customer("DC001").await;
    let fine = credit("1000", "2026-11-15", "2026-11-20");
    for username in ["rep-01", "supervisor-01", "operations-01"] {
        let person = world.login(username).await;
        assert_eq!(
            person.with_customer(&store, "temporary-credits", fine.clone()).await.refused(403),
            "forbidden"
        );
    }
    let north = world.login("director-north").await;
    assert_eq!(north.with_customer(&store, "temporary-credits", fine).await.refused(404), "not_found");
    let finance = world.login("finance-01").await;
    for (draft, code) in [
        (credit("0", "2026-11-15", "2026-11-20"), "amount_not_positive"),
        (credit("10", "2026-11-20", "2026-11-20"), "never_valid"),
        (credit("10", "2026-11-01", "2026-11-10"), "never_valid"),
    ] {
        assert_eq!(finance.with_customer(&store, "temporary-credits", draft).await.refused(422), code);
    }
    world.end().await;
}

#[tokio::test]
async fn a_store_of_a_chain_stands_where_the_chain_stands() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let owing = rep.customer("DC001").await;
    let chain = rep.make(a_store("朝阳连锁总部")).await.ok();
    let store = rep.make(a_store("朝阳便利店")).await.ok();
    let (finance, director) = (world.login("finance-01").await, world.login("director-east").await);
    for file in [&chain, &store] {
        director.change(file, json!({"credit_limit": "100.00"})).await.ok();
    }
    let payer = json!({"bill_to_id": chain["id"]});
    assert_eq!(rep.change(&store, payer.clone()).await.refused(422), "field_not_yours");
    let refused = finance.change(&owing, payer.clone()).await;
    assert_eq!(refused.refused(409), "customer_has_open_orders", "who owes goes on owing");
    finance.change(&store, payer.clone()).await.ok();
    finance
        .change(&chain, json!({"credit_limit": "90000.00", "price_tier": "A", "payment_terms": "monthly"}))
        .await
        .ok();
    finance.with_customer(&store, "temporary-credits", credit("700", "2026-11-15", "2026-11-20")).await.ok();
    let found = standing(&rep, &store).await;
    assert_eq!((&found["bill_to_id"], &found["credit_limit"]), (&chain["id"], &json!("90000.00")));
    assert_eq!((&found["price_tier"], &found["temporary_credit"]), (&json!("A"), &json!("700.00")));
    assert_eq!((&found["payment_terms"], &found["uses_credit"]), (&json!("monthly"), &json!(true)));
    assert_eq!(standing(&rep, &chain).await["temporary_credit"], "700.00", "it is the chain's");
    let stores = rep.get(&path(&chain, "/ship-to")).await.ok();
    assert_eq!(stores["items"][0]["id"], store["id"]);
    // Chains are one deep, and nobody pays for itself.
    let itself = json!({"bill_to_id": store["id"]});
    assert_eq!(finance.change(&store, itself.clone()).await.refused(422), "bill_to_itself");
    assert_eq!(finance.change(&chain, itself.clone()).await.refused(422), "bill_to_chained");
    let other = rep.make(a_store("新月便利店")).await.ok();
    director.change(&other, json!({"credit_limit": "100.00"})).await.ok();
    assert_eq!(finance.change(&other, itself).await.refused(422), "bill_to_chained");
    finance.change(&store, json!({"bill_to_id": null})).await.ok();
    assert_eq!(standing(&rep, &store).await["bill_to_id"], store["id"]);
    world.end().await;
}
