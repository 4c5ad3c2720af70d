//! A crowd of reps, who are reminded of their lists all at once.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::place::{Place, SOON, Server};
use super::until;
use crate::support::Person;

/// Calls under way at once.
const AT_ONCE: usize = 16;
const TEMPLATE: &str = "sim-action-list-reminder";

/// The reps, with their sessions.
pub struct Crew {
    people: Vec<Person>,
}

/// What came of the reminders.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub n_sent: usize,
    /// Nobody knows whether these arrived.
    pub n_unknown: usize,
    /// Those of the unknown that WeChat has.
    pub n_arrived: usize,
    /// WeChat refused these, or was not asked for want of a credit: the next channel, at last the inbox.
    pub n_fallback: usize,
}

impl Crew {
    /// Imports the reps, binds their WeChat and lets each accept so many reminders.
    pub async fn join(server: &Server, n_people: usize, n_accepts: usize) -> Self {
        import(server, n_people).await;
        let people = stream::iter(0..n_people)
            .map(|number| bind(server, number, n_accepts))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        Self { people }
    }

    /// The same people at a server that was started later.
    pub fn at(&self, server: &Server) -> Self {
        let people = self.people.iter().map(|person| Person {
            token: person.token.clone(),
            username: person.username.clone(),
            ..server.anonymous()
        });
        Self { people: people.collect() }
    }

    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Waits until `n_each` pushes to everybody have come to an end.
    pub async fn until_all_are_told(&self, n_each: usize, at_most: Duration) {
        let mut waiting: Vec<&Person> = self.people.iter().collect();
        until("everybody's reminders come to an end", at_most, async || {
            let asked = stream::iter(waiting.drain(..)).map(async |person| {
                let deliveries = deliveries(person).await;
                let is_over = |it: &Value| !["queued", "sending"].contains(&it["status"].as_str().unwrap());
                (person, deliveries.len() >= n_each && deliveries.iter().all(is_over))
            });
            let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
            waiting = answers.into_iter().filter(|(_, is_over)| !is_over).map(|(it, _)| it).collect();
            waiting.is_empty()
        })
        .await;
    }

    /// Everybody has `n_each` reminders in the inbox, each pushed at most once, and each known to be sent or marked
    /// as unknown.
    pub async fn check(&self, place: &Place, n_each: usize) -> Outcome {
        let sent = sent(place);
        let told = stream::iter(&self.people).map(async |person| {
            let inbox = person.get("/notifications?limit=100").await.ok();
            let is_reminder = |it: &&Value| it["kind"] == "action_list_reminder";
            let n_reminders = inbox["items"].as_array().unwrap().iter().filter(is_reminder).count();
            assert_eq!(n_reminders, n_each, "the inbox of {}", person.username);
            (person, deliveries(person).await)
        });
        let told: Vec<_> = told.buffer_unordered(AT_ONCE).collect().await;
        let mut outcome = Outcome::default();
        for (person, deliveries) in told {
            let n_messages = sent.get(&person.username).copied().unwrap_or_default();
            count(&person.username, &deliveries, n_messages, &mut outcome);
        }
        assert_eq!(outcome.n_sent + outcome.n_unknown + outcome.n_fallback, self.len() * n_each);
        outcome
    }

    /// Ten minutes after an unknown outcome the next channel has to do, here the inbox.
    pub async fn follow_up(&self, server: &Server) {
        server.move_clock(json!({"advance": "PT11M"})).await;
        until("nothing stays unknown", SOON, async || {
            let asked = stream::iter(&self.people).map(async |person| {
                let deliveries = deliveries(person).await;
                let reasons = ["outcome_unknown", "errcode_43101", "no_credit"];
                let is_by_inbox = |it: &Value| {
                    it["status"] == "fallback" && reasons.iter().any(|reason| it["reason"] == *reason)
                };
                deliveries.iter().all(|it| it["status"] == "sent" || is_by_inbox(it))
            });
            asked.buffer_unordered(AT_ONCE).all(async |is_over| is_over).await
        })
        .await;
    }
}

