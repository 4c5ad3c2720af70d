//! What the platform answers, and what comes of it.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    LOST_ANSWER, Setup,
    call::{Ask, Call, Way},
    event::{Channel, Event, SentRecord},
    pushes::{self, Due},
    refusal::Refusal,
    state::State,
    tokens::{Given, lifetime_s},
    users,
};
use crate::crypto::login_state;

/// Message ids begin here: they are as long as WeChat's.
const FIRST_MSGID: u64 = 3_000_000_000_000_000_000;
const CODE_LIVES: TimeDelta = TimeDelta::minutes(5);

/// What the caller gets, how long it takes, and what is pushed afterwards.
pub(super) struct Answer {
    pub(super) said: Said,
    pub(super) delay: Duration,
    pub(super) pushes: Vec<Due>,
}

pub(super) enum Said {
    Json(Value),
    /// A code to print.
    Picture,
    /// The call was served and its answer got lost.
    Lost(&'static str),
    /// The log cannot be written, so nobody knows.
    Down(String),
}

pub(super) struct Platform {
    pub(super) setup: Setup,
    pub(super) state: State,
    /// The key of each user's last login, as far as this process served it.
    session_keys: HashMap<String, String>,
    n_refused: u32,
}

/// A call under way: when, and what it causes.
pub(super) struct Turn<'a> {
    pub(super) now: DateTime<Utc>,
    pub(super) lines: &'a mut Vec<Event>,
    pub(super) pushes: Vec<Due>,
}

pub(super) type Outcome = Result<Said, Refusal>;

impl Platform {
    pub(super) fn new(setup: Setup) -> Self {
        let state = State::new(setup.initial_credits);
        Self { setup, state, session_keys: HashMap::new(), n_refused: 0 }
    }

    /// Forgets what the log said, to read it anew.
    pub(super) fn forget(&mut self) {
        self.state = State::new(self.setup.initial_credits);
    }

    /// Answers a call. The lines it causes are taken over, and added to `lines`.
    pub(super) fn answer(&mut self, call: &Call, now: DateTime<Utc>, lines: &mut Vec<Event>) -> Answer {
        let now = now + self.state.ahead;
        let mut turn = Turn { now, lines, pushes: Vec::new() };
        let met = call.path.map(|path| self.state.faults.meet(path, now)).unwrap_or_default();
        for event in met.uses {
            self.happens(event, &mut turn);
        }
        let outcome = match met.errcode {
            Some(LOST_ANSWER) => {
                self.serve(call, &mut turn).ok();
                Ok(Said::Lost("the answer was lost"))
            }
            Some(errcode) => Err(errcode.into()),
            None => self.serve(call, &mut turn),
        };
        let said = outcome.unwrap_or_else(|refusal| self.no(&refusal, now));
        Answer { said, delay: met.delay, pushes: turn.pushes }
    }

    pub(super) fn no(&mut self, refusal: &Refusal, now: DateTime<Utc>) -> Said {
        self.n_refused = self.n_refused.wrapping_add(1);
        Said::Json(json!({ "errcode": refusal.errcode, "errmsg": refusal.words(now, self.n_refused) }))
    }

    fn serve(&mut self, call: &Call, turn: &mut Turn<'_>) -> Outcome {
        let mut app_id = String::new();
        if call.needs_token() {
            app_id = self.state.tokens.owner(call.token.as_deref(), turn.now)?.to_owned();
        }
        if let Some(path) = call.path {
            match self.state.quota(path, turn.now) {
                Some(true) => return Err(45009.into()),
                Some(false) => {
                    self.happens(Event::QuotaUsed { path: path.to_owned(), at: turn.now }, turn);
                }
                None => {}
            }
        }
        self.decide(&call.ask, &app_id, turn)
    }

