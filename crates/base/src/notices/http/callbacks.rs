//! Where the platform checks our address and pushes events: outside `/api/v1`, without a session, signed.

use actix_web::web::{Bytes, Data, Path, PayloadConfig, Query, ServiceConfig};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wechat::callback::{Signed, echo};

use crate::App;
use crate::error::{Error, Result};
use crate::notices::{account, receive};

/// The largest push.
const PUSH_BYTES: usize = 1 << 20;

pub fn callbacks(config: &mut ServiceConfig) {
    for path in ["/wechat/callback", "/wechat/callback/{account}"] {
        let resource = web::resource(path).app_data(PayloadConfig::new(PUSH_BYTES));
        config.service(resource.route(web::get().to(get_echo)).route(web::post().to(post_push)));
    }
}

/// What every request of the platform carries beside its body.
#[derive(Deserialize)]
struct Stamp {
    signature: Option<String>,
    timestamp: String,
    nonce: String,
    msg_signature: Option<String>,
    echostr: Option<String>,
}

impl Stamp {
    fn signed(&self) -> Signed<'_> {
        Signed {
            signature: self.signature.as_deref(),
            timestamp: &self.timestamp,
            nonce: &self.nonce,
            msg_signature: self.msg_signature.as_deref(),
        }
    }
}

fn named(path: Option<Path<String>>) -> Result<crate::notices::Account> {
    account(path.as_deref().map_or("", String::as_str)).ok_or(Error::NotFound)
}

/// The check of our address: the text comes back as it came.
async fn get_echo(app: Data<App>, path: Option<Path<String>>, stamp: Query<Stamp>) -> Result<HttpResponse> {
    crate::notices::envelope(&app, named(path)?)?;
    let text = stamp.echostr.as_deref().unwrap_or_default();
    let text = echo(&app.config.wechat.callback_token, stamp.signed(), text).ok_or(Error::Forbidden)?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text.to_owned()))
}

/// An event: kept, and answered before anything is done about it.
async fn post_push(
    app: Data<App>,
    path: Option<Path<String>>,
    stamp: Query<Stamp>,
    body: Bytes,
) -> Result<HttpResponse> {
    receive(&app, named(path)?, stamp.signed(), &body).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("success"))
}
