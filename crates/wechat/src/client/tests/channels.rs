use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Client, TOKEN,
    server::{Reply, Request, Server, token},
};
use crate::{
    Class, CodeImage, Fault, Link, Media, OfficialMessage, Release, RobotText, Scene, Suggestion,
    TemplateField, TemplateKind, TextCheck, WeComNotice,
};

async fn answering(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request, n_before| match request.path.as_str() {
        TOKEN | "/cgi-bin/gettoken" => token(n_before),
        _ => reply(request),
    })
    .await
}

async fn always(answer: Value) -> (Server, Client) {
    let server = answering(move |_| Reply::Json(answer.clone())).await;
    let client = Client::of(&server);
    (server, client)
}

#[tokio::test]
async fn a_service_accounts_message_goes_out_under_its_own_token() {
    let (server, client) = always(json!({ "errcode": 0, "msgid": "200" })).await;
    let message = OfficialMessage {
        openid: "oa".to_owned(),
        template_id: "t".to_owned(),
        page: Some("pages/alert?id=9".to_owned()),
        data: BTreeMap::from([("thing2".to_owned(), "x".to_owned())]),
        client_msg_id: "once".to_owned(),
    };
    let official = client.live.official().unwrap();
    assert_eq!(official.send(&message).await.unwrap().as_deref(), Some("200"));
    let body = server.requests("/cgi-bin/message/template/send").remove(0).body;
    assert_eq!(body["client_msg_id"], "once");
    assert_eq!(body["miniprogram"], json!({ "appid": "wx-app", "pagepath": "pages/alert?id=9" }));
    assert_eq!(server.requests(TOKEN)[0].body["appid"], "wx-official");
}

#[tokio::test]
async fn a_follower_is_tied_to_a_user_by_the_unionid() {
    let (_server, client) = always(json!({ "subscribe": "1", "openid": "oa", "unionid": "u" })).await;
    let follower = client.live.official().unwrap().follower("oa").await.unwrap();
    assert_eq!((follower.follows, follower.unionid.as_deref()), (true, Some("u")));
    let (_server, client) = always(json!({ "subscribe": 0, "openid": "oa" })).await;
    assert!(!client.live.official().unwrap().follower("oa").await.unwrap().follows);
}

#[tokio::test]
async fn a_wecom_notice_keeps_wecoms_limits_and_says_whom_it_missed() {
    let (server, client) = always(json!({ "errcode": 0, "invaliduser": "ZhangSan|LISI" })).await;
    let notice = WeComNotice {
        users: vec!["ZhangSan".to_owned(), "LiSi".to_owned(), "wang".to_owned()],
        title: "急".to_owned(),
        description: "一二三四五六七八九十一二三".to_owned(),
        page: Some("pages/x".to_owned()),
        items: (0..12).map(|_| ("一二三四五六七八九十一".to_owned(), "金".repeat(31))).collect(),
        card: None,
    };
    let missed = client.live.wecom().unwrap().send(&notice).await.unwrap();
    assert_eq!(missed.0, ["zhangsan", "lisi"]);
    let body = server.requests("/cgi-bin/message/send").remove(0).body;
    assert_eq!(body["touser"], "ZhangSan|LiSi|wang");
    let content = &body["miniprogram_notice"];
    assert_eq!(content["title"], "急………");
    assert_eq!(content["description"], "一二三四五六七八九十一…");
    assert_eq!(content["content_item"].as_array().unwrap().len(), 10);
    assert_eq!(content["content_item"][0]["key"], "一二三四五六七八九…");
    assert_eq!(content["content_item"][0]["value"].as_str().unwrap().chars().count(), 30);
    let asked = server.requests("/cgi-bin/gettoken").remove(0);
    assert_eq!(asked.query, "corpid=corp&corpsecret=THE-SECRET");
}

#[tokio::test]
async fn a_wecom_user_is_found_by_mobile_or_not_at_all() {
    let (_server, client) = always(json!({ "errcode": 0, "userid": "wang" })).await;
    let wecom = client.live.wecom().unwrap();
    assert_eq!(wecom.user_by_mobile("1").await.unwrap().as_deref(), Some("wang"));
    let (_server, client) = always(json!({ "errcode": 46004, "errmsg": "" })).await;
    assert_eq!(client.live.wecom().unwrap().user_by_mobile("1").await.unwrap(), None);
}

#[tokio::test]
async fn a_robots_text_is_cut_between_characters() {
    let (server, client) = always(json!({ "errcode": 0 })).await;
    let robot = client.live.robot("alarm").unwrap();
    robot.say(RobotText::Plain(&"汉".repeat(700))).await.unwrap();
    robot.say(RobotText::Markdown(&"汉".repeat(1400))).await.unwrap();
    let requests = server.requests("/cgi-bin/webhook/send");
    assert_eq!(requests[0].query, "key=THE-ROBOT-KEY");
    assert_eq!(requests[0].body["text"]["content"].as_str().unwrap().len(), 2046);
    assert_eq!(requests[1].body["markdown"]["content"].as_str().unwrap().len(), 4095);
    assert!(client.live.robot("nobody").is_none());
}

