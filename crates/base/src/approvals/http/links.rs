//! One-tap links: a page that shows what is asked, and the form on it that decides.

use actix_web::http::header;
use actix_web::web::{self, Data, Form, Path, ServiceConfig};
use actix_web::{HttpResponse, http};
use domain::approvals::Word;
use serde::Deserialize;

use super::super::links;
use super::month_day_minute;
use crate::App;
use crate::error::{Error, Result};

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

/// Shows what is asked. Never acts.
async fn get_link(app: Data<App>, token: Path<String>) -> HttpResponse {
    match links::opened(&app, &token).await {
        Ok((approval, name)) => {
            let due = approval.due_at.map(month_day_minute);
            let due = due.map(|due| format!("<p>请于 {} 前处理</p>", escaped(&due))).unwrap_or_default();
            let body = format!(
                "<h1>{}</h1><p>{}</p>{due}<p>以 {} 的身份处理</p>\
                 <form method=\"post\"><label for=\"comment\">意见（不同意时必填）</label>\
                 <textarea id=\"comment\" name=\"comment\" maxlength=\"500\" rows=\"3\"></textarea>\
                 <button name=\"decision\" value=\"approve\">同意</button>\
                 <button class=\"no\" name=\"decision\" value=\"reject\">不同意</button></form>",
                escaped(&approval.title),
                escaped(&approval.summary),
                escaped(&name),
            );
            page(http::StatusCode::OK, &body)
        }
        Err(error) => refused(&error),
    }
}

async fn post_link(app: Data<App>, token: Path<String>, form: Form<Decided>) -> HttpResponse {
    match decide(&app, &token, form.into_inner()).await {
        Ok(is_approved) => {
            let word = if is_approved { "已同意" } else { "已记录您的意见" };
            page(http::StatusCode::OK, &format!("<h1>{word}</h1><p>可以关闭此页。</p>"))
        }
        Err(error) => refused(&error),
    }
}

async fn decide(app: &App, token: &str, decided: Decided) -> Result<bool> {
    if decided.comment.as_ref().is_some_and(|it| it.chars().count() > 500) {
        return Err(Error::field("/comment", "text_too_long"));
    }
    let tx = app.db.begin().await?;
    let comment = decided.comment.filter(|it| !it.trim().is_empty());
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
    page(status, &format!("<h1>未能处理</h1><p>{}</p><p>请到小程序里查看。</p>", escaped(&problem.detail)))
}

fn page(status: http::StatusCode, body: &str) -> HttpResponse {
    const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:32em;margin:2em auto;padding:0 1em;\
        color:#1f1f1f;background:#fff}h1{font-size:1.25em}label{display:block;margin-top:1em}\
        textarea{width:100%;box-sizing:border-box;font:inherit}button{min-height:44px;padding:0 1.5em;margin:1em 1em 0 0;\
        font:inherit;border:0;border-radius:6px;background:#06743f;color:#fff}button.no{background:#f0f0f0;color:#1f1f1f}";
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>骨干</title><style>{STYLE}</style></head><body>{body}</body></html>"
    );
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
        ))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
