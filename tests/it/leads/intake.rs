//! How leads come in, and who gets them.

use serde_json::{Value, json};

use super::{enter, path, told};
use crate::people::delegations::id_of;
use crate::support::World;

#[tokio::test]
async fn a_reps_lead_is_the_reps_and_its_clock_starts_at_once() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let lead = enter(&rep, json!({"contacts": [{"name": "王店长", "phone": "13912345678"}]})).await;
    assert_eq!((&lead["status"], &lead["owner_name"]), (&json!("open"), &json!("应晓岚")));
    let instant =
        |field: &str| lead[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(instant("response_due_at") - instant("created_at"), chrono::TimeDelta::hours(72));
    assert_eq!((&lead["first_response_at"], &lead["response_in_time"]), (&Value::Null, &Value::Null));
    assert_eq!(lead["warnings"], json!([]));
    let mut shown = lead.clone();
    shown.as_object_mut().unwrap().remove("warnings");
    assert_eq!(rep.get(&path(&lead, "")).await.ok(), shown);
    for username in ["supervisor-01", "director-east", "sales-director", "clerk-01", "operations-01"] {
        assert_eq!(world.login(username).await.get(&path(&lead, "")).await.ok(), shown, "{username}");
    }
    for username in ["rep-02", "supervisor-02", "director-north"] {
        let answer = world.login(username).await.get(&path(&lead, "")).await;
        assert_eq!(answer.refused(404), "not_found", "{username}");
    }
    let other = json!({"name": "x", "owner_id": id_of(&world, "rep-02").await});
    assert_eq!(rep.post("/leads", other).await.refused(422), "owner_unknown");
    world.end().await;
}

#[tokio::test]
async fn what_is_nobodys_is_assigned_by_a_leader_of_its_region() {
    let world = World::start().await;
    let clerk = world.login("clerk-01").await;
    let lead = enter(&clerk, json!({})).await;
    assert_eq!((&lead["owner_id"], &lead["region_id"].is_string()), (&Value::Null, &true));
    let supervisor = world.login("supervisor-01").await;
    let waiting = supervisor.get("/leads?assigned=false").await.ok();
    assert_eq!(waiting["items"][0]["id"], lead["id"]);
    let neighbour = world.login("supervisor-02").await;
    assert_eq!(neighbour.get(&path(&lead, "")).await.refused(404), "not_found");

    let to = |id: String| json!({"owner_id": id});
    let foreign = to(id_of(&world, "rep-04").await);
    assert_eq!(supervisor.post(&path(&lead, "/assign"), foreign).await.refused(422), "owner_unknown");
    let clerk_self = to(id_of(&world, "clerk-01").await);
    let director = world.login("director-east").await;
    assert_eq!(director.post(&path(&lead, "/assign"), clerk_self).await.refused(422), "owner_unknown");
    let own = to(id_of(&world, "rep-01").await);
    let assigned = supervisor.post_if(&path(&lead, "/assign"), 1, own.clone()).await.ok();
    assert_eq!((&assigned["owner_name"], &assigned["version"]), (&json!("应晓岚"), &json!(2)));
    assert_eq!(assigned["response_due_at"], lead["response_due_at"], "no new clock");
    assert_eq!(
        told(&world, "rep-01").await,
        [("todo_opened".to_owned(), "新线索：湖畔新开小超市".to_owned())]
    );
    assert_eq!(
        supervisor.post_if(&path(&lead, "/assign"), 1, own.clone()).await.refused(412),
        "version_conflict"
    );
    supervisor.post(&path(&lead, "/assign"), own).await.ok();
    assert_eq!(told(&world, "rep-01").await.len(), 1, "who has it is not told again");
    assert_eq!(
        world.login("rep-01").await.get("/leads?answered=false").await.ok()["items"][0]["id"],
        lead["id"]
    );
    world.end().await;
}

#[tokio::test]
async fn who_is_known_already_is_a_word_and_no_refusal() {
    let world = World::start().await;
    let (rep, other) = (world.login("rep-01").await, world.login("rep-04").await);
    let customer = rep.a_customer().await;
    let same_phone = json!({"name": "另一个名字", "phone": customer["phone"]});
    let own = enter(&rep, same_phone.clone()).await;
    let warning = &own["warnings"][0];
    assert_eq!((&warning["code"], &warning["kind"]), (&json!("duplicate_phone"), &json!("customer")));
    assert_eq!((&warning["id"], &warning["name"]), (&customer["id"], &customer["name"]));

    let theirs = enter(&other, same_phone).await;
    let warnings = theirs["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2, "the customer and the other's lead: {warnings:?}");
    for warning in warnings {
        assert_eq!((&warning["id"], &warning["name"]), (&Value::Null, &Value::Null), "not theirs to see");
        assert!(warning["detail"].as_str().unwrap().contains("重复"));
    }
    let same_name =
        json!({"name": customer["name"], "phone": null, "district_code": customer["district_code"]});
    assert_eq!(enter(&rep, same_name).await["warnings"][0]["code"], "duplicate_name");
    world.end().await;
}

#[tokio::test]
async fn a_lead_says_what_is_wrong_with_it() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let faulty = json!({"name": " ", "phone": "12", "source": "x".repeat(201)});
    let answer = rep.post("/leads", faulty).await;
    assert_eq!(answer.pointers(), ["/name", "/source", "/phone"]);
    let foreign = json!({"name": "x", "region_id": uuid::Uuid::new_v4()});
    assert_eq!(rep.post("/leads", foreign).await.refused(422), "region_unknown");
    enter(&rep, json!({"external_id": "CRM-1"})).await;
    let again = json!({"name": "x", "external_id": "CRM-1"});
    assert_eq!(rep.post("/leads", again).await.refused(422), "external_id_taken");
    assert_eq!(rep.get("/leads?external_id=CRM-1").await.ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(rep.get("/leads?status=lost").await.refused(422), "invalid_parameter");
    world.end().await;
}

#[tokio::test]
async fn a_leavers_open_leads_are_somebody_elses() {
    let world = World::start().await;
    let lead = enter(&world.login("rep-01").await, json!({})).await;
    let leave = format!("/users/{}/leave", id_of(&world, "rep-01").await);
    let other = id_of(&world, "rep-02").await;
    let left = world.login("admin").await.post(&leave, json!({"to_user_id": other})).await.ok();
    let counts = left["counts"].as_array().unwrap();
    assert!(counts.contains(&json!({"kind": "lead", "n": 1})), "{counts:?}");
    assert_eq!(world.login("rep-02").await.get(&path(&lead, "")).await.ok()["owner_id"], json!(other));
    world.end().await;
}
