use std::{collections::BTreeMap, fs, path::Path};

use chrono::DateTime;
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{FaultSpec, LOST_ANSWER, Simulated};
use crate::{Class, Fault, SubscribeMessage, WeChat};

fn open(dir: &Path, initial_credits: u32) -> Simulated {
    Simulated::open(dir, initial_credits, || DateTime::from_timestamp(1_772_000_000, 0).unwrap()).unwrap()
}

fn fresh(initial_credits: u32) -> (TempDir, Simulated) {
    let dir = TempDir::new().unwrap();
    let simulated = open(dir.path(), initial_credits);
    (dir, simulated)
}

fn message(text: &str) -> SubscribeMessage {
    SubscribeMessage {
        openid: "sim-openid-rep-01".to_owned(),
        template_id: "todo".to_owned(),
        page: Some("pages/todo?id=1".to_owned()),
        data: BTreeMap::from([("thing1".to_owned(), text.to_owned())]),
    }
}

fn fault(errcode: i64, count: u32, path: Option<&str>) -> FaultSpec {
    FaultSpec { errcode, count, path: path.map(str::to_owned), delay_ms: None }
}

async fn send(simulated: &Simulated, text: &str) -> Result<String, i64> {
    match simulated.send_subscribe(&message(text)).await {
        Ok(msgid) => Ok(msgid.unwrap()),
        Err(Fault::Refused { errcode, errmsg }) => {
            assert!(errmsg.contains(" rid: "), "{errmsg}");
            Err(errcode)
        }
        Err(fault) => panic!("{fault}"),
    }
}

async fn texts(simulated: &Simulated) -> Vec<String> {
    let sent = simulated.sent().await.unwrap();
    sent.into_iter().map(|record| record.data["thing1"].clone()).collect()
}

async fn tap(simulated: &Simulated, decision: &str, always: bool) {
    simulated.subscribe("sim-openid-rep-01", &["todo".to_owned()], decision, always).await.unwrap();
}

#[tokio::test]
async fn every_accept_allows_one_message() {
    let (_dir, simulated) = fresh(1);
    send(&simulated, "一").await.unwrap();
    assert_eq!(send(&simulated, "二").await, Err(43101));
    tap(&simulated, "reject", false).await;
    assert_eq!(send(&simulated, "二").await, Err(43101));
    tap(&simulated, "acceptWithAudio", true).await;
    tap(&simulated, "accept", false).await;
    send(&simulated, "二").await.unwrap();
    send(&simulated, "二").await.unwrap();
    assert_eq!(send(&simulated, "三").await, Err(43101));
    assert_eq!(texts(&simulated).await, ["一", "二", "二"]);
}

#[tokio::test]
async fn always_reject_shuts_a_template_off_until_the_next_accept() {
    let (_dir, simulated) = fresh(5);
    tap(&simulated, "reject", true).await;
    tap(&simulated, "reject", false).await;
    assert_eq!(send(&simulated, "一").await, Err(43101));
    tap(&simulated, "accept", false).await;
    send(&simulated, "一").await.unwrap();
}

#[tokio::test]
async fn a_message_the_platform_would_not_take_costs_no_credit() {
    let (_dir, simulated) = fresh(1);
    assert_eq!(send(&simulated, "两\n行").await, Err(47003));
    let empty = SubscribeMessage { data: BTreeMap::new(), ..message("一") };
    assert_eq!(simulated.send_subscribe(&empty).await.unwrap_err().class(), Class::Bug);
    let stranger = SubscribeMessage { openid: "o-real".to_owned(), ..message("一") };
    assert_eq!(simulated.send_subscribe(&stranger).await.unwrap_err().class(), Class::Permanent);
    send(&simulated, "一").await.unwrap();
}

#[tokio::test]
async fn a_code_names_its_person() {
    let (_dir, simulated) = fresh(1);
    let first = simulated.code_to_session("sim:rep-01").await.unwrap();
    let again = simulated.code_to_session("sim:rep-01#2").await.unwrap();
    assert_eq!((&*first.openid, &*again.openid), ("sim-openid-rep-01", "sim-openid-rep-01"));
    assert_eq!(first.unionid.as_deref(), Some("sim-unionid-rep-01"));
    assert_eq!(first.session_key.expose_secret().len(), 24);
    assert_ne!(first.session_key.expose_secret(), again.session_key.expose_secret());
    let stranger = simulated.code_to_session("sim-new:a#b").await.unwrap();
    assert_eq!(stranger.openid, "sim-openid-new-a#b");
    assert_eq!(simulated.phone_number("sim-phone:13800000007", "x").await.unwrap(), "13800000007");
    for code in ["", "sim:", "sim:#2", "sim-new:", "rep-01", "0a1b2c", "sim-phone:1"] {
        assert_eq!(simulated.code_to_session(code).await.unwrap_err().class(), Class::Relogin, "{code}");
    }
    for code in ["", "sim-phone:", "13800000007", "sim:rep-01"] {
        let fault = simulated.phone_number(code, "x").await.unwrap_err();
        assert_eq!(fault.class(), Class::Relogin, "{code}");
    }
}

