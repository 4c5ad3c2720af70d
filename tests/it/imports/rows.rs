//! Row by row: a bad row says what is wrong with it and spoils no other.

use serde_json::{Value, json};

use super::{all, counts, expected, findings, import, user};
use crate::support::{Person, World};

const CUSTOMERS: &str = "\
customer_id,name,region_code,owner_id,lat,lng,credit_limit,kind
X1,好再来便利店,east,rep-01,29.86,121.52,2000.00,store
X2,没有区域的店,nowhere,rep-01,,,,shop
X3,,east,nobody,,,,store
X4,坐标错的店,east,rep-01,north,121.52,12.345,store
X5,没有负责人的店,east,,,,,
X1,同一编号的店,east,rep-01,,,,
";

const FAULTS: [(u64, &str, &str); 7] = [
    (3, "region_code", "region_unknown"),
    (4, "name", "required"),
    (3, "kind", "value_unknown"),
    (5, "credit_limit", "not_money"),
    (5, "lat", "not_a_coordinate"),
    (7, "customer_id", "duplicate_row"),
    (0, "", ""),
];

fn sorted(mut found: Vec<(u64, String, String)>) -> Vec<(u64, String, String)> {
    found.sort();
    found
}

async fn customer(person: &Person, external_id: &str) -> Option<Value> {
    let found = person.get(&format!("/customers?external_id={external_id}")).await.ok();
    found["items"].get(0).cloned()
}

#[tokio::test]
async fn a_dry_run_says_what_is_wrong_with_each_row_and_stores_nothing() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let n_before = all(&clerk, "/customers?").await.len();
    let tried = import(&world, &clerk, "customers?dry_run=true", CUSTOMERS).await;
    assert_eq!((tried["status"].as_str(), tried["dry_run"].as_bool()), (Some("done"), Some(true)));
    assert_eq!(counts(&tried), (6, 2, 4));
    let faults = sorted(expected(&FAULTS[..6]));
    assert_eq!(sorted(findings(&tried["errors"])), faults);
    assert_eq!(all(&clerk, "/customers?").await.len(), n_before);
    assert_eq!(customer(&clerk, "X1").await, None);

    let real = import(&world, &clerk, "customers", CUSTOMERS).await;
    assert_eq!(counts(&real), counts(&tried));
    assert_eq!(real["errors"], tried["errors"], "the real run says what the dry run said");
    assert_eq!(real["warnings"], tried["warnings"]);
    assert_eq!(all(&clerk, "/customers?").await.len(), n_before + 2);
    world.end().await;
}

#[tokio::test]
async fn a_bad_row_spoils_no_other() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    import(&world, &clerk, "customers", CUSTOMERS).await;
    let stored = customer(&clerk, "X1").await.unwrap();
    assert_eq!(stored["name"], "好再来便利店", "the first row of an id stands");
    assert_eq!(stored["location"], json!({"lat": 29.86, "lng": 121.52, "system": "gcj02"}));
    assert_eq!(stored["credit_limit"], "2000.00");
    assert_eq!(customer(&clerk, "X5").await.unwrap()["owner_id"], Value::Null);
    for refused in ["X2", "X3", "X4"] {
        assert_eq!(customer(&clerk, refused).await, None, "{refused}");
    }
    let rep = world.login("rep-01").await;
    assert!(customer(&rep, "X1").await.is_some(), "the owner sees the new customer");
    assert_eq!(customer(&rep, "X5").await, None);
    world.end().await;
}

#[tokio::test]
async fn importing_again_changes_what_the_file_says_and_the_version() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let file = "customer_id,name,region_code,owner_id\nX1,好再来便利店,east,rep-01\n";
    import(&world, &clerk, "customers", file).await;
    let first = customer(&clerk, "X1").await.unwrap();
    import(&world, &clerk, "customers", file.replace("好再来", "常来")).await;
    let mut second = customer(&clerk, "X1").await.unwrap();
    assert_eq!(second["id"], first["id"]);
    assert_eq!(second["name"], "常来便利店");
    assert_eq!(second["version"], 2);
    for field in ["name", "version", "confirmed_at", "freshness"] {
        second[field] = first[field].clone();
    }
    assert_eq!(second, first);
    world.end().await;
}

#[tokio::test]
async fn a_manager_may_stand_later_in_the_file() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let file = "user_id,role,region_code,manager_id\nN1,rep,new,N2\nN2,manager,new,N3\nN3,director,new,sales-director\n";
    import(&world, &clerk, "regions", "region_code,name,parent_code\nnew,金华,zj\n").await;
    let read = import(&world, &clerk, "users", file).await;
    assert_eq!(counts(&read), (3, 3, 0), "{read}");
    let (rep, manager) = (user(&clerk, "N1").await, user(&clerk, "N2").await);
    assert_eq!(rep["manager_id"], manager["id"]);
    assert_eq!(manager["manager_id"], user(&clerk, "N3").await["id"]);
    let ring = import(&world, &clerk, "users", "user_id,role,manager_id\nN8,rep,N9\nN9,rep,N8\n").await;
    let rings = [(2, "manager_id", "manager_ring"), (3, "manager_id", "manager_ring")];
    assert_eq!(findings(&ring["errors"]), expected(&rings));
    world.end().await;
}

