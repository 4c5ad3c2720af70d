//! What a day leaves in the logs: never who somebody is to WeChat, how to reach them, or what lets one in.

use serde_json::{Value, json};

use super::place::{Place, SOON, free_port};
use super::until;
use crate::support::people::at_store;
use crate::support::photos::Photo;

const WECHAT_SECRET: &str = "hush-wechat-secret";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_leaves_no_secret_and_nobodys_number_in_the_logs() {
    let place = Place::fresh().await;
    let settings = [
        ("GUGAN__WORKERS__IN_SERVE", "true"),
        ("GUGAN__WECHAT__SECRET", WECHAT_SECRET),
        ("GUGAN__HTTP__METRICS_TOKEN", "hush-metrics-token"),
        ("GUGAN__LOG__FILTER", "info,api=trace,platform=trace,wechat=trace,tracing_actix_web=trace"),
    ];
    let server = place.serve_with(&settings).await;
    let anonymous = server.anonymous();

    let login = anonymous.post("/auth/wechat/login", json!({"code": "sim:rep-07"})).await.ok();
    let ticket = login["bind_ticket"].as_str().unwrap().to_owned();
    let wrong = json!({"bind_ticket": ticket, "phone_code": "sim-phone:13911112222"});
    anonymous.post("/auth/wechat/bind", wrong).await.refused(409);
    let right = json!({"bind_ticket": ticket, "phone_code": "sim-phone:13800000007"});
    anonymous.post("/auth/wechat/bind", right).await;
    let console = json!({"username": "admin", "password": "demo-admin"});
    let admin = anonymous.post("/auth/console/login", console).await.ok();
    anonymous
        .post("/auth/console/login", json!({"username": "admin", "password": "hush-password"}))
        .await
        .refused(422);

    let rep = server.login("rep-01").await;
    let customer = rep.a_customer().await;
    let far_away = at_store(&customer, 5_000.0);
    let subject = ("customer", customer["id"].as_str().unwrap());
    let photo = rep.photo("storefront", subject, &Photo::bare(), Some(&far_away)).await;
    let visit = json!({"customer_id": customer["id"], "location": far_away, "photo_ids": [photo["id"]]});
    rep.post("/visits", visit).await.ok();
    rep.send("POST", "/visits", "application/json", "{\"customer_id\": \"hush-body").await.refused(400);
    for errcode in [40003, 47003, -1] {
        let fault = json!({"errcode": errcode, "count": 1, "path": "subscribe/send"});
        anonymous.post("/dev/wechat/faults", fault).await.ok();
    }
    server.move_clock(json!({"now": "2026-11-16T07:45:00+08:00"})).await;
    until("the day's pushes are tried", SOON, async || {
        server.n_due().await == 0 && place.messages().len() > 3
    })
    .await;

    assert!(place.logged().contains("WeChat refuses a message"), "the refusals are logged");

    let tokens = [&rep.token.clone().unwrap(), admin["token"].as_str().unwrap(), &ticket];
    let never = ["13800000", "13911112222", "sim-openid-", "sim-unionid-", "demo-admin", "hush-"];
    check(&place, &[&tokens[..], &never].concat(), &far_away);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wechat_that_cannot_be_reached_leaves_no_secret_in_the_logs() {
    let place = Place::fresh().await;
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let settings = [
        ("GUGAN__WECHAT__MODE", "live"),
        ("GUGAN__WECHAT__BASE_URL", nobody.as_str()),
        ("GUGAN__WECHAT__APP_ID", "wx0123456789abcdef"),
        ("GUGAN__WECHAT__SECRET", WECHAT_SECRET),
        ("GUGAN__WECHAT__TIMEOUT_SECONDS", "1"),
        ("GUGAN__LOG__FILTER", "info,api=trace,platform=trace,wechat=trace"),
    ];
    let server = place.serve_with(&settings).await;
    let answer = server.anonymous().post("/auth/wechat/login", json!({"code": "hush-login-code"})).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(place.logged().contains("WeChat"), "the fault is logged");
    check(&place, &[WECHAT_SECRET, "hush-login-code"], &Value::Null);
}

fn check(place: &Place, never: &[&str], location: &Value) {
    let log = place.logged();
    assert!(log.lines().count() > 3, "the log is read");
    let password = place.config.database_url();
    let password = password.split_once('@').and_then(|(before, _)| before.rsplit_once(':')).map(|(_, it)| it);
    let latitude = location["lat"].as_f64().map(|lat| format!("{lat:.4}"));
    for secret in never.iter().copied().chain(password).chain(latitude.as_deref()) {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret:?} stands in the logs: {line:?}");
    }
}
