//! Who is logged in where, and how often a password may be guessed.

use serde_json::{Value, json};

use crate::support::people::Answer;
use crate::support::{Person, World};

async fn console(world: &World, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password});
    world.anonymous().post("/auth/console/login", body).await
}

async fn sessions(person: &Person) -> Vec<Value> {
    person.get("/me/sessions").await.ok()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn wrong_passwords_are_soon_refused_without_looking_and_time_lets_in_again() {
    let world = World::start().await;
    for _ in 0..8 {
        assert_eq!(console(&world, "finance-01", "guess").await.refused(422), "credentials_wrong");
    }
    let locked = console(&world, "finance-01", "demo-finance-01").await;
    assert!(locked.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() <= 15 * 60);
    assert_eq!(locked.refused(429), "login_locked", "not even the right one");
    console(&world, "admin", "demo-admin").await.ok();
    world.login("finance-01").await.get("/me").await.ok();
    world.advance("PT16M").await;
    console(&world, "finance-01", "demo-finance-01").await.ok();
    world.end().await;
}

#[tokio::test]
async fn an_account_that_is_not_there_is_locked_like_one_that_is() {
    let world = World::start().await;
    for _ in 0..8 {
        assert_eq!(console(&world, "nobody", "guess").await.refused(422), "credentials_wrong");
    }
    assert_eq!(console(&world, "nobody", "guess").await.refused(429), "login_locked");
    world.end().await;
}

#[tokio::test]
async fn guessing_at_many_accounts_locks_the_address() {
    let world = World::start().await;
    let mut statuses = Vec::new();
    for n in 0..45 {
        statuses.push(console(&world, &format!("guess-{n}"), "guess").await.status);
    }
    assert!(statuses[..40].iter().all(|status| *status == 422), "{statuses:?}");
    assert!(statuses[40..].iter().all(|status| *status == 429), "{statuses:?}");
    world.end().await;
}

#[tokio::test]
async fn right_passwords_never_lock() {
    let world = World::start().await;
    for _ in 0..45 {
        console(&world, "admin", "demo-admin").await.ok();
    }
    world.end().await;
}

#[tokio::test]
async fn the_admin_sets_a_password_anew_and_lets_its_owner_in() {
    let world = World::start().await;
    let (admin, finance) = (world.login("admin").await, world.login("finance-01").await);
    let id = finance.get("/me").await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/users/{id}/password");
    for _ in 0..8 {
        console(&world, "finance-01", "guess").await;
    }
    assert_eq!(console(&world, "finance-01", "demo-finance-01").await.status, 429);
    for weak in [
        "short",
        "          ",
        "\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}",
        "my-finance-01-x",
    ] {
        assert_eq!(
            admin.put(&path, json!({"password": weak})).await.refused(422),
            "password_weak",
            "{weak:?}"
        );
    }
    admin.put(&path, json!({"password": "correct horse"})).await.ok();
    assert_eq!(finance.get("/me").await.refused(401), "unauthenticated", "what was open before is closed");
    let session = console(&world, "finance-01", "correct horse").await.ok();
    let finance = Person { token: session["token"].as_str().map(str::to_owned), ..world.anonymous() };

    let own = finance.put(&path, json!({"password": "battery staple"})).await;
    assert_eq!(own.pointers(), ["/current"]);
    let change = json!({"password": "battery staple", "current": "correct horse"});
    finance.put(&path, change.clone()).await.ok();
    finance.put(&path, change).await.ok();
    finance.get("/me").await.ok();
    console(&world, "finance-01", "battery staple").await.ok();
    let stranger = world.login("legal-01").await;
    assert_eq!(stranger.put(&path, json!({"password": "battery staple"})).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn somebody_sees_their_sessions_and_ends_one_or_all() {
    let world = World::start().await;
    let (phone, tablet) = (world.login("rep-01").await, world.login("rep-01").await);
    let seen = sessions(&phone).await;
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|it| it["way"] == "wechat"), "{seen:?}");
    let current: Vec<_> = seen.iter().filter(|it| it["is_current"] == true).collect();
    assert_eq!(current.len(), 1);
    let other = seen.iter().find(|it| it["is_current"] == false).unwrap()["id"].as_str().unwrap();
    let end = format!("/me/sessions/{other}/end");
    let stranger = world.login("rep-02").await;
    assert_eq!(stranger.post(&end, json!({})).await.refused(404), "not_found");
    assert_eq!(phone.post(&end, json!({})).await.ok()["n_ended"], 1);
    assert_eq!(tablet.get("/me").await.refused(401), "unauthenticated");

    let tablet = world.login("rep-01").await;
    assert_eq!(phone.post("/auth/logout", json!({"everywhere": true})).await.status, 204);
    for person in [&phone, &tablet] {
        assert_eq!(person.get("/me").await.refused(401), "unauthenticated");
    }
    stranger.get("/me").await.ok();
    world.end().await;
}

#[tokio::test]
async fn one_session_too_many_ends_the_oldest() {
    let world = World::start().await;
    let first = world.login("rep-01").await;
    for _ in 0..59 {
        world.login("rep-01").await;
    }
    assert_eq!(sessions(&first).await.len(), 60);
    let last = world.login("rep-01").await;
    assert_eq!(first.get("/me").await.refused(401), "unauthenticated");
    assert_eq!(sessions(&last).await.len(), 60);
    world.end().await;
}

#[tokio::test]
async fn the_admin_ends_the_sessions_of_whoever_lost_a_phone() {
    let world = World::start().await;
    let (admin, rep) = (world.login("admin").await, world.login("rep-01").await);
    let path = format!("/users/{}/logout", rep.get("/me").await.ok()["id"].as_str().unwrap());
    assert_eq!(world.login("supervisor-01").await.post(&path, json!({})).await.status, 403);
    assert_eq!(admin.post(&path, json!({})).await.ok()["n_ended"], 1);
    assert_eq!(rep.get("/me").await.refused(401), "unauthenticated");
    world.end().await;
}
