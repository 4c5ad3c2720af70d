//! Forward with evidence, back for free, lost with a reason.

use serde_json::{Value, json};

use super::{demo, monday, path};

/// What a refused move lacks, as `stage:kind`.
fn lacking(problem: &Value) -> Vec<String> {
    let missing = problem["missing"].as_array().unwrap();
    let name = |it: &Value| format!("{}:{}", it["stage"].as_str().unwrap(), it["kind"].as_str().unwrap());
    missing.iter().map(name).collect()
}

#[tokio::test]
async fn a_new_opportunity_stands_in_the_first_stage_and_says_what_the_next_one_lacks() {
    let (world, rep, customer, opportunity) = monday().await;
    assert_eq!((&opportunity["stage"], &opportunity["status"]), (&json!("contact"), &json!("open")));
    assert_eq!(
        (&opportunity["owner_id"], &opportunity["amount"]),
        (&customer["owner_id"], &json!("8800.00"))
    );
    assert_eq!(opportunity["stages_version"], 0);
    assert_eq!((&opportunity["is_thin"], &opportunity["n_verified_actions"]), (&json!(true), &json!(0)));
    let next = &opportunity["next_stage"];
    assert_eq!(next["stage"], "needs");
    assert_eq!(next["missing"][0]["alternatives"], json!(["competitor_quote"]));
    assert_eq!(opportunity["history"][0]["kind"], "created");
    // Without a customer, or with somebody else's, there is none.
    let answer = rep.post("/opportunities", json!({"name": "x"})).await;
    assert_eq!(answer.pointers(), ["/customer_id"]);
    assert_eq!(answer.refused(422), "required");
    let stranger = world.login("rep-04").await;
    let answer = stranger.post("/opportunities", json!({"customer_id": customer["id"], "name": "x"})).await;
    assert_eq!(answer.refused(422), "customer_unknown");
    assert_eq!(stranger.get(&path(&opportunity, "")).await.refused(404), "not_found");
    assert_eq!(stranger.advance(&opportunity, "needs").await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn a_stage_without_its_evidence_answers_precisely_what_is_missing() {
    let (world, rep, customer, opportunity) = monday().await;
    let answer = rep.advance(&opportunity, "quote").await;
    assert_eq!(
        lacking(&answer.body),
        ["needs:needs_record", "needs:competitor_quote", "demo:solution_demo", "quote:quote_receipt"]
    );
    assert!(answer.body["detail"].as_str().unwrap().contains("方案演示"));
    let needs = &answer.body["missing"][2]["needs"];
    let needs: Vec<_> = needs.as_array().unwrap().iter().map(|it| (&it["pointer"], &it["code"])).collect();
    assert_eq!(
        needs,
        [
            (&json!("/fields/attendees"), &json!("field_missing")),
            (&json!("/fields/feedback"), &json!("field_missing")),
            (&json!("/photo_ids"), &json!("signature_missing")),
        ]
    );
    assert_eq!(answer.refused(409), "evidence_missing");
    // A demo that was held without its page lacks only the page.
    rep.hold_demo(&opportunity, &customer, false).await;
    let answer = rep.advance(&opportunity, "demo").await;
    let demo = answer.body["missing"].as_array().unwrap().iter().find(|it| it["kind"] == "solution_demo");
    assert_eq!(demo.unwrap()["needs"].as_array().unwrap().len(), 1);
    assert_eq!(demo.unwrap()["needs"][0]["label"], "客户签字页");
    assert_eq!(rep.look(&opportunity).await["stage"], "contact", "nothing moved");
    world.end().await;
}

#[tokio::test]
async fn with_its_evidence_it_moves_on_and_may_go_back_for_free() {
    let (world, rep, customer, opportunity) = monday().await;
    let scan = rep.page(&opportunity, "evidence", &customer).await;
    rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    let moved = rep.advance(&opportunity, "needs").await.ok();
    assert_eq!((&moved["stage"], &moved["stage_label"]), (&json!("needs"), &json!("需求确认")));
    rep.hold_demo(&opportunity, &customer, true).await;
    world.advance("PT3H").await;
    assert_eq!(rep.advance(&opportunity, "demo").await.ok()["stage"], "demo");
    assert_eq!(rep.advance(&opportunity, "demo").await.refused(409), "stage_same");
    assert_eq!(rep.advance(&opportunity, "contact").await.ok()["stage"], "contact");
    // The evidence is kept: it may jump to where it was.
    let back = rep.advance(&opportunity, "demo").await.ok();
    let history = back["history"].as_array().unwrap();
    let kinds: Vec<&str> = history.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["created", "advanced", "advanced", "went_back", "advanced"]);
    let in_needs = history[1]["seconds"].as_i64().unwrap();
    assert!((3 * 3600..3 * 3600 + 60).contains(&in_needs), "{in_needs}");
    assert_eq!(rep.timeline(&customer).await[0]["kind"], "opportunity_moved");
    world.end().await;
}

#[tokio::test]
async fn winning_takes_the_bank_slip_and_the_contracts_key_pages() {
    let (world, rep, customer, opportunity) = monday().await;
    let page = async |purpose| rep.page(&opportunity, purpose, &customer).await;
    let (scan, signed, receipt) =
        (page("evidence").await, page("signed_slip").await, page("signed_slip").await);
    rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    rep.prove(&opportunity, "solution_demo", demo(), &[&signed]).await.ok();
    rep.prove(&opportunity, "quote_receipt", json!({"signer_name": "王建国"}), &[&receipt]).await.ok();
    let confirmed = page("signed_slip").await;
    let signer = json!({"signer_name": "王建国"});
    rep.prove(&opportunity, "technical_spec_confirmation", signer, &[&confirmed]).await.ok();
    let slip = page("bank_slip").await;
    rep.prove(&opportunity, "bank_slip", json!({"amount": "8800.00"}), &[&slip]).await.ok();
    let answer = rep.advance(&opportunity, "won").await;
    assert_eq!(lacking(&answer.body), ["won:contract_key_pages"]);
    let contract = page("contract_page").await;
    rep.prove(&opportunity, "contract_key_pages", json!({}), &[&contract]).await.ok();
    let won = rep.advance(&opportunity, "won").await.ok();
    assert_eq!((&won["status"], &won["stage"]), (&json!("won"), &json!("won")));
    assert!(won["closed_at"].is_string());
    assert_eq!(won["next_stage"], Value::Null);
    assert_eq!((&won["is_thin"], &won["n_verified_actions"]), (&json!(false), &json!(6)));
    assert_eq!(rep.advance(&opportunity, "demo").await.refused(409), "opportunity_closed");
    let open = rep.post(&path(&opportunity, "/reopen"), json!({})).await.ok();
    assert_eq!((&open["status"], &open["stage"]), (&json!("open"), &json!("contact")), "where it stood");
    world.end().await;
}

#[tokio::test]
async fn losing_takes_a_reason_of_the_list_and_can_be_taken_back() {
    let (world, rep, _, opportunity) = monday().await;
    let lose = async |reason: &str| {
        rep.post(&path(&opportunity, "/lose"), json!({"reason": reason, "note": "贵 5 分钱"})).await
    };
    let answer = lose("mood").await;
    assert_eq!(answer.pointers(), ["/reason"]);
    assert_eq!(answer.refused(422), "reason_unknown");
    let answer = rep.advance(&opportunity, "lost").await;
    assert_eq!(answer.pointers(), ["/to_stage"]);
    assert_eq!(answer.refused(422), "lose_instead");
    assert_eq!(rep.advance(&opportunity, "gone").await.refused(422), "stage_unknown");
    let lost = lose("price").await.ok();
    assert_eq!((&lost["status"], &lost["lost_reason"]), (&json!("lost"), &json!("price")));
    assert_eq!(lose("price").await.refused(409), "opportunity_closed");
    let open = rep.post(&path(&opportunity, "/reopen"), json!({"note": "客户回头了"})).await.ok();
    assert_eq!(
        (&open["status"], &open["stage"], &open["lost_reason"]),
        (&json!("open"), &json!("contact"), &Value::Null)
    );
    assert_eq!(rep.post(&path(&opportunity, "/reopen"), json!({})).await.refused(409), "opportunity_open");
    world.end().await;
}

#[tokio::test]
async fn the_list_narrows_to_the_thin_ones_and_to_an_owner() {
    let (world, rep, customer, opportunity) = monday().await;
    for _ in 0..3 {
        rep.hold_demo(&opportunity, &customer, false).await;
    }
    let supervisor = world.login("supervisor-01").await;
    let owner = customer["owner_id"].as_str().unwrap();
    let list = |thin: &str| format!("/opportunities?owner_id={owner}&status=open&limit=100{thin}");
    let ids = |page: Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
    };
    let all = ids(supervisor.get(&list("")).await.ok());
    let thin = ids(supervisor.get(&list("&thin=true")).await.ok());
    assert!(all.contains(&opportunity["id"]));
    assert!(!thin.contains(&opportunity["id"]), "three verified actions are not thin");
    assert_eq!(thin.len() + 1, all.len());
    world.end().await;
}

#[tokio::test]
async fn who_has_seen_another_version_moves_nothing() {
    let (world, rep, customer, opportunity) = monday().await;
    let scan = rep.page(&opportunity, "evidence", &customer).await;
    rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    let seen = rep.look(&opportunity).await["version"].as_i64().unwrap();
    rep.post_if(&path(&opportunity, "/advance"), seen, json!({"to_stage": "needs"})).await.ok();
    let stale = rep.post_if(&path(&opportunity, "/advance"), seen, json!({"to_stage": "contact"})).await;
    assert_eq!(stale.refused(412), "version_conflict");
    world.end().await;
}
