//! The client in a browser: the built screens under `/app/`, where a folder with them is configured.

use std::path::Path;

use actix_files::Files;
use actix_web::body::MessageBody;
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{Error, web};

/// The page loads nothing from elsewhere and talks to nobody else. Photos are shown from memory before they are sent;
/// the framework's runtime sets styles on elements.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; \
                      object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/// Serves the folder's files under `/app`.
pub fn pages(folder: &Path) -> impl HttpServiceFactory + 'static {
    web::scope("/app")
        .wrap(from_fn(remembered))
        .wrap(
            DefaultHeaders::new()
                .add((header::CONTENT_SECURITY_POLICY, POLICY))
                .add(("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")),
        )
        .service(Files::new("/", folder).index_file("index.html"))
}

/// A built file carries its content's hash in its name and never changes; the page that names them is always asked for.
async fn remembered(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_built = request.path().starts_with("/app/assets/");
    let mut response = next.call(request).await?;
    let rule = if is_built && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(rule));
    Ok(response)
}
