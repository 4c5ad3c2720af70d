//! One whole working day of the company, from the evening before to the decision that was waited for.

use serde_json::{Value, json};

use crate::deliveries::slip;
use crate::imports::{findings, import};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

const MONDAY: &str = "2026-11-16";

#[tokio::test]
async fn the_first_day_runs_from_the_import_to_the_last_decision() {
    let world = World::start().await;

    // Sunday afternoon: a new colleague with a district of her own, and the week before her.
    a_district_is_imported(&world).await;
    let rep = she_opens_the_mini_program(&world).await;

    // Sunday evening and Monday morning: her list is proposed, and filed without typing.
    her_list_is_filed_and_the_others_are_reminded(&world, &rep).await;

    // Monday: she visits a customer, and a driver delivers to another.
    she_visits_a_customer(&world, &rep).await;
    let fraud = a_delivery_is_signed_off_in_the_end(&world).await;

    // What is doubtful waits for the supervisor, and for the superiors when nobody decides.
    the_supervisor_reads(&world, &rep, &fraud).await;
    what_waits_too_long_goes_up(&world, &rep).await;
    world.end().await;
}

const PEOPLE: &str = "user_id,username,name,phone,role,region_code,manager_id\n\
    P91,rep-91,温晚晴,13900000091,rep,cixi,supervisor-01\n\
    P92,rep-92,贺知新,13900000092,astronaut,cixi,supervisor-01\n";

fn stores() -> String {
    let header = "customer_id,name,region_code,lat,lng,owner_id,stage\n".to_owned();
    (1..=6).fold(header, |text, n| format!("{text}CX{n},慈溪第{n}店,cixi,30.17{n},121.24{n},P91,prospect\n"))
}

async fn a_district_is_imported(world: &World) {
    let clerk = world.login("operations-01").await;
    let region = "region_code,name,parent_code\ncixi,慈溪,east\n";
    assert_eq!(import(world, &clerk, "regions", region).await["n_stored"], 1);

    // First dry: one of two people is wrong, and nothing is stored.
    let dry = import(world, &clerk, "users?dry_run=true", PEOPLE).await;
    assert_eq!((&dry["status"], &dry["n_rows"], &dry["n_failed"]), (&json!("done"), &json!(2), &json!(1)));
    assert_eq!(findings(&dry["errors"]), [(3, "role".to_owned(), "role_unknown".to_owned())]);
    let nobody = json!({"username": "rep-91", "template_ids": []});
    let nobody = world.anonymous().post("/dev/wechat/subscribe", nobody).await;
    assert_eq!(nobody.refused(422), "person_unknown");

    let people = import(world, &clerk, "users", PEOPLE.replace("astronaut", "rep")).await;
    assert_eq!((&people["n_stored"], &people["n_failed"]), (&json!(2), &json!(0)));
    let customers = import(world, &clerk, "customers", stores()).await;
    assert_eq!((&customers["n_stored"], &customers["errors"]), (&json!(6), &json!([])));
}

async fn she_opens_the_mini_program(world: &World) -> Person {
    let login = json!({"code": "sim-new:wan-qing"});
    let stranger = world.anonymous().post("/auth/wechat/login", login.clone()).await.ok();
    assert_eq!(stranger["token"], Value::Null);
    let bind = json!({"bind_ticket": stranger["bind_ticket"], "phone_code": "sim-phone:13900000091"});
    let session = world.anonymous().post("/auth/wechat/bind", bind).await.ok();
    assert_eq!(session["user"]["name"], "温晚晴");
    // From now on her WeChat is enough.
    let session = world.anonymous().post("/auth/wechat/login", login).await.ok();
    let token = session["token"].as_str().map(str::to_owned);
    let rep = Person { token, username: "rep-91".to_owned(), ..world.anonymous() };
    let customers = rep.get("/customers?limit=100").await.ok();
    assert_eq!(customers["items"].as_array().unwrap().len(), 6, "her own and nobody else's");
    let tap = json!({"username": "rep-91", "template_ids": ["sim-decided", "sim-action-list-reminder"]});
    world.anonymous().post("/dev/wechat/subscribe", tap).await.ok();
    rep
}

