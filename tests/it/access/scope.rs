//! How far somebody sees: what is outside reads as absent.

use serde_json::{Value, json};

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

/// Something of rep-01's of each kind.
struct Belongings {
    customer: Value,
    photo: String,
    visit: String,
    order: Value,
    delivery: String,
    item: String,
    user: String,
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

async fn belongings(world: &World) -> Belongings {
    let rep = world.login("rep-01").await;
    let orders = rep.get("/orders?status=accepted").await.ok();
    let order = orders["items"][0].clone();
    let customer = rep.a_customer().await;
    let here = at_store(&customer, 10.0);
    let subject = ("customer", customer["id"].as_str().unwrap());
    let photo = id(&rep.photo("storefront", subject, &Photo::bare(), Some(&here)).await);
    let check_in = json!({"customer_id": customer["id"], "location": here, "photo_ids": [photo]});
    let visit = id(&rep.post("/visits", check_in).await.ok());
    let logistics = world.login("logistics-01").await;
    let delivery = logistics.post("/deliveries", json!({"order_id": order["id"]})).await.ok();
    let draft = json!({"items": [{"customer_id": customer["id"]}]});
    let list = rep.put("/action-lists/2026-11-16", draft).await.ok();
    let user = id(&rep.get("/me").await.ok());
    Belongings { photo, visit, delivery: id(&delivery), item: id(&list["items"][0]), customer, order, user }
}

impl Belongings {
    fn paths(&self) -> Vec<String> {
        let customer = id(&self.customer);
        vec![
            format!("/customers/{customer}"),
            format!("/customers/{customer}/timeline"),
            format!("/customers/{customer}/evidence"),
            format!("/customers/{customer}/communications"),
            format!("/customers/{customer}/owners"),
            format!("/customers/{customer}/ship-to"),
            format!("/customers/{customer}/standing"),
            format!("/customers/{customer}/temporary-credits"),
            format!("/photos/{}", self.photo),
            format!("/photos/{}/content", self.photo),
            format!("/photos/{}/content?variant=original", self.photo),
            format!("/visits/{}", self.visit),
            format!("/orders/{}", id(&self.order)),
            format!("/deliveries/{}", self.delivery),
            format!("/users/{}", self.user),
        ]
    }

    /// The lists that name them, and whom they name.
    fn lists(&self) -> Vec<(&'static str, &'static str, String)> {
        vec![
            ("/customers?limit=100", "id", id(&self.customer)),
            ("/visits?limit=100", "id", self.visit.clone()),
            ("/orders?limit=100", "id", id(&self.order)),
            ("/deliveries?limit=100", "id", self.delivery.clone()),
            ("/opportunities?limit=100", "owner_id", self.user.clone()),
            ("/action-lists?date=2026-11-16&limit=100", "user_id", self.user.clone()),
        ]
    }
}

/// Is somebody's id among what the list shows of that field?
async fn lists_it(person: &Person, (path, field, id): &(&str, &str, String)) -> bool {
    let page = person.get(path).await.ok();
    assert_eq!(page["next_cursor"], Value::Null, "{path}: the whole list is on one page");
    let items = page["items"].as_array().unwrap();
    items.iter().any(|item| item[*field] == id.as_str())
}

#[tokio::test]
async fn a_reps_work_is_seen_by_the_rep_and_up_the_line_and_by_no_neighbour() {
    let world = World::start().await;
    let belongings = belongings(&world).await;
    let viewers = [
        ("rep-01", true),
        ("supervisor-01", true),
        ("director-east", true),
        ("sales-director", true),
        ("rep-02", false),
        ("rep-04", false),
        ("supervisor-02", false),
        ("director-north", false),
    ];
    for (username, sees) in viewers {
        let person = world.login(username).await;
        for path in belongings.paths() {
            let answer = person.get(&path).await;
            if sees {
                assert_eq!(answer.status, 200, "{username} {path}: {}", answer.text);
            } else {
                assert_eq!(answer.refused(404), "not_found", "{username} {path}");
            }
        }
        for list in belongings.lists() {
            assert_eq!(lists_it(&person, &list).await, sees, "{username} {list:?}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn nobody_works_on_what_they_do_not_see() {
    let world = World::start().await;
    let belongings = belongings(&world).await;
    let theirs = &belongings.customer["id"];
    let rep = world.login("rep-02").await;

    let ticket = json!({"purpose": "storefront", "subject_type": "customer", "subject_id": theirs});
    assert_eq!(rep.post("/capture-tickets", ticket).await.refused(422), "subject_unknown");
    let check_in = json!({"customer_id": theirs, "photo_ids": [belongings.photo]});
    assert_eq!(rep.post("/visits", check_in).await.refused(422), "customer_unknown");
    let complete = format!("/visits/{}/complete", belongings.visit);
    let outcome = json!({"result_code": "interest"});
    assert_eq!(rep.post(&complete, outcome).await.refused(404), "not_found");
    let list = json!({"items": [{"customer_id": theirs}]});
    let answer = rep.put("/action-lists/2026-11-16", list).await;
    assert_eq!(answer.pointers(), ["/items/0/customer_id"]);
    assert_eq!(answer.refused(422), "customer_unknown");

    let own = rep.a_customer().await;
    let subject = ("customer", own["id"].as_str().unwrap());
    let photo = rep.photo("storefront", subject, &Photo::bare(), Some(&at_store(&own, 0.0))).await;
    let check_in = |item: &str, photo: &Value| json!({"customer_id": own["id"], "action_item_id": item, "photo_ids": [photo], "location": at_store(&own, 0.0)});
    let answer = rep.post("/visits", check_in(&belongings.item, &photo["id"])).await;
    assert_eq!(answer.refused(422), "action_item_unknown");
    let borrowed = json!({"customer_id": own["id"], "photo_ids": [belongings.photo]});
    assert_eq!(rep.post("/visits", borrowed).await.refused(422), "photo_unknown");
    let n_visits = rep.get("/visits").await.ok()["items"].as_array().unwrap().len();
    assert_eq!(n_visits, 0);
    world.end().await;
}

#[tokio::test]
async fn a_leader_sees_the_team_in_lists_and_no_other_team() {
    let world = World::start().await;
    let usernames = async |viewer: &str| -> Vec<String> {
        let users = world.login(viewer).await.get("/users?role=rep").await.ok();
        let users = users["items"].as_array().unwrap().iter();
        let mut names: Vec<_> = users.map(|it| it["username"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(usernames("supervisor-01").await, ["rep-01", "rep-02", "rep-03"]);
    assert_eq!(usernames("director-east").await, ["rep-01", "rep-02", "rep-03"]);
    assert_eq!(usernames("director-north").await, ["rep-04", "rep-05", "rep-06", "rep-07"]);
    assert_eq!(usernames("sales-director").await.len(), 7);
    world.end().await;
}
