//! Phones on a weak network: a body that arrives slowly holds up nobody, and is taken in the end.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{a_ticket, at_a_store};
use crate::imports;
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

/// How many files one person may have on their way.
const EACH: usize = 4;

/// A request whose body has been sent by half.
struct HalfSent {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl HalfSent {
    async fn to(person: &Person, path: &str, texts: &[(&str, &str)], file: &[u8]) -> Self {
        let mut body = String::new();
        for (name, text) in texts {
            body += &format!("--half\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        }
        body += "--half\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
        let body = [body.as_bytes(), file, b"\r\n--half--\r\n"].concat();
        let address = person.base.strip_prefix("http://").unwrap();
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=half\r\nContent-Length: {}\r\n\r\n",
            person.token.as_ref().unwrap(),
            body.len(),
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (now, rest) = body.split_at(body.len() - file.len() / 2);
        stream.write_all(&[head.as_bytes(), now].concat()).await.unwrap();
        Self { stream, rest: rest.to_owned() }
    }

    async fn of_a_photo(person: &Person, customer: &Value) -> Self {
        let (ticket, place) = (a_ticket(person, customer).await, at_store(customer, 0.0).to_string());
        let texts = [("ticket", ticket.as_str()), ("location", place.as_str())];
        Self::to(person, "/photos", &texts, &Photo::bare().jpeg()).await
    }

    /// Sends the rest; the status of the answer.
    async fn finish(mut self) -> u16 {
        self.stream.write_all(&self.rest).await.unwrap();
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().parse().unwrap()
    }
}

/// Somebody with as many photos on their way as one person may have: the next is refused, which says that these have
/// their places.
async fn busy(world: &World, name: &str) -> Vec<HalfSent> {
    let rep = world.login(name).await;
    let customer = rep.a_customer().await;
    let mut sent = Vec::new();
    for _ in 0..EACH {
        sent.push(HalfSent::of_a_photo(&rep, &customer).await);
    }
    for _ in 0..100 {
        let ticket = a_ticket(&rep, &customer).await;
        let answer = rep.upload(&ticket, Photo::bare().jpeg(), None).await;
        if answer.status == 429 {
            assert_eq!(answer.headers["retry-after"], "5");
            assert!(answer.body["detail"].as_str().unwrap().contains("正在上传"), "{}", answer.text);
            assert_eq!(answer.refused(429), "too_many_uploads");
            return sent;
        }
        answer.ok();
    }
    panic!("{name} may send as many as they like");
}

#[tokio::test]
async fn twelve_slow_phones_hold_up_nobody_and_are_answered_in_the_end() {
    let (world, _, customer, place) = at_a_store().await;
    let mut slow = Vec::new();
    for name in ["rep-02", "rep-03", "rep-04"] {
        slow.extend(busy(&world, name).await);
    }
    let clerk = world.login("operations-01").await;
    let regions = "region_code,name\nR1,浙北\n".repeat(2);
    slow.push(HalfSent::to(&clerk, "/imports/regions", &[], regions.as_bytes()).await);

    let rep = world.login("rep-01").await;
    for _ in 0..EACH + 1 {
        let ticket = a_ticket(&rep, &customer).await;
        assert_eq!(rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok()["verdict"], "pass");
    }
    let document = reqwest::multipart::Part::bytes(Photo::bare().jpeg());
    let form = reqwest::multipart::Form::new().part("file", document);
    rep.post_form("/files", form).await.ok();
    imports::hand_in(&clerk, "regions", "region_code,name\nR2,浙南\n").await.ok();

    for half_sent in slow {
        let status = half_sent.finish().await;
        assert!([201, 202].contains(&status), "{status}");
    }
    world.end().await;
}

#[tokio::test]
async fn who_gives_up_halfway_has_their_place_back() {
    let (world, rep, customer, place) = at_a_store().await;
    drop(busy(&world, "rep-01").await);
    for n_tries in 0.. {
        assert!(n_tries < 1_000, "the places are not given back");
        let ticket = a_ticket(&rep, &customer).await;
        let answer = rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await;
        if answer.status != 429 {
            answer.ok();
            break;
        }
    }
    world.end().await;
}