async fn her_list_is_filed_and_the_others_are_reminded(world: &World, rep: &Person) {
    world.at("2026-11-15T18:00:00+08:00").await;
    let proposed = rep.list(MONDAY).await;
    assert_eq!((&proposed["status"], proposed["items"].as_array().unwrap().len()), (&json!("draft"), 5));
    world.at("2026-11-16T07:30:00+08:00").await;
    assert_eq!(rep.file_list(MONDAY).await.ok()["status"], "filed");

    world.at("2026-11-16T07:45:00+08:00").await;
    assert!(world.sent_to("rep-91").await.is_empty(), "she has filed");
    for late in ["rep-01", "rep-02", "rep-03"] {
        assert_eq!(world.sent_to(late).await.len(), 1, "{late}");
    }
    world.login("rep-01").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T08:30:00+08:00").await;
    let digest = world.inbox_of("supervisor-01").await.remove(0);
    let body = digest["body"].as_str().unwrap();
    assert!(body.starts_with("应交 5 人，已交 2 人"), "{body}");
    assert!(!body.contains("温晚晴") && body.contains("忻国栋"), "{body}");
    world.login("rep-02").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T09:30:00+08:00").await;
    let above = world.inbox_of("director-east").await.remove(0);
    let body = above["body"].as_str().unwrap();
    assert!(body.contains("娄佳怡") && !body.contains("忻国栋"), "{body}");
}

async fn she_visits_a_customer(world: &World, rep: &Person) {
    world.at("2026-11-16T10:00:00+08:00").await;
    let customer = first_of_the_list(rep).await;
    let visit = rep.check_in(&customer, 15.0).await;
    assert_eq!((&visit["verdict"], &visit["planned"]), (&json!("pass"), &json!(true)));
    world.advance("PT12M").await;
    rep.complete(&visit, "interest").await.ok();
    let list = rep.list(MONDAY).await;
    assert_eq!((&list["n_done"], &list["items"][0]["status"]), (&json!(1), &json!("done")));
    assert_eq!(rep.timeline(&customer).await[0]["kind"], "visit_completed");
}

/// The customer on top of her list.
async fn first_of_the_list(rep: &Person) -> Value {
    let id = rep.list(MONDAY).await["items"][0]["customer_id"].clone();
    rep.get(&format!("/customers/{}", id.as_str().unwrap())).await.ok()
}

/// The first sign-off shows a copied photo; the second one counts. Returns the first.
async fn a_delivery_is_signed_off_in_the_end(world: &World) -> Value {
    world.at("2026-11-16T14:00:00+08:00").await;
    let driver = world.login("driver-01").await;
    let desk = world.login("logistics-01").await;
    let customer = desk.customer("DC001").await;
    let order = desk.order_of(&customer).await;
    let delivery = driver.deliver(&order).await.ok();
    assert_eq!(delivery["number"], "DN-20261116-0001");
    driver.with_delivery(&delivery, "depart", json!({})).await.ok();

    let mut photo_ids = driver.shoot(&delivery, &customer, 0.0).await;
    photo_ids[0] = a_copy(world, &driver, &delivery, &customer).await;
    let refused =
        driver.with_delivery(&delivery, "sign-off", slip(&delivery, &customer, 0.0, &photo_ids)).await;
    let refused = refused.ok();
    assert_eq!((&refused["status"], &refused["next"]), (&json!("in_transit"), &json!("retake")));

    world.settle().await;

    let mut body = slip(&delivery, &customer, 5.0, &driver.shoot(&delivery, &customer, 5.0).await);
    body["lines"][0]["rejected_quantity"] = body["lines"][0]["accepted_quantity"].clone();
    body["lines"][0]["accepted_quantity"] = json!("0");
    body["lines"][0]["reject_reason"] = json!("箱子受潮");
    let signed = driver.with_delivery(&delivery, "sign-off", body).await.ok();
    assert_eq!((&signed["status"], &signed["verdict"]), (&json!("partially_signed"), &json!("pass")));
    let order = driver.order(&order).await;
    assert_eq!((&order["status"], &order["signer_name"]), (&json!("partially_delivered"), &json!("陆娣娟")));
    assert_eq!(order["delivered_on"], MONDAY);
    let kept = driver.delivery(&delivery).await["attempts"][1].clone();
    assert_eq!((&kept["verdict"], &kept["photo_ids"]), (&json!("reject"), &json!(photo_ids)));
    delivery
}