#[tokio::test]
async fn faults_count_down_one_after_the_other() {
    let (_dir, simulated) = fresh(9);
    simulated.add_fault(fault(45011, 2, None)).await.unwrap();
    simulated.add_fault(fault(-1, 1, Some("subscribe/send"))).await.unwrap();
    simulated.add_fault(fault(40013, 0, None)).await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(45011));
    assert_eq!(simulated.code_to_session("sim:rep-01").await.unwrap_err().class(), Class::RetryLater);
    simulated.code_to_session("sim:rep-01").await.unwrap();
    simulated.phone_number("sim-phone:1", "x").await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(-1));
    send(&simulated, "一").await.unwrap();
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_as_in_life() {
    let (_dir, simulated) = fresh(9);
    simulated.add_fault(fault(40001, 1, None)).await.unwrap();
    send(&simulated, "一").await.unwrap();
    simulated.add_fault(fault(42001, 2, None)).await.unwrap();
    assert_eq!(send(&simulated, "二").await, Err(42001));
    send(&simulated, "三").await.unwrap();
    assert_eq!(texts(&simulated).await, ["一", "三"]);
}

#[tokio::test(start_paused = true)]
async fn a_delay_comes_alone_or_with_an_error() {
    let (_dir, simulated) = fresh(9);
    let started = tokio::time::Instant::now();
    simulated.add_fault(FaultSpec { delay_ms: Some(5000), ..fault(0, 2, None) }).await.unwrap();
    simulated.add_fault(FaultSpec { delay_ms: Some(700), ..fault(-1, 1, None) }).await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(-1));
    assert_eq!(started.elapsed().as_millis(), 5700);
    send(&simulated, "一").await.unwrap();
    assert_eq!(started.elapsed().as_millis(), 10_700);
    send(&simulated, "二").await.unwrap();
    assert_eq!(started.elapsed().as_millis(), 10_700);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_message_sent_and_its_sender_in_doubt() {
    let (_dir, simulated) = fresh(1);
    simulated.add_fault(fault(LOST_ANSWER, 1, Some("/cgi-bin/message/subscribe/send"))).await.unwrap();
    let fault_met = simulated.send_subscribe(&message("一")).await.unwrap_err();
    assert_eq!(fault_met.class(), Class::Unknown);
    assert_eq!(texts(&simulated).await, ["一"]);
    assert_eq!(send(&simulated, "二").await, Err(43101));
    simulated.add_fault(fault(LOST_ANSWER, 1, None)).await.unwrap();
    let fault_met = simulated.code_to_session("sim:rep-01").await.unwrap_err();
    assert!(matches!(fault_met, Fault::NotSent(_)));
}

#[tokio::test]
async fn two_handles_on_one_folder_are_one_platform() {
    let (dir, left) = fresh(2);
    let right = open(dir.path(), 2);
    let first = send(&left, "一").await.unwrap();
    let second = send(&right, "二").await.unwrap();
    assert_ne!(first, second);
    assert_eq!(send(&left, "三").await, Err(43101));
    tap(&right, "accept", false).await;
    left.add_fault(fault(-1, 1, None)).await.unwrap();
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
    let (dir, left) = fresh(200);
    let right = open(dir.path(), 200);
    let mut calls = JoinSet::new();
    for number in 0..200 {
        let simulated = if number % 2 == 0 { left.clone() } else { right.clone() };
        calls.spawn(async move { send(&simulated, &format!("第{number}")).await.unwrap() });
    }
    let mut told = calls.join_all().await;
    told.sort();
    let sent = left.sent().await.unwrap();
    let mut recorded: Vec<_> = sent.iter().map(|record| record.msgid.clone()).collect();
    recorded.sort();
    assert_eq!(told, recorded);
    recorded.dedup();
    assert_eq!(recorded.len(), 200);
    let mut texts = texts(&left).await;
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 200);
    assert_eq!(send(&right, "多").await, Err(43101));
}

#[tokio::test]
async fn a_reset_forgets_everything_everywhere() {
    let (dir, left) = fresh(1);
    let right = open(dir.path(), 1);
    let before = send(&left, "一").await.unwrap();
    left.add_fault(fault(-1, 5, None)).await.unwrap();
    tap(&left, "reject", true).await;
    right.reset().await.unwrap();
    assert_eq!(left.sent().await.unwrap(), []);
    let after = send(&left, "二").await.unwrap();
    assert_ne!(before, after);
    assert_eq!(texts(&right).await, ["二"]);
    left.add_fault(fault(-1, 1, None)).await.unwrap();
    assert_eq!(send(&right, "三").await, Err(-1));
    assert_eq!(send(&right, "三").await, Err(43101));
    assert!(left.check().await.unwrap().contains("1 messages"));
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
    simulated.add_fault(fault(-1, 1, Some("send"))).await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(-1));
    send(&simulated, "一").await.unwrap();
    simulated.reset().await.unwrap();
    let log = fs::read_to_string(dir.path().join("wechat-sim.jsonl")).unwrap();
    let events: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["subscribe", "fault", "fault_used", "sent", "reset"]);
    assert_eq!(events[3]["openid"], "sim-openid-rep-01");
    assert_eq!(events[3]["data"]["thing1"], "一");
    assert_eq!(events[3]["at"], "2026-02-25T06:13:20Z");
    let spec: FaultSpec = serde_json::from_str(r#"{"errcode":-1}"#).unwrap();
    assert_eq!(spec, fault(-1, 1, None));
}
