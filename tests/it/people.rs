//! Who gets in, by which door, and what is kept of it.

pub mod delegations;
mod keep;
mod leave;
mod sessions;

use serde_json::{Value, json};

use crate::imports::import;
use crate::support::database::is_production;
use crate::support::{Answer, Person, World};

async fn login(world: &World, code: &str) -> Answer {
    world.anonymous().post("/auth/wechat/login", json!({"code": code})).await
}

async fn bind(world: &World, ticket: &Value, phone_code: &str) -> Answer {
    let body = json!({"bind_ticket": ticket, "phone_code": phone_code});
    world.anonymous().post("/auth/wechat/bind", body).await
}

async fn console(world: &World, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password});
    world.anonymous().post("/auth/console/login", body).await
}

/// Who the session of an answer belongs to.
async fn me(world: &World, session: &Value) -> Value {
    let token = session["token"].as_str().map(str::to_owned);
    let person = Person { token, ..world.anonymous() };
    person.get("/me").await.ok()
}

#[tokio::test]
async fn a_bound_wechat_opens_a_session_of_its_employee() {
    let world = World::start().await;
    let session = login(&world, "sim:rep-01").await.ok();
    assert_eq!(session["user"]["username"], "rep-01");
    assert_eq!(session["user"]["role"], "rep");
    assert!(session["expires_at"].is_string());
    assert_eq!(me(&world, &session).await, session["user"]);
    assert_eq!(login(&world, "sim:rep-01#again").await.ok()["user"], session["user"]);
    world.end().await;
}

#[tokio::test]
async fn an_unknown_wechat_is_bound_by_its_phone_number_and_then_gets_in_directly() {
    let world = World::start().await;
    let unbound = login(&world, "sim-new:a-new-phone").await.ok();
    assert_eq!(unbound.get("token"), None);
    let session = bind(&world, &unbound["bind_ticket"], "sim-phone:13800000007").await.ok();
    assert_eq!(session["user"]["username"], "rep-07");
    assert_eq!(me(&world, &session).await["username"], "rep-07");
    let direct = login(&world, "sim-new:a-new-phone").await.ok();
    assert_eq!(direct["user"], session["user"]);
    world.end().await;
}

#[tokio::test]
async fn an_unknown_number_is_told_whom_to_ask_and_may_be_followed_by_another() {
    let world = World::start().await;
    let ticket = login(&world, "sim-new:x").await.ok()["bind_ticket"].clone();
    let answer = bind(&world, &ticket, "sim-phone:13999999999").await;
    assert!(answer.body["detail"].as_str().unwrap().contains("主管"));
    assert_eq!(answer.refused(409), "phone_unknown");
    let session = bind(&world, &ticket, "sim-phone:13800000007").await.ok();
    assert_eq!(session["user"]["username"], "rep-07");
    world.end().await;
}

#[tokio::test]
async fn a_number_of_two_employees_binds_neither() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let twin = "user_id,role,region_code,phone\nN1,rep,east,13800000007\n";
    import(&world, &admin, "users", twin).await;
    let ticket = login(&world, "sim-new:x").await.ok()["bind_ticket"].clone();
    let answer = bind(&world, &ticket, "sim-phone:13800000007").await;
    assert_eq!(answer.refused(409), "phone_ambiguous");
    // The twin leaves: one active employee has the number again.
    let gone = "user_id,role,region_code,phone,active_to\nN1,rep,east,13800000007,2026-11-14\n";
    import(&world, &admin, "users", gone).await;
    let session = bind(&world, &ticket, "sim-phone:13800000007").await.ok();
    assert_eq!(session["user"]["username"], "rep-07");
    world.end().await;
}

#[tokio::test]
async fn an_employee_has_one_wechat() {
    let world = World::start().await;
    let ticket = login(&world, "sim-new:x").await.ok()["bind_ticket"].clone();
    let answer = bind(&world, &ticket, "sim-phone:13800000001").await;
    assert_eq!(answer.refused(409), "identity_taken");
    assert_eq!(login(&world, "sim:rep-01").await.ok()["user"]["username"], "rep-01");
    world.end().await;
}

