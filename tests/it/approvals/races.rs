//! Random flows with people who decide at the same moment: never two advances, never stuck, one end, and the events
//! replay to what is kept.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{asks, flow, publish, request, seen};
use crate::support::{Person, World};

const PEOPLE: [&str; 6] =
    ["supervisor-01", "supervisor-02", "director-east", "director-north", "legal-01", "finance-01"];

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }

    fn node(&mut self, key: &str, next: Option<&str>) -> Value {
        let n = 1 + self.below(4);
        let first = self.below(PEOPLE.len());
        let people: Vec<&str> = (0..n).map(|place| PEOPLE[(first + place) % PEOPLE.len()]).collect();
        let mut node = asks(key, &people, "all", next);
        node["rule"] = match self.below(5) {
            0 => json!({"type": "sequential"}),
            1 => json!({"type": "any_of"}),
            2 => json!({"type": "ratio", "percent": 1 + self.below(100)}),
            3 => json!({"type": "weighted", "pass": 1 + self.below(4)}),
            _ => json!({"type": "all"}),
        };
        node["refusal"] = json!(["veto", "majority", "all"][self.below(3)]);
        node["same_again"] = json!(["ask", "skip"][self.below(2)]);
        node
    }

    fn flow(&mut self, key: &str) -> Value {
        let nodes = if self.below(2) == 0 {
            json!([self.node("a", Some("b")), self.node("b", Some("c")), self.node("c", None)])
        } else {
            json!([
                {"type": "parallel", "key": "p", "name": "同时", "branches": ["a", "b"], "join": "j"},
                self.node("a", Some("j")),
                self.node("b", Some("j")),
                {"type": "join", "key": "j", "name": "汇合", "next": "c"},
                self.node("c", None),
            ])
        };
        flow(key, nodes)
    }
}

/// Everybody decides at once, again and again, until it is over.
async fn storm(people: &[Person], rep: &Person, asked: &Value, dice: &mut Dice) -> Value {
    let path = format!("/approvals/{}/decide", asked["id"].as_str().unwrap());
    for _ in 0..12 {
        let mut tries = Vec::new();
        for person in people {
            for _ in 0..2 {
                let decision = if dice.below(9) == 0 { "reject" } else { "approve" };
                let body = json!({"decision": decision, "comment": "同时处理"});
                let path = path.clone();
                tries.push(async move { person.post(&path, body).await });
            }
        }
        for answer in join_all(tries).await {
            assert!([200, 404, 409].contains(&answer.status), "{}: {}", answer.status, answer.text);
            if answer.body["code"] == "already_decided" {
                assert!(answer.body["detail"].as_str().unwrap().starts_with("已由"), "{}", answer.text);
            }
        }
        let now = seen(rep, asked).await;
        if now["status"] != "open" {
            return now;
        }
    }
    panic!("it never ended: {}", seen(rep, asked).await);
}

#[tokio::test]
async fn whoever_decides_at_the_same_moment_it_advances_once_and_ends_once() {
    let world = World::start().await;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let rep = world.login("rep-01").await;
    let mut people = Vec::new();
    for name in PEOPLE {
        people.push(world.login(name).await);
    }
    for round in 0..8 {
        let key = format!("random{round}");
        publish(&world, dice.flow(&key)).await;
        let asked = request(&rep, &key).await;
        let ended = storm(&people, &rep, &asked, &mut dice).await;
        assert!(["approved", "rejected"].contains(&ended["status"].as_str().unwrap()), "{ended}");
        let trace = rep.get(&format!("/approvals/{}/trace", asked["id"].as_str().unwrap())).await.ok();
        let events = trace["events"].as_array().unwrap();
        let of = |kind: &str| events.iter().filter(|it| it["kind"] == kind).collect::<Vec<_>>();
        assert_eq!(of("concluded").len(), 1, "one end");
        let mut left: Vec<_> = of("left").iter().map(|it| it["event"]["task"].as_u64()).collect();
        let n_left = left.len();
        left.sort_unstable();
        left.dedup();
        assert_eq!(left.len(), n_left, "no task advances twice: {trace}");
        let mut answered: Vec<_> = of("answered").iter().map(|it| it["event"]["seat"].as_u64()).collect();
        let n_answered = answered.len();
        answered.sort_unstable();
        answered.dedup();
        assert_eq!(answered.len(), n_answered, "nobody is counted twice");
        assert!(world.login("supervisor-01").await.todos().await.is_empty(), "what is over waits for nobody");
    }
    let audited = api::commands::audit(&world.app.db).await.unwrap();
    assert!(audited.starts_with("8 decisions"), "{audited}");
    world.end().await;
}
