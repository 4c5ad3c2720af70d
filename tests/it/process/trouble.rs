//! The database cut off, held or full, and files that cannot be stored: whoever asks is told to come back, and whoever
//! comes back finds nothing lost and nothing doubled.

use std::time::{Duration, Instant};

use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::place::{Place, SOON, Server};
use super::until;
use crate::orders::{line, wanted};
use crate::support::database::is_production;
use crate::support::photos::Photo;
use crate::support::{Answer, Person};

/// Two seconds, and what a busy machine adds.
const AT_MOST: Duration = Duration::from_millis(2_800);

#[track_caller]
fn comes_back(answer: Answer) {
    let after = answer.headers.get("retry-after").map(|it| it.to_str().unwrap().parse::<u32>().unwrap());
    assert!(after.is_some_and(|seconds| seconds > 0), "{}: {}", answer.status, answer.text);
    assert_eq!(answer.refused(503), "temporarily_unavailable");
}

/// Asks, and is told soon to come back.
async fn is_told_to_come_back(asked: impl Future<Output = Answer>) {
    let since = Instant::now();
    comes_back(asked.await);
    assert!(since.elapsed() < AT_MOST, "told after {:?}", since.elapsed());
}

/// The way to a server, which may be cut.
struct Way {
    port: u16,
    to: String,
    runs: Option<JoinHandle<()>>,
}

impl Way {
    async fn to(host: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut way = Self { port, to: host.to_owned(), runs: None };
        way.carry(listener);
        way
    }

