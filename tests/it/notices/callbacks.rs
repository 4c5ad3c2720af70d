//! What the platform pushes to us: signed, kept once, answered at once.

use chrono::Utc;
use platform::Clock;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use wechat::crypto::callback::{Seal, Stamp};

use super::{Street, a_street_with, state};
use crate::support::{Answer, World};

const TOKEN: &str = "AAAAA";
const KEY: &str = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR";

async fn a_street_that_listens() -> Street {
    a_street_with(|config| {
        config.wechat.app_id = "wx-mini".to_owned();
        config.wechat.service_app_id = "wx-service".to_owned();
        config
            .wechat
            .service_templates
            .insert("todo_opened".to_owned(), config.wechat.templates["todo_opened"].clone());
        config.wechat.callback_token = TOKEN.into();
        config.wechat.encoding_aes_key = KEY.into();
    })
    .await
}

fn seal(receiver: &str) -> Seal {
    Seal::new(SecretString::from(TOKEN), &SecretString::from(KEY), receiver).unwrap()
}

fn signature(parts: [&str; 3]) -> String {
    let mut parts = parts;
    parts.sort_unstable();
    Sha1::digest(parts.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A push as the platform would make it, in safe mode.
struct Pushed {
    path: String,
    body: String,
}

impl Pushed {
    fn new(receiver: &str, path: &str, message: &str, nonce: &str) -> Self {
        let timestamp = Clock::real().timestamp().to_string();
        let seal = seal(receiver);
        let sealed = seal.seal(message.as_bytes(), b"1234567890123456").unwrap();
        let msg_signature = seal.msg_signature(Stamp { timestamp: &timestamp, nonce }, &sealed);
        let signature = signature([TOKEN, &timestamp, nonce]);
        let query = format!(
            "signature={signature}&timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature={msg_signature}"
        );
        let body = json!({"ToUserName": "gh_sim", "Encrypt": sealed}).to_string();
        Self { path: format!("{path}?{query}"), body }
    }

    fn of(message: &Value, nonce: &str) -> Self {
        Self::new("wx-mini", "/wechat/callback", &message.to_string(), nonce)
    }
}

async fn push(world: &World, pushed: &Pushed) -> Answer {
    let request = world.client.post(format!("{}{}", world.base, pushed.path)).body(pushed.body.clone());
    Answer::of(request.send().await.unwrap()).await
}

async fn deliver(street: &Street, message: &Value, nonce: &str) {
    let answer = push(&street.world, &Pushed::of(message, nonce)).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "success"));
    street.world.settle().await;
}

fn event(name: &str, list: Value) -> Value {
    json!({"ToUserName": "gh_sim", "FromUserName": "sim-openid-supervisor-01", "CreateTime": Utc::now().timestamp(),
           "MsgType": "event", "Event": name, "List": list})
}

/// Uses up every credit the supervisor has for to-dos.
async fn without_credit() -> Street {
    let street = a_street_that_listens().await;
    street.fault(43101, 1).await;
    street.happen().await;
    street.happen().await;
    assert_eq!(street.newest_by("wechat_subscribe").await, state("fallback", "no_credit"));
    street
}

impl Street {
    async fn newest_by(&self, channel: &str) -> (String, String) {
        let log = self.supervisor.get("/notifications/deliveries?limit=10").await.ok();
        let items = log["items"].as_array().unwrap().clone();
        let newest = items.iter().find(|it| it["channel"] == channel).unwrap();
        let text = |field: &str| newest[field].as_str().unwrap_or_default().to_owned();
        (text("status"), text("reason"))
    }
}

#[tokio::test]
async fn the_check_of_our_address_gets_its_text_back() {
    let street = a_street_that_listens().await;
    let good = signature([TOKEN, "1714036504", "1514711492"]);
    assert_eq!(good, "f464b24fc39322e44b38aa78f5edd27bd1441696");
    let path = |signature: &str| {
        format!(
            "/wechat/callback?signature={signature}&timestamp=1714036504&nonce=1514711492&echostr=4375120948345356249"
        )
    };
    let answer = street.world.raw(&path(&good)).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "4375120948345356249"));
    assert_eq!(street.world.raw(&path("f464")).await.status, 403);
    assert_eq!(street.world.raw("/wechat/callback").await.status, 422);
    assert_eq!(street.world.raw(&path(&good).replace("/callback", "/callback/lunch")).await.status, 404);
    street.world.end().await;
    let deaf = World::start().await;
    assert_eq!(deaf.raw(&path(&good)).await.status, 404, "no token, no callback");
    deaf.end().await;
}

