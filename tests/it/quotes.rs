//! Quotes: sent, signed within 48 hours, and made an order in one step.

use serde_json::{Value, json};

use crate::orders::{Shop, line, shop, wanted};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person};

async fn with(who: &Person, quote: &Value, verb: &str, body: Value) -> Answer {
    who.post(&format!("/quotes/{}/{verb}", quote["id"].as_str().unwrap()), body).await
}

async fn sent(shop: &Shop) -> Value {
    let quote = shop.rep.post("/quotes", shop.boxes(2)).await.ok();
    assert_eq!((&quote["status"], &quote["revision"]), (&json!("draft"), &json!(1)));
    with(&shop.rep, &quote, "send", json!({})).await.ok()
}

#[tokio::test]
async fn a_quote_needs_a_customer_with_a_file() {
    let shop = shop().await;
    let lines = json!({"lines": shop.boxes(1)["lines"]});
    let refused = shop.rep.post("/quotes", lines).await;
    assert_eq!(refused.pointers(), ["/customer_id"]);
    assert_eq!(refused.refused(422), "required");
    let nobody = json!({"id": uuid::Uuid::new_v4()});
    let refused = shop.rep.post("/quotes", wanted(&nobody, &[line(&shop.water, 1, "箱", "48")])).await;
    assert_eq!(refused.refused(422), "customer_unknown");
    let refused = shop.rep.post("/quotes", wanted(&shop.store, &[line(&shop.water, 1, "托", "48")])).await;
    assert_eq!(refused.pointers(), ["/lines/0/unit"]);
    shop.world.end().await;
}

#[tokio::test]
async fn a_photo_of_the_signature_stops_the_clock() {
    let shop = shop().await;
    let quote = shop.rep.post("/quotes", shop.boxes(2)).await.ok();
    let early = with(&shop.rep, &quote, "sign", json!({"signer_name": "竺亚芬", "photo_ids": []})).await;
    assert_eq!(early.refused(422), "signature_photo_missing");
    let quote = with(&shop.rep, &quote, "send", json!({})).await.ok();
    assert_eq!(quote["status"], "sent");
    assert!(quote["due_at"].is_string());
    let subject = ("quote", quote["id"].as_str().unwrap());
    let place = at_store(&shop.store, 0.0);
    let photo = shop.rep.photo("evidence", subject, &Photo::bare(), Some(&place)).await;
    let body = json!({"signer_name": "竺亚芬", "photo_ids": [photo["id"]]});
    let signed = with(&shop.rep, &quote, "sign", body.clone()).await.ok();
    assert_eq!((&signed["status"], &signed["signed_by"]), (&json!("signed"), &json!("photo")));
    assert_eq!(with(&shop.rep, &quote, "sign", body).await.refused(409), "quote_signed");
    shop.world.advance("PT72H").await;
    assert!(about_quotes(&shop, "rep-01").await.is_empty(), "nobody is reminded of a signed quote");
    shop.world.end().await;
}

async fn about_quotes(shop: &Shop, username: &str) -> Vec<String> {
    let inbox = shop.world.inbox_of(username).await;
    let titles = inbox.iter().map(|it| it["title"].as_str().unwrap().to_owned());
    titles.filter(|title| title.contains("报价单待客户签收")).collect()
}

#[tokio::test]
async fn the_owner_is_reminded_at_half_of_the_time_and_the_superior_at_its_end() {
    let shop = shop().await;
    sent(&shop).await;
    shop.world.advance("PT23H59M").await;
    assert!(about_quotes(&shop, "rep-01").await.is_empty());
    shop.world.advance("PT2M").await;
    assert_eq!(about_quotes(&shop, "rep-01").await.len(), 1);
    assert!(about_quotes(&shop, "supervisor-01").await.is_empty());
    shop.world.advance("PT24H").await;
    assert_eq!(about_quotes(&shop, "supervisor-01").await.len(), 1);
    shop.world.end().await;
}

#[tokio::test]
async fn a_deadline_on_a_day_off_speaks_at_nine_on_the_next_working_day() {
    let shop = shop().await;
    shop.world.at("2026-11-20T15:00:00+08:00").await;
    sent(&shop).await;
    shop.world.at("2026-11-22T20:00:00+08:00").await;
    assert!(about_quotes(&shop, "rep-01").await.is_empty());
    shop.world.at("2026-11-23T09:00:00+08:00").await;
    assert_eq!(about_quotes(&shop, "rep-01").await.len(), 1);
    shop.world.end().await;
}

