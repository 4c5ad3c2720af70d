//! Calls and chats leave a record by themselves; it counts once somebody answered and something shows it.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::path;
use crate::support::Person;

/// A screenshot of a chat.
async fn a_chat(person: &Person) -> Value {
    let bytes = crate::support::photos::Photo::bare().jpeg();
    let part = Part::bytes(bytes).file_name("chat.jpg").mime_str("image/jpeg").unwrap();
    person.post_form("/files", Form::new().part("file", part)).await.ok()
}

async fn tell(person: &Person, record: &Value, body: Value) -> crate::support::Answer {
    person.post(&format!("/communications/{}/outcome", record["id"].as_str().unwrap()), body).await
}

#[tokio::test]
async fn a_call_is_an_attempt_until_its_one_tap_outcome() {
    let (world, rep, store) = crate::visits::monday().await;
    let before = rep.file_of(&store).await.ok()["last_verified_at"].clone();
    let call = json!({"touch_point": "phone", "contact": "竺亚芬"});
    let attempt = rep.with_customer(&store, "communications", call).await.ok();
    assert_eq!((&attempt["outcome"], &attempt["is_verified"]), (&Value::Null, &json!(false)));
    assert_eq!(rep.timeline(&store).await[0]["kind"], "communication_attempt");
    assert_eq!(rep.file_of(&store).await.ok()["last_verified_at"], before);
    let told = tell(&rep, &attempt, json!({"outcome": "connected", "note": "周四送样"})).await.ok();
    assert_eq!((&told["is_verified"], &told["note"]), (&json!(true), &json!("周四送样")));
    assert_eq!(rep.timeline(&store).await[0]["kind"], "communication");
    assert_ne!(rep.file_of(&store).await.ok()["last_verified_at"], before);
    assert_eq!(
        tell(&rep, &attempt, json!({"outcome": "refused"})).await.refused(409),
        "outcome_already_told"
    );
    let colleague = world.login("supervisor-01").await;
    assert_eq!(tell(&colleague, &attempt, json!({"outcome": "refused"})).await.refused(404), "not_found");
    let listed = rep.get(&path(&store, "/communications")).await.ok();
    assert_eq!(listed["items"][0]["id"], attempt["id"]);
    world.end().await;
}

#[tokio::test]
async fn a_chat_counts_with_its_screenshot() {
    let (world, rep, store) = crate::visits::monday().await;
    let chat = json!({"touch_point": "wechat", "outcome": "connected"});
    let bare = rep.with_customer(&store, "communications", chat).await.ok();
    assert_eq!(bare["is_verified"], false);
    let file = a_chat(&rep).await;
    let shown = json!({"touch_point": "wechat", "outcome": "connected", "file_ids": [file["id"]]});
    assert_eq!(rep.with_customer(&store, "communications", shown).await.ok()["is_verified"], true);
    let archive = rep.get(&path(&store, "/evidence?kind=document")).await.ok();
    assert_eq!(archive["items"][0]["id"], file["id"], "it is filed with the customer by itself");
    // Another customer's file shows nothing here, nor does another person's.
    let other = rep.customer("DC002").await;
    let strange = json!({"touch_point": "wechat", "outcome": "connected", "file_ids": [file["id"]]});
    let refused = rep.with_customer(&other, "communications", strange).await;
    assert_eq!(refused.pointers(), ["/file_ids/0"]);
    assert_eq!(refused.refused(422), "file_unknown");
    let foreign =
        json!({"touch_point": "wechat", "file_ids": [a_chat(&world.login("rep-02").await).await["id"]]});
    assert_eq!(rep.with_customer(&store, "communications", foreign).await.refused(422), "file_unknown");
    world.end().await;
}
