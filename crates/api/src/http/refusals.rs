//! The refusals of the API as its description names them: which can come where, and the headers they are about.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder};

use crate::access::Who;
use crate::error::Error;

const KEY: &str = "IdempotencyKey";
const VERSION: &str = "IfMatch";

/// One refusal: its name among the components, when it comes, and one that did.
struct Refusal {
    name: &'static str,
    comes: &'static str,
    example: Error,
}

/// All that can come, each under its status.
fn all() -> Vec<Refusal> {
    let refusal = |name, comes, example| Refusal { name, comes, example };
    vec![
        refusal("Unreadable", "The body cannot be read.", Error::Unreadable("malformed_json")),
        refusal("Unauthenticated", "No session, or one that is over.", Error::Unauthenticated),
        refusal("Forbidden", "The caller's role may never do this.", Error::Forbidden),
        refusal("NotFound", "Absent, or outside what the caller sees.", Error::NotFound),
        refusal("Conflict", "The state does not allow it.", Error::conflict("list_already_filed")),
        refusal("VersionConflict", "Somebody changed it in between.", Error::VersionConflict),
        refusal("TooLarge", "The body is larger than is taken.", Error::TooLarge("body_too_large")),
        refusal(
            "Unsupported",
            "The body is of a kind that is not taken.",
            Error::Unsupported("content_type_unsupported"),
        ),
        refusal(
            "Invalid",
            "Readable, but wrong. `errors` points at what.",
            Error::field("/lines/0/quantity", "quantity_invalid"),
        ),
        refusal("TooMany", "Tried too often.", Error::TooMany("pin_locked", 900)),
        refusal("Unavailable", "Not now.", Error::Unavailable("temporarily_unavailable", 2)),
    ]
}

/// Puts the refusals and the headers among the components.
pub(super) fn keep(components: &mut Components) {
    for refusal in all() {
        components.responses.insert(refusal.name.to_owned(), response(&refusal).into());
    }
    let key = "Names this command: the same key and body from the same person get the first answer again.";
    let key =
        header("Idempotency-Key", key, json!({"minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}));
    let version = "The `version` of the record that the caller has seen; another one is refused.";
    let version = header("If-Match", version, json!({"pattern": "^\"?[0-9]{1,9}\"?$"}));
    components.parameters.insert(KEY.to_owned(), key.into());
    components.parameters.insert(VERSION.to_owned(), version.into());
}

fn response(refusal: &Refusal) -> Response {
    let mut example = refusal.example.problem();
    example.request_id = Some("019a0c3e-5b7f-7c11-9d3a-2f6e8b1c4d5e".to_owned());
    let example = serde_json::to_value(example).unwrap_or(Value::Null);
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    let mut response =
        ResponseBuilder::new().description(refusal.comes).content("application/problem+json", content);
    if matches!(refusal.example, Error::TooMany(..) | Error::Unavailable(..)) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
        let header = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait."));
        response = response.header("Retry-After", header.build());
    }
    response.build()
}

fn header(name: &str, told: &str, limits: Value) -> Parameter {
    let of = |limit: &str| limits[limit].as_u64().and_then(|it| usize::try_from(it).ok());
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(of("minLength"))
        .max_length(of("maxLength"))
        .pattern(limits["pattern"].as_str());
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(told))
        .schema(Some(schema.build()))
        .build()
}

/// Names at a route the refusals that can come there, and the headers that it reads.
pub(super) fn name(operation: &mut Operation, verb: &str, path: &str, who: Who) {
    let is_command = verb != "GET" && who != Who::Anybody;
    let responses = &mut operation.responses.responses;
    let mut coming: Vec<u16> = vec![422, 503];
    let said = responses.keys().filter_map(|status| status.parse::<u16>().ok());
    coming.extend(said.filter(|status| *status >= 400));
    if operation.request_body.is_some() {
        coming.extend([400, 413, 415]);
    }
    if who != Who::Anybody {
        coming.extend([401, 403]);
    }
    if path.contains('{') || path.starts_with("/dev/") {
        coming.push(404);
    }
    if is_command {
        coming.push(409);
    }
    let names_record = is_command && path.contains('{');
    if names_record {
        coming.push(412);
    }
    let all = all();
    for status in coming {
        let name = all.iter().find(|it| of(&it.example) == status).map(|it| it.name);
        if let Some(name) = name {
            responses.insert(status.to_string(), RefOr::Ref(Ref::from_response_name(name)));
        }
    }
    let parameters = operation.parameters.get_or_insert_default();
    if is_command {
        parameters.push(RefOr::Ref(Ref::new(format!("#/components/parameters/{KEY}"))));
    }
    if names_record {
        parameters.push(RefOr::Ref(Ref::new(format!("#/components/parameters/{VERSION}"))));
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
}

fn of(error: &Error) -> u16 {
    let status: StatusCode = actix_web::ResponseError::status_code(error);
    status.as_u16()
}
