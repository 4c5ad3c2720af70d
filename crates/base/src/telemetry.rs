//! The id that a request is known by, in its answer and in the logs.

use std::cell::RefCell;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use chrono::SecondsFormat;
use platform::statements;
use tracing::Instrument;

use crate::App;

tokio::task_local! {
    static REQUEST: RefCell<String>;
}

/// The id of the request being answered, if there is one.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(|id| id.borrow().clone()).ok()
}

/// A label, so it must be one of a few.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        _ => "other",
    }
}

/// Gives each request an id, logs it once with its outcome, and counts it. Never a token, a query or a body.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = platform::new_id().to_string();
    let clock = request.app_data::<Data<App>>().map(|app| app.db.clock().clone());
    let span = tracing::info_span!("request", request.id = %id);
    let method = known_method(request.method());
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let started = std::time::Instant::now();
    let answered = REQUEST.scope(RefCell::new(id.clone()), next.call(request)).instrument(span.clone()).await;
    let elapsed = started.elapsed();
    let status = match &answered {
        Ok(response) => response.status(),
        Err(fault) => fault.as_response_error().status_code(),
    };
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let _entered = span.enter();
    tracing::info!(method, route, status = status.as_u16(), duration_ms, "answered");
    metrics::histogram!("http_request_seconds", "method" => method, "route" => route, "status" => status.as_str().to_owned())
        .record(elapsed);
    answered.map(|mut response| {
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
        }
        // A phone's clock may be wrong; what is due is counted from this.
        let now = clock.map(|clock| clock.last_known().to_rfc3339_opts(SecondsFormat::Millis, true));
        if let Some(value) = now.and_then(|now| HeaderValue::from_str(&now).ok()) {
            response.headers_mut().insert(HeaderName::from_static("x-server-time"), value);
        }
        response
    })
}

/// In development, says with each answer how many statements it took: more for a longer list would be a mistake.
pub async fn count_statements(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_development = request.app_data::<Data<App>>().is_some_and(|app| app.config.dev.enabled);
    if !is_development {
        return next.call(request).await;
    }
    let (answered, n_statements) = statements::counted(next.call(request)).await;
    answered.map(|mut response| {
        let value = HeaderValue::from(n_statements);
        response.headers_mut().insert(HeaderName::from_static("x-statements"), value);
        response
    })
}
