use std::fs;

use tokio::task::JoinSet;

use super::{fault, fresh, message, open, send, tap, texts};
use crate::{SubscribeMessage, simulated::FaultSpec};

#[tokio::test]
async fn two_handles_on_one_folder_are_one_platform() {
    let (dir, left) = fresh(2);
    let right = open(dir.path(), 2);
    let first = send(&left, "一").await.unwrap();
    let second = send(&right, "二").await.unwrap();
    assert_ne!(first, second);
    assert_eq!(send(&left, "三").await, Err(43101));
    tap(&right, "accept", false).await;
    left.simulator.add_fault(fault(-1, 1, None)).await.unwrap();
    assert_eq!(send(&right, "三").await, Err(-1));
    send(&left, "三").await.unwrap();
    assert_eq!(texts(&left).await, texts(&right).await);
    assert_eq!(texts(&open(dir.path(), 2)).await, ["一", "二", "三"]);
}

#[tokio::test]
async fn a_torn_last_line_is_no_line() {
    let (dir, simulated) = fresh(2);
    send(&simulated, "一").await.unwrap();
    let path = dir.path().join("wechat-sim.jsonl");
    let whole = fs::read(&path).unwrap();
    for end in [1, 20, whole.len() - 2] {
        let torn = [&whole[..], &whole[..end]].concat();
        fs::write(&path, torn).unwrap();
        let simulated = open(dir.path(), 2);
        assert_eq!(texts(&simulated).await, ["一"]);
        send(&simulated, "二").await.unwrap();
        assert_eq!(texts(&simulated).await, ["一", "二"]);
        assert_eq!(send(&simulated, "三").await, Err(43101));
    }
    assert_eq!(send(&simulated, "三").await, Err(43101));
}

#[tokio::test]
async fn two_hundred_messages_at_once_are_each_recorded_once() {
    let (dir, left) = fresh(1);
    let right = open(dir.path(), 1);
    let mut calls = JoinSet::new();
    for number in 0..200 {
        let simulated = if number % 2 == 0 { left.clone() } else { right.clone() };
        calls.spawn(async move {
            let openid = format!("sim-openid-crew-{number}");
            let message = SubscribeMessage { openid, ..message(&format!("第{number}")) };
            simulated.wechat.send_subscribe(&message).await.unwrap().unwrap()
        });
    }
    let mut told = calls.join_all().await;
    told.sort();
    let sent = left.simulator.sent().await.unwrap();
    let mut recorded: Vec<_> = sent.iter().map(|record| record.msgid.clone()).collect();
    recorded.sort();
    assert_eq!(told, recorded);
    recorded.dedup();
    assert_eq!(recorded.len(), 200);
    let mut texts = texts(&left).await;
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 200);
}

#[tokio::test]
async fn a_reset_forgets_everything_everywhere() {
    let (dir, left) = fresh(1);
    let right = open(dir.path(), 1);
    let before = send(&left, "一").await.unwrap();
    left.simulator.add_fault(fault(-1, 5, None)).await.unwrap();
    tap(&left, "reject", true).await;
    right.simulator.reset().await.unwrap();
    assert_eq!(left.simulator.sent().await.unwrap(), []);
    let after = send(&left, "二").await.unwrap();
    assert_ne!(before, after);
    assert_eq!(texts(&right).await, ["二"]);
    left.simulator.add_fault(fault(-1, 1, None)).await.unwrap();
    assert_eq!(send(&right, "三").await, Err(-1));
    assert_eq!(send(&right, "三").await, Err(43101));
    assert_eq!(left.simulator.sent().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_emptied_file_is_a_new_platform() {
    let (dir, simulated) = fresh(1);
    send(&simulated, "一").await.unwrap();
    fs::write(dir.path().join("wechat-sim.jsonl"), "").unwrap();
    send(&simulated, "二").await.unwrap();
    assert_eq!(texts(&simulated).await, ["二"]);
}

#[tokio::test]
async fn every_line_says_what_happened() {
    let (dir, simulated) = fresh(1);
    tap(&simulated, "accept", true).await;
    simulated.simulator.add_fault(fault(-1, 1, Some("send"))).await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(-1));
    send(&simulated, "一").await.unwrap();
    simulated.simulator.reset().await.unwrap();
    let log = fs::read_to_string(dir.path().join("wechat-sim.jsonl")).unwrap();
    let events: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["subscribe", "fault", "token", "fault_used", "sent", "reset"]);
    assert_eq!(events[4]["channel"], "wechat_subscribe");
    assert_eq!(events[4]["openid"], "sim-openid-rep-01");
    assert_eq!(events[4]["data"]["thing1"], "一");
    assert_eq!(events[4]["at"], "2026-02-25T06:13:20Z");
    let spec: FaultSpec = serde_json::from_str(r#"{"errcode":-1}"#).unwrap();
    assert_eq!(spec, fault(-1, 1, None));
}
