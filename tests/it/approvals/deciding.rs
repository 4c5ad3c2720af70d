//! One decision, once, by who has to take it.

use serde_json::json;

use super::{Matter, a_matter};

fn path(matter: &Matter) -> String {
    format!("/approvals/{}", matter.todo["approval_id"].as_str().unwrap())
}

#[tokio::test]
async fn a_todo_says_what_is_asked_by_when_and_what_may_be_done() {
    let it = a_matter().await;
    let todo = &it.todo;
    assert_eq!(
        (&todo["kind"], &todo["status"], &todo["rung"]),
        (&json!("evidence_review"), &json!("open"), &json!(0))
    );
    assert_eq!((&todo["subject_type"], &todo["subject_id"]), (&json!("visit"), &it.visit["id"]));
    assert_eq!(
        todo["may"],
        json!(["approve", "reject", "return", "transfer", "delegate", "add_signer", "ask_info"])
    );
    // Eight working hours from Monday 15:00.
    assert!(todo["due_at"].as_str().unwrap().starts_with("2026-11-17T07:00:0"), "{todo}");
    let approval = it.supervisor.get(&path(&it)).await.ok();
    assert_eq!((&approval["status"], &approval["due_at"]), (&json!("open"), &todo["due_at"]));
    assert_eq!(approval["facts"]["verdict"], "review");
    assert_eq!(approval["facts"]["photo_ids"], it.visit["photo_ids"]);
    it.world.end().await;
}

#[tokio::test]
async fn a_decision_closes_the_todo_and_tells_who_asked() {
    let it = a_matter().await;
    let decided = it.supervisor.decide(&it.todo, "approve", None).await.ok();
    assert_eq!(decided["status"], "approved");
    assert_eq!(decided["decided_by"], it.supervisor.get("/me").await.ok()["id"]);
    assert!(decided["decided_at"].as_str().unwrap().starts_with("2026-11-16T07:0"));
    assert!(it.supervisor.todos().await.is_empty());
    let done = it.supervisor.get("/todos?status=done").await.ok();
    assert_eq!(done["items"].as_array().unwrap().len(), 1);
    assert_eq!((&done["items"][0]["id"], &done["items"][0]["may"]), (&it.todo["id"], &json!([])));
    assert_eq!(it.supervisor.get("/todos?status=lost").await.pointers(), ["/status"]);

    it.world.settle().await;
    let told = it.world.inbox_of("rep-01").await.remove(0);
    assert_eq!(told["kind"], "decided");
    assert!(told["body"].as_str().unwrap().starts_with("乐建锋 已通过"), "{told}");
    let pushed = it.world.sent_to("rep-01").await.pop().unwrap();
    assert_eq!(pushed["template_id"], "sim-decided");
    assert_eq!(it.rep.get(&path(&it)).await.ok()["status"], "approved", "who asked may read it");
    it.world.end().await;
}

#[tokio::test]
async fn a_refusal_says_why() {
    let it = a_matter().await;
    for comment in [None, Some(""), Some("  ")] {
        let answer = it.supervisor.decide(&it.todo, "reject", comment).await;
        assert_eq!(answer.pointers(), ["/comment"]);
        assert_eq!(answer.refused(422), "comment_missing");
    }
    let too_long = "长".repeat(501);
    assert_eq!(it.supervisor.decide(&it.todo, "reject", Some(&too_long)).await.refused(422), "text_too_long");
    let answer = it.supervisor.decide(&it.todo, "maybe", None).await;
    assert_eq!((answer.status, answer.pointers()), (422, vec!["/decision"]));
    assert_eq!(it.supervisor.todos().await.len(), 1, "nothing was decided");
    let decided = it.supervisor.decide(&it.todo, "reject", Some("照片不是这家店")).await.ok();
    assert_eq!((&decided["status"], &decided["comment"]), (&json!("rejected"), &json!("照片不是这家店")));
    it.world.end().await;
}

#[tokio::test]
async fn only_who_has_the_todo_decides() {
    let it = a_matter().await;
    let director = it.world.login("director-east").await;
    assert_eq!(director.decide(&it.todo, "approve", None).await.refused(409), "not_your_todo");
    for outsider in ["supervisor-02", "director-north", "finance-01"] {
        let outsider = it.world.login(outsider).await;
        assert_eq!(outsider.decide(&it.todo, "approve", None).await.refused(404), "not_found");
        assert_eq!(outsider.get(&path(&it)).await.refused(404), "not_found");
        let guess =
            outsider.post_if(&format!("{}/decide", path(&it)), 99, json!({"decision": "approve"})).await;
        assert_eq!(guess.refused(404), "not_found", "no version is told to who may not see it");
    }
    let seen =
        it.supervisor.post_if(&format!("{}/decide", path(&it)), 99, json!({"decision": "approve"})).await;
    assert_eq!(seen.refused(412), "version_conflict");
    assert_eq!(it.rep.decide(&it.todo, "approve", None).await.refused(403), "forbidden");
    assert_eq!(it.world.login("rep-02").await.get(&path(&it)).await.refused(404), "not_found");
    assert_eq!(it.rep.visit(&it.visit).await["review"], "pending");
    it.world.end().await;
}

