//! An instruction with what counts as done: it feeds the proposals, and its coverage is read off the timelines.

use serde_json::{Value, json};

use crate::support::{Person, World};

async fn act(person: &Person, task: &Value, verb: &str) -> crate::support::Answer {
    person.post(&format!("/standing-tasks/{}/{verb}", task["id"].as_str().unwrap()), json!({})).await
}

async fn coverage(person: &Person, task: &Value) -> Value {
    person.get(&format!("/standing-tasks/{}/coverage", task["id"].as_str().unwrap())).await.ok()
}

fn weekly(customers: &[&Value]) -> Value {
    let ids: Vec<&Value> = customers.iter().map(|it| &it["id"]).collect();
    json!({"title": "重点门店周访", "selection": {"customer_ids": ids}, "rhythm": {"every": "week", "times": 1},
        "done_by": [{"kind": "visit"}]})
}

#[tokio::test]
async fn without_what_counts_as_done_a_task_is_not_published() {
    let world = World::start().await;
    let supervisor = world.login("supervisor-01").await;
    let vague =
        json!({"title": "跟进重点客户", "selection": {"top": 20}, "rhythm": {"every": "week", "times": 1}});
    let task = supervisor.post("/standing-tasks", vague.clone()).await.ok();
    let refused = act(&supervisor, &task, "publish").await;
    assert_eq!(refused.pointers(), ["/done_by"]);
    assert_eq!(refused.refused(422), "nothing_counts_as_done");
    let rep = world.login("rep-01").await;
    let path = format!("/standing-tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(rep.get(&path).await.refused(404), "not_found", "a draft is its author's");
    let mut whole = vague;
    whole["done_by"] = json!([{"kind": "visit"}, {"kind": "evidence", "evidence_kind": "shelf"}]);
    supervisor.put(&path, whole.clone()).await.ok();
    assert_eq!(act(&supervisor, &task, "publish").await.ok()["status"], "published");
    assert_eq!(rep.get(&path).await.ok()["title"], "跟进重点客户");
    assert_eq!(supervisor.put(&path, whole).await.refused(409), "task_not_a_draft");
    assert_eq!(act(&world.login("supervisor-02").await, &task, "end").await.refused(404), "not_found");
    assert_eq!(act(&supervisor, &task, "end").await.ok()["status"], "ended");
    assert_eq!(act(&supervisor, &task, "end").await.refused(409), "task_not_published");
    world.end().await;
}

#[tokio::test]
async fn a_due_task_is_a_reason_that_a_rep_reads_and_a_visit_covers_it() {
    let (world, rep, _) = crate::visits::monday().await;
    let proposed = async || rep.get("/action-lists/suggestions?date=2026-11-17").await.ok()["items"].clone();
    let store = rep.file_of(&json!({"id": proposed().await[0]["customer_id"]})).await.ok();
    let other = world.login("rep-02").await.customer("DC012").await;
    let supervisor = world.login("supervisor-01").await;
    let task = supervisor.post("/standing-tasks", weekly(&[&store, &other])).await.ok();
    act(&supervisor, &task, "publish").await.ok();
    let before = coverage(&supervisor, &task).await;
    assert_eq!((&before["n_due"], &before["n_covered"]), (&json!(2), &json!(0)));
    assert_eq!((&before["since"], &before["by_rep"][0]["n_due"]), (&json!("2026-11-16"), &json!(1)));
    assert_eq!(coverage(&rep, &task).await["n_due"], 1, "a rep sees the own part");
    let reasons = proposed().await[0]["reasons"].to_string();
    assert!(reasons.contains("长期任务“重点门店周访”：每周 1 次，本周已完成 0 次"), "{reasons}");
    let visit = rep.check_in(&store, 5.0).await;
    world.advance("PT10M").await;
    rep.complete(&visit, "interest").await.ok();
    let after = coverage(&supervisor, &task).await;
    assert_eq!((&after["n_covered"], &after["by_rep"][0]["n_covered"]), (&json!(1), &json!(0)));
    assert!(!proposed().await.to_string().contains("长期任务"));
    let path = format!("/standing-tasks/{}/coverage?date=2026-11-23", task["id"].as_str().unwrap());
    assert_eq!(supervisor.get(&path).await.ok()["n_covered"], 0, "next week it is due again");
    world.end().await;
}

#[tokio::test]
async fn a_task_selects_among_what_its_author_sees() {
    let world = World::start().await;
    let supervisor = world.login("supervisor-01").await;
    let far = world.login("rep-04").await.a_customer().await;
    let task = supervisor.post("/standing-tasks", weekly(&[&far])).await.ok();
    assert_eq!(coverage(&supervisor, &task).await["n_due"], 0);
    let top = json!({"title": "前三", "selection": {"kinds": ["store"], "top": 3}, "rhythm": {"every": "day"},
        "done_by": [{"kind": "communication"}]});
    let task = supervisor.post("/standing-tasks", top).await.ok();
    assert_eq!(coverage(&supervisor, &task).await["n_due"], 3);
    world.end().await;
}
