//! People: who works here, how they log in, how far they see.
//!
//! A login is a WeChat identity that an employee is bound to. An unknown identity gets a ticket and is bound by the
//! phone number that WeChat vouches for; an unknown number is refused with a line that says whom to ask. Sessions
//! are opaque tokens, stored hashed, in real time. A leaver's session ends with the last day.
//!
//! For a window of time somebody answers in another's place; who acts for whom at an instant is asked of `agents`. The
//! admin keeps records, and whoever leaves hands all open work over, item by item.
//!
//! What is absent: passwords for reps. The console's password exists for the people of the office.

mod agents;
mod bind;
mod delegate;
mod guesses;
pub mod http;
mod keep;
mod leave;
mod login;
pub mod password;
mod passwords;
mod pin;
mod responsible;
pub mod rows;
mod sweeps;

use chrono::NaiveDate;
use domain::ids::{RegionId, TripId, UserId};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::{Clock, secret};

pub use agents::{agents, principals_of};
pub use bind::bind;
pub use leave::Moved;
pub use login::{Entry, Origin, login, login_console, open_for_trip};
pub use pin::{check as check_pin, set as set_pin};
pub use responsible::{by_username, chain, head_of, in_role};
pub use rows::{Of, below, visible_to, visible_unowned, within_reach_of};
pub use sweeps::{ForgetEnded, SeeOut};

use crate::App;
use crate::actor::Actor;
use crate::error::Result;
use crate::select::Connection;

/// The employee behind a session token, while both are valid.
pub async fn session_of(app: &App, token: &str) -> Result<Option<Actor>> {
    let db = app.db.conn();
    let Some(session) = rows::user_of_session(db, &secret::sha256(token), Clock::real()).await? else {
        return Ok(None);
    };
    let today = local_date(app.db.now().await?);
    let user = session.user;
    if !is_active(user.active_from, user.active_to, today) {
        return Ok(None);
    }
    let drives = [Some(user.role), session.manager_role] == [Some(Role::Logistics); 2];
    Ok(actor(user, session.trip_id.map(TripId)).map(|actor| Actor { drives, ..actor }))
}

/// Somebody as who is calling, about one trip alone where there is one.
pub fn actor(user: rows::user::Model, trip: Option<TripId>) -> Option<Actor> {
    Some(Actor {
        id: UserId(user.id),
        name: user.name,
        role: user.role,
        region: user.region_id.map(RegionId),
        manager: user.manager_id.map(UserId),
        drives: false,
        trip,
    })
}

/// The nearest active manager above somebody.
pub async fn superior(db: &impl Connection, of: UserId, day: NaiveDate) -> Result<Option<rows::user::Model>> {
    let mut above = rows::user(db, of).await?.and_then(|user| user.manager_id);
    // A chain of managers is short; a loop in imported data must not be one here.
    for _ in 0..10 {
        let Some(id) = above else { return Ok(None) };
        let Some(user) = rows::user(db, UserId(id)).await? else {
            return Ok(None);
        };
        if is_active(user.active_from, user.active_to, day) {
            return Ok(Some(user));
        }
        above = user.manager_id;
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
