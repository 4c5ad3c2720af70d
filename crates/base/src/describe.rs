//! The routes of the capabilities, served or described.
//!
//! A description holds every schema of every route, some ten megabytes; whoever only serves makes none.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa::openapi::path::Paths;
use utoipa::openapi::{Components, OpenApi, RefOr, Schema};
use utoipa_actix_web::OpenApiFactory;

/// What a capability adds its routes to.
pub struct ServiceConfig<'a>(To<'a>);

enum To<'a> {
    Server(&'a mut web::ServiceConfig),
    Description(Paths, Vec<(String, RefOr<Schema>)>),
}

impl ServiceConfig<'_> {
    /// Adds a route.
    pub fn service<R: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, route: R) -> &mut Self {
        match &mut self.0 {
            To::Server(config) => {
                config.service(route);
            }
            To::Description(paths, schemas) => {
                paths.merge(route.paths());
                route.schemas(schemas);
            }
        }
        self
    }
}

/// Adds the routes to a server.
pub fn serve(config: &mut web::ServiceConfig, routes: impl FnOnce(&mut ServiceConfig<'_>)) {
    routes(&mut ServiceConfig(To::Server(config)));
}

/// Adds the routes to a description, below `prefix`.
pub fn describe(document: &mut OpenApi, prefix: &str, routes: impl FnOnce(&mut ServiceConfig<'_>)) {
    let mut config = ServiceConfig(To::Description(Paths::new(), Vec::new()));
    routes(&mut config);
    if let To::Description(paths, schemas) = config.0 {
        let below = paths.paths.into_iter().map(|(path, item)| (format!("{prefix}{path}"), item));
        document.paths.paths.extend(below);
        document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
    }
}
