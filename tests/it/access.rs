//! Who may do what: every route, every role, and no way around the table.

mod departments;
mod scope;

use std::collections::{BTreeMap, BTreeSet};

use api::{ROUTES, Who};
use serde_json::{Value, json};

use crate::support::{Answer, Person, World};

/// Somebody of each role.
const ONE_OF_EACH: [&str; 10] = [
    "rep-01",
    "clerk-01",
    "supervisor-01",
    "director-east",
    "sales-director",
    "legal-01",
    "finance-01",
    "logistics-01",
    "operations-01",
    "admin",
];

/// The path of a route with parameters that fit and name nothing.
fn filled(route: &str) -> String {
    let part = |part: &str| match part {
        "{date}" => "2026-11-16".to_owned(),
        "{kind}" => "regions".to_owned(),
        part if part.starts_with('{') => uuid::Uuid::new_v4().to_string(),
        part => part.to_owned(),
    };
    route.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn call(person: &Person, method: &str, route: &str) -> Answer {
    let body = if method == "GET" { "" } else { "{}" };
    person.send(method, &filled(route), "application/json", body).await
}

/// Routes that need a session, with those who may call them.
fn guarded() -> Vec<(&'static str, &'static str, BTreeSet<&'static str>)> {
    let all = ROUTES.iter().filter_map(|(method, route, who)| match who {
        Who::Anybody => None,
        Who::Roles(roles) => Some((*method, *route, roles.iter().map(|role| role.name()).collect())),
    });
    all.collect()
}

#[test]
fn the_description_and_the_table_name_the_same_routes() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let route = path.strip_prefix("/api/v1").expect("every route is under /api/v1");
        let methods = item.as_object().unwrap().keys();
        described.extend(methods.map(|method| (method.to_uppercase(), route.to_owned())));
    }
    let listed = ROUTES.iter().map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned()));
    let listed: BTreeSet<_> = listed.collect();
    assert_eq!(listed.len(), ROUTES.len(), "a route stands twice");
    assert_eq!(described, listed);
}

#[test]
fn the_description_says_who_may_call_what() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let security = |method: &str, route: &str| {
        document["paths"][format!("/api/v1{route}")][method.to_lowercase()]["security"].clone()
    };
    for (method, route, roles) in guarded() {
        let named = security(method, route);
        let named: BTreeSet<&str> = named[0]["session"]
            .as_array()
            .unwrap_or_else(|| panic!("{method} {route} names no session"))
            .iter()
            .map(|role| role.as_str().unwrap())
            .collect();
        assert_eq!(named, roles, "{method} {route}");
    }
    assert_eq!(security("POST", "/auth/wechat/login"), Value::Null);
}

/// What the table must never say, whatever else is changed in it.
#[test]
fn some_doors_stay_shut() {
    let only = |method: &str, route: &str, allowed: &[&str]| {
        let all = guarded();
        let found = all.iter().find(|(verb, path, _)| *verb == method && *path == route);
        let (.., roles) = found.unwrap_or_else(|| panic!("{method} {route} is open to anybody"));
        let beyond: Vec<_> = roles.iter().filter(|role| !allowed.contains(role)).collect();
        assert!(beyond.is_empty(), "{method} {route} is open to {beyond:?}");
    };
    // Operations configure and decide nothing; whoever asks does not decide.
    let deciders =
        ["supervisor", "regional_director", "sales_director", "legal", "finance", "logistics", "admin"];
    only("POST", "/approvals/{id}/decide", &deciders);
    only("POST", "/visits", &["rep", "supervisor"]);
    only("POST", "/visits/{id}/complete", &["rep", "supervisor"]);
    only("POST", "/photos", &["rep", "supervisor", "logistics"]);
    for step in ["", "/{id}/depart", "/{id}/sign-off", "/{id}/fail"] {
        only("POST", &format!("/deliveries{step}"), &["logistics"]);
    }
    only("POST", "/stops/{id}/sign-off", &["logistics"]);
    only("POST", "/trips/{id}/hand-in/confirm", &["finance"]);
    let overriders = ["logistics", "supervisor", "regional_director", "sales_director"];
    only("POST", "/deliveries/{id}/override", &overriders);
    only("GET", "/jobs/dead", &["admin"]);
    // People are the admin's.
    for (method, route) in [("POST", "/users"), ("PUT", "/users/{id}"), ("POST", "/users/{id}/leave")] {
        only(method, route, &["admin"]);
    }
    only("POST", "/leads/{id}/assign", &["supervisor", "regional_director", "sales_director"]);
    only("POST", "/jobs/dead/{id}/replay", &["admin"]);
    for (method, route, roles) in guarded() {
        let is_import = route.starts_with("/imports");
        assert!(!is_import || roles == BTreeSet::from(["admin", "operations"]), "{method} {route}");
    }
    let open = ROUTES.iter().filter(|(.., who)| *who == Who::Anybody).map(|(_, route, _)| *route);
    let open: BTreeSet<_> = open.filter(|route| !route.starts_with("/dev/")).collect();
    // Whoever takes a trip over on a shared phone shows who they are by a personal number.
    let known = ["/auth/console/login", "/auth/wechat/bind", "/auth/wechat/login", "/trips/{id}/take"];
    assert_eq!(open, BTreeSet::from(known));
}