#[tokio::test]
async fn a_bind_ticket_is_used_once_and_not_made_up() {
    let world = World::start().await;
    let ticket = login(&world, "sim-new:x").await.ok()["bind_ticket"].clone();
    bind(&world, &ticket, "sim-phone:13800000007").await.ok();
    for wrong in [ticket, json!("0123456789abcdef"), json!("")] {
        let answer = bind(&world, &wrong, "sim-phone:13800000007").await;
        assert_eq!(answer.pointers(), ["/bind_ticket"]);
        assert_eq!(answer.refused(422), "bind_ticket_invalid");
    }
    world.end().await;
}

#[tokio::test]
async fn a_code_that_wechat_does_not_know_is_the_callers_fault() {
    let world = World::start().await;
    let answer = login(&world, "no-such-code").await;
    assert_eq!(answer.pointers(), ["/code"]);
    assert_eq!(answer.refused(422), "wechat_code_invalid");
    let ticket = login(&world, "sim-new:x").await.ok()["bind_ticket"].clone();
    let answer = bind(&world, &ticket, "no-such-code").await;
    assert_eq!(answer.pointers(), ["/phone_code"]);
    assert_eq!(answer.refused(422), "wechat_code_invalid");
    world.end().await;
}

#[tokio::test]
async fn while_wechat_is_away_a_login_says_when_to_come_back() {
    let world = World::start().await;
    let fault = json!({"errcode": -1, "count": 1, "path": "jscode2session"});
    world.anonymous().post("/dev/wechat/faults", fault).await.ok();
    let answer = login(&world, "sim:rep-01").await;
    let seconds: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(answer.refused(503), "wechat_unavailable");
    login(&world, "sim:rep-01").await.ok();
    world.end().await;
}

#[tokio::test]
async fn logging_out_ends_this_session_and_no_other() {
    let world = World::start().await;
    let (phone, tablet) = (world.login("rep-01").await, world.login("rep-01").await);
    assert_ne!(phone.token, tablet.token, "every login has a token of its own");
    let answer = phone.post("/auth/logout", json!({})).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(phone.get("/me").await.refused(401), "unauthenticated");
    assert_eq!(tablet.get("/me").await.ok()["username"], "rep-01");
    world.end().await;
}

#[tokio::test]
async fn the_console_opens_by_password_and_does_not_say_what_was_wrong() {
    let world = World::start().await;
    let session = console(&world, "finance-01", "demo-finance-01").await.ok();
    assert_eq!(me(&world, &session).await["username"], "finance-01");
    let mut told = Vec::new();
    for (username, password) in
        [("finance-01", "demo-finance-02"), ("finance-01", ""), ("nobody-01", "demo-nobody-01"), ("", "")]
    {
        let answer = console(&world, username, password).await;
        told.push((answer.body["detail"].clone(), answer.body["errors"].clone()));
        assert_eq!(answer.refused(422), "credentials_wrong", "{username} {password}");
    }
    told.dedup();
    assert_eq!(told.len(), 1, "a stranger learns no username");
    world.end().await;
}

#[tokio::test]
async fn a_leaver_gets_in_by_no_door_after_the_last_day() {
    let world = World::start().await;
    let rep = world.login("rep-03").await;
    let admin = world.login("admin").await;
    let row = "user_id,username,role,region_code,manager_id,active_to\nrep-03,rep-03,rep,east,supervisor-01,2026-11-15\n";
    import(&world, &admin, "users", row).await;
    rep.get("/me").await.ok();
    world.at("2026-11-16T00:00:01+08:00").await;
    assert_eq!(rep.get("/me").await.refused(401), "unauthenticated");
    assert_eq!(login(&world, "sim:rep-03").await.refused(409), "not_employed");
    assert_eq!(console(&world, "rep-03", "demo-rep-03").await.refused(409), "not_employed");
    world.end().await;
}