    fn carry(&mut self, listener: TcpListener) {
        let to = self.to.clone();
        self.runs = Some(tokio::spawn(async move {
            // Whoever goes this way goes down with it.
            let mut going = tokio::task::JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let to = to.clone();
                going.spawn(async move {
                    let mut far = TcpStream::connect(to).await.unwrap();
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        }));
    }

    async fn cut(&mut self) {
        let runs = self.runs.take().unwrap();
        runs.abort();
        let _ = runs.await;
    }

    async fn mend(&mut self) {
        self.carry(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }
}

/// A rep with an order to place.
async fn rep_with_an_order(server: &Server) -> (Person, Value) {
    let rep = server.login("rep-01").await;
    let (store, water) = (rep.customer("DC001").await, rep.product("DP001").await);
    let order = wanted(&store, &[line(&water, 1, "瓶", "2")]);
    (rep, order)
}

async fn orders(rep: &Person) -> usize {
    rep.get("/orders?limit=100").await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_said_soon_and_nothing_is_lost_or_doubled_when_it_is_back() {
    let place = Place::fresh().await;
    if !is_production() {
        println!("the embedded profile has no database to lose: this test says nothing there");
        return;
    }
    let url = place.config.database_url();
    let (before, after) = url.split_once('@').unwrap();
    let (host, name) = after.split_once('/').unwrap();
    let mut way = Way::to(host).await;
    let by_way = format!("{before}@127.0.0.1:{}/{name}", way.port);
    let settings = [("GUGAN__DATABASE__URL", by_way.as_str()), ("GUGAN__WORKERS__IN_SERVE", "true")];
    let server = place.serve_with(&settings).await;
    let (rep, order) = rep_with_an_order(&server).await;
    let n_before = orders(&rep).await;
    rep.post_once("/orders", "before", order.clone()).await.ok();

    // Some are on their way when it is cut.
    let keys: Vec<String> = (0..8).map(|n| format!("during-{n}")).collect();
    let place_all =
        async || join_all(keys.iter().map(|key| rep.post_once("/orders", key, order.clone()))).await;
    let cut = async {
        tokio::time::sleep(Duration::from_millis(15)).await;
        way.cut().await;
    };
    let (placed, ()) = futures::future::join(place_all(), cut).await;
    for answer in placed {
        if answer.status != 201 {
            comes_back(answer);
        }
    }
    for _ in 0..3 {
        is_told_to_come_back(rep.get("/me")).await;
        is_told_to_come_back(rep.post_once("/orders", &keys[0], order.clone())).await;
    }
    assert_eq!(server.raw("/healthz").await.status, 200);

    way.mend().await;
    until("it is served again", Duration::from_secs(1), async || rep.get("/me").await.status == 200).await;
    for answer in place_all().await {
        answer.ok();
    }
    assert_eq!(orders(&rep).await, n_before + 1 + keys.len());
    until("what was promised is done", SOON, async || server.n_due().await == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_no_connection_free_is_told_soon() {
    let place = Place::fresh().await;
    if !is_production() {
        println!("nobody holds connections of the embedded profile: this test says nothing there");
        return;
    }
    let server = place.serve_with(&[("GUGAN__DATABASE__CONNECTIONS", "2")]).await;
    let (rep, order) = rep_with_an_order(&server).await;
    let db = Database::connect(place.config.database_url()).await.unwrap();
    let held = db.begin().await.unwrap();
    held.execute_unprepared("LOCK TABLE people_sessions IN ACCESS EXCLUSIVE MODE").await.unwrap();
    // Two have the connections and wait for the table.
    let wait = async || futures::future::join(rep.get("/me"), rep.get("/me")).await;
    let others = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        is_told_to_come_back(rep.get("/me")).await;
        is_told_to_come_back(rep.post_once("/orders", "once", order.clone())).await;
        held.rollback().await.unwrap();
    };
    let (waited, ()) = futures::future::join(wait(), others).await;
    assert_eq!((waited.0.status, waited.1.status), (200, 200), "{} {}", waited.0.text, waited.1.text);
    let n_before = orders(&rep).await;
    rep.post_once("/orders", "once", order).await.ok();
    assert_eq!(orders(&rep).await, n_before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_cannot_be_stored_is_taken_the_next_time() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let rep = server.login("rep-01").await;
    let customer = rep.a_customer().await;
    let subject = ("customer", customer["id"].as_str().unwrap());
    rep.photo("storefront", subject, &Photo::bare(), None).await;
    let ticket = rep.ticket("storefront", subject).await;
    let photo = Photo::bare().jpeg();

    let (files, aside) = (place.folder.path().join("blobs"), place.folder.path().join("aside"));
    std::fs::rename(&files, &aside).unwrap();
    std::fs::write(&files, "no folder").unwrap();
    for _ in 0..2 {
        is_told_to_come_back(rep.upload(&ticket, photo.clone(), None)).await;
    }
    std::fs::remove_file(&files).unwrap();
    std::fs::rename(&aside, &files).unwrap();

    let taken = rep.upload(&ticket, photo.clone(), None).await.ok();
    let (status, _, bytes) =
        rep.download(&format!("/photos/{}/content?variant=original", taken["id"].as_str().unwrap())).await;
    assert_eq!((status, bytes == photo), (200, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_is_said_and_what_was_stored_stands() {
    let place = Place::fresh().await;
    if is_production() {
        println!("the disk of the production profile is PostgreSQL's: this test says nothing there");
        return;
    }
    // A file that may not grow is answered like a full disk, and not with the end of the process.
    let server = place.serve_after("trap '' XFSZ").await;
    let (rep, order) = rep_with_an_order(&server).await;
    rep.post_once("/orders", "before", order.clone()).await.ok();
    let n_before = orders(&rep).await;

    let limit = |bytes: &str| {
        let id = server.process.id().to_string();
        let mut asked = std::process::Command::new("prlimit");
        asked.args(["--pid", &id, &format!("--fsize={bytes}:")]);
        assert!(asked.status().unwrap().success(), "prlimit, of util-linux, sets the limit");
    };
    limit("4096");
    for _ in 0..2 {
        is_told_to_come_back(rep.post_once("/orders", "during", order.clone())).await;
    }
    assert_eq!(orders(&rep).await, n_before, "whoever only reads is served");
    limit("unlimited");
    rep.post_once("/orders", "during", order.clone()).await.ok();
    assert_eq!(orders(&rep).await, n_before + 1);
}

/// Sends bytes as they are and goes away.
async fn send(server: &Server, bytes: &[u8]) {
    let mut socket = TcpStream::connect(server.base.trim_start_matches("http://")).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_no_error_of_ours() {
    let place = Place::fresh().await;
    let settings = [("GUGAN__LOG__FILTER", "info"), ("GUGAN__LOG__FORMAT", "json")];
    let server = place.serve_with(&settings).await;
    let rep = server.login("rep-01").await;
    let token = rep.token.clone().unwrap();
    let head = |length: usize| {
        format!(
            "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{\"customer"
        )
    };
    send(&server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await;
    send(&server, b"GUGAN\r\n\r\n").await;
    send(&server, b"GET /api/v1/me HTTP/9.9\r\nHost: x\r\n\r\n").await;
    send(&server, b"GET /api/v1/me HTTP/1.1\r\nHost").await;
    send(&server, b"POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n").await;
    send(&server, b"POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        .await;
    send(&server, head(500).as_bytes()).await;
    for body in ["{\"customer_id\": ", "\u{0}", "[]", "nothing"] {
        let answer = rep.send("POST", "/orders", "application/json", body).await;
        assert!((400..500).contains(&answer.status), "{}: {}", answer.status, answer.text);
    }
    rep.send("POST", "/orders", "application/json", vec![0xff, 0xfe, b'{']).await.refused(400);
    let form = rep.send("POST", "/photos", "multipart/form-data; boundary=x", "--x\r\nContent-Dis").await;
    assert!((400..500).contains(&form.status), "{}: {}", form.status, form.text);
    // Nothing to do with the body: it is served as before.
    rep.post("/auth/logout", json!({"everywhere": false})).await;
    let log = place.logged();
    assert!(log.contains("\"level\":\"INFO\""), "the log is read: {log}");
    let error = log.lines().find(|line| line.contains("\"level\":\"ERROR\""));
    assert!(error.is_none(), "{error:?}");
}