#[tokio::test]
async fn the_roles_of_files_are_the_products_roles() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let file = "user_id,role,region_code\nA,manager,east\nB,director,east\nC,director,\nD,order_clerk,\nE,boss,\nF,admin,\n";
    let read = import(&world, &clerk, "users", file).await;
    assert_eq!(counts(&read), (6, 4, 2), "{read}");
    let faults = [(6, "role", "role_unknown"), (7, "role", "admin_not_imported")];
    assert_eq!(findings(&read["errors"]), expected(&faults));
    let expected =
        [("A", "supervisor"), ("B", "regional_director"), ("C", "sales_director"), ("D", "order_clerk")];
    for (external_id, role) in expected {
        assert_eq!(user(&clerk, external_id).await["role"], role);
    }
    world.end().await;
}

#[tokio::test]
async fn an_admin_is_neither_made_nor_changed_by_a_file() {
    let world = World::start().await;
    let (clerk, admin) = (world.login("operations-01").await, world.login("admin").await);
    let before = admin.get("/me").await.ok();
    let file = "user_id,role,active_to\nadmin,rep,2026-11-14\noperations-01,admin,\nN1,rep,\n";
    let read = import(&world, &clerk, "users", file).await;
    assert_eq!(counts(&read), (3, 1, 2), "{read}");
    let faults = [(2, "user_id", "admin_not_imported"), (3, "role", "admin_not_imported")];
    assert_eq!(findings(&read["errors"]), expected(&faults));
    let own = import(&world, &admin, "users", "user_id,role\nadmin,rep\n").await;
    assert_eq!(findings(&own["errors"]), expected(&[(2, "user_id", "admin_not_imported")]));
    assert_eq!(admin.get("/me").await.ok(), before);
    assert_eq!(clerk.get("/me").await.ok()["role"], "operations");
    world.end().await;
}

#[tokio::test]
async fn whoever_is_in_a_file_keeps_password_and_wechat() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let file = "user_id,username,name,role,region_code,manager_id,phone\nrep-01,rep-01,应小岚,rep,east,supervisor-01,138 0000 0001\n";
    assert_eq!(counts(&import(&world, &admin, "users", file).await), (1, 1, 0));
    let rep = world.login("rep-01").await;
    assert_eq!(rep.get("/me").await.ok()["name"], "应小岚");
    let body = json!({"username": "rep-01", "password": "demo-rep-01"});
    world.anonymous().post("/auth/console/login", body).await.ok();
    world.end().await;
}

#[tokio::test]
async fn a_wrong_credit_code_and_a_duplicate_are_warnings() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let file = "customer_id,name,region_code,district_code,uscc,phone\n\
                Y1,同福(便利店),east,330203,91320111MW2GK4QX07,15500000001\n\
                Y2,同福便利店,east,330203,91320111MW2GK4QX08,+86 155 0000 0001\n";
    let read = import(&world, &clerk, "customers", file).await;
    assert_eq!(counts(&read), (2, 2, 0), "{read}");
    let warned =
        [(3, "name", "duplicate_name"), (3, "phone", "duplicate_phone"), (3, "uscc", "uscc_invalid")];
    assert_eq!(sorted(findings(&read["warnings"])), expected(&warned));
    let alone = "customer_id,name,region_code,uscc\nY3,另一家,east,91320111mw2gk4qx07\n";
    let read = import(&world, &clerk, "customers", alone).await;
    assert_eq!(findings(&read["warnings"]), expected(&[(2, "uscc", "duplicate_uscc")]));
    world.end().await;
}

#[tokio::test]
async fn a_lead_may_have_become_an_opportunity_that_is_not_known_here() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let file = "lead_id,region_code,phone,created_at,first_response_at,opportunity_id\n\
                L1,east,15500000051,2026-08-23T09:51:45+08:00,2026-08-23T13:52:35+08:00,B-ELSEWHERE\n";
    let read = import(&world, &clerk, "leads", file).await;
    assert_eq!(counts(&read), (1, 1, 0), "{read}");
    let leads = all(&clerk, "/leads?").await;
    let lead = leads.iter().find(|it| it["external_id"] == "L1").unwrap();
    assert_eq!((&lead["status"], &lead["opportunity_id"]), (&json!("converted"), &Value::Null));
    world.end().await;
}
