//! Many decided with one tap, and one decided by a link.

use serde_json::json;

use super::{approve, asks, decide, flow, id_of, publish, request};
use crate::support::{World, database};

#[tokio::test]
async fn many_are_decided_each_for_itself() {
    let world = World::start().await;
    publish(&world, flow("one", json!([asks("a", &["supervisor-01"], "all", None)]))).await;
    let rep = world.login("rep-01").await;
    let supervisor = world.login("supervisor-01").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(request(&rep, "one").await);
    }
    approve(&supervisor, &ids[1]).await;
    let missing = "01900000-0000-7000-8000-000000000000";
    let asked: Vec<_> = ids.iter().map(|it| it["id"].clone()).chain([json!(missing)]).collect();
    let body = json!({"approval_ids": asked, "decision": "approve"});
    let many = supervisor.post_once("/approvals/decide", "tap-1", body.clone()).await.ok();
    let results: Vec<_> =
        many["results"].as_array().unwrap().iter().map(|it| it["http_status"].clone()).collect();
    assert_eq!(results, [200, 409, 200, 404]);
    assert_eq!(many["results"][1]["answer"]["code"], "already_decided");
    assert!(many["results"][1]["answer"]["detail"].as_str().unwrap().contains("乐建锋"));
    assert_eq!(
        supervisor.post_once("/approvals/decide", "tap-1", body).await.ok(),
        many,
        "sent again it says the same"
    );
    assert!(supervisor.todos().await.is_empty());
    let too_many = json!({"approval_ids": vec![missing; 51], "decision": "approve"});
    assert_eq!(supervisor.post("/approvals/decide", too_many).await.pointers(), ["/approval_ids"]);
    world.end().await;
}

#[tokio::test]
async fn a_link_shows_when_it_is_opened_and_decides_once_when_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = database::fresh(folder.path()).await;
    config.http.public_url = "https://gugan.example.cn/".to_owned();
    let world = World::start_with(folder, config).await;
    publish(&world, flow("one", json!([asks("a", &["supervisor-01"], "all", None)]))).await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "one").await;
    let supervisor = world.login("supervisor-01").await.get("/me").await.ok()["id"].clone();
    let matter = format!("todo:{}:0", asked["id"].as_str().unwrap());
    let supervisor = supervisor.as_str().unwrap().parse().unwrap();
    let link = api::commands::link_of(&world.app, &matter, supervisor).await.unwrap();
    let token = link.rsplit('/').next().unwrap();
    assert_eq!(link, format!("https://gugan.example.cn/links/{token}"));
    for _ in 0..3 {
        let page = world.raw(&format!("/links/{token}")).await;
        assert_eq!((page.status, page.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
        assert!(
            page.text.contains("样品申请") && page.text.contains("<form method=\"post\">"),
            "{}",
            page.text
        );
    }
    let status = async || {
        rep.get(&format!("/approvals/{}", asked["id"].as_str().unwrap())).await.ok()["status"].clone()
    };
    assert_eq!(status().await, "open", "opening it never acts");
    let send = async |body: &'static str| {
        let url = format!("{}/links/{token}", world.base);
        let request = world.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("decision=reject&comment=").await, 422, "a refusal says why, and the link is still good");
    assert_eq!(send("decision=approve").await, 200);
    assert_eq!(status().await, "approved");
    assert_eq!(send("decision=approve").await, 409);
    assert_eq!(world.raw(&format!("/links/{token}")).await.status, 409);
    assert_eq!(world.raw("/links/0123456789abcdef").await.status, 404);
    world.end().await;
}

#[tokio::test]
async fn a_link_ends_with_the_turn_it_was_sent_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = database::fresh(folder.path()).await;
    config.http.public_url = "https://gugan.example.cn".to_owned();
    let world = World::start_with(folder, config).await;
    publish(&world, flow("one", json!([asks("a", &["supervisor-01"], "all", None)]))).await;
    let asked = request(&world.login("rep-01").await, "one").await;
    let supervisor = world.login("supervisor-01").await;
    let matter = format!("todo:{}:0", asked["id"].as_str().unwrap());
    let me = id_of(&world, "supervisor-01").await.as_str().unwrap().parse().unwrap();
    let link = api::commands::link_of(&world.app, &matter, me).await.unwrap();
    let path = link.strip_prefix("https://gugan.example.cn").unwrap();
    assert_eq!(world.raw(path).await.status, 200);
    let to = id_of(&world, "finance-01").await;
    decide(&supervisor, &asked, json!({"decision": "transfer", "to_user_id": to})).await.ok();
    let page = world.raw(path).await;
    assert_eq!(page.status, 409);
    assert!(!page.text.contains("样品申请"), "what is somebody else's is not shown any more");
    world.end().await;
}
