//! Regions in a ring: no two files close one together, and one that stands already stops nobody.

use std::future::Future;
use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::{all, came_of, expected, findings, hand_in, import};
use crate::support::World;
use crate::visits::monday;

#[tokio::test]
async fn two_files_at_once_close_no_ring_together() {
    let world = World::start().await;
    let (clerk, admin) = (world.login("operations-01").await, world.login("admin").await);
    for turn in ["1", "2", "3"] {
        let named = |text: &str| format!("region_code,name,parent_code\n{}", text.replace('#', turn));
        import(&world, &clerk, "regions", named("A#,甲,\nB#,乙,\n")).await;
        let one = hand_in(&clerk, "regions", named("A#,甲,B#\n")).await;
        let other = hand_in(&admin, "regions", named("B#,乙,A#\n")).await;
        world.settle().await;
        let (one, other) = (came_of(&clerk, &one).await, came_of(&admin, &other).await);
        let found = [findings(&one["errors"]), findings(&other["errors"])].concat();
        assert_eq!(found, expected(&[(2, "parent_code", "parent_ring")]), "{one} {other}");
    }
    world.end().await;
}

/// What does not go round and round is done long before.
async fn soon<T>(doing: &str, it: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(Duration::from_secs(20), it).await;
    done.unwrap_or_else(|_| panic!("{doing} goes round in the ring"))
}

#[tokio::test]
async fn a_ring_that_stands_already_stops_nobody() {
    let (world, rep, customer) = monday().await;
    // No file makes a ring, so it is made by hand: the province below its district.
    let ring = "UPDATE people_regions SET parent_id = (SELECT id FROM people_regions WHERE external_id = 'east') \
                WHERE external_id = 'zj'";
    world.app.db.conn().execute_unprepared(ring).await.unwrap();

    let director = world.login("director-east").await;
    let customers = soon("a list", all(&director, "/customers?")).await;
    assert!(customers.iter().any(|it| it["id"] == customer["id"]));
    let visit = soon("a review", rep.check_in(&customer, 1_000.0)).await;
    assert_eq!((&visit["verdict"], &visit["review"]), (&"review".into(), &"pending".into()));
    let clerk = world.login("operations-01").await;
    let below = "region_code,name,parent_code\nnorth,浙北,east\n";
    let read = soon("an import", import(&world, &clerk, "regions", below)).await;
    assert_eq!(read["n_stored"], 1, "{read}");
    world.end().await;
}