#[tokio::test]
async fn phone_numbers_are_shown_masked() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let session = login(&world, "sim:rep-01").await.ok();
    assert_eq!(session["user"]["phone"], "138****0001");
    let users = admin.get("/users?limit=100").await.ok();
    assert_eq!(users["items"].as_array().unwrap().len(), 19);
    for user in users["items"].as_array().unwrap() {
        let phone = user["phone"].as_str().unwrap();
        assert_eq!((&phone[..3], &phone[3..7], phone.len()), ("138", "****", 11), "{phone}");
        let one = admin.get(&format!("/users/{}", user["id"].as_str().unwrap())).await.ok();
        assert_eq!(&one, user);
    }
    world.end().await;
}

#[tokio::test]
async fn tokens_and_passwords_are_not_stored_as_they_are() {
    if is_production() {
        // What PostgreSQL keeps is not a file to look into.
        return;
    }
    let world = World::start().await;
    let session = login(&world, "sim:rep-01").await.ok();
    let unbound = login(&world, "sim-new:x").await.ok();
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("gugan.db") {
            stored.extend(std::fs::read(path).unwrap());
        }
    }
    let holds = |text: &str| stored.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("sim-openid-rep-01") && holds("sim-openid-new-x"), "what is stored is found");
    for secret in [session["token"].as_str(), unbound["bind_ticket"].as_str(), Some("demo-rep-01")] {
        assert!(!holds(secret.unwrap()), "a secret is stored as it is");
    }
    world.end().await;
}

#[tokio::test]
async fn a_login_code_that_is_sent_again_is_the_same_persons_login() {
    let world = World::start().await;
    let code = world.app.simulated.as_ref().unwrap().make_code("rep-01").await.unwrap();
    let anonymous = world.anonymous();
    let login = async || anonymous.post("/auth/wechat/login", json!({"code": code})).await;
    // The phone asks twice at once, and once more later: WeChat takes the code once.
    let (first, second) = tokio::join!(login(), login());
    for answer in [first, second, login().await] {
        assert_eq!(answer.ok()["user"]["username"], "rep-01");
    }
    let unknown = anonymous.post("/auth/wechat/login", json!({"code": "sim-code:unknown"})).await;
    assert_eq!(unknown.refused(422), "wechat_code_invalid");
    world.end().await;
}

#[tokio::test]
async fn a_stores_printed_code_leads_whoever_may_see_it_to_the_store() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let customer = rep.a_customer().await;
    let path = format!("/customers/{}/poster", customer["id"].as_str().unwrap());
    let poster = rep.get(&path).await;
    assert_eq!((poster.status, &poster.headers["content-type"]), (200, &"image/png".parse().unwrap()));
    let scene = poster.headers["x-scene"].to_str().unwrap().replace('=', "%3D").replace('&', "%26");
    assert_eq!(rep.get(&format!("/scenes?scene={scene}")).await.ok()["id"], customer["id"]);
    assert_eq!(rep.get(&path).await.headers["x-scene"], poster.headers["x-scene"], "the same each time");
    assert_eq!(world.login("rep-04").await.get(&format!("/scenes?scene={scene}")).await.status, 404);
    assert_eq!(rep.get(&format!("{path}?width=100")).await.pointers(), ["/width"]);
    assert_eq!(world.login("rep-04").await.get(&path).await.status, 404, "another region's store");
    let unescaped = rep.get("/scenes?scene=s=1&v=2").await;
    assert_eq!(unescaped.pointers(), ["/v"]);
    for scene in ["", "s=23456789%26v=23456789"] {
        assert_eq!(rep.get(&format!("/scenes?scene={scene}")).await.status, 404, "{scene}");
    }
    world.end().await;
}