#[tokio::test]
async fn a_text_is_judged_by_the_whole_result() {
    let answer = json!({ "errcode": 0, "trace_id": "t", "result": { "suggest": "risky", "label": "20006" },
        "detail": [{ "strategy": "keyword", "errcode": -1 }] });
    let (server, client) = always(answer).await;
    let check = TextCheck { openid: "o", scene: Scene::SocialLog, content: "x" };
    let verdict = client.live.check_text(check).await.unwrap();
    assert_eq!((verdict.suggestion, verdict.label), (Suggestion::Risky, 20006));
    let body = server.requests("/wxa/msg_sec_check").remove(0).body;
    assert_eq!((&body["version"], &body["scene"]), (&json!(2), &json!(4)));
    let (_server, client) = always(json!({ "errcode": 61010, "errmsg": "code is expired" })).await;
    assert_eq!(client.live.check_text(check).await.unwrap_err().class(), Class::RetryLater);
}

#[tokio::test]
async fn a_file_is_judged_later_under_an_id() {
    let (server, client) = always(json!({ "errcode": 0, "trace_id": "690b" })).await;
    let trace = client.live.check_media(Media::Image("https://x/y.jpg"), "o", Scene::Forum).await;
    assert_eq!(trace.unwrap(), "690b");
    assert_eq!(server.requests("/wxa/media_check_async")[0].body["media_type"], 2);
}

#[tokio::test]
async fn a_code_is_a_picture_or_a_refusal_with_status_200() {
    let code = CodeImage {
        scene: "s=1",
        page: Some("pages/x"),
        check_path: false,
        release: Release::Trial,
        width: 430,
    };
    let server = answering(|_| Reply::Picture(b"\xff\xd8\xff")).await;
    assert_eq!(Client::of(&server).live.code_image(code).await.unwrap(), b"\xff\xd8\xff");
    assert_eq!(server.requests("/wxa/getwxacodeunlimit")[0].body["env_version"], "trial");
    let (_server, client) = always(json!({ "errcode": 41030, "errmsg": "invalid page" })).await;
    assert_eq!(client.live.code_image(code).await.unwrap_err().class(), Class::Config);
    let server = answering(|_| Reply::Picture(b"{\"errcode\":40129}")).await;
    assert_eq!(Client::of(&server).live.code_image(code).await.unwrap_err().class(), Class::Bug);
    let (_server, client) = always(json!({ "errcode": 0 })).await;
    assert!(matches!(client.live.code_image(code).await, Err(Fault::NotSent(_))));
}

#[tokio::test]
async fn a_link_lives_for_some_days() {
    let (server, client) = always(json!({ "errcode": 0, "url_link": "https://wxaurl.cn/x" })).await;
    let link = Link { path: "pages/x", query: "id=1", release: Release::Formal, days: 7 };
    assert_eq!(client.live.url_link(link).await.unwrap(), "https://wxaurl.cn/x");
    assert_eq!(server.requests("/wxa/generate_urllink")[0].body["expire_interval"], 7);
}

#[tokio::test]
async fn a_templates_keys_and_labels_are_in_its_content() {
    let answer = json!({ "errcode": 0, "data": [{
        "priTmplId": "T1", "title": "待办提醒", "type": "2",
        "content": "会议时间:{{date2.DATA}}\n会议地点：{{thing1.DATA}}\n",
    }] });
    let (_server, client) = always(answer).await;
    let template = client.live.templates().await.unwrap().remove(0);
    assert_eq!((template.id.as_str(), template.kind), ("T1", TemplateKind::OneTime));
    let field = |key: &str, label: &str| TemplateField { key: key.to_owned(), label: label.to_owned() };
    assert_eq!(template.fields, [field("date2", "会议时间"), field("thing1", "会议地点")]);
}

#[tokio::test]
async fn a_session_key_is_good_until_wechat_says_otherwise() {
    let key = "o0q0otL8aEzpcZL/FT9WsQ==".into();
    let (server, client) = always(json!({ "errcode": 0 })).await;
    assert!(client.live.is_session_good("o", &key).await.unwrap());
    let query = &server.requests("/wxa/checksession")[0].query;
    let signature = "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128";
    assert!(query.ends_with(&format!("openid=o&signature={signature}&sig_method=hmac_sha256")), "{query}");
    let (_server, client) = always(json!({ "errcode": 87009 })).await;
    assert!(!client.live.is_session_good("o", &key).await.unwrap());
}

#[tokio::test]
async fn a_wecom_notice_with_a_page_of_the_web_is_a_text_card() {
    let (server, client) = always(json!({ "errcode": 0 })).await;
    let card = crate::Card {
        url: "https://gugan.example.cn/links/x".to_owned(),
        agent_id: 7,
        button: "去处理".to_owned(),
    };
    let notice = WeComNotice {
        users: vec!["wang".to_owned()],
        title: "样品申请".to_owned(),
        description: "11-23 10:00".to_owned(),
        items: vec![("内容".to_owned(), "两箱样品".to_owned())],
        card: Some(card),
        ..WeComNotice::default()
    };
    client.live.wecom().unwrap().send(&notice).await.unwrap();
    let body = server.requests("/cgi-bin/message/send").remove(0).body;
    assert_eq!((&body["msgtype"], &body["agentid"]), (&json!("textcard"), &json!(7)));
    assert_eq!(body["textcard"]["url"], "https://gugan.example.cn/links/x");
    assert_eq!(body["textcard"]["description"], "11-23 10:00 两箱样品");
}