fn count(username: &str, deliveries: &[Value], n_messages: usize, outcome: &mut Outcome) {
    let n_with = |status: &str| deliveries.iter().filter(|it| it["status"] == status).count();
    // Ten minutes after, what is unknown goes on by the next channel and says so.
    let gone_on = |it: &&Value| it["status"] == "fallback" && it["reason"] == "outcome_unknown";
    let n_gone_on = deliveries.iter().filter(gone_on).count();
    let (n_sent, n_unknown) = (n_with("sent"), n_with("unknown") + n_gone_on);
    let n_fallback = n_with("fallback") - n_gone_on;
    assert_eq!(n_sent + n_unknown + n_fallback, deliveries.len(), "{username}: {deliveries:?}");
    assert!(n_messages >= n_sent, "{username} got {n_messages} messages: {deliveries:?}");
    assert!(n_messages <= n_sent + n_unknown, "{username} got {n_messages} messages: {deliveries:?}");
    outcome.n_fallback += n_fallback;
    outcome.n_sent += n_sent;
    outcome.n_unknown += n_unknown;
    outcome.n_arrived += n_messages - n_sent;
}

/// How many reminders WeChat has for each person, after checking that none of them stands twice.
fn sent(place: &Place) -> HashMap<String, usize> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_person = HashMap::new();
    for message in place.messages().iter().filter(|it| it["template_id"] == TEMPLATE) {
        let username = message["openid"].as_str().unwrap().trim_start_matches("sim-openid-");
        // The page and the fields name the day, so together they are the matter.
        let matter = format!("{username} {} {}", message["page"], message["data"]);
        *seen.entry(matter).or_default() += 1;
        *by_person.entry(username.to_owned()).or_default() += 1;
    }
    let twice: Vec<_> = seen.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "pushed more than once: {twice:?}");
    by_person
}

async fn deliveries(person: &Person) -> Vec<Value> {
    let deliveries = person.get("/notifications/deliveries?limit=100").await.ok();
    deliveries["items"].as_array().unwrap().clone()
}

fn username(number: usize) -> String {
    format!("crew-{number:04}")
}

fn phone(number: usize) -> String {
    format!("1390000{number:04}")
}

async fn import(server: &Server, n_people: usize) {
    let mut file = "user_id,username,name,role,region_code,manager_id,phone\n".to_owned();
    for number in 0..n_people {
        let (username, phone) = (username(number), phone(number));
        file.push_str(&format!("{username},{username},队员{number},rep,east,supervisor-01,{phone}\n"));
    }
    let operations = server.login("operations-01").await;
    let part = Part::bytes(file.into_bytes()).file_name("users.csv").mime_str("text/csv").unwrap();
    let started = operations.post_form("/imports/users", Form::new().part("file", part)).await.ok();
    server.settle().await;
    let import = operations.get(&format!("/imports/{}", started["id"].as_str().unwrap())).await.ok();
    assert_eq!((&import["status"], &import["n_stored"]), (&json!("done"), &json!(n_people)), "{import}");
}

async fn bind(server: &Server, number: usize, n_accepts: usize) -> Person {
    let anonymous = server.anonymous();
    let code = format!("sim:{}", username(number));
    let login = anonymous.post("/auth/wechat/login", json!({"code": code})).await.ok();
    let body =
        json!({"bind_ticket": login["bind_ticket"], "phone_code": format!("sim-phone:{}", phone(number))});
    let session = anonymous.post("/auth/wechat/bind", body).await.ok();
    let person = Person {
        token: session["token"].as_str().map(str::to_owned),
        username: username(number),
        ..anonymous
    };
    for _ in 0..n_accepts {
        let answers = json!({"results": {TEMPLATE: "accept"}});
        person.post("/notifications/subscriptions", answers).await.ok();
    }
    person
}