#[tokio::test]
async fn what_is_not_sealed_for_us_is_refused() {
    let street = a_street_that_listens().await;
    let message = event("subscribe_msg_popup_event", json!([]));
    let good = Pushed::of(&message, "n1");
    let foreign = Pushed::new("wx-other", "/wechat/callback", &message.to_string(), "n2");
    let unsigned = Pushed {
        path: good.path.split("&msg_signature").next().unwrap().to_owned(),
        ..Pushed::of(&message, "n3")
    };
    let plain = Pushed { body: message.to_string(), ..Pushed::of(&message, "n4") };
    let torn =
        Pushed { body: good.body.replace("Encrypt\":\"", "Encrypt\":\"AAAA"), ..Pushed::of(&message, "n5") };
    for (name, pushed) in [("foreign", foreign), ("unsigned", unsigned), ("plain", plain), ("torn", torn)] {
        assert_eq!(push(&street.world, &pushed).await.status, 403, "{name}");
    }
    assert_eq!(push(&street.world, &good).await.status, 200);
    assert_eq!(push(&street.world, &good).await.status, 200, "the platform's own retry");
    street.world.end().await;
}

#[tokio::test]
async fn an_accepted_prompt_is_one_credit_whoever_reports_it_and_how_often() {
    let street = without_credit().await;
    let accepted = json!([{"TemplateId": "sim-todo", "SubscribeStatusString": "accept", "PopupScene": "0"}]);
    let mut popup = event("subscribe_msg_popup_event", accepted);
    // The tap happens at the installation's time.
    let now: chrono::DateTime<Utc> = street.world.app.db.now().await.unwrap();
    popup["CreateTime"] = json!(now.timestamp());
    deliver(&street, &popup, "n1").await;
    deliver(&street, &popup, "n2").await;
    let report = json!({"results": {"sim-todo": "accept"}});
    street.supervisor.post("/notifications/subscriptions", report).await.ok();
    street.happen().await;
    assert_eq!(street.newest_by("wechat_subscribe").await.0, "sent", "one event, once again, and one report");
    street.happen().await;
    assert_eq!(street.newest_by("wechat_subscribe").await, state("fallback", "no_credit"));
    street.world.end().await;
}

#[tokio::test]
async fn who_switches_a_template_off_has_no_credit_for_it() {
    let street = a_street_that_listens().await;
    let switched = json!({"TemplateId": "sim-todo", "SubscribeStatusString": "reject"});
    deliver(&street, &event("subscribe_msg_change_event", switched), "n1").await;
    street.happen().await;
    assert_eq!(street.newest_by("wechat_subscribe").await, state("fallback", "no_credit"));
    street.world.end().await;
}

#[tokio::test]
async fn the_platforms_word_ends_an_unknown_outcome() {
    for (errcode, expected) in [(0, state("sent", "")), (-1, state("failed", "not_delivered"))] {
        let street = a_street_that_listens().await;
        street.fault(-2, 1).await;
        street.happen().await;
        assert_eq!(street.newest_by("wechat_subscribe").await, state("unknown", "no_answer"));
        let result = json!({"TemplateId": "sim-todo", "MsgID": "42", "ErrorCode": errcode.to_string(), "ErrorStatus": "x"});
        deliver(&street, &event("subscribe_msg_sent_event", result), "n1").await;
        assert_eq!(street.newest_by("wechat_subscribe").await, expected, "{errcode}");
        street.world.advance("PT15M").await;
        assert_eq!(street.newest_by("wechat_subscribe").await, expected, "and stays so");
        street.world.end().await;
    }
}

#[tokio::test]
async fn a_follower_of_the_service_account_is_reached_by_it() {
    let street = without_credit().await;
    let follow = |event: &str, at: i64| {
        format!(
            "<xml><ToUserName><![CDATA[gh_service]]></ToUserName><FromUserName><![CDATA[sim-follower-supervisor-01]]></FromUserName>\
             <CreateTime>{at}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event></xml>"
        )
    };
    let at = Clock::real().timestamp();
    let send = async |text: String, nonce: &str| {
        let pushed = Pushed::new("wx-service", "/wechat/callback/service", &text, nonce);
        assert_eq!(push(&street.world, &pushed).await.status, 200);
        street.world.settle().await;
    };
    send(follow("subscribe", at), "n1").await;
    street.happen().await;
    assert_eq!(street.newest_by("wechat_service").await, state("sent", ""));
    send(follow("unsubscribe", at + 1), "n2").await;
    street.happen().await;
    assert_eq!(street.newest_by("wechat_service").await, state("fallback", "no_identity"));
    street.world.end().await;
}

#[tokio::test]
async fn an_event_nobody_knows_is_kept_and_ignored() {
    let street = a_street_that_listens().await;
    let debug = json!({"ToUserName": "gh_sim", "FromUserName": "o1", "CreateTime": 1, "MsgType": "event", "Event": "debug_demo", "debug_str": "hello"});
    deliver(&street, &debug, "n1").await;
    street.world.end().await;
}
