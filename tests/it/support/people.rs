//! People with phones: requests in their name, and what was answered.

use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::photos::Photo;

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Person {
    pub base: String,
    pub client: reqwest::Client,
    pub token: Option<String>,
    pub username: String,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, body, text }
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status < 300, "{}: {}", self.status, self.text);
        self.body
    }

    /// The code of a refusal with this status, after checking that it is a proper problem.
    #[track_caller]
    pub fn refused(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        let kind = self.headers.get("content-type").unwrap().to_str().unwrap();
        assert_eq!(kind, "application/problem+json", "{}", self.text);
        for field in ["type", "title", "status", "detail", "code", "errors", "request_id"] {
            assert!(self.body.get(field).is_some(), "a problem has {field}: {}", self.text);
        }
        assert_eq!(self.body["status"], status);
        self.body["code"].clone()
    }

    /// The pointers of a refusal's faults.
    pub fn pointers(&self) -> Vec<&str> {
        self.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["pointer"].as_str().unwrap())
            .collect()
    }
}

impl Person {
    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(reqwest::Method::GET, path).send().await.unwrap()).await
    }

    /// The bytes of a download with their content type.
    pub async fn download(&self, path: &str) -> (u16, String, Vec<u8>) {
        let response = self.request(reqwest::Method::GET, path).send().await.unwrap();
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").map(|it| it.to_str().unwrap().to_owned());
        (status, kind.unwrap_or_default(), response.bytes().await.unwrap().to_vec())
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(reqwest::Method::POST, path).json(&body).send().await.unwrap()).await
    }

    /// A command with an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = self.request(reqwest::Method::POST, path).header("Idempotency-Key", key).json(&body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// A command that has seen a version.
    pub async fn post_if(&self, path: &str, version: i64, body: Value) -> Answer {
        let request = self.request(reqwest::Method::POST, path).header("If-Match", format!("\"{version}\""));
        Answer::of(request.json(&body).send().await.unwrap()).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(reqwest::Method::PUT, path).json(&body).send().await.unwrap()).await
    }

    /// A change that has seen a version.
    pub async fn put_if(&self, path: &str, version: i64, body: Value) -> Answer {
        let request = self.request(reqwest::Method::PUT, path).header("If-Match", format!("\"{version}\""));
        Answer::of(request.json(&body).send().await.unwrap()).await
    }

    /// Any method and any body, as they are.
    pub async fn send(&self, method: &str, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.request(method, path).header("content-type", kind).body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn post_form(&self, path: &str, form: Form) -> Answer {
        Answer::of(self.request(reqwest::Method::POST, path).multipart(form).send().await.unwrap()).await
    }

    /// A ticket for a photo.
    pub async fn ticket(&self, purpose: &str, subject: (&str, &str)) -> String {
        let body = json!({"purpose": purpose, "subject_type": subject.0, "subject_id": subject.1});
        self.post("/capture-tickets", body).await.ok()["ticket"].as_str().unwrap().to_owned()
    }

    /// Hands a photo in with a ticket.
    pub async fn upload(&self, ticket: &str, bytes: Vec<u8>, location: Option<&Value>) -> Answer {
        let mut form = Form::new()
            .text("ticket", ticket.to_owned())
            .part("file", Part::bytes(bytes).file_name("photo.jpg").mime_str("image/jpeg").unwrap());
        if let Some(location) = location {
            form = form.text("location", location.to_string());
        }
        self.post_form("/photos", form).await
    }

    /// Takes a photo for a task and hands it in; the photo's view.
    pub async fn photo(
        &self,
        purpose: &str,
        subject: (&str, &str),
        photo: &Photo,
        location: Option<&Value>,
    ) -> Value {
        let ticket = self.ticket(purpose, subject).await;
        self.upload(&ticket, photo.jpeg(), location).await.ok()
    }

    /// The first of the caller's customers with a confirmed point.
    pub async fn a_customer(&self) -> Value {
        let customers = self.get("/customers?limit=100").await.ok();
        let customers = customers["items"].as_array().unwrap();
        customers.iter().find(|it| it["location_confirmed"] == true && it["kind"] == "store").unwrap().clone()
    }
}

/// Where a customer's store is, as a phone standing there would say it, `north_m` metres off.
pub fn at_store(customer: &Value, north_m: f64) -> Value {
    let place = &customer["location"];
    json!({
        "lat": place["lat"].as_f64().unwrap() + north_m / 111_195.0,
        "lng": place["lng"],
        "system": place["system"],
        "accuracy_m": 15.0,
    })
}
