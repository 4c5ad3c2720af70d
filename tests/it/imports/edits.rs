//! Operations add people; only the admin changes them, and nobody an admin.

use super::{came_of, counts, expected, findings, hand_in, import, user};
use crate::support::World;

const COLUMNS: &str = "user_id,username,name,phone,role,region_code,manager_id,active_from,active_to\n";
const PERSON: [&str; 9] =
    ["N1", "mei-lan", "梅兰", "13900000031", "rep", "east", "supervisor-01", "2026-11-01", "2027-10-31"];

/// A file of the one person, with one cell said otherwise.
fn file(place: usize, cell: &str) -> String {
    let mut cells = PERSON;
    cells[place] = cell;
    format!("{COLUMNS}{}\n", cells.join(","))
}

#[tokio::test]
async fn operations_add_a_person_and_change_nothing_of_one() {
    let world = World::start().await;
    let (clerk, admin) = (world.login("operations-01").await, world.login("admin").await);
    assert_eq!(counts(&import(&world, &clerk, "users", file(0, "N1")).await), (1, 1, 0));
    let stored = user(&admin, "N1").await;
    let again = import(&world, &clerk, "users", file(0, "N1")).await;
    assert_eq!(counts(&again), (1, 1, 0), "{again}");
    assert_eq!(user(&admin, "N1").await, stored, "a file that says nothing new changes nothing");

    let others = ["", "mei", "梅", "13900000032", "supervisor", "north", "supervisor-02", "2026-11-02", ""];
    for (place, other) in others.into_iter().enumerate().skip(1) {
        for target in ["users?dry_run=true", "users"] {
            let refused = import(&world, &clerk, target, file(place, other)).await;
            let fault = expected(&[(2, "user_id", "person_edit_admin_only")]);
            assert_eq!(findings(&refused["errors"]), fault, "{other}");
            assert_eq!(refused["errors"][0]["detail"], "已登记员工的资料只能由管理员修改：N1");
            assert_eq!(counts(&refused), (1, 0, 1));
        }
    }
    for cleared in [3, 5, 6, 7] {
        assert_eq!(counts(&import(&world, &clerk, "users", file(cleared, "")).await), (1, 0, 1), "{cleared}");
    }
    assert_eq!(user(&admin, "N1").await, stored);

    let changed = import(&world, &admin, "users", file(4, "supervisor")).await;
    assert_eq!(counts(&changed), (1, 1, 0), "{changed}");
    assert_eq!(user(&admin, "N1").await["role"], "supervisor");
    world.end().await;
}

#[tokio::test]
async fn operations_do_not_promote_themselves() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let before = clerk.get("/me").await.ok();
    let rise = "user_id,name,role,region_code,manager_id,phone\n\
                operations-01,厉思远,sales_director,zj,sales-director,13800000111\n";
    let read = import(&world, &clerk, "users", rise).await;
    assert_eq!(findings(&read["errors"]), expected(&[(2, "user_id", "person_edit_admin_only")]));
    assert_eq!(clerk.get("/me").await.ok(), before);
    world.end().await;
}

#[tokio::test]
async fn a_username_that_may_not_be_given_up_is_not_free() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let file = "user_id,username,role\nrep-01,chief,rep\nN1,rep-01,rep\nN2,N2,rep\n";
    let read = import(&world, &clerk, "users", file).await;
    let faults = [(2, "user_id", "person_edit_admin_only"), (3, "username", "username_taken")];
    assert_eq!(findings(&read["errors"]), expected(&faults));
    assert_eq!(counts(&read), (3, 1, 2));
    world.end().await;
}

/// Both files are judged while nobody is called Z; the admin's comes to that row in its first turn, the other in its
/// second.
#[tokio::test]
async fn whom_the_admin_stored_meanwhile_a_waiting_file_does_not_overwrite() {
    let world = World::start().await;
    let (clerk, admin) = (world.login("operations-01").await, world.login("admin").await);
    let crowd = |letter: &str, n_people: usize| -> String {
        (1..=n_people).map(|n| format!("{letter}{n},队员{n},rep\n")).collect()
    };
    let long = format!("user_id,name,role\n{}Z,改过的名字,sales_director\n", crowd("Q", 1_100));
    let short = format!("user_id,name,role\n{}Z,正确的名字,rep\n", crowd("P", 900));
    let theirs = hand_in(&clerk, "users", long).await;
    let own = hand_in(&admin, "users", short).await;
    world.settle().await;
    assert_eq!(counts(&came_of(&admin, &own).await), (901, 901, 0));
    let theirs = came_of(&clerk, &theirs).await;
    assert_eq!(counts(&theirs), (1_101, 1_100, 1));
    assert_eq!(findings(&theirs["errors"]), expected(&[(1_102, "user_id", "person_edit_admin_only")]));
    let stands = user(&admin, "Z").await;
    assert_eq!((&stands["name"], &stands["role"]), (&"正确的名字".into(), &"rep".into()));
    world.end().await;
}

const CLERK: &str = "user_id,name,role,region_code,manager_id,phone,active_to\n\
                     operations-01,厉思远,operations,zj,sales-director,13800000111,";

#[tokio::test]
async fn the_file_of_somebody_who_has_left_is_not_read() {
    let world = World::start().await;
    let (clerk, admin) = (world.login("operations-01").await, world.login("admin").await);
    import(&world, &admin, "users", format!("{CLERK}2026-11-15\n")).await;
    let file = "region_code,name\nR1,浙南\n";
    let in_time = import(&world, &clerk, "regions", file).await;
    assert_eq!(in_time["status"], "done", "the last day still counts");
    let late = hand_in(&clerk, "regions", "region_code,name\nR2,浙中\n").await;
    world.at("2026-11-16T00:00:01+08:00").await;
    let late = came_of(&admin, &late).await;
    assert_eq!((&late["status"], counts(&late)), (&"failed".into(), (0, 0, 0)));
    assert!(late["failure"].as_str().unwrap().contains("离职"), "{late}");
    world.end().await;
}

#[tokio::test]
async fn the_file_of_somebody_who_may_no_longer_import_stops_where_it_is() {
    let world = World::start().await;
    let (clerk, admin) = (world.login("operations-01").await, world.login("admin").await);
    let mut file = "product_id,name,base_unit,list_price\n".to_owned();
    (1..=1_001).for_each(|n| file.push_str(&format!("T{n},纸品{n},包,1.00\n")));
    let theirs = hand_in(&clerk, "products", file).await;
    let moved = format!("{}\n", CLERK.replace(",operations,", ",finance,"));
    let own = hand_in(&admin, "users", moved).await;
    world.settle().await;
    assert_eq!(counts(&came_of(&admin, &own).await), (1, 1, 0));
    let theirs = came_of(&admin, &theirs).await;
    assert_eq!(theirs["status"], "failed", "{theirs}");
    assert!(theirs["n_stored"].as_u64().unwrap() <= 1_000);
    world.end().await;
}
