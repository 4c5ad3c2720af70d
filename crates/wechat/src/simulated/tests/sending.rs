use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::{fault, fresh, message, open_with, send, tap, texts};
use crate::{
    Class, CodeImage, Fault, OfficialMessage, Release, RobotText, Scene, SubscribeMessage, Suggestion,
    Template, TemplateField, TemplateKind, TextCheck, WeComNotice,
    simulated::{Channel, FaultSpec, LOST_ANSWER, Setup, UserSpec},
};

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
    assert_eq!(simulated.wechat.send_subscribe(&empty).await.unwrap_err().class(), Class::Bug);
    let stranger = SubscribeMessage { openid: "o-real".to_owned(), ..message("一") };
    assert_eq!(simulated.wechat.send_subscribe(&stranger).await.unwrap_err().class(), Class::Permanent);
    send(&simulated, "一").await.unwrap();
}

#[tokio::test]
async fn a_code_names_its_person() {
    let (_dir, simulated) = fresh(1);
    let first = simulated.wechat.code_to_session("sim:rep-01").await.unwrap();
    let again = simulated.wechat.code_to_session("sim:rep-01#2").await.unwrap();
    assert_eq!((&*first.openid, &*again.openid), ("sim-openid-rep-01", "sim-openid-rep-01"));
    assert_eq!(first.unionid.as_deref(), Some("sim-unionid-rep-01"));
    assert_eq!(first.session_key.expose_secret().len(), 24);
    assert_ne!(first.session_key.expose_secret(), again.session_key.expose_secret());
    let stranger = simulated.wechat.code_to_session("sim-new:a#b").await.unwrap();
    assert_eq!(stranger.openid, "sim-openid-new-a#b");
    assert_eq!(simulated.wechat.phone_number("sim-phone:13800000007", "x").await.unwrap(), "13800000007");
    for code in ["", "sim:", "sim:#2", "sim-new:", "rep-01", "0a1b2c", "sim-phone:1"] {
        assert_eq!(
            simulated.wechat.code_to_session(code).await.unwrap_err().class(),
            Class::Relogin,
            "{code}"
        );
    }
    for code in ["", "sim-phone:", "13800000007", "sim:rep-01"] {
        let fault = simulated.wechat.phone_number(code, "x").await.unwrap_err();
        assert_eq!(fault.class(), Class::Relogin, "{code}");
    }
}

#[tokio::test]
async fn faults_count_down_one_after_the_other() {
    let (_dir, simulated) = fresh(9);
    simulated.simulator.add_fault(fault(45011, 2, None)).await.unwrap();
    simulated.simulator.add_fault(fault(-1, 1, Some("subscribe/send"))).await.unwrap();
    simulated.simulator.add_fault(fault(40013, 0, None)).await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(45011));
    assert_eq!(simulated.wechat.code_to_session("sim:rep-01").await.unwrap_err().class(), Class::RetryLater);
    simulated.wechat.code_to_session("sim:rep-01").await.unwrap();
    simulated.wechat.phone_number("sim-phone:1", "x").await.unwrap();
    assert_eq!(send(&simulated, "一").await, Err(-1));
    send(&simulated, "一").await.unwrap();
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_as_in_life() {
    let (_dir, simulated) = fresh(9);
    simulated.simulator.add_fault(fault(40001, 1, None)).await.unwrap();
    send(&simulated, "一").await.unwrap();
    simulated.advance(30);
    simulated.simulator.add_fault(fault(42001, 2, None)).await.unwrap();
    assert_eq!(send(&simulated, "二").await, Err(42001));
    send(&simulated, "三").await.unwrap();
    assert_eq!(texts(&simulated).await, ["一", "三"]);
}

