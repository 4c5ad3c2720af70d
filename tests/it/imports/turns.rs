//! A long file is read in turns of a thousand rows, and others go first in between.

use serde_json::Value;

use super::{all, came_of, counts, findings, hand_in};
use crate::support::{Person, World};

fn products(n_rows: usize) -> String {
    let mut file = "product_id,name,base_unit,list_price\n".to_owned();
    (1..=n_rows).for_each(|n| file.push_str(&format!("T{n},纸品{n},包,1.00\n")));
    file
}

/// How many turns a file took, and what came of it.
async fn turns(world: &World, person: &Person, target: &str, file: String) -> (usize, Value) {
    let started = hand_in(person, target, file).await;
    let ran = world.settle().await;
    let n_turns = ran.as_array().unwrap().iter().filter(|it| it["name"] == "imports.run").count();
    (n_turns, came_of(person, &started).await)
}

#[tokio::test]
async fn a_thousand_rows_are_one_turn_and_one_more_is_another() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    for (n_rows, n_turns) in [(0, 1), (1_000, 1), (1_001, 2), (2_001, 3)] {
        for target in ["products?dry_run=true", "products"] {
            let (n, read) = turns(&world, &clerk, target, products(n_rows)).await;
            assert_eq!((n, &read["status"]), (n_turns, &"done".into()), "{n_rows} {target}");
            let n_rows = u64::try_from(n_rows).unwrap();
            assert_eq!(counts(&read), (n_rows, n_rows, 0));
        }
    }
    let stored = all(&clerk, "/products?").await;
    assert_eq!(stored.iter().filter(|it| it["name"].as_str().unwrap().starts_with("纸品")).count(), 2_001);
    world.end().await;
}

#[tokio::test]
async fn what_a_later_turn_says_is_what_one_turn_would_have_said() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let mut file = "customer_id,name,region_code,phone\n".to_owned();
    for n in 1..=1_200 {
        file.push_str(&format!("C{n},第{n}店,east,1391{n:07}\n"));
    }
    file.push_str("C1201,再一店,east,13910000007\nC1202,无区域的店,nowhere,\nC3,又是第三店,east,\n");
    let (n_turns, read) = turns(&world, &clerk, "customers", file).await;
    assert_eq!((n_turns, counts(&read)), (2, (1_203, 1_201, 2)), "{read}");
    let say =
        |list: &str| findings(&read[list]).into_iter().map(|(row, _, code)| (row, code)).collect::<Vec<_>>();
    assert_eq!(say("warnings"), [(1_202, "duplicate_phone".to_owned())]);
    let errors = [(1_203, "region_unknown".to_owned()), (1_204, "duplicate_row".to_owned())];
    assert_eq!(say("errors"), errors);
    world.end().await;
}