/// Goods that the rep of the store has photographed before.
async fn a_copy(world: &World, driver: &Person, delivery: &Value, customer: &Value) -> Value {
    let rep = world.login("rep-01").await;
    let (bytes, place) = (Photo::bare().jpeg(), at_store(customer, 0.0));
    let ticket = rep.ticket("storefront", ("customer", customer["id"].as_str().unwrap())).await;
    rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    let ticket = driver.ticket("goods", ("delivery", delivery["id"].as_str().unwrap())).await;
    driver.upload(&ticket, bytes, Some(&place)).await.ok()["id"].clone()
}

async fn the_supervisor_reads(world: &World, rep: &Person, delivery: &Value) {
    world.at("2026-11-16T15:00:00+08:00").await;
    let customer = first_of_the_list(rep).await;
    let doubtful = rep.check_in(&customer, 900.0).await;
    assert_eq!((&doubtful["verdict"], &doubtful["provisional"]), (&json!("review"), &json!(true)));
    world.settle().await;

    let supervisor = world.login("supervisor-01").await;
    let inbox = supervisor.get("/notifications").await.ok();
    let kinds: Vec<&Value> = inbox["items"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["todo_opened", "todo_opened", "action_list_digest"]);
    let sent = world.sent_to("supervisor-01").await;
    let templates: Vec<&Value> = sent.iter().map(|it| &it["template_id"]).collect();
    assert_eq!(templates, ["sim-action-list-digest", "sim-todo", "sim-todo"], "the phone says the same");

    let todos = supervisor.todos().await;
    assert_eq!((&todos[0]["subject_id"], todos.len()), (&doubtful["id"], 1));
    let done = supervisor.get("/todos?status=done").await.ok();
    assert_eq!(done["items"][0]["subject_id"], delivery["id"], "the second photo has settled it");
    assert_eq!(supervisor.delivery(delivery).await["status"], "partially_signed");
}

async fn what_waits_too_long_goes_up(world: &World, rep: &Person) {
    world.at("2026-11-17T15:00:30+08:00").await;
    let reminded = world.inbox_of("supervisor-01").await;
    assert_eq!(reminded.iter().filter(|it| it["kind"] == "todo_reminder").count(), 1);
    let director = world.login("director-east").await;
    let todo = director.todos().await.remove(0);
    assert_eq!(todo["rung"], 2);
    assert_eq!(world.sent_to("director-east").await.last().unwrap()["template_id"], "sim-todo-escalated");
    director.decide(&todo, "approve", None).await.ok();
    world.settle().await;
    let visits = rep.get("/visits").await.ok();
    assert_eq!(
        (&visits["items"][0]["review"], &visits["items"][0]["provisional"]),
        (&json!("accepted"), &json!(false))
    );
    let told = world.sent_to("rep-91").await;
    assert_eq!(told.iter().filter(|it| it["template_id"] == "sim-decided").count(), 1, "{told:?}");
    world.at("2026-11-18T12:00:00+08:00").await;
    assert!(world.login("sales-director").await.todos().await.is_empty(), "decided is decided");
}
