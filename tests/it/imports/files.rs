//! What is taken in at all, and from whom.

use reqwest::multipart::{Form, Part};

use super::{hand_in, import};
use crate::support::{Person, World};

const REGIONS: &str = "region_code,name\nR1,浙北\n";

/// The code that a file of regions is refused with.
async fn refused(person: &Person, status: u16, bytes: impl Into<Vec<u8>>) -> String {
    let answer = hand_in(person, "regions", bytes).await;
    answer.refused(status).as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_no_csv_in_utf_8_is_refused_before_anything_is_read() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let in_gbk = b"region_code,name\nR1,\xd5\xe3\xb1\xb1\n".to_vec();
    assert_eq!(refused(&clerk, 422, in_gbk).await, "import_unreadable");
    let in_utf_16: Vec<u8> = REGIONS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&clerk, 422, in_utf_16).await, "import_unreadable");
    assert_eq!(refused(&clerk, 422, "").await, "import_unreadable");
    assert_eq!(refused(&clerk, 415, "PK\u{3}\u{4}anything").await, "content_type_unsupported");
    assert_eq!(refused(&clerk, 422, "name\n浙北\n").await, "import_column_missing");

    let with_mark =
        import(&world, &clerk, "regions", format!("\u{feff}{}", REGIONS.replace('\n', "\r\n"))).await;
    assert_eq!(super::counts(&with_mark), (1, 1, 0), "{with_mark}");
    world.end().await;
}

#[tokio::test]
async fn an_upload_has_one_part_that_is_called_file() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let target = "/imports/regions";
    let answer = clerk.post(target, serde_json::json!({})).await;
    assert_eq!(answer.refused(415), "content_type_unsupported");
    let empty = clerk.post_form(target, Form::new()).await;
    assert_eq!(empty.refused(422), "part_missing");
    let misnamed = clerk.post_form(target, Form::new().text("flie", REGIONS)).await;
    assert_eq!(misnamed.pointers(), ["/flie"]);
    assert_eq!(misnamed.refused(422), "part_unknown");
    let part = || Part::bytes(REGIONS.as_bytes());
    let twice = Form::new().part("file", part()).part("file", part());
    assert_eq!(clerk.post_form(target, twice).await.refused(422), "part_unknown");
    world.end().await;
}

#[tokio::test]
async fn an_unknown_kind_of_file_is_named() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let answer = hand_in(&clerk, "weather", REGIONS).await;
    assert_eq!(answer.pointers(), ["/kind"]);
    assert_eq!(answer.refused(422), "import_kind_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_file_over_twenty_megabytes_is_refused() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let line = "R1,浙北\n";
    let just_over = (20 << 20) / line.len() + 1;
    let bytes = format!("region_code,name\n{}", line.repeat(just_over));
    assert_eq!(refused(&clerk, 413, bytes).await, "import_too_large");
    world.end().await;
}

#[tokio::test]
async fn only_operations_and_the_admin_import() {
    let world = World::start().await;
    for username in ["rep-01", "supervisor-01", "sales-director", "finance-01"] {
        let person = world.login(username).await;
        let answer = hand_in(&person, "regions", REGIONS).await;
        assert_eq!(answer.refused(403), "forbidden", "{username}");
    }
    let clerk = world.login("operations-01").await;
    let theirs = import(&world, &clerk, "regions", REGIONS).await;
    let path = format!("/imports/{}", theirs["id"].as_str().unwrap());
    let admin = world.login("admin").await;
    assert_eq!(admin.get(&path).await.ok(), theirs, "the admin sees everybody's");
    let own = import(&world, &admin, "regions", REGIONS).await;
    let path = format!("/imports/{}", own["id"].as_str().unwrap());
    assert_eq!(clerk.get(&path).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn a_file_handed_in_twice_with_one_key_is_read_once() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let hand_in = async |text: &'static str| {
        let form = Form::new().part("file", Part::bytes(text.as_bytes()));
        let request = clerk.client.post(format!("{}/api/v1/imports/regions", clerk.base));
        let request = request.bearer_auth(clerk.token.as_ref().unwrap());
        let answer = request.header("Idempotency-Key", "k-1").multipart(form).send().await;
        crate::support::Answer::of(answer.unwrap()).await
    };
    let first = hand_in(REGIONS).await;
    let again = hand_in(REGIONS).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(first.ok(), again.ok());
    let other = hand_in("region_code,name\nR2,浙南\n").await;
    assert_eq!(other.refused(422), "idempotency_key_reused");
    world.end().await;
}
