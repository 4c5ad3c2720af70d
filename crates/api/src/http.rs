//! The server: routes, documentation, health, metrics.

mod description;
mod doors;
mod refusals;

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header;
use actix_web::middleware::{Compress, DefaultHeaders, from_fn};
use actix_web::web::{self, Data, PayloadConfig, QueryConfig};
use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer};
use anyhow::Context;
use platform::queue::Health;
use platform::telemetry::Metrics;
use secrecy::ExposeSecret;
use serde_json::json;
use utoipa_swagger_ui::{Config as SwaggerConfig, SwaggerUi};

use crate::actor::bearer;
use crate::error::{Error, Result};
use crate::{App, approvals, client, describe, notices, quotes, telemetry};

pub use self::description::openapi;
use self::doors::{nothing_here, page};

/// The largest JSON body.
const JSON_BYTES: usize = 1 << 20;

/// Listens and answers until stopped. Also says where: the port may have been left to the system.
pub fn serve(app: App, metrics: Metrics) -> anyhow::Result<(Server, SocketAddr)> {
    let (listen, threads) = (app.config.http.listen.clone(), app.config.http.threads);
    let server = HttpServer::new(move || {
        ActixApp::new()
            .service(web::scope("/api/v1").configure(|config| describe::serve(config, crate::routes)))
            .app_data(Data::new(app.clone()))
            .app_data(Data::new(metrics.clone()))
            .app_data(PayloadConfig::new(JSON_BYTES))
            .app_data(
                QueryConfig::default().error_handler(|_, _| Error::field("", "invalid_parameter").into()),
            )
            .app_data(web::PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
            .service(SwaggerUi::new("/docs/{_:.*}").config(SwaggerConfig::from("/openapi.json")))
            .configure(notices::http::callbacks)
            .configure(approvals::http::pages)
            .configure(quotes::http::pages)
            .service(page("/docs", to_docs))
            .service(page("/openapi.json", get_openapi))
            .configure(|config| {
                if let Some(folder) = app.config.client_folder() {
                    config.service(page("/app", to_app)).service(client::pages(folder));
                }
            })
            .service(page("/healthz", healthz))
            .service(page("/readyz", readyz))
            .service(page("/metrics", get_metrics))
            .default_service(web::to(nothing_here))
            .wrap(from_fn(telemetry::count_statements))
            .wrap(from_fn(doors::enter))
            .wrap(from_fn(telemetry::observe))
            .wrap(security_headers())
            .wrap(Compress::default())
    });
    // A phone on a weak network may take a while for the head of a request, and to hear why its body is not wanted.
    let server = server.client_request_timeout(Duration::from_secs(15));
    let server = server.client_disconnect_timeout(Duration::from_secs(5)).worker_max_blocking_threads(16);
    let server = server.workers(threads).shutdown_timeout(20).bind(&listen)?;
    let address = server.addrs().first().copied().context("listening on nothing")?;
    Ok((server.run(), address))
}

fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("X-Frame-Options", "DENY"))
}

/// The API's description. Made when somebody asks for it, and not kept: hardly anybody does.
async fn get_openapi() -> Result<HttpResponse> {
    let made = tokio::task::spawn_blocking(|| openapi().to_json()).await.map_err(anyhow::Error::from)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(made.map_err(anyhow::Error::from)?))
}

async fn to_docs() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn to_app() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/app/")).finish()
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// Ready when database and storage answer. Without Redis work goes on more slowly: degraded, and still ready.
async fn readyz(app: Data<App>) -> HttpResponse {
    let database = app.db.check().await.is_ok();
    let storage = app.blobs.check().await.is_ok();
    let queue = app.queue.health().await;
    let is_ready = database && storage;
    let word = |is_well: bool| if is_well { "ok" } else { "down" };
    let status = match (is_ready, queue) {
        (false, _) => "down",
        (true, Health::Degraded) => "degraded",
        (true, _) => "ok",
    };
    let body =
        json!({"status": status, "database": word(database), "storage": word(storage), "queue": queue});
    if is_ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

/// Prometheus text, for callers on this machine or with the token.
async fn get_metrics(app: Data<App>, metrics: Data<Metrics>, request: HttpRequest) -> Result<HttpResponse> {
    let token = app.config.http.metrics_token.expose_secret();
    let is_here = request.peer_addr().is_some_and(|peer| peer.ip().is_loopback());
    let has_token = !token.is_empty() && bearer(&request) == Some(token);
    if !is_here && !has_token {
        return Err(Error::Unauthenticated);
    }
    let (n_due, waiting) = platform::n_waiting(&app.db).await?;
    let mut text = metrics.render();
    text.push_str(&format!("# TYPE jobs_due gauge\njobs_due {n_due}\n# TYPE jobs_waiting gauge\n"));
    for (name, n) in waiting {
        text.push_str(&format!("jobs_waiting{{job=\"{name}\"}} {n}\n"));
    }
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}