    fn decide(&mut self, ask: &Ask, app_id: &str, turn: &mut Turn<'_>) -> Outcome {
        match ask {
            Ask::Login { app_id, secret, code } => {
                self.is_known(app_id, secret)?;
                self.login(code, turn)
            }
            Ask::Token { app_id, secret, way } => {
                self.is_known(app_id, secret)?;
                self.token(app_id, *way, turn)
            }
            Ask::Phone { code } => {
                let number = users::number_behind(code).ok_or(40029)?;
                Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "phone_info": {
                    "phoneNumber": number, "purePhoneNumber": number, "countryCode": "86",
                    "watermark": { "timestamp": turn.now.timestamp(), "appid": app_id },
                } })))
            }
            Ask::CheckSession { openid, signature } => {
                let key = self.session_keys.get(openid).ok_or(87007)?;
                if login_state(key, b"") == *signature { Ok(ok()) } else { Err(87009.into()) }
            }
            Ask::Send(message) => self.send(message, turn),
            Ask::OfficialSend(message) => self.send_official(message, turn),
            Ask::WeComSend { users, page, data } => self.send_wecom(users, page.as_ref(), data, turn),
            Ask::Robot { key, text } => self.say(key, text, turn),
            Ask::Malformed(errcode) => Err((*errcode).into()),
            Ask::Record(event) => {
                if let Event::Subscribe { openid, template_ids, decision, .. } = event {
                    turn.pushes.extend(pushes::tapped(openid, template_ids, decision, turn.now));
                }
                self.happens(event.clone(), turn);
                Ok(ok())
            }
            _ => self.look_up(ask, app_id, turn),
        }
    }

    fn look_up(&mut self, ask: &Ask, app_id: &str, turn: &mut Turn<'_>) -> Outcome {
        match ask {
            Ask::Now => Ok(Said::Json(json!({ "now": turn.now }))),
            Ask::Templates => {
                let templates: Vec<Value> = self.setup.templates.iter().map(listed).collect();
                Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "data": templates })))
            }
            Ask::Follower { openid } => {
                let name = users::follower_of(openid).ok_or(40003)?;
                let follows = i32::from(!self.state.users.get(name).is_some_and(|user| user.is_stranger));
                let unionid = users::unionid(name);
                Ok(Said::Json(json!({ "subscribe": follows, "openid": openid, "unionid": unionid })))
            }
            Ask::CheckText { openid, content } => {
                let name = users::name_of(openid).ok_or(40003)?;
                if self.state.users.get(name).is_some_and(|user| user.is_inactive) {
                    return Err(61010.into());
                }
                let (suggest, label) = pushes::judged(content);
                let result = json!({ "suggest": suggest, "label": label });
                Ok(Said::Json(json!({ "errcode": 0, "trace_id": self.trace(turn.now), "result": result })))
            }
            Ask::CheckMedia { openid } => {
                users::name_of(openid).ok_or(40003)?;
                let trace_id = self.trace(turn.now);
                turn.pushes.push(pushes::media(openid, app_id, &trace_id, turn.now));
                Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "trace_id": trace_id })))
            }
            Ask::CodeImage { scene, page, check_path } => {
                if !(1..=32).contains(&scene.chars().count()) || scene.contains('%') || !scene.is_ascii() {
                    return Err(40169.into());
                }
                let is_missing = page.as_ref().is_some_and(|page| self.state.missing_pages.contains(page));
                if *check_path && is_missing { Err(41030.into()) } else { Ok(Said::Picture) }
            }
            Ask::UrlLink => {
                let trace = self.trace(turn.now);
                Ok(Said::Json(json!({ "errcode": 0, "url_link": format!("https://wxaurl.cn/{trace}") })))
            }
            Ask::WeComUser { mobile } => {
                let mut users = self.state.users.values();
                let user = users.find(|user| user.mobile.as_ref() == Some(mobile)).ok_or(46004)?;
                Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "userid": user.username })))
            }
            _ => Err(Refusal::from(40097)),
        }
    }

    fn login(&mut self, code: &str, turn: &mut Turn<'_>) -> Outcome {
        let name = if code.starts_with(users::MADE_CODE) {
            let made = self.state.codes.get(code).ok_or(40029)?;
            let username = made.username.clone();
            match made {
                made if made.is_used => return Err(40163.into()),
                made if turn.now - made.made_at >= CODE_LIVES => return Err(40029.into()),
                _ => self.happens(Event::CodeUsed { code: code.to_owned(), at: turn.now }, turn),
            }
            username
        } else {
            users::name_behind(code).ok_or(40029)?
        };
        let (openid, key) = (users::openid(&name), users::session_key(code));
        self.session_keys.insert(openid.clone(), key.clone());
        Ok(Said::Json(json!({ "openid": openid, "unionid": users::unionid(&name), "session_key": key })))
    }

    fn token(&mut self, app_id: &str, way: Way, turn: &mut Turn<'_>) -> Outcome {
        let (token, expires_in) = match self.state.tokens.ask(app_id, way, turn.now) {
            Given::Refused(errcode) => return Err(errcode.into()),
            Given::Current { token, expires_in } => (token, expires_in),
            Given::New(minted) => {
                let token = minted.token.clone();
                self.happens(Event::Token(minted), turn);
                (token, lifetime_s())
            }
        };
        Ok(Said::Json(json!({ "access_token": token, "expires_in": expires_in })))
    }

    /// Without credentials of its own the platform takes any.
    fn is_known(&self, app_id: &str, secret: &str) -> Result<(), Refusal> {
        use secrecy::ExposeSecret;
        if app_id.is_empty() {
            return Err(40013.into());
        }
        let mut known = self.setup.credentials.iter();
        match known.find(|it| it.id == app_id) {
            Some(known) if known.secret.expose_secret() == secret => Ok(()),
            Some(_) => Err(40125.into()),
            None if self.setup.credentials.is_empty() => Ok(()),
            None => Err(40013.into()),
        }
    }

    /// Writes down a message that is accepted.
    pub(super) fn accept(&mut self, record: SentRecord, turn: &mut Turn<'_>) -> Value {
        let msgid = record.msgid.clone();
        if matches!(record.channel, Channel::Subscribe | Channel::Official) {
            turn.pushes.push(pushes::sent(&record));
        }
        self.happens(Event::Sent(record), turn);
        msgid.parse::<u64>().map_or(Value::Null, Value::from)
    }

    pub(super) fn next_msgid(&self) -> String {
        (FIRST_MSGID + self.state.n_sent).to_string()
    }

    pub(super) fn happens(&mut self, event: Event, turn: &mut Turn<'_>) {
        self.state.apply(&event);
        turn.lines.push(event);
    }

    fn trace(&mut self, now: DateTime<Utc>) -> String {
        self.n_refused = self.n_refused.wrapping_add(1);
        format!("{:08x}-{:08x}", now.timestamp() & 0xffff_ffff, self.n_refused)
    }
}

pub(super) fn ok() -> Said {
    Said::Json(json!({ "errcode": 0, "errmsg": "ok" }))
}

/// A template as the platform lists it.
fn listed(template: &crate::Template) -> Value {
    let lines = template.fields.iter().map(|field| format!("{}:{{{{{}.DATA}}}}\n", field.label, field.key));
    json!({
        "priTmplId": template.id, "title": template.title, "type": 2,
        "content": lines.collect::<String>(), "example": "",
    })
}
