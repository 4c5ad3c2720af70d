use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::{Simulated, fresh, send, tap};
use crate::{
    Media, Scene, Suggestion,
    callback::{Envelope, Event, Format, Mode, Push, Signed, parse},
    crypto::callback::Seal,
    simulated::Callback,
};

const KEY: &str = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR";

fn seal() -> Seal {
    Seal::new("AAAAA".into(), &KEY.into(), "wx-app").unwrap()
}

/// Our side: refuses the first `n_refused` posts, opens and reads the others.
struct Inbox {
    url: String,
    pushes: Arc<Mutex<Vec<Push>>>,
}

impl Inbox {
    async fn open(n_refused: usize) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/callback", listener.local_addr().unwrap());
        let pushes = Arc::new(Mutex::new(Vec::new()));
        let taken = pushes.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let mut stream = BufReader::new(stream);
                let (target, body) = read(&mut stream).await;
                let status = if number < n_refused { 500 } else { 200 };
                if status == 200 {
                    taken.lock().unwrap().push(opened(&target, &body));
                }
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
            }
        });
        Self { url, pushes }
    }

    fn listen_to(&self, simulated: &Simulated, mode: Mode, format: Format) {
        let (url, token) = (self.url.clone(), "AAAAA".into());
        let callback = Callback { url, token, seal: Some(seal()), mode, format };
        simulated.simulator.push_to(Some(callback)).unwrap();
    }

    async fn until(&self, n_pushes: usize) -> Vec<Push> {
        for _ in 0..400 {
            if self.pushes.lock().unwrap().len() >= n_pushes {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.pushes.lock().unwrap().clone()
    }
}

async fn read(stream: &mut BufReader<tokio::net::TcpStream>) -> (String, Vec<u8>) {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line).await.unwrap();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.unwrap();
        match header.trim().to_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (line.split(' ').nth(1).unwrap().to_owned(), body)
}

fn opened(target: &str, body: &[u8]) -> Push {
    let query = target.split_once('?').unwrap().1;
    let value = |name| query.split('&').filter_map(|it| it.split_once('=')).find(|(key, _)| *key == name);
    let value = |name| value(name).map(|(_, value)| value);
    let signed = Signed {
        signature: value("signature"),
        timestamp: value("timestamp").unwrap(),
        nonce: value("nonce").unwrap(),
        msg_signature: value("msg_signature"),
    };
    let envelope = match signed.msg_signature {
        Some(_) => Envelope::sealed(seal()),
        None => Envelope::plain("AAAAA".into()),
    };
    parse(&envelope.open(signed, body).unwrap()).unwrap()
}

#[tokio::test]
async fn a_tap_and_a_message_are_pushed_in_every_mode() {
    for (mode, format) in [(Mode::Safe, Format::Json), (Mode::Safe, Format::Xml), (Mode::Plain, Format::Json)]
    {
        let (_dir, simulated) = fresh(1);
        let inbox = Inbox::open(0).await;
        inbox.listen_to(&simulated, mode, format);
        tap(&simulated, "accept", false).await;
        let pushes = inbox.until(1).await;
        assert_eq!(pushes[0].from, "sim-openid-rep-01");
        let Event::SubscribePopup(answered) = &pushes[0].event else { panic!("{pushes:?}") };
        assert!(answered[0].is_accepted && answered[0].template_id == "todo");
        let msgid = send(&simulated, "一").await.unwrap();
        let pushes = inbox.until(2).await;
        let Event::SubscribeSent(results) = &pushes[1].event else { panic!("{pushes:?}") };
        assert_eq!((results[0].msgid.as_str(), results[0].errcode), (msgid.as_str(), 0));
    }
}

#[tokio::test]
async fn a_push_nobody_takes_is_tried_three_times() {
    for (n_refused, is_taken) in [(2, true), (3, false)] {
        let (_dir, simulated) = fresh(1);
        let inbox = Inbox::open(n_refused).await;
        inbox.listen_to(&simulated, Mode::Safe, Format::Json);
        tap(&simulated, "reject", false).await;
        for _ in 0..400 {
            if !simulated.simulator.pushed().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let pushed = simulated.simulator.pushed().remove(0);
        assert_eq!((pushed.n_attempts, pushed.is_taken), (3, is_taken));
        assert_eq!(inbox.until(0).await.len(), usize::from(is_taken));
    }
}

#[tokio::test]
async fn a_verdict_on_a_file_comes_later() {
    let (_dir, simulated) = fresh(1);
    let inbox = Inbox::open(0).await;
    inbox.listen_to(&simulated, Mode::Safe, Format::Json);
    let image = Media::Image("https://x/y.jpg");
    let trace = simulated.wechat.check_media(image, "sim-openid-rep-01", Scene::Forum).await.unwrap();
    let pushes = inbox.until(1).await;
    let Event::MediaCheck(verdict) = &pushes[0].event else { panic!("{pushes:?}") };
    assert_eq!((&verdict.trace_id, verdict.suggestion), (&trace, Some(Suggestion::Pass)));
}
