//! Proposed, put together, filed.

use serde_json::{Value, json};

use super::{MONDAY, SUNDAY_EVENING, customers_of};
use crate::support::{Person, World};

#[tokio::test]
async fn the_evening_before_five_customers_are_proposed_with_readable_reasons() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    assert_eq!(rep.list(MONDAY).await["id"], Value::Null, "nothing is proposed at noon");
    let ran = world.at(SUNDAY_EVENING).await;
    let proposed = ran.as_array().unwrap().iter().find(|run| run["name"] == "actions.propose").unwrap();
    assert_eq!(proposed["n"], 6, "one list for everybody with customers");

    let list = rep.list(MONDAY).await;
    assert!(list["id"].is_string());
    assert_eq!(list["status"], "draft");
    assert_eq!(list["due_at"], "2026-11-16T00:30:00Z");
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 5);
    for item in items {
        let reasons = item["reasons"].as_array().unwrap();
        let points: Vec<i64> = reasons.iter().map(|it| it["points"].as_i64().unwrap()).collect();
        assert_eq!(points.iter().sum::<i64>(), item["score"], "{item}");
        assert!(points.iter().all(|it| *it > 0), "{item}");
        assert!(points.is_sorted_by(|left, right| left >= right), "{item}");
        for reason in reasons {
            assert!(reason["label"].as_str().unwrap().chars().count() >= 4, "{item}");
        }
        assert!(!item["customer_name"].as_str().unwrap().is_empty());
        assert!(!item["stage_label"].as_str().unwrap().is_empty());
        assert!(!item["objective"].as_str().unwrap().is_empty());
        assert!(!item["evidence"].as_array().unwrap().is_empty());
        assert_eq!(item["stages_version"], 0, "what the program ships with");
        assert_eq!(item["status"], "pending");
    }
    let scores: Vec<i64> = items.iter().map(|it| it["score"].as_i64().unwrap()).collect();
    assert!(scores.is_sorted_by(|left, right| left >= right), "{scores:?}");
    // The chain store's negotiation is the largest deal in hand: it binds the item to its own stage.
    let negotiation = items.iter().find(|it| it["stage"] == "negotiation").unwrap();
    assert_eq!(negotiation["action"], "close_terms");
    assert!(negotiation["opportunity_id"].is_string());
    world.end().await;
}

#[tokio::test]
async fn suggestions_are_what_the_evening_will_propose() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let suggested = rep.get(&format!("/action-lists/suggestions?date={MONDAY}")).await.ok();
    let ahead = rep.list(MONDAY).await;
    assert_eq!(customers_of(&suggested), customers_of(&ahead));
    world.at(SUNDAY_EVENING).await;
    assert_eq!(customers_of(&rep.list(MONDAY).await), customers_of(&suggested));
    // A colleague's customers are nobody else's suggestion.
    let other = world.login("rep-02").await;
    let others = other.get(&format!("/action-lists/suggestions?date={MONDAY}")).await.ok();
    assert!(customers_of(&others).iter().all(|it| !customers_of(&suggested).contains(it)));
    world.end().await;
}

#[tokio::test]
async fn filing_the_proposal_takes_no_typing() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    world.at(SUNDAY_EVENING).await;
    let proposed = rep.list(MONDAY).await;
    world.at("2026-11-16T07:30:00+08:00").await;
    let filed = rep.file_list(MONDAY).await.ok();
    assert_eq!(filed["status"], "filed");
    assert!(filed["filed_at"].as_str().unwrap().starts_with("2026-11-15T23:30:0"));
    assert_eq!(customers_of(&filed), customers_of(&proposed));
    assert_eq!(rep.list(MONDAY).await, filed);
    world.end().await;
}

#[tokio::test]
async fn a_list_that_was_never_proposed_can_be_filed_all_the_same() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let suggested = rep.list(MONDAY).await;
    let filed = rep.file_list(MONDAY).await.ok();
    assert_eq!(filed["status"], "filed");
    assert_eq!(customers_of(&filed), customers_of(&suggested));
    // The evening leaves it alone.
    world.at(SUNDAY_EVENING).await;
    assert_eq!(rep.list(MONDAY).await, filed);
    world.end().await;
}

#[tokio::test]
async fn a_list_is_in_time_until_the_meeting_and_late_after_it() {
    let world = World::start().await;
    world.at("2026-11-16T08:29:45+08:00").await;
    let in_time = world.login("rep-01").await.file_list(MONDAY).await.ok();
    assert_eq!(in_time["status"], "filed");
    let rep = world.login("rep-02").await;
    assert_eq!(rep.list(MONDAY).await["status"], "draft");
    world.at("2026-11-16T08:30:00+08:00").await;
    assert_eq!(rep.list(MONDAY).await["status"], "missing");
    assert_eq!(rep.file_list(MONDAY).await.ok()["status"], "late");
    assert_eq!(rep.list(MONDAY).await["status"], "late");
    world.end().await;
}

