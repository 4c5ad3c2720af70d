//! Work that gave up, for the admin; configuration documents, for operations.

mod documents;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use platform::DeadJob;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::Page;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_dead).service(post_replay);
    documents::routes(config);
}

/// A job that was tried until it made no sense to go on.
#[derive(Serialize, ToSchema)]
struct DeadView {
    id: Uuid,
    name: String,
    attempts: i32,
    last_error: Option<String>,
}

impl From<DeadJob> for DeadView {
    fn from(job: DeadJob) -> Self {
        Self { id: job.id, name: job.name, attempts: job.attempts, last_error: job.last_error }
    }
}

/// The jobs that gave up, oldest first, at most a hundred.
#[utoipa::path(tag = "settings", responses((status = 200, body = Page<DeadView>)))]
#[get("/jobs/dead")]
async fn get_dead(app: Data<App>, _actor: Actor) -> Result<HttpResponse> {
    let dead = platform::dead_jobs(&app.db).await?;
    let items = dead.into_iter().map(DeadView::from).collect();
    Ok(HttpResponse::Ok().json(Page { items, next_cursor: None }))
}

/// Gives a job that gave up a fresh start.
#[utoipa::path(tag = "settings", request_body = Nothing, responses((status = 200), (status = 404, body = Problem)))]
#[post("/jobs/dead/{id}/replay")]
async fn post_replay(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        if platform::replay_dead(tx, *id).await? {
            Ok(serde_json::json!({"id": *id}))
        } else {
            Err(Error::NotFound)
        }
    })
    .await
}