#[tokio::test]
async fn without_a_valid_session_every_route_says_so() {
    let world = World::start().await;
    let left = world.login("admin").await;
    left.post("/auth/logout", json!({})).await.ok();
    let with = |token: &str| Person { token: Some(token.to_owned()), ..world.anonymous() };
    let intruders = [world.anonymous(), with("garbage"), with(&"0".repeat(64)), with(""), left];
    for (method, route, _) in guarded() {
        for intruder in &intruders {
            let answer = call(intruder, method, route).await;
            let challenge = answer.headers.get("www-authenticate").map(|it| it.to_str().unwrap().to_owned());
            assert_eq!(challenge.as_deref(), Some("Bearer"), "{method} {route}: {}", answer.text);
            assert_eq!(answer.refused(401), "unauthenticated", "{method} {route}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn every_route_is_open_to_the_roles_of_the_table_and_to_no_other() {
    let world = World::start().await;
    let mut people = BTreeMap::new();
    for username in ONE_OF_EACH {
        let person = world.login(username).await;
        let role = person.get("/me").await.ok()["role"].as_str().unwrap().to_owned();
        people.insert(role, person);
    }
    assert_eq!(people.len(), 10);
    let mut n_refused = 0;
    for (method, route, roles) in guarded() {
        for (role, person) in &people {
            // Whoever calls it has no session afterwards.
            let person = if route == "/auth/logout" { &world.login(&person.username).await } else { person };
            let answer = call(person, method, route).await;
            if roles.contains(role.as_str()) {
                let is_let_in = ![401, 403].contains(&answer.status) && answer.status < 500;
                assert!(is_let_in, "{role} {method} {route}: {} {}", answer.status, answer.text);
            } else {
                assert_eq!(answer.refused(403), "forbidden", "{role} {method} {route}");
                n_refused += 1;
            }
        }
    }
    assert!(n_refused > 100, "only {n_refused} were refused");
    world.end().await;
}

#[tokio::test]
async fn the_development_switches_are_absent_unless_they_are_on() {
    let world = World::start().await;
    let mut config = (*world.app.config).clone();
    config.dev.enabled = false;
    let folder = tempfile::tempdir().unwrap();
    config.data_dir = folder.path().to_owned();
    let app = api::open_migrated(config).await.unwrap();
    let (server, address) = api::commands::answer(&app).unwrap();
    let stranger = Person { base: format!("http://{address}"), ..world.anonymous() };
    let switches = ROUTES.iter().filter(|(_, route, _)| route.starts_with("/dev/"));
    let mut n_switches = 0;
    for (method, route, _) in switches {
        let answer = call(&stranger, method, route).await;
        assert_eq!(answer.refused(404), "not_found", "{method} {route}");
        let answer = call(&world.anonymous(), method, route).await;
        assert_ne!(answer.status, 404, "{method} {route} exists where the switches are on");
        n_switches += 1;
    }
    assert_eq!(n_switches, 7);
    server.stop(false).await;
    app.db.conn().inner().clone().close().await.unwrap();
    world.end().await;
}

#[tokio::test]
async fn a_token_counts_only_as_a_bearer_token() {
    let world = World::start().await;
    let token = world.login("rep-01").await.token.unwrap();
    let me = format!("{}/api/v1/me", world.base);
    for (header, status) in [
        (format!("Bearer {token}"), 200),
        (format!("bearer {token}"), 200),
        (format!("Basic {token}"), 401),
        (token.clone(), 401),
        (format!("Bearer {token}x"), 401),
        (format!("Bearer {}", token.to_uppercase()), 401),
    ] {
        let answer = world.client.get(&me).header("Authorization", &header).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{}", &header[..10]);
    }
    let in_query = world.client.get(format!("{me}?token={token}")).send().await.unwrap();
    assert_eq!(in_query.status().as_u16(), 401);
    world.end().await;
}
