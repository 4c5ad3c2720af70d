//! Whatever goes wrong, what lets somebody in is in no fault and no log line.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    Client, TOKEN, message,
    server::{Reply, Server, refusal},
};
use crate::{
    CodeImage, Fault, Link, Media, OfficialMessage, Release, RobotText, Scene, TextCheck, WeComNotice,
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Every call there is, made once.
async fn faults_of_every_call(client: &Client) -> Vec<Fault> {
    let wechat = &client.live;
    let (official, wecom) = (wechat.official().unwrap(), wechat.wecom().unwrap());
    let robot = wechat.robot("alarm").unwrap();
    let to_follower = OfficialMessage {
        openid: "THE-OPENID".to_owned(),
        template_id: "t".to_owned(),
        page: None,
        data: BTreeMap::from([("thing1".to_owned(), "THE-TEXT".to_owned())]),
        client_msg_id: "1".to_owned(),
    };
    let notice = WeComNotice { users: vec!["THE-OPENID".to_owned()], ..WeComNotice::default() };
    let code = CodeImage { scene: "s", page: None, check_path: true, release: Release::Formal, width: 430 };
    let link = Link { path: "p", query: "THE-TEXT", release: Release::Formal, days: 1 };
    let text = TextCheck { openid: "THE-OPENID", scene: Scene::Comment, content: "THE-TEXT" };
    let image = Media::Image("THE-TEXT");
    let key = "THE-SESSION-KEY".into();
    let said = format!("{to_follower:?} {notice:?} {text:?} {wechat:?}");
    let faults = [
        wechat.check().await.err(),
        wechat.code_to_session("THE-CODE").await.err(),
        wechat.phone_number("THE-CODE", "THE-OPENID").await.err(),
        wechat.is_session_good("THE-OPENID", &key).await.err(),
        wechat.send_subscribe(&message()).await.err(),
        wechat.templates().await.err(),
        official.send(&to_follower).await.err(),
        official.follower("THE-OPENID").await.err(),
        wecom.send(&notice).await.err(),
        wecom.user_by_mobile("13800000007").await.err(),
        robot.say(RobotText::Plain("THE-TEXT")).await.err(),
        wechat.check_text(text).await.err(),
        wechat.check_media(image, "THE-OPENID", Scene::Comment).await.err(),
        wechat.code_image(code).await.err(),
        wechat.url_link(link).await.err(),
    ];
    faults.into_iter().flatten().chain([Fault::NotNow(said)]).collect()
}

/// Servers that fail, and servers that babble.
fn replies() -> Vec<fn() -> Reply> {
    vec![
        || Reply::Drop,
        || Reply::Raw(500, "THE-SECRET TOKEN-0 13800000007"),
        || Reply::Raw(200, "THE-SESSION-KEY"),
        || {
            Reply::Raw(
                200,
                r#"{"openid":"THE-OPENID","access_token":["TOKEN-0"],"phone_info":"13800000007"}"#,
            )
        },
        || {
            Reply::Json(
                json!({ "phone_info": { "purePhoneNumber": "13800000007", "watermark": { "appid": "x" } } }),
            )
        },
        || refusal(40001),
        || refusal(40125),
        || refusal(-1),
    ]
}

#[tokio::test]
async fn no_failing_call_says_a_secret() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let mut said = String::new();
    let mut n_faults = 0;
    for (reply, has_token) in replies().into_iter().flat_map(|reply| [(reply, true), (reply, false)]) {
        let server = Server::start(move |request, n_before| match request.path.as_str() {
            TOKEN | "/cgi-bin/gettoken" if has_token => super::server::token(n_before),
            _ => reply(),
        })
        .await;
        for fault in faults_of_every_call(&Client::of(&server)).await {
            said.push_str(&format!("{fault} {fault:?}\n"));
            n_faults += 1;
        }
    }
    assert!(n_faults > 150, "only {n_faults} faults");
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("WeChat refuses the access token"), "the log is read");
    let never = [
        "THE-SECRET",
        "TOKEN-",
        "THE-SESSION-KEY",
        "138000",
        "THE-OPENID",
        "THE-CODE",
        "THE-ROBOT",
        "THE-TEXT",
    ];
    // What the HTTP library itself says at its finest is not ours to keep short.
    let ours = logged.lines().filter(|line| line.contains("wechat"));
    for line in ours.chain(said.lines()) {
        let secret = never.iter().find(|secret| line.contains(**secret));
        assert_eq!(secret, None, "{line}");
    }
    // Where the log stands in production, nobody says one.
    let informed = logged.lines().filter(|line| ["INFO", "WARN", "ERROR"].iter().any(|it| line.contains(it)));
    for line in informed {
        assert!(never.iter().all(|secret| !line.contains(secret)), "{line}");
    }
}