#[tokio::test]
async fn a_day_off_owes_no_list() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    assert_eq!(rep.list("2026-11-15").await["status"], "excused", "today is a Sunday");
    assert_eq!(rep.list("2026-11-21").await["status"], "excused");
    assert_eq!(rep.list("2026-11-20").await["status"], "draft");
    assert_eq!(rep.list("2026-11-13").await["status"], "missing", "last Friday");
    // National Day is a Thursday without a list; the make-up Saturday owes one.
    assert_eq!(rep.list("2026-10-01").await["status"], "excused");
    assert_eq!(rep.list("2026-10-10").await["status"], "missing");
    world.end().await;
}

async fn an_opportunity(rep: &Person) -> Value {
    let opportunities = rep.get("/opportunities?limit=100").await.ok();
    let mut all = opportunities["items"].as_array().unwrap().iter();
    all.find(|it| it["stage"] == "needs").unwrap().clone()
}

#[tokio::test]
async fn other_customers_can_be_put_on_the_draft_and_bind_to_their_present_stage() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    world.at(SUNDAY_EVENING).await;
    let before = rep.list(MONDAY).await;
    let opportunity = an_opportunity(&rep).await;
    let customer = rep.customer("DC008").await;
    let items = json!([
        {"customer_id": opportunity["customer_id"], "opportunity_id": opportunity["id"],
         "action": "competitor_quote", "objective": "拿到对手的粮油报价"},
        {"customer_id": customer["id"]},
    ]);
    let list = rep.put_list(MONDAY, items).await.ok();
    assert_eq!(
        customers_of(&list),
        [&opportunity["customer_id"], &customer["id"]].map(|id| id.as_str().unwrap())
    );
    let (first, second) = (&list["items"][0], &list["items"][1]);
    assert_eq!(first["stage"], "needs");
    assert_eq!(first["action"], "competitor_quote");
    assert_eq!(first["objective"], "拿到对手的粮油报价");
    assert_eq!(first["evidence"], json!(["竞品报价单扫描件"]));
    assert_eq!(second["stage"], customer["stage"]);
    assert_eq!(second["action"], "follow_first_order", "the usual one where none is named");
    assert_eq!(second["reasons"], json!([]));
    assert!(list["version"].as_i64() > before["version"].as_i64());
    assert_eq!(rep.list(MONDAY).await, list);
    assert_eq!(rep.file_list(MONDAY).await.ok()["items"], list["items"], "filed as it is");
    world.end().await;
}

#[tokio::test]
async fn every_wrong_item_is_named_at_once_and_nothing_changes() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    world.at(SUNDAY_EVENING).await;
    let before = rep.list(MONDAY).await;
    let (opportunity, customer) = (an_opportunity(&rep).await, rep.a_customer().await);
    let foreign = world.login("rep-04").await.a_customer().await;
    let answer = rep
        .put_list(
            MONDAY,
            json!([
                {"customer_id": customer["id"]},
                {"customer_id": "00000000-0000-7000-8000-000000000000"},
                {"customer_id": foreign["id"]},
                {"customer_id": customer["id"], "opportunity_id": opportunity["id"]},
                {"customer_id": opportunity["customer_id"], "opportunity_id": opportunity["id"], "action": "win_back"},
                {"customer_id": customer["id"]},
            ]),
        )
        .await;
    let faults = [
        ("/items/1/customer_id", "customer_unknown"),
        ("/items/2/customer_id", "customer_unknown"),
        ("/items/3/opportunity_id", "opportunity_unknown"),
        ("/items/4/action", "action_unknown"),
        ("/items/5/customer_id", "customer_twice"),
    ];
    assert_eq!(answer.pointers(), faults.map(|(pointer, _)| pointer));
    for (place, (_, code)) in faults.iter().enumerate() {
        assert_eq!(answer.body["errors"][place]["code"], *code);
    }
    answer.refused(422);
    assert_eq!(rep.list(MONDAY).await, before);
    world.end().await;
}

