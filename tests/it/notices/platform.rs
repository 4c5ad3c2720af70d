//! Credits, and what WeChat answers.

use serde_json::json;

use super::{a_street, state};

#[tokio::test]
async fn a_credit_is_one_message_and_without_one_the_inbox_is_all() {
    let street = a_street().await;
    for _ in 0..20 {
        street.happen().await;
    }
    assert_eq!(street.n_sent().await, 20);
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "no_credit"));
    assert_eq!(street.n_sent().await, 20, "WeChat is not even asked");
    assert_eq!(street.supervisor.todos().await.len(), 21, "nothing is missing");

    // A tap on the prompt is one more.
    let tap =
        json!({"username": "supervisor-01", "template_ids": ["sim-todo"], "decision": "acceptWithAudio"});
    street.world.anonymous().post("/dev/wechat/subscribe", tap).await.ok();
    street.happen().await;
    assert_eq!(street.newest().await, state("sent", ""));
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "no_credit"));
    assert_eq!(street.n_sent().await, 21);
    street.world.end().await;
}

#[tokio::test]
async fn only_an_acceptance_is_a_credit() {
    let street = a_street().await;
    street.fault(43101, 1).await;
    street.happen().await;
    let answered = async |results: serde_json::Value| {
        street.supervisor.post("/notifications/subscriptions", json!({"results": results})).await
    };
    let refused = json!({"sim-todo": "reject", "sim-decided": "ban", "sim-todo-escalated": "filter"});
    assert_eq!(answered(refused).await.ok()["accepted"], 0);
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "no_credit"));
    let mixed =
        json!({"sim-todo": "acceptWithAlert", "sim-decided": "accept", "sim-todo-escalated": "reject"});
    assert_eq!(answered(mixed).await.ok()["accepted"], 2);
    street.happen().await;
    assert_eq!(street.newest().await, state("sent", ""));
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "no_credit"));
    let too_many: serde_json::Map<_, _> = (0..21).map(|n| (format!("t{n}"), json!("accept"))).collect();
    assert_eq!(answered(too_many.into()).await.pointers(), ["/results"]);
    street.world.end().await;
}

#[tokio::test]
async fn who_switched_messages_off_at_wechat_is_not_asked_again() {
    let street = a_street().await;
    street.fault(43101, 1).await;
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "errcode_43101"));
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "no_credit"), "the balance is zero");
    assert_eq!(street.n_sent().await, 0);
    street.world.end().await;
}

#[tokio::test]
async fn a_busy_platform_is_asked_again_later_and_sends_exactly_once() {
    for (errcode, early, late) in [(-1, "PT1S", "PT4S"), (45011, "PT70S", "PT10S")] {
        let street = a_street().await;
        street.fault(errcode, 1).await;
        street.happen().await;
        let waits = state("queued", &format!("errcode_{errcode}"));
        assert_eq!(street.newest().await, waits);
        street.world.advance(early).await;
        assert_eq!(street.newest().await, waits, "{errcode}: not yet");
        assert_eq!(street.n_sent().await, 0);
        street.world.advance(late).await;
        assert_eq!(street.newest().await, state("sent", ""), "{errcode}");
        street.world.advance("PT2H").await;
        assert_eq!(street.n_sent().await, 1, "{errcode}");
        street.world.end().await;
    }
}

#[tokio::test]
async fn a_failed_try_costs_no_credit() {
    let street = a_street().await;
    street.fault(45011, 3).await;
    street.happen().await;
    for _ in 0..3 {
        street.world.advance("PT80S").await;
    }
    assert_eq!(street.newest().await, state("sent", ""));
    for _ in 0..19 {
        street.happen().await;
    }
    assert_eq!(street.newest().await, state("sent", ""), "the twentieth credit");
    street.happen().await;
    assert_eq!(street.newest().await, state("fallback", "no_credit"));
    street.world.end().await;
}

#[tokio::test]
async fn what_wechat_will_never_take_fails_for_good() {
    for errcode in [47003, 40037] {
        let street = a_street().await;
        street.fault(errcode, 1).await;
        street.happen().await;
        assert_eq!(street.newest().await, state("failed", &format!("errcode_{errcode}")));
        street.world.advance("PT2H").await;
        assert_eq!(street.newest().await, state("failed", &format!("errcode_{errcode}")));
        assert_eq!(street.n_sent().await, 0);
        street.happen().await;
        assert_eq!(street.newest().await, state("sent", ""), "the next one is another matter");
        street.world.end().await;
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_unknown_and_never_sent_twice() {
    let street = a_street().await;
    street.fault(-2, 1).await;
    street.happen().await;
    assert_eq!(street.newest().await, state("unknown", "no_answer"));
    assert_eq!(street.n_sent().await, 1, "it arrived, and nobody knows");
    street.world.advance("PT9M").await;
    assert_eq!(street.newest().await, state("unknown", "no_answer"));
    street.world.advance("PT1M5S").await;
    assert_eq!(street.newest().await, state("fallback", "outcome_unknown"));
    street.world.advance("PT3H").await;
    assert_eq!(street.newest().await, state("fallback", "outcome_unknown"));
    assert_eq!(street.n_sent().await, 1);
    street.world.end().await;
}
