//! Tickets and photos: what is read from a file, what it is worth, what is refused.

pub mod blobs;
mod content;
mod corpus;
mod desk;
pub mod documents;
mod good_faith;
mod refused;
mod similar;
mod slow;
mod verdict;

use serde_json::Value;

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person, World};

/// A photo on its way: what the phone puts into its request.
pub struct Upload<'a> {
    pub ticket: Option<&'a str>,
    pub bytes: Vec<u8>,
    pub more: Vec<(&'a str, String)>,
}

impl Person {
    /// Hands in exactly these parts.
    pub async fn hand_in(&self, upload: Upload<'_>) -> Answer {
        use reqwest::multipart::{Form, Part};
        let file = Part::bytes(upload.bytes).file_name("photo.jpg").mime_str("image/jpeg").unwrap();
        let mut form = Form::new().part("file", file);
        if let Some(ticket) = upload.ticket {
            form = form.text("ticket", ticket.to_owned());
        }
        for (name, value) in upload.more {
            form = form.text(name.to_owned(), value);
        }
        self.post_form("/photos", form).await
    }
}

/// A Monday at a rep's store: the world, the rep, the store, and where the rep's phone stands.
async fn at_a_store() -> (World, Person, Value, Value) {
    let (world, rep, customer) = crate::visits::monday().await;
    let place = at_store(&customer, 0.0);
    (world, rep, customer, place)
}

/// A ticket for the store's front.
async fn a_ticket(person: &Person, customer: &Value) -> String {
    person.ticket("storefront", ("customer", customer["id"].as_str().unwrap())).await
}

/// Hands a photo in for the store's front with a ticket of its own.
async fn hand_in(person: &Person, customer: &Value, photo: &Photo, place: &Value) -> Value {
    let ticket = a_ticket(person, customer).await;
    person.upload(&ticket, photo.jpeg(), Some(place)).await.ok()
}
