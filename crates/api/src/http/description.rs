//! The API's description: made from the routes, and completed with what all of them have in common.
//!
//! Who may call, which refusals can come, which headers are read: none of it is written at a route, so none is
//! forgotten there.

use actix_web::http::StatusCode;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi as Document, Ref, RefOr, Schema};

use super::refusals;
use crate::access::{ROUTES, Who};
use crate::describe;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gugan 骨干",
        description = "Process backbone for field sales: every hand-over leaves a record that can be verified.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(crate::error::Problem))
)]
struct Base;

/// The API's description, made from the routes themselves, with who may call each.
pub fn openapi() -> Document {
    let mut document = Base::openapi();
    describe::describe(&mut document, "/api/v1", crate::routes);
    let mut components = document.components.take().unwrap_or_default();
    components.add_security_scheme("session", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    refusals::keep(&mut components);
    for (verb, path, who) in ROUTES {
        if let Some(operation) = operation(&mut document, verb, path) {
            name_roles(operation, *who);
            refusals::name(operation, verb, path, *who);
            say_answers(operation, &components);
        }
    }
    document.components = Some(components);
    document
}

fn operation<'a>(document: &'a mut Document, verb: &str, path: &str) -> Option<&'a mut Operation> {
    let item = document.paths.paths.get_mut(&format!("/api/v1{path}"))?;
    match verb {
        "GET" => item.get.as_mut(),
        "PUT" => item.put.as_mut(),
        _ => item.post.as_mut(),
    }
}

/// OpenAPI 3.1 lets a security requirement name roles for any scheme.
fn name_roles(operation: &mut Operation, who: Who) {
    if let Who::Roles(roles) = who {
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        operation.security = Some(vec![SecurityRequirement::new("session", names)]);
    }
}

/// An answer that says nothing about itself is described by what it holds, or by its status.
fn say_answers(operation: &mut Operation, components: &Components) {
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if !answer.description.is_empty() {
            continue;
        }
        let held = answer.content.values().find_map(|content| match content {
            RefOr::T(Content { schema: Some(RefOr::Ref(Ref { ref_location, .. })), .. }) => {
                let name = ref_location.rsplit('/').next()?;
                described(components.schemas.get(name)?)
            }
            _ => None,
        });
        answer.description = held.unwrap_or_else(|| by_status(status).to_owned());
    }
}

fn described(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.description.clone(),
        _ => None,
    }
}

fn by_status(status: &str) -> &'static str {
    let status: Option<StatusCode> = status.parse().ok();
    match status {
        Some(StatusCode::CREATED) => "It was made.",
        Some(StatusCode::ACCEPTED) => "It was taken and goes on in the background.",
        _ => "What was asked for, or what has become of it.",
    }
}