#[tokio::test(start_paused = true)]
async fn a_delay_comes_alone_or_with_an_error() {
    let (_dir, simulated) = fresh(9);
    let started = tokio::time::Instant::now();
    simulated.simulator.add_fault(FaultSpec { delay_ms: Some(5000), ..fault(0, 2, None) }).await.unwrap();
    simulated.simulator.add_fault(FaultSpec { delay_ms: Some(700), ..fault(-1, 1, None) }).await.unwrap();
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
    simulated
        .simulator
        .add_fault(fault(LOST_ANSWER, 1, Some("/cgi-bin/message/subscribe/send")))
        .await
        .unwrap();
    let fault_met = simulated.wechat.send_subscribe(&message("一")).await.unwrap_err();
    assert_eq!(fault_met.class(), Class::Unknown);
    assert_eq!(texts(&simulated).await, ["一"]);
    assert_eq!(send(&simulated, "二").await, Err(43101));
    simulated.simulator.add_fault(fault(LOST_ANSWER, 1, None)).await.unwrap();
    let fault_met = simulated.wechat.code_to_session("sim:rep-01").await.unwrap_err();
    assert!(matches!(fault_met, Fault::NotSent(_)));
}

fn template() -> Template {
    let field = |key: &str| TemplateField { key: key.to_owned(), label: key.to_owned() };
    Template {
        id: "todo".to_owned(),
        title: "待办".to_owned(),
        kind: TemplateKind::OneTime,
        fields: vec![field("thing1"), field("time2")],
    }
}

#[tokio::test]
async fn a_template_that_is_known_wants_all_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let setup = Setup { initial_credits: 1, templates: vec![template()], ..Setup::default() };
    let simulated = open_with(dir.path(), setup);
    assert_eq!(simulated.wechat.templates().await.unwrap(), [template()]);
    assert_eq!(send(&simulated, "一").await, Err(47003));
    let other = SubscribeMessage { template_id: "other".to_owned(), ..message("一") };
    assert!(matches!(
        simulated.wechat.send_subscribe(&other).await,
        Err(Fault::Refused { errcode: 40037, .. })
    ));
    let mut whole = message("一");
    whole.data.insert("time2".to_owned(), "2026-03-05 18:00".to_owned());
    simulated.wechat.send_subscribe(&whole).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn two_messages_to_one_user_do_not_overlap() {
    let (_dir, simulated) = fresh(9);
    simulated.wechat.check().await.unwrap();
    let slow = FaultSpec { delay_ms: Some(1000), ..fault(0, 1, None) };
    simulated.simulator.add_fault(slow).await.unwrap();
    let first = {
        let simulated = simulated.clone();
        tokio::spawn(async move { send(&simulated, "一").await })
    };
    while texts(&simulated).await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(send(&simulated, "二").await, Err(43108));
    let other = SubscribeMessage { openid: "sim-openid-rep-02".to_owned(), ..message("三") };
    simulated.wechat.send_subscribe(&other).await.unwrap();
    first.await.unwrap().unwrap();
    send(&simulated, "四").await.unwrap();
}

#[tokio::test]
async fn a_service_accounts_message_of_one_name_is_sent_once() {
    let (_dir, simulated) = fresh(1);
    let message = OfficialMessage {
        openid: "sim-follower-rep-01".to_owned(),
        template_id: "t".to_owned(),
        page: None,
        data: BTreeMap::from([("thing1".to_owned(), "一".to_owned())]),
        client_msg_id: "once".to_owned(),
    };
    let official = simulated.wechat.official().unwrap();
    let first = official.send(&message).await.unwrap();
    assert_eq!(official.send(&message).await.unwrap(), first);
    assert_eq!(simulated.simulator.sent().await.unwrap().len(), 1);
    simulated.advance(601);
    assert_ne!(official.send(&message).await.unwrap(), first);
    let follower = official.follower("sim-follower-rep-01").await.unwrap();
    assert_eq!((follower.follows, follower.unionid.as_deref()), (true, Some("sim-unionid-rep-01")));
    let stranger = UserSpec { username: "rep-01".to_owned(), is_stranger: true, ..UserSpec::default() };
    simulated.simulator.set_user(stranger).await.unwrap();
    assert!(!official.follower("sim-follower-rep-01").await.unwrap().follows);
    let fresh_name = OfficialMessage { client_msg_id: "other".to_owned(), ..message };
    assert_eq!(official.send(&fresh_name).await.unwrap_err().class(), Class::NextChannel);
}

