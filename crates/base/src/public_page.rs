//! Pages for whoever has no login: read in a browser, without a script, from templates that write what people typed as
//! text and never as markup.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

/// Nothing is loaded from anywhere, and the form goes nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A heading with a few lines below.
#[derive(Template)]
#[template(path = "said.html")]
pub struct Said<'a> {
    pub title: &'a str,
    pub heading: &'a str,
    pub lines: &'a [&'a str],
}

/// The page as an answer, which nobody keeps or finds.
pub fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    let html = match template.render() {
        Ok(html) => html,
        Err(fault) => {
            tracing::error!(error = %fault, "a page could not be written");
            return HttpResponse::InternalServerError().finish();
        }
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}
