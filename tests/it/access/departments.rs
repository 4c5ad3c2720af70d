//! What departments see: what has come to their hand-over point, and no more.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Person, World};

async fn ids(person: &Person, path: &str, field: &str) -> BTreeSet<String> {
    let (mut found, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = person.get(&format!("{path}{cursor}")).await.ok();
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().filter_map(|it| it[field].as_str()).map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

async fn customers(person: &Person) -> BTreeSet<String> {
    ids(person, "/customers?limit=100", "id").await
}

/// A customer of a rep's that nobody has ordered for.
async fn a_new_customer(rep: &Person) -> Value {
    rep.post(
        "/customers",
        json!({"name": "还没下单的店", "contacts": [{"name": "老王", "phone": "13811112222"}]}),
    )
    .await
    .ok()
}

#[tokio::test]
async fn finance_and_logistics_see_a_customer_once_there_is_an_order() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let new = a_new_customer(&rep).await;
    let path = format!("/customers/{}", new["id"].as_str().unwrap());
    for username in ["finance-01", "logistics-01", "legal-01"] {
        let person = world.login(username).await;
        assert_eq!(person.get(&path).await.refused(404), "not_found", "{username}");
        assert!(!customers(&person).await.contains(new["id"].as_str().unwrap()), "{username}");
    }
    let product = rep.get("/products?limit=1").await.ok()["items"][0].clone();
    let unit = product["base_unit"].clone();
    let line = json!({"product_id": product["id"], "unit": unit, "quantity": "1", "unit_price": product["list_price"]});
    let order = rep.post("/orders", json!({"customer_id": new["id"], "lines": [line]})).await.ok();
    let finance = world.login("finance-01").await;
    finance.get(&path).await.ok();
    assert!(customers(&finance).await.contains(new["id"].as_str().unwrap()));
    let logistics = world.login("logistics-01").await;
    let expected = if order["status"] == "accepted" { 200 } else { 404 };
    assert_eq!(logistics.get(&path).await.status, expected, "{order}");
    world.end().await;
}

#[tokio::test]
async fn finance_sees_exactly_who_ordered() {
    let world = World::start().await;
    let director = world.login("sales-director").await;
    let ordered = ids(&director, "/orders?limit=100", "customer_id").await;
    let seen = customers(&world.login("finance-01").await).await;
    assert!(seen.is_superset(&ordered));
    let all = customers(&director).await;
    assert!(seen.len() < all.len(), "{} of {}", seen.len(), all.len());
    world.end().await;
}

#[tokio::test]
async fn a_clerk_sees_the_regions_they_enter_for() {
    let world = World::start().await;
    let clerk = world.login("clerk-01").await;
    let east = customers(&world.login("director-east").await).await;
    assert_eq!(customers(&clerk).await, east);
    let north = world.login("rep-04").await.a_customer().await;
    assert_eq!(clerk.get(&format!("/customers/{}", north["id"].as_str().unwrap())).await.status, 404);
    let orders = ids(&clerk, "/orders?limit=100", "id").await;
    assert_eq!(orders, ids(&world.login("director-east").await, "/orders?limit=100", "id").await);
    world.end().await;
}

#[tokio::test]
async fn an_order_is_booked_on_a_rep_of_its_region_and_its_owner_sees_it() {
    let world = World::start().await;
    let (owner, other) = (world.login("rep-01").await, world.login("rep-02").await);
    let customer = owner.a_customer().await;
    let product = owner.get("/products?limit=1").await.ok()["items"][0].clone();
    let line = json!({"product_id": product["id"], "unit": product["base_unit"], "quantity": "1", "unit_price": product["list_price"]});
    let booked_on = |rep: String| json!({"customer_id": customer["id"], "rep_id": rep, "lines": [line]});
    let id = async |person: &Person| person.get("/me").await.ok()["id"].as_str().unwrap().to_owned();

    let north = id(&world.login("rep-04").await).await;
    let clerk = world.login("clerk-01").await;
    assert_eq!(clerk.post("/orders", booked_on(north)).await.pointers(), ["/rep_id"]);
    let order = clerk.post("/orders", booked_on(id(&other).await)).await.ok();
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    owner.get(&path).await.ok();
    assert!(ids(&owner, "/orders?limit=100", "id").await.contains(order["id"].as_str().unwrap()));
    other.get(&path).await.ok();
    assert_eq!(world.login("rep-03").await.get(&path).await.status, 404);

    // Whoever leads the owner sees it too, if the rep is led by somebody else.
    let (admin, director) = (world.login("admin").await, world.login("director-east").await);
    let led = json!({"manager_id": id(&director).await});
    admin.put(&format!("/users/{}", id(&other).await), led).await.ok();
    let supervisor = world.login("supervisor-01").await;
    supervisor.get(&path).await.ok();
    assert!(ids(&supervisor, "/orders?limit=100", "id").await.contains(order["id"].as_str().unwrap()));
    world.end().await;
}

#[tokio::test]
async fn a_driver_sees_the_trips_he_has_and_what_is_on_them() {
    let world = World::start().await;
    let (desk, driver) = (world.login("logistics-01").await, world.login("driver-01").await);
    let orders =
        desk.get("/orders?status=accepted&limit=100").await.ok()["items"].as_array().unwrap().clone();
    let me = driver.get("/me").await.ok()["id"].clone();
    let other = desk.get("/me").await.ok()["id"].clone();
    let of = async |driver: &Value, order: &Value| {
        desk.post("/deliveries", json!({"order_id": order["id"], "driver_id": driver})).await.ok()
    };
    let before = ids(&driver, "/orders?limit=100", "id").await;
    let (mine, theirs) = (of(&me, &orders[0]).await, of(&other, &orders[1]).await);
    let path = |it: &Value| format!("/deliveries/{}", it["id"].as_str().unwrap());
    driver.get(&path(&mine)).await.ok();
    assert_eq!(driver.get(&path(&theirs)).await.refused(404), "not_found");
    desk.get(&path(&theirs)).await.ok();
    let mut expected = before.clone();
    expected.insert(orders[0]["id"].as_str().unwrap().to_owned());
    assert_eq!(ids(&driver, "/orders?limit=100", "id").await, expected);
    let seen = customers(&driver).await;
    assert!(seen.contains(orders[0]["customer_id"].as_str().unwrap()));
    assert!(seen.len() < customers(&desk).await.len());

    let trip = json!({"driver_id": other, "vehicle": "浙B", "stops": [{"customer_id": orders[2]["customer_id"], "order_ids": [orders[2]["id"]]}]});
    let trip = desk.post("/trips", trip).await.ok();
    let path = format!("/trips/{}", trip["id"].as_str().unwrap());
    assert_eq!(driver.get(&path).await.refused(404), "not_found");
    assert!(!ids(&driver, "/trips?limit=100", "id").await.contains(trip["id"].as_str().unwrap()));
    desk.get(&path).await.ok();
    world.end().await;
}

#[tokio::test]
async fn a_published_task_reaches_the_regions_of_who_set_it() {
    let world = World::start().await;
    let director = world.login("director-east").await;
    let draft = json!({"title": "看看货架", "selection": {"top": 20}, "rhythm": {"times": 1, "every": "week"}, "done_by": [{"kind": "visit"}]});
    let answer = director.post("/standing-tasks", draft).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let task = answer.ok();
    let path = format!("/standing-tasks/{}", task["id"].as_str().unwrap());
    director.post(&format!("{path}/publish"), json!({})).await.ok();
    for (username, sees) in [
        ("rep-01", true),
        ("supervisor-01", true),
        ("sales-director", true),
        ("rep-04", false),
        ("director-north", false),
    ] {
        let person = world.login(username).await;
        assert_eq!(person.get(&path).await.status == 200, sees, "{username}");
        let listed =
            ids(&person, "/standing-tasks?limit=100", "id").await.contains(task["id"].as_str().unwrap());
        assert_eq!(listed, sees, "{username}");
    }
    let nowhere = world.login("rep-02").await;
    let path_of = format!("/users/{}", nowhere.get("/me").await.ok()["id"].as_str().unwrap());
    world.login("admin").await.put(&path_of, json!({"region_id": null})).await.ok();
    assert_eq!(nowhere.get(&path).await.refused(404), "not_found", "who works nowhere is in nobody's region");
    world.end().await;
}