#[tokio::test]
async fn wecom_says_whom_it_does_not_know() {
    let (_dir, simulated) = fresh(1);
    let wecom = simulated.wechat.wecom().unwrap();
    let user = UserSpec {
        username: "supervisor-01".to_owned(),
        mobile: Some("13800000011".to_owned()),
        ..UserSpec::default()
    };
    simulated.simulator.set_user(user).await.unwrap();
    let found = wecom.user_by_mobile("13800000011").await.unwrap();
    assert_eq!(found.as_deref(), Some("supervisor-01"));
    assert_eq!(wecom.user_by_mobile("1").await.unwrap(), None);
    let users = vec!["supervisor-01".to_owned(), "Nobody".to_owned()];
    let notice = WeComNotice { users, title: "回款逾期升级".to_owned(), ..WeComNotice::default() };
    assert_eq!(wecom.send(&notice).await.unwrap().0, ["nobody"]);
    let sent = simulated.simulator.sent().await.unwrap();
    assert_eq!((sent[0].channel, sent[0].openid.as_str()), (Channel::WeCom, "supervisor-01"));
    let nobody = WeComNotice { users: vec!["x".to_owned()], ..notice };
    assert_eq!(wecom.send(&nobody).await.unwrap_err().class(), Class::Permanent);
}

#[tokio::test]
async fn a_robot_says_twenty_things_a_minute() {
    let (_dir, simulated) = fresh(1);
    let robot = simulated.wechat.robot("alarm").unwrap();
    for _ in 0..20 {
        robot.say(RobotText::Plain("有单逾期")).await.unwrap();
    }
    assert_eq!(robot.say(RobotText::Plain("有单逾期")).await.unwrap_err().class(), Class::Park);
    simulated.advance(60);
    robot.say(RobotText::Markdown("**有单逾期**")).await.unwrap();
    let sent = simulated.simulator.sent().await.unwrap();
    assert_eq!((sent.len(), sent[0].channel), (21, Channel::Robot));
    assert!(!format!("{sent:?}").contains("a key"));
}

#[tokio::test]
async fn texts_pictures_and_codes_have_their_refusals() {
    let (_dir, simulated) = fresh(1);
    let wechat = &simulated.wechat;
    let check = |content| TextCheck { openid: "sim-openid-rep-01", scene: Scene::Comment, content };
    assert_eq!(wechat.check_text(check("好")).await.unwrap().suggestion, Suggestion::Pass);
    assert_eq!(wechat.check_text(check("SIM-RISKY")).await.unwrap().suggestion, Suggestion::Risky);
    let idle = UserSpec { username: "rep-01".to_owned(), is_inactive: true, ..UserSpec::default() };
    simulated.simulator.set_user(idle).await.unwrap();
    assert_eq!(wechat.check_text(check("好")).await.unwrap_err().class(), Class::RetryLater);
    let code = CodeImage { scene: "s=1", page: None, check_path: true, release: Release::Formal, width: 430 };
    assert!(wechat.code_image(code).await.unwrap().starts_with(b"\x89PNG"));
    let long = "x".repeat(33);
    let fault = wechat.code_image(CodeImage { scene: &long, ..code }).await.unwrap_err();
    assert_eq!(fault.class(), Class::Bug);
    let session = wechat.code_to_session("sim:rep-01").await.unwrap();
    assert!(wechat.is_session_good(&session.openid, &session.session_key).await.unwrap());
    wechat.code_to_session("sim:rep-01#2").await.unwrap();
    assert!(!wechat.is_session_good(&session.openid, &session.session_key).await.unwrap());
}
