//! Binds an unknown WeChat identity to the employee with the phone number WeChat vouches for.

use domain::identifiers::normal_phone;
use domain::ids::UserId;
use domain::people::{Way, is_active};
use domain::working_time::local_date;
use platform::{Clock, secret};
use serde_json::json;

use super::login::{Entry, Origin, open, refused};
use super::rows;
use crate::App;
use crate::error::{Error, FieldFault, Result};
use crate::settings::{self, Event};

/// Asks WeChat for the number, finds the one active employee with it, binds and logs in.
pub async fn bind(app: &App, bind_ticket: &str, phone_code: &str, from: Origin) -> Result<Entry> {
    let digest = secret::sha256(bind_ticket);
    let waiting = rows::ticket(app.db.conn(), &digest, Clock::real()).await?;
    let waiting = waiting.ok_or_else(|| Error::field("/bind_ticket", "bind_ticket_invalid"))?;
    let number =
        app.wechat.phone_number(phone_code, &waiting.openid).await.map_err(|fault| match refused(fault) {
            Error::Invalid(code, _) => Error::Invalid(code, vec![FieldFault::new("/phone_code", code)]),
            other => other,
        })?;

    let tx = app.db.begin().await?;
    if !rows::use_ticket(tx.db(), &digest, Clock::real()).await? {
        return Err(Error::field("/bind_ticket", "bind_ticket_invalid"));
    }
    let today = local_date(tx.now());
    let mut found = rows::users_by_phone(tx.db(), &normal_phone(&number)).await?;
    found.retain(|user| is_active(user.active_from, user.active_to, today));
    let user = match found.len() {
        0 => return Err(Error::conflict("phone_unknown")),
        1 => found.remove(0),
        _ => return Err(Error::conflict("phone_ambiguous")),
    };
    let id = UserId(user.id);
    if !rows::bind(tx.db(), &waiting.openid, waiting.unionid.as_deref(), id, tx.now()).await? {
        return Err(Error::conflict("identity_taken"));
    }
    settings::record(&tx, Event::about("people.bound", Some(id), ("user", user.id)).with(json!({}))).await?;
    let entry = open(app, &tx, user, Way::WeChat, from).await?;
    tx.commit().await?;
    Ok(entry)
}
