//! WeChat played by a process of its own: nothing of the way to the real one is left out.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::{Value, json};

use super::place::{Place, Process, SOON, free_port, gugan};
use super::until;

/// The platform, and what it is asked over its control plane.
struct WeChat {
    base: String,
    client: reqwest::Client,
    _process: Process,
    _folder: tempfile::TempDir,
}

impl WeChat {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let settings = [
            ("GUGAN__DATA_DIR", folder.path().to_str().unwrap()),
            ("GUGAN__WECHAT__APP_ID", "wx0123456789abcdef"),
            ("GUGAN__WECHAT__SECRET", "hush-wechat-secret"),
        ];
        let mut command = gugan(&["simulate-wechat", "--listen", &listen], &settings);
        let process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let wechat = Self { base: format!("http://{listen}"), client, _process: process, _folder: folder };
        until("WeChat answers", SOON, async || {
            wechat.client.get(format!("{}/sim/sent", wechat.base)).send().await.is_ok()
        })
        .await;
        wechat
    }

    async fn fault(&self, fault: Value) {
        let asked = self.client.post(format!("{}/sim/faults", self.base)).json(&fault).send().await;
        assert!(asked.unwrap().status().is_success());
    }

    async fn sent(&self) -> Vec<Value> {
        let answer = self.client.get(format!("{}/sim/sent", self.base)).send().await.unwrap();
        let sent: Value = answer.json().await.unwrap();
        sent["items"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wechat_of_its_own_is_logged_in_to_and_carries_the_mornings_pushes() {
    let place = Place::fresh().await;
    let wechat = WeChat::start().await;
    let settings = [
        ("GUGAN__WORKERS__IN_SERVE", "true"),
        ("GUGAN__WECHAT__MODE", "live"),
        ("GUGAN__WECHAT__BASE_URL", wechat.base.as_str()),
        ("GUGAN__WECHAT__APP_ID", "wx0123456789abcdef"),
        ("GUGAN__WECHAT__SECRET", "hush-wechat-secret"),
    ];
    let server = place.serve_with(&settings).await;
    assert!(server.login("rep-01").await.token.is_some());

    // The first push runs into a dead token, and another one's answer gets lost.
    wechat.fault(json!({"errcode": 40001, "path": "subscribe/send"})).await;
    wechat.fault(json!({"errcode": -2, "path": "subscribe/send"})).await;
    server.move_clock(json!({"now": "2026-11-16T07:45:00+08:00"})).await;
    until("the morning's pushes arrive", SOON, async || {
        server.n_due().await == 0 && wechat.sent().await.len() >= 6
    })
    .await;
    let sent = wechat.sent().await;
    let to = |username: &str| sent.iter().filter(|it| it["username"] == username).count();
    for number in 1..=6 {
        assert_eq!(to(&format!("rep-0{number}")), 1, "{sent:?}");
    }
    assert!(sent.iter().all(|it| it["channel"] == "wechat_subscribe"));
    assert!(place.messages().is_empty(), "nothing was played in process");
    assert!(!place.logged().contains("hush-wechat-secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_a_length_is_refused_as_by_the_real_one() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wechat = WeChat::start().await;
    let address = wechat.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "POST /cgi-bin/stable_token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                   Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 412"), "{answer}");
}
