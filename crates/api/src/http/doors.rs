//! What is asked of every request before a route sees it: a method that the route has, parameters that it knows.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::{self, Query};
use actix_web::{Handler, HttpRequest, HttpResponse, Resource, ResponseError};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::ParameterIn;

use crate::access;
use crate::error::{Error, Result};

/// The parameters that each route knows, by its method and pattern, as the description names them. Only the names stay.
static KNOWN: LazyLock<HashMap<(Method, String), HashSet<String>>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (path, item) in super::openapi().paths.paths {
        for (method, operation) in
            [(Method::GET, item.get), (Method::PUT, item.put), (Method::POST, item.post)]
        {
            let parameters = operation.and_then(|it| it.parameters).unwrap_or_default();
            let names = parameters.into_iter().filter_map(|parameter| match parameter {
                RefOr::T(it) => matches!(it.parameter_in, ParameterIn::Query).then_some(it.name),
                RefOr::Ref(_) => None,
            });
            known.insert((method, path.clone()), names.collect());
        }
    }
    known
});

/// Answers a HEAD as the GET that it is, without a body; refuses a parameter that the route does not know, so that a
/// misspelt filter never shows everything.
pub(super) async fn enter<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> std::result::Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    if request.method() == Method::HEAD {
        // The connection remembers that no body is to be sent.
        request.head_mut().method = Method::GET;
    }
    // Whoever has not said who they are is asked that first.
    let is_known = request.headers().contains_key(header::AUTHORIZATION);
    if let Some(name) = unknown_parameter(&request).filter(|_| is_known) {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let answer = Error::field(pointer, "unknown_parameter").error_response();
        return Ok(request.into_response(answer).map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

fn unknown_parameter(request: &ServiceRequest) -> Option<String> {
    if request.query_string().is_empty() {
        return None;
    }
    let route = (request.method().clone(), request.match_pattern()?);
    let known = KNOWN.get(&route)?;
    let given = Query::<Vec<(String, String)>>::from_query(request.query_string()).ok()?;
    given.into_inner().into_iter().map(|(name, _)| name).find(|name| !known.contains(name))
}

/// Where no route took the request: another method would do, or nothing is here.
pub(super) async fn nothing_here(request: HttpRequest) -> Result<HttpResponse> {
    let methods = request.path().strip_prefix("/api/v1").map(access::methods_of).unwrap_or_default();
    Err(if methods.is_empty() { Error::NotFound } else { Error::WrongMethod(methods) })
}

/// A page that can only be read.
pub(super) fn page<F, Args>(path: &str, read: F) -> Resource
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::resource(path).get(read).default_service(web::to(only_read))
}

async fn only_read() -> Result<HttpResponse> {
    Err(Error::WrongMethod(vec!["GET", "HEAD"]))
}
