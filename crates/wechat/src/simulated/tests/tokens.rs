use serde_json::{Value, json};

use super::{Simulated, fresh, open_with, send};
use crate::{
    Class, Credentials, Host, Method, Request,
    simulated::{Setup, Simulator},
};

const STABLE: &str = "/cgi-bin/stable_token";
const OLD: &str = "/cgi-bin/token";

async fn ask(simulator: &Simulator, path: &'static str, body: Value) -> Value {
    let query = [("appid", "wx-app"), ("secret", "a secret")];
    let query = query.map(|(key, value)| (key.into(), value.to_owned())).to_vec();
    let body = body.to_string().into_bytes();
    let request = Request { host: Host::Api, method: Method::Post, path: path.into(), query, body };
    serde_json::from_slice(&simulator.handle(request).await.unwrap().body).unwrap()
}

async fn stable(simulated: &Simulated, force: bool) -> Value {
    let body = json!({ "appid": "wx-app", "secret": "a secret", "force_refresh": force });
    ask(&simulated.simulator, STABLE, body).await
}

/// What a call with that token is answered.
async fn errcode(simulated: &Simulated, token: &Value) -> i64 {
    let query = vec![("access_token".into(), token["access_token"].as_str().unwrap().to_owned())];
    let path = "/wxaapi/newtmpl/gettemplate".into();
    let request = Request { host: Host::Api, method: Method::Get, path, query, body: Vec::new() };
    let answer: Value =
        serde_json::from_slice(&simulated.simulator.handle(request).await.unwrap().body).unwrap();
    answer["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn a_stable_token_is_the_same_until_its_last_five_minutes() {
    let (_dir, simulated) = fresh(1);
    let first = stable(&simulated, false).await;
    simulated.advance(6899);
    let again = stable(&simulated, false).await;
    assert_eq!((&again["access_token"], &again["expires_in"]), (&first["access_token"], &json!(301)));
    simulated.advance(1);
    let second = stable(&simulated, false).await;
    assert_ne!(second["access_token"], first["access_token"]);
    simulated.advance(299);
    assert_eq!((errcode(&simulated, &first).await, errcode(&simulated, &second).await), (0, 0));
    simulated.advance(1);
    assert_eq!((errcode(&simulated, &first).await, errcode(&simulated, &second).await), (42001, 0));
}

#[tokio::test]
async fn a_forced_token_kills_the_last_one_but_not_twice_in_thirty_seconds() {
    let (_dir, simulated) = fresh(1);
    let first = stable(&simulated, false).await;
    let forced = stable(&simulated, true).await;
    assert_eq!((errcode(&simulated, &first).await, errcode(&simulated, &forced).await), (42001, 0));
    simulated.advance(29);
    assert_eq!(stable(&simulated, true).await["access_token"], forced["access_token"]);
    for _ in 0..19 {
        simulated.advance(30);
        assert!(stable(&simulated, true).await["access_token"].is_string());
    }
    simulated.advance(30);
    assert_eq!(stable(&simulated, true).await["errcode"], 45009);
}

#[tokio::test]
async fn every_old_token_replaces_the_last_with_five_minutes_of_overlap() {
    let (_dir, simulated) = fresh(1);
    let untouched = stable(&simulated, false).await;
    let first = ask(&simulated.simulator, OLD, Value::Null).await;
    let second = ask(&simulated.simulator, OLD, Value::Null).await;
    assert_ne!(first["access_token"], second["access_token"]);
    simulated.advance(299);
    assert_eq!(errcode(&simulated, &first).await, 0);
    simulated.advance(1);
    assert_eq!(errcode(&simulated, &first).await, 42001);
    assert_eq!((errcode(&simulated, &second).await, errcode(&simulated, &untouched).await), (0, 0));
}

#[tokio::test]
async fn a_client_outlives_its_tokens() {
    let (_dir, simulated) = fresh(9);
    for seconds in [0, 6899, 1, 7200, 86_400] {
        simulated.advance(seconds);
        send(&simulated, "一").await.unwrap();
    }
    stable(&simulated, true).await;
    send(&simulated, "别处强制换了一个").await.unwrap();
    send(&simulated, "二").await.unwrap();
}

#[tokio::test]
async fn credentials_that_are_not_ours_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let ours = Credentials { id: "wx-app".to_owned(), secret: "another secret".into() };
    let simulated = open_with(dir.path(), Setup { credentials: vec![ours], ..Setup::default() });
    assert_eq!(simulated.wechat.check().await.unwrap_err().class(), Class::Config);
    assert_eq!(simulated.wechat.code_to_session("sim:rep-01").await.unwrap_err().class(), Class::Config);
}

#[tokio::test]
async fn a_code_that_was_made_serves_once_and_for_five_minutes() {
    let (_dir, simulated) = fresh(1);
    let code = simulated.simulator.make_code("rep-01").await.unwrap();
    let session = simulated.wechat.code_to_session(&code).await.unwrap();
    assert_eq!(session.openid, "sim-openid-rep-01");
    let errcode = async |code: &str| match simulated.wechat.code_to_session(code).await {
        Err(crate::Fault::Refused { errcode, .. }) => errcode,
        other => panic!("{other:?}"),
    };
    assert_eq!(errcode(&code).await, 40163);
    let late = simulated.simulator.make_code("rep-01").await.unwrap();
    simulated.advance(300);
    assert_eq!(errcode(&late).await, 40029);
}
