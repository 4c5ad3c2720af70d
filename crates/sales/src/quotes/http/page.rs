//! The page on which a customer reads a quote and signs it: outside `/api/v1`, without a login or a script.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, FormConfig, Path, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError, web};
use domain::money::{Fen, Quantity, UnitPrice};
use serde::Deserialize;

use crate::App;
use crate::error::{Error, Result};
use crate::quotes::link::{self, Opened};
use crate::texts;

/// Nothing is loaded from anywhere, and the form goes nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

pub fn pages(config: &mut ServiceConfig) {
    let resource = web::resource("/quote/{token}").app_data(FormConfig::default().limit(4096));
    config.service(resource.route(web::get().to(get_page)).route(web::post().to(post_signature)));
}

/// The quote as the customer reads it. Opening it changes nothing.
async fn get_page(app: Data<App>, token: Path<String>) -> Result<HttpResponse> {
    shown(&app, &token, (StatusCode::OK, "")).await
}

#[derive(Deserialize)]
struct Signature {
    signer_name: String,
}

/// The customer signs.
async fn post_signature(app: Data<App>, token: Path<String>, form: Form<Signature>) -> Result<HttpResponse> {
    let tx = app.db.begin().await?;
    match link::sign(&tx, &token, &form.signer_name).await {
        Ok(()) => tx.commit().await?,
        Err(Error::Broken(cause)) => return Err(Error::Broken(cause)),
        Err(refusal) => {
            drop(tx);
            return shown(&app, &token, (refusal.status_code(), &refusal.problem().detail)).await;
        }
    }
    shown(&app, &token, (StatusCode::OK, "")).await
}

async fn shown(app: &App, token: &str, (status, remark): (StatusCode, &str)) -> Result<HttpResponse> {
    let opened = link::open(app.db.conn(), token, app.db.now().await?).await?;
    Ok(match opened {
        Some(opened) => page(HttpResponse::build(status), &body(&opened, remark)),
        None => page(HttpResponse::NotFound(), &format!("<h1>{}</h1>", texts::QUOTE_LINK_OVER)),
    })
}

fn page(mut response: HttpResponseBuilder, body: &str) -> HttpResponse {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .content_type("text/html; charset=utf-8")
        .body(format!(
            "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title>\
             <style>body{{font:16px/1.6 sans-serif;margin:1.5rem auto;max-width:40rem;padding:0 1rem}}\
             table{{border-collapse:collapse;width:100%}}td,th{{border-bottom:1px solid #ccc;padding:.4rem;\
             text-align:left}}td:last-child,th:last-child{{text-align:right}}input,button{{font:inherit;\
             padding:.5rem}}</style>{body}</html>",
            texts::QUOTE_PAGE
        ))
}

fn body(opened: &Opened, remark: &str) -> String {
    let quote = &opened.quote.quote;
    let rows: String = opened
        .lines
        .iter()
        .map(|line| {
            let quantity = Quantity(line.quantity_thousandths);
            let (price, amount) = (UnitPrice(line.unit_price_e4), Fen(line.amount_fen));
            let (name, unit) = (escaped(&line.product_name), escaped(&line.unit));
            format!("<tr><td>{name}<td>{quantity} {unit}<td>{price}<td>{amount}</tr>")
        })
        .collect();
    let customer = escaped(&opened.quote.customer_name);
    let number = escaped(&quote.number);
    let heading = texts::QUOTE_PAGE_COLUMNS.map(|name| format!("<th>{name}</th>")).concat();
    let table = format!("<table><tr>{heading}</tr>{rows}</table>");
    let total = texts::quote_total(Fen(quote.total_fen));
    let foot = match &quote.signer_name {
        Some(signer) => format!("<p>{}</p>", escaped(&texts::quote_was_signed(signer))),
        None if opened.is_open => form(),
        None => String::new(),
    };
    let remark = escaped(remark);
    format!("<h1>{customer}</h1><p>{number}</p>{table}<p><b>{total}</b></p><p>{remark}</p>{foot}")
}

fn form() -> String {
    format!(
        "<form method=\"post\"><input name=\"signer_name\" required maxlength=\"50\" placeholder=\"{}\"> \
         <button>{}</button></form>",
        texts::QUOTE_PAGE_SIGNER,
        texts::QUOTE_PAGE_SIGN
    )
}

/// What people typed, as text and never as markup.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut text, it| {
        match it {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
        text
    })
}
