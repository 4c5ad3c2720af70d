//! Plays WeChat over HTTP: only carries bytes to the simulated platform and back.

use std::borrow::Cow;

use actix_web::http::{Method as HttpMethod, StatusCode, header};
use actix_web::web::{Bytes, Data, PayloadConfig, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context;
use clap::Args;
use platform::Clock;
use wechat::simulated::Simulator;
use wechat::{Host, Method, Request};

use crate::config::Config;
use crate::wechat_access;

/// The longest body WeChat takes.
const LONGEST_BODY: usize = 2 << 20;

#[derive(Debug, Args)]
pub struct Listen {
    /// Where to answer.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: String,
}

/// Answers until stopped.
pub async fn simulate(config: Config, listen: &Listen) -> anyhow::Result<()> {
    let simulator = wechat_access::simulate(&config, Clock::real)?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(simulator.clone()))
            .app_data(PayloadConfig::new(LONGEST_BODY))
            .default_service(web::to(answer))
    });
    let server = server
        .workers(config.http.threads)
        .bind(&listen.listen)
        .context("listening as the simulated WeChat")?;
    for address in server.addrs() {
        println!("the simulated WeChat is answering on http://{address}; its controls are below /sim");
    }
    server.run().await.context("serving the simulated WeChat")
}

type Parameters = Query<Vec<(String, String)>>;

async fn answer(
    simulator: Data<Simulator>,
    request: HttpRequest,
    query: Parameters,
    body: Bytes,
) -> HttpResponse {
    let method = match *request.method() {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        _ => return HttpResponse::MethodNotAllowed().finish(),
    };
    if method == Method::Post && !request.headers().contains_key(header::CONTENT_LENGTH) {
        return HttpResponse::PreconditionFailed().finish();
    }
    let query = query.into_inner().into_iter().map(|(key, value)| (Cow::Owned(key), value)).collect();
    let path = Cow::Owned(request.path().to_owned());
    // Both houses are one here: no path is in both.
    let asked = Request { host: Host::Api, method, path, query, body: body.to_vec() };
    match simulator.handle(asked).await {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            HttpResponse::build(status).content_type(answer.content_type).body(answer.body)
        }
        Err(_) => hung_up(),
    }
}

/// The answer is lost: the connection ends where its body should come.
fn hung_up() -> HttpResponse {
    let broken = std::io::Error::other("the answer is lost");
    let nothing = futures::stream::once(async { Err::<Bytes, _>(broken) });
    HttpResponse::Ok().no_chunking(1).streaming(nothing)
}
