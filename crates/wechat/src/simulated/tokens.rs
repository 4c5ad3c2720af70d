//! The access tokens the platform gave out.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::call::Way;
use crate::beijing::day;
use crate::crypto::hex;

const LIFETIME: TimeDelta = TimeDelta::seconds(7200);
/// A token that is replaced in the ordinary way lives on for so long.
const OVERLAP: TimeDelta = TimeDelta::seconds(300);
const BETWEEN_FORCED: TimeDelta = TimeDelta::seconds(30);
const MOST_FORCED: u32 = 20;

/// A token came into being.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Minted {
    pub(super) app_id: String,
    pub(super) token: String,
    pub(super) way: Way,
    pub(super) at: DateTime<Utc>,
}

#[derive(Default)]
pub(super) struct Tokens {
    known: HashMap<String, Known>,
    /// The current token of each account and way.
    current: HashMap<(String, Kind), String>,
    forced: HashMap<String, Forced>,
    n_minted: u64,
}

struct Known {
    app_id: String,
    expires_at: DateTime<Utc>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Stable,
    Old,
}

struct Forced {
    at: DateTime<Utc>,
    n_today: u32,
}

/// What a caller who asks for a token gets.
pub(super) enum Given {
    Current { token: String, expires_in: i64 },
    New(Minted),
    Refused(i64),
}

impl Tokens {
    pub(super) fn minted(&mut self, minted: &Minted) {
        self.n_minted += 1;
        let at = minted.at;
        let place = (minted.app_id.clone(), kind(minted.way));
        if let Some(last) = self.current.get(&place).and_then(|token| self.known.get_mut(token)) {
            // The forced way kills the last one at once.
            let lives_until = if minted.way == Way::Forced { at } else { at + OVERLAP };
            last.expires_at = last.expires_at.min(lives_until);
        }
        if minted.way == Way::Forced {
            let n_before = self.n_forced_on(&minted.app_id, at);
            self.forced.insert(minted.app_id.clone(), Forced { at, n_today: n_before + 1 });
        }
        self.known.retain(|_, known| known.expires_at + LIFETIME > at);
        let known = Known { app_id: minted.app_id.clone(), expires_at: at + LIFETIME };
        self.known.insert(minted.token.clone(), known);
        self.current.insert(place, minted.token.clone());
    }

    pub(super) fn ask(&self, app_id: &str, way: Way, now: DateTime<Utc>) -> Given {
        let current = self.current.get(&(app_id.to_owned(), kind(way))).and_then(|token| {
            let left = self.known.get(token)?.expires_at - now;
            (left > TimeDelta::zero()).then_some((token, left))
        });
        let current_lasts = |least: TimeDelta| current.filter(|(_, left)| *left > least);
        let is_new = match way {
            Way::Old => true,
            Way::Stable | Way::WeCom => current_lasts(OVERLAP).is_none(),
            Way::Forced if self.n_forced_on(app_id, now) >= MOST_FORCED => return Given::Refused(45009),
            Way::Forced => self.forced.get(app_id).is_none_or(|it| (now - it.at).abs() >= BETWEEN_FORCED),
        };
        match current {
            Some((token, left)) if !is_new => {
                Given::Current { token: token.clone(), expires_in: left.num_seconds() }
            }
            _ => Given::New(self.mint(app_id, way, now)),
        }
    }

    /// Whose token it is, or WeChat's word for a wrong one.
    pub(super) fn owner(&self, token: Option<&str>, now: DateTime<Utc>) -> Result<&str, i64> {
        let token = token.ok_or(41001)?;
        let known = self.known.get(token).ok_or(40001)?;
        if now < known.expires_at { Ok(&known.app_id) } else { Err(42001) }
    }

    fn n_forced_on(&self, app_id: &str, at: DateTime<Utc>) -> u32 {
        let of_today = self.forced.get(app_id).filter(|forced| day(forced.at) == day(at));
        of_today.map_or(0, |forced| forced.n_today)
    }

    fn mint(&self, app_id: &str, way: Way, now: DateTime<Utc>) -> Minted {
        let seed = format!("{app_id} {} {}", self.n_minted, now.timestamp_micros());
        let token = format!("SIMULATED-{}", hex(&Sha256::digest(seed)));
        Minted { app_id: app_id.to_owned(), token, way, at: now }
    }
}

/// How long a new token says it lives.
pub(super) fn lifetime_s() -> i64 {
    LIFETIME.num_seconds()
}

fn kind(way: Way) -> Kind {
    match way {
        Way::Old => Kind::Old,
        Way::Stable | Way::Forced | Way::WeCom => Kind::Stable,
    }
}