impl Shop {
    async fn link(&self, quote: &Value) -> String {
        let link = with(&self.rep, quote, "link", json!({})).await.ok();
        format!("{}{}", self.world.base, link["path"].as_str().unwrap())
    }

    async fn page(&self, url: &str) -> (u16, String) {
        let response = self.world.client.get(url).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn sign_on(&self, url: &str, signer: &str) -> (u16, String) {
        let body = format!("signer_name={signer}");
        let request = self.world.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn quote(&self, quote: &Value) -> Value {
        self.rep.get(&format!("/quotes/{}", quote["id"].as_str().unwrap())).await.ok()
    }
}

#[tokio::test]
async fn the_customer_signs_on_a_page_without_a_login_and_reading_it_signs_nothing() {
    let shop = shop().await;
    let draft = shop.rep.post("/quotes", shop.boxes(1)).await.ok();
    assert_eq!(with(&shop.rep, &draft, "link", json!({})).await.refused(409), "quote_not_sent");
    let quote = sent(&shop).await;
    let url = shop.link(&quote).await;
    for _ in 0..2 {
        let (status, page) = shop.page(&url).await;
        assert_eq!(status, 200);
        assert!(page.contains("月塘里便利店") && page.contains("96.00") && page.contains("<form"), "{page}");
    }
    assert_eq!(shop.quote(&quote).await["status"], "sent");
    let (_, page) = shop.sign_on(&url, "").await;
    assert!(page.contains("请填写签收人") && page.contains("<form"), "{page}");
    let (status, page) = shop.sign_on(&url, "%3Cb%3EA").await;
    assert_eq!(status, 200);
    assert!(page.contains("&#60;b&#62;A") && !page.contains("<form"), "{page}");
    let signed = shop.quote(&quote).await;
    assert_eq!((&signed["status"], &signed["signed_by"]), (&json!("signed"), &json!("link")));
    let (_, page) = shop.sign_on(&url, "B").await;
    assert!(!page.contains("<form"), "once");
    assert_eq!(shop.quote(&quote).await["signer_name"], "<b>A");
    assert_eq!(shop.page(&format!("{}x", url)).await.0, 404);
    shop.world.end().await;
}

#[tokio::test]
async fn a_link_is_over_after_three_days_and_with_a_new_version() {
    let shop = shop().await;
    let quote = sent(&shop).await;
    let url = shop.link(&quote).await;
    let path = format!("/quotes/{}", quote["id"].as_str().unwrap());
    let revised = shop.rep.put(&path, json!({"lines": [line(&shop.water, 3, "箱", "48")]})).await.ok();
    assert_eq!((&revised["revision"], &revised["status"]), (&json!(2), &json!("draft")));
    assert_eq!(revised["total"], "144.00");
    assert_eq!(shop.page(&url).await.0, 404);
    assert_eq!(shop.sign_on(&url, "A").await.0, 404);
    let first = shop.rep.get(&format!("{path}?revision=1")).await.ok();
    assert_eq!(first["lines"][0]["quantity"], "2", "the old version is kept");
    with(&shop.rep, &quote, "send", json!({})).await.ok();
    let url = shop.link(&quote).await;
    shop.world.advance("PT72H").await;
    assert_eq!(shop.page(&url).await.0, 404);
    shop.world.end().await;
}

#[tokio::test]
async fn a_quote_becomes_an_order_in_one_step_and_once() {
    let shop = shop().await;
    let quote = sent(&shop).await;
    let order = with(&shop.rep, &quote, "order", json!({"planned_ship_on": "2026-11-18"})).await.ok();
    assert_eq!((&order["status"], &order["total"]), (&json!("accepted"), &json!("96.00")));
    assert_eq!(order["quote_id"], quote["id"]);
    let ordered = shop.quote(&quote).await;
    assert_eq!((&ordered["status"], &ordered["order_id"]), (&json!("ordered"), &order["id"]));
    assert_eq!(with(&shop.rep, &quote, "order", json!({})).await.refused(409), "quote_ordered");
    assert_eq!(with(&shop.rep, &quote, "void", json!({})).await.refused(409), "quote_ordered");
    let n = shop.too_many().await;
    let large = shop.rep.post("/quotes", shop.boxes(n)).await.ok();
    let order = with(&shop.rep, &large, "order", json!({})).await.ok();
    assert_eq!(order["status"], "pending_special_approval", "with the same checks");
    let other = shop.world.login("rep-04").await;
    assert_eq!(with(&other, &quote, "send", json!({})).await.refused(404), "not_found");
    shop.check_exposure().await;
    shop.world.end().await;
}
