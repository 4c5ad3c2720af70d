//! WeChat as far as these tests need it: canned answers on a loopback port.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// One request as it came over the wire.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) has_length: bool,
    pub(super) body: Value,
}

pub(super) enum Reply {
    Json(Value),
    Raw(u16, &'static str),
    Picture(&'static [u8]),
    /// The connection ends without an answer.
    Drop,
    /// The connection stays open without one.
    Hang,
}

pub(super) struct Server {
    pub(super) base_url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// `answer` gets the request and how many came to the same path before.
    pub(super) async fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::<Request>::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let request = read(&mut stream).await;
                    let n_before = {
                        let mut seen = seen.lock().unwrap();
                        let n_before = seen.iter().filter(|other| other.path == request.path).count();
                        seen.push(request.clone());
                        n_before
                    };
                    write(stream.into_inner(), answer(&request, n_before)).await;
                });
            }
        });
        Self { base_url, requests, task }
    }

    pub(super) fn requests(&self, path: &str) -> Vec<Request> {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|request| request.path == path).cloned().collect()
    }

    /// Nobody listens any more when this returns.
    pub(super) async fn stop(self) {
        self.task.abort();
        self.task.await.unwrap_err();
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Request {
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    let target = line.split(' ').nth(1).unwrap().to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut length = None;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.unwrap();
        match header.trim().to_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = Some(value.parse().unwrap()),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Request { path: path.to_owned(), query: query.to_owned(), has_length: length.is_some(), body }
}

async fn write(mut stream: TcpStream, reply: Reply) {
    let (status, kind, body) = match reply {
        Reply::Json(json) => (200, "application/json", json.to_string().into_bytes()),
        Reply::Raw(status, text) => (status, "text/plain", text.as_bytes().to_vec()),
        Reply::Picture(bytes) => (200, "image/jpeg", bytes.to_vec()),
        Reply::Drop => return,
        Reply::Hang => return std::future::pending().await,
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
}

/// WeChat's answer to a token request: `TOKEN-` and how many were fetched.
pub(super) fn token(number: usize) -> Reply {
    Reply::Json(json!({ "access_token": format!("TOKEN-{number}"), "expires_in": "7200" }))
}

pub(super) fn refusal(errcode: i64) -> Reply {
    Reply::Json(json!({ "errcode": errcode, "errmsg": "no rid: 0-0-0" }))
}
