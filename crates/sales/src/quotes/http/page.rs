//! The page on which a customer reads a quote and signs it: outside `/api/v1`, without a login or a script.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, FormConfig, Path, ServiceConfig};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use domain::money::{Fen, Quantity, UnitPrice};
use serde::Deserialize;

use crate::App;
use crate::error::{Error, Result};
use crate::public_page::{Said, page};
use crate::quotes::link::{self, Opened};
use crate::texts;

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
        Some(opened) => page(status, &Shown::of(&opened, remark)),
        None => {
            let said = Said { title: texts::QUOTE_PAGE, heading: texts::QUOTE_LINK_OVER, lines: &[] };
            page(StatusCode::NOT_FOUND, &said)
        }
    })
}

#[derive(Template)]
#[template(path = "quote.html")]
struct Shown<'a> {
    title: &'static str,
    customer: &'a str,
    number: &'a str,
    lines: Vec<ShownLine<'a>>,
    total: String,
    remark: &'a str,
    signed: Option<String>,
    is_open: bool,
}

struct ShownLine<'a> {
    name: &'a str,
    quantity: Quantity,
    unit: &'a str,
    price: UnitPrice,
    amount: Fen,
}

impl<'a> Shown<'a> {
    fn of(opened: &'a Opened, remark: &'a str) -> Self {
        let quote = &opened.quote.quote;
        let lines = opened.lines.iter().map(|line| ShownLine {
            name: &line.product_name,
            quantity: Quantity(line.quantity_thousandths),
            unit: &line.unit,
            price: UnitPrice(line.unit_price_e4),
            amount: Fen(line.amount_fen),
        });
        Self {
            title: texts::QUOTE_PAGE,
            customer: &opened.quote.customer_name,
            number: &quote.number,
            lines: lines.collect(),
            total: texts::quote_total(Fen(quote.total_fen)),
            remark,
            signed: quote.signer_name.as_deref().map(texts::quote_was_signed),
            is_open: opened.is_open,
        }
    }
}
