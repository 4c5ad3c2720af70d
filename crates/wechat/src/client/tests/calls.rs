use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    Client, SEND, TOKEN, message,
    server::{Reply, Request, Server, refusal, token},
};
use crate::{Class, Fault};

/// A WeChat whose token works and which answers everything else alike.
async fn answering(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request, n_before| match request.path.as_str() {
        TOKEN => token(n_before),
        _ => reply(request),
    })
    .await
}

fn is_clean(text: &str) {
    for secret in ["THE-SECRET", "TOKEN-", "THE-OPENID", "THE-CODE", "138", "access_token", "THE-KEY"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_message_goes_out_as_wechat_wants_it() {
    let server =
        answering(|_| Reply::Json(json!({ "errcode": 0, "msgid": 2_200_000_000_000_000_123_u64 }))).await;
    let client = Client::of(&server);
    let msgid = client.live.send_subscribe(&message()).await.unwrap();
    assert_eq!(msgid.as_deref(), Some("2200000000000000123"));
    let request = server.requests(SEND).remove(0);
    assert!(request.has_length);
    assert_eq!(
        request.body,
        json!({
            "touser": "THE-OPENID", "template_id": "template-1", "page": "pages/task/detail?id=42",
            "miniprogram_state": "formal", "lang": "zh_CN", "data": { "thing1": { "value": "回访南京路店" } },
        })
    );
    let plain = crate::SubscribeMessage { page: None, ..message() };
    client.live.send_subscribe(&plain).await.unwrap();
    assert_eq!(server.requests(SEND)[1].body.get("page"), None);
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_is_in_doubt_and_sent_once() {
    for broken in [
        || Reply::Drop,
        || Reply::Hang,
        || Reply::Raw(502, r#"{"errcode":0}"#),
        || Reply::Raw(200, "<html>"),
        || Reply::Raw(200, r#"{"errcode":"zero"}"#),
        || Reply::Raw(403, r#"{"message":"blocked"}"#),
        || Reply::Raw(307, ""),
    ] {
        let server = answering(move |_| broken()).await;
        let fault = Client::of(&server).live.send_subscribe(&message()).await.unwrap_err();
        assert!(matches!(fault, Fault::Unknown(_)), "{fault}");
        assert_eq!(server.requests(SEND).len(), 1);
        is_clean(&format!("{fault} {fault:?}"));
    }
}

#[tokio::test]
async fn a_message_that_never_left_may_be_sent_again() {
    let server = answering(|_| refusal(0)).await;
    let client = Client::of(&server);
    client.live.send_subscribe(&message()).await.unwrap();
    server.stop().await;
    let fault = client.live.send_subscribe(&message()).await.unwrap_err();
    assert!(matches!(fault, Fault::NotSent(_)), "{fault}");
    is_clean(&format!("{fault} {fault:?}"));
}

#[tokio::test]
async fn a_refusal_is_read_also_when_its_number_is_text() {
    let server = answering(|_| Reply::Json(json!({ "errcode": "43101", "errmsg": "no rid: 1" }))).await;
    let fault = Client::of(&server).live.send_subscribe(&message()).await.unwrap_err();
    assert_eq!(fault, Fault::Refused { errcode: 43101, errmsg: "no rid: 1".to_owned() });
    assert_eq!(fault.class(), Class::NextChannel);
}

#[tokio::test]
async fn a_login_needs_no_token_and_may_have_no_unionid() {
    let answer = json!({ "openid": "THE-OPENID", "session_key": "THE-KEY/+==" });
    let server = answering(move |_| Reply::Json(answer.clone())).await;
    let client = Client::of(&server);
    let session = client.live.code_to_session("THE+CODE&x=1").await.unwrap();
    assert_eq!((session.openid.as_str(), &session.unionid), ("THE-OPENID", &None));
    assert_eq!(session.session_key.expose_secret(), "THE-KEY/+==");
    is_clean(&format!("{session:?}"));
    assert!(server.requests(TOKEN).is_empty());
    assert_eq!(
        server.requests("/sns/jscode2session")[0].query,
        "appid=wx-app&secret=THE-SECRET&js_code=THE%2BCODE%26x%3D1&grant_type=authorization_code"
    );
}

#[tokio::test]
async fn a_login_without_an_answer_may_be_tried_again() {
    for broken in [|| Reply::Drop, || Reply::Raw(500, ""), || Reply::Raw(200, r#"{"openid":"THE-OPENID"}"#)] {
        let server = answering(move |_| broken()).await;
        let fault = Client::of(&server).live.code_to_session("THE-CODE").await.unwrap_err();
        assert!(matches!(fault, Fault::NotSent(_)), "{fault}");
        is_clean(&format!("{fault} {fault:?}"));
    }
}

fn phone(app_id: &str, number: &Value) -> Value {
    json!({ "errcode": 0, "phone_info": {
        "phoneNumber": number, "purePhoneNumber": number, "countryCode": 86,
        "watermark": { "timestamp": 1, "appid": app_id },
    } })
}

#[tokio::test]
async fn a_phone_code_must_be_for_our_app() {
    for number in [json!("13800000007"), json!(13_800_000_007_u64)] {
        let server = answering(move |_| Reply::Json(phone("wx-app", &number))).await;
        let client = Client::of(&server);
        assert_eq!(client.live.phone_number("THE-CODE", "THE-OPENID").await.unwrap(), "13800000007");
        let request = server.requests("/wxa/business/getuserphonenumber").remove(0);
        assert_eq!(request.body, json!({ "code": "THE-CODE", "openid": "THE-OPENID" }));
    }
    let server = answering(|_| Reply::Json(phone("wx-other", &json!("13800000007")))).await;
    let fault = Client::of(&server).live.phone_number("THE-CODE", "THE-OPENID").await.unwrap_err();
    assert_eq!(fault.class(), Class::Relogin);
    is_clean(&format!("{fault} {fault:?}"));
}

#[tokio::test]
async fn no_debug_shows_a_secret() {
    let token = json!({ "access_token": "TOKEN-0", "expires_in": 7200 });
    let server = answering(move |_| Reply::Json(token.clone())).await;
    let client = Client::of(&server);
    let sentence = client.live.check().await.unwrap();
    is_clean(&format!("{sentence} {:?} {:?} {:?}", super::config(), client.live, message()));
}
