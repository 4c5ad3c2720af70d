//! One-tap links: a page that shows what is asked, and the form on it that decides.

use actix_web::web::{self, Data, Form, Path, ServiceConfig};
use actix_web::{HttpResponse, http};
use askama::Template;
use domain::approvals::Word;
use domain::writing::is_blank;
use serde::Deserialize;

use super::super::links;
use super::month_day_minute;
use crate::App;
use crate::error::{Error, Result, check_length};
use crate::public_page::{Said, page};
use crate::texts;

/// The pages, outside the API: they are opened by a browser.
pub fn pages(config: &mut ServiceConfig) {
    config.service(
        web::resource("/links/{token}").route(web::get().to(get_link)).route(web::post().to(post_link)),
    );
}

#[derive(Deserialize)]
struct Decided {
    decision: Word,
    comment: Option<String>,
}

/// What is asked, and the form that answers.
#[derive(Template)]
#[template(path = "link.html")]
struct Asked<'a> {
    title: &'static str,
    heading: &'a str,
    summary: &'a str,
    due: Option<String>,
    person: String,
}

/// Shows what is asked. Never acts.
async fn get_link(app: Data<App>, token: Path<String>) -> HttpResponse {
    match links::opened(&app, &token).await {
        Ok((approval, name)) => {
            let asked = Asked {
                title: texts::LINK_PAGE,
                heading: &approval.title,
                summary: &approval.summary,
                due: approval.due_at.map(|at| texts::link_due(&month_day_minute(at))),
                person: texts::link_as(&name),
            };
            page(http::StatusCode::OK, &asked)
        }
        Err(error) => refused(&error),
    }
}

async fn post_link(app: Data<App>, token: Path<String>, form: Form<Decided>) -> HttpResponse {
    match decide(&app, &token, form.into_inner()).await {
        Ok(is_approved) => said(http::StatusCode::OK, texts::link_decided(is_approved), &[texts::LINK_DONE]),
        Err(error) => refused(&error),
    }
}

fn said(status: http::StatusCode, heading: &str, lines: &[&str]) -> HttpResponse {
    page(status, &Said { title: texts::LINK_PAGE, heading, lines })
}

async fn decide(app: &App, token: &str, decided: Decided) -> Result<bool> {
    check_length("/comment", decided.comment.as_deref().unwrap_or_default(), 500)?;
    let tx = app.db.begin().await?;
    let comment = decided.comment.filter(|it| !is_blank(it));
    links::use_link(app, &tx, token, (decided.decision, comment)).await?;
    tx.commit().await?;
    Ok(decided.decision == Word::Approve)
}

fn refused(error: &Error) -> HttpResponse {
    let problem = error.problem();
    let status = http::StatusCode::from_u16(problem.status).unwrap_or(http::StatusCode::CONFLICT);
    if status.is_server_error() {
        tracing::error!(error = %error, "a link could not be used");
    }
    said(status, texts::LINK_FAILED, &[&problem.detail, texts::LINK_ELSEWHERE])
}