#[tokio::test]
async fn a_list_has_one_to_thirty_items() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let customer = rep.a_customer().await["id"].clone();
    let too_many = vec![json!({"customer_id": customer}); 31];
    let answer = rep.put_list(MONDAY, json!(too_many)).await;
    assert_eq!(answer.pointers(), ["/items"]);
    assert_eq!(answer.refused(422), "list_too_long");
    rep.put_list(MONDAY, json!([])).await.ok();
    let answer = rep.file_list(MONDAY).await;
    assert_eq!(answer.pointers(), ["/items"]);
    assert_eq!(answer.refused(422), "list_empty");
    assert_eq!(rep.list(MONDAY).await["status"], "draft");
    world.end().await;
}

#[tokio::test]
async fn a_list_is_filed_once() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let filed = rep.file_list(MONDAY).await.ok();
    assert_eq!(rep.file_list(MONDAY).await.refused(409), "list_already_filed");
    let customer = rep.a_customer().await;
    let again = rep.put_list(MONDAY, json!([{"customer_id": customer["id"]}])).await;
    assert_eq!(again.refused(409), "list_already_filed");
    assert_eq!(rep.list(MONDAY).await, filed);
    world.end().await;
}

#[tokio::test]
async fn lists_are_for_today_and_the_next_two_weeks() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let items = json!([{"customer_id": rep.a_customer().await["id"]}]);
    for (day, code) in [("2026-11-14", "day_over"), ("2026-11-30", "day_too_far")] {
        assert_eq!(rep.put_list(day, items.clone()).await.refused(409), code);
        assert_eq!(rep.file_list(day).await.refused(409), code);
    }
    for day in ["2026-11-15", "2026-11-29"] {
        rep.put_list(day, items.clone()).await.ok();
    }
    world.end().await;
}

#[tokio::test]
async fn what_was_left_undone_comes_first_tomorrow() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    world.at("2026-11-16T07:30:00+08:00").await;
    let customers = rep.get("/customers?limit=100").await.ok();
    let proposed = rep.list(MONDAY).await;
    let is_off_the_list =
        |customer: &&Value| !customers_of(&proposed).contains(&customer["id"].as_str().unwrap());
    let all = customers["items"].as_array().unwrap().iter();
    let others: Vec<&Value> =
        all.filter(|it| it["location_confirmed"] == true).filter(is_off_the_list).collect();
    let (left, seen) = (others[0], others[1]);
    rep.put_list(MONDAY, json!([{"customer_id": left["id"]}, {"customer_id": seen["id"]}])).await.ok();
    rep.file_list(MONDAY).await.ok();
    let visit = rep.check_in(seen, 0.0).await;
    rep.complete(&visit, "interest").await.ok();

    world.at("2026-11-16T18:00:00+08:00").await;
    let tomorrow = rep.list("2026-11-17").await;
    let is_rolled_over = |item: &Value| {
        let reasons = item["reasons"].as_array().unwrap();
        reasons.iter().any(|it| it["code"] == "rolled_over")
    };
    let rolled_over: Vec<bool> = tomorrow["items"].as_array().unwrap().iter().map(is_rolled_over).collect();
    assert_eq!(rolled_over, [true, false, false, false, false]);
    assert_eq!(tomorrow["items"][0]["customer_id"], left["id"]);
    assert!(!customers_of(&tomorrow).contains(&seen["id"].as_str().unwrap()));
    world.end().await;
}

#[tokio::test]
async fn leaders_see_who_has_filed_and_who_has_not() {
    let world = World::start().await;
    world.login("rep-01").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T09:00:00+08:00").await;
    world.login("rep-02").await.file_list(MONDAY).await.ok();
    let team = async |username: &str| {
        let leader = world.login(username).await;
        let lists = leader.get(&format!("/action-lists?date={MONDAY}&limit=100")).await.ok();
        let mut rows: Vec<(String, String, i64)> = lists["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let text = |field: &str| row[field].as_str().unwrap().to_owned();
                (text("name"), text("status"), row["n_items"].as_i64().unwrap())
            })
            .collect();
        rows.sort_by(|left, right| left.1.cmp(&right.1).then(left.0.cmp(&right.0)));
        rows
    };
    let row = |name: &str, status: &str, n_items| (name.to_owned(), status.to_owned(), n_items);
    let east = [row("应晓岚", "filed", 5), row("忻国栋", "late", 5), row("娄佳怡", "missing", 5)];
    assert_eq!(team("supervisor-01").await, east);
    assert_eq!(team("director-east").await, east);
    let north = team("supervisor-02").await;
    assert_eq!(north.len(), 4);
    assert!(north.iter().all(|(_, status, _)| status == "missing"));
    assert_eq!(team("sales-director").await.len(), 7);
    assert_eq!(team("rep-01").await, [row("应晓岚", "filed", 5)]);
    world.end().await;
}