#[tokio::test]
async fn nobody_decides_on_their_own_matter() {
    let it = a_matter().await;
    let customer = it.rep.customer("DC002").await;
    it.supervisor.check_in(&customer, 1_000.0).await;
    assert_eq!(it.supervisor.todos().await.len(), 1, "the own check-in is not the own to-do");
    let director = it.world.login("director-east").await;
    let todo = director.todos().await.remove(0);
    assert_eq!(it.supervisor.decide(&todo, "approve", None).await.refused(409), "own_matter");
    director.decide(&todo, "approve", None).await.ok();
    it.world.end().await;
}

#[tokio::test]
async fn who_comes_second_reads_who_was_first() {
    let it = a_matter().await;
    it.supervisor.decide(&it.todo, "reject", Some("位置在另一条街")).await.ok();
    let again = it.supervisor.decide(&it.todo, "approve", None).await;
    assert_eq!(again.body["detail"].as_str().unwrap().split(" 于 ").next(), Some("已由 乐建锋"));
    assert!(again.body["detail"].as_str().unwrap().contains("11-16 15:0"), "{}", again.text);
    assert_eq!(again.refused(409), "already_decided");
    assert_eq!(it.rep.visit(&it.visit).await["review"], "rejected", "the first word stands");
    it.world.end().await;
}

#[tokio::test]
async fn of_two_who_decide_at_the_same_moment_one_wins() {
    let it = a_matter().await;
    it.world.at("2026-11-17T15:01:00+08:00").await;
    let director = it.world.login("director-east").await;
    let (left, right) = futures::join!(
        it.supervisor.decide(&it.todo, "approve", None),
        director.decide(&it.todo, "reject", Some("请核实")),
    );
    let (winner, loser, by, review) = if left.status == 200 {
        (left, right, "乐建锋", "accepted")
    } else {
        (right, left, "邬海宁", "rejected")
    };
    winner.ok();
    assert!(loser.body["detail"].as_str().unwrap().contains(by), "{}", loser.text);
    assert_eq!(loser.refused(409), "already_decided");
    assert_eq!(it.rep.visit(&it.visit).await["review"], review);
    it.world.end().await;
}

#[tokio::test]
async fn a_decision_that_is_sent_again_with_its_key_is_taken_once() {
    let it = a_matter().await;
    let decide = format!("{}/decide", path(&it));
    let body = json!({"decision": "approve"});
    let first = it.supervisor.post_once(&decide, "decision-1", body.clone()).await.ok();
    let again = it.supervisor.post_once(&decide, "decision-1", body).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.ok(), first);
    it.world.end().await;
}

#[tokio::test]
async fn whoever_asked_sees_who_holds_it() {
    let it = a_matter().await;
    let asked = it.rep.get("/approvals?status=open").await.ok();
    let asked = asked["items"].as_array().unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["id"], it.todo["approval_id"]);
    assert_eq!(asked[0]["held_by"], json!(["乐建锋"]));
    assert_eq!((&asked[0]["may"], &asked[0]["decided_by_name"]), (&json!([]), &json!(null)));
    assert_eq!(
        it.supervisor.get(&path(&it)).await.ok()["may"],
        json!(["approve", "reject", "return", "transfer", "delegate", "add_signer", "ask_info"])
    );
    assert!(it.supervisor.get("/approvals").await.ok()["items"].as_array().unwrap().is_empty());

    it.supervisor.decide(&it.todo, "approve", None).await.ok();
    assert!(it.rep.get("/approvals?status=open").await.ok()["items"].as_array().unwrap().is_empty());
    let decided = it.rep.get("/approvals?status=approved").await.ok()["items"][0].clone();
    assert_eq!((&decided["decided_by_name"], &decided["held_by"]), (&json!("乐建锋"), &json!([])));
    assert_eq!(it.supervisor.get(&path(&it)).await.ok()["may"], json!([]));
    assert_eq!(it.rep.get("/approvals?status=lost").await.pointers(), ["/status"]);
    it.world.end().await;
}

#[tokio::test]
async fn a_remark_on_what_is_decided_moves_nothing() {
    let it = a_matter().await;
    it.supervisor.decide(&it.todo, "approve", None).await.ok();
    let remark = json!({"comment": "谢谢"});
    assert_eq!(it.rep.post(&format!("{}/comments", path(&it)), remark).await.ok()["status"], "approved");
    let customer = it.rep.customer("DC001").await["id"].clone();
    let lines =
        it.rep.get(&format!("/customers/{}/timeline?limit=100", customer.as_str().unwrap())).await.ok();
    let reviewed = lines["items"].as_array().unwrap().iter().filter(|line| line["kind"] == "visit_reviewed");
    assert_eq!(reviewed.count(), 1, "its visit was reviewed once");
    it.world.end().await;
}
