//! Documents: typed by their content, kept as they came, handed out to be saved and never shown.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::at_a_store;
use crate::support::{Answer, Person};

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

impl Person {
    /// Hands a document in.
    pub async fn file(&self, bytes: &[u8], name: &str, customer: Option<&Value>) -> Answer {
        let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned()).mime_str("text/html").unwrap();
        let form = Form::new().part("file", part);
        let customer = customer.map(|it| it["id"].as_str().unwrap().to_owned());
        let form = customer.into_iter().fold(form, |form, id| form.text("customer_id", id));
        self.post_form("/files", form).await
    }
}

#[tokio::test]
async fn a_document_is_typed_by_its_content_and_given_back_to_be_saved() {
    let (world, rep, customer, _) = at_a_store().await;
    let file = rep.file(PDF, "../报价单 8月.pdf", Some(&customer)).await.ok();
    assert_eq!((&file["content_type"], &file["n_bytes"]), (&json!("application/pdf"), &json!(PDF.len())));
    assert_eq!((&file["name"], &file["duplicate_of"]), (&json!("报价单 8月.pdf"), &Value::Null));
    let path = format!("/files/{}", file["id"].as_str().unwrap());
    assert_eq!(rep.get(&path).await.ok(), file);
    let (status, kind, bytes) = rep.download(&format!("{path}/content")).await;
    assert_eq!((status, kind.as_str()), (200, "application/pdf"));
    assert!(bytes == PDF);
    let headers = rep.get(&format!("{path}/content")).await.headers;
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename*=UTF-8''%E6"));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(rep.file(PDF, "again.pdf", Some(&customer)).await.ok(), file, "the same answer");
    world.end().await;
}

#[tokio::test]
async fn a_document_is_seen_by_who_handed_it_in_and_who_sees_the_customer() {
    let (world, rep, customer, _) = at_a_store().await;
    let shared = rep.file(PDF, "a.pdf", Some(&customer)).await.ok();
    let own = rep.file(PDF, "a.pdf", None).await.ok();
    assert_eq!(own["duplicate_of"], shared["id"]);
    let path = |file: &Value| format!("/files/{}", file["id"].as_str().unwrap());
    let supervisor = world.login("supervisor-01").await;
    assert_eq!(supervisor.get(&path(&shared)).await.status, 200);
    assert_eq!(supervisor.get(&path(&own)).await.refused(404), "not_found");
    let stranger = world.login("rep-04").await;
    assert_eq!(stranger.get(&path(&shared)).await.refused(404), "not_found");
    assert_eq!(stranger.file(PDF, "b.pdf", Some(&customer)).await.refused(422), "customer_unknown");
    assert_eq!(world.anonymous().get(&path(&own)).await.refused(401), "unauthenticated");
    world.end().await;
}

#[tokio::test]
async fn what_nobody_files_is_refused() {
    let (world, rep, customer, _) = at_a_store().await;
    for bytes in [&b"MZ\x90\0"[..], b"<html></html>", b"PK\x03\x04 not an office file", b"#!/bin/sh\n"] {
        let answer = rep.file(bytes, "offer.pdf", Some(&customer)).await;
        assert_eq!(answer.pointers(), ["/file"]);
        assert_eq!(answer.refused(422), "file_type_unsupported");
    }
    assert_eq!(rep.file(b"", "offer.pdf", None).await.refused(422), "photo_empty");
    let large = [PDF, &vec![0; 20 * 1024 * 1024]].concat();
    assert_eq!(rep.file(&large, "offer.pdf", None).await.refused(413), "file_too_large");
    world.end().await;
}
