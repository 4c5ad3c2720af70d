//! Our way to WeChat, as the configuration says: the real one, or the platform played in process.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use platform::{Clock, Db};
use secrecy::{ExposeSecret, SecretString};
use wechat::callback::Mode as Sealed;
use wechat::crypto::callback::Seal;
use wechat::simulated::{Callback, Setup, Simulator};
use wechat::{
    Config as Accounts, Credentials, Hosts, Http, Template, TemplateField, TemplateKind, WeChat as Client,
};

use crate::config::{Config, Mode, WeChat};
use crate::notices::SharedTokens;

/// What the embedded mini-program is called where the configuration names none.
const SIMULATED_ID: &str = "wx-simulated";

/// Opens the client, and the platform where it is simulated. Tokens are shared through the database.
pub fn open(config: &Config, db: &Db) -> anyhow::Result<(Client, Option<Simulator>)> {
    let (accounts, store) = (accounts(&config.wechat), Arc::new(SharedTokens::of(db)));
    match config.wechat.mode {
        Mode::Live => {
            let (api, wecom) = (config.wechat.base_url.clone(), config.wechat.wecom_base_url.clone());
            let timeout = Duration::from_secs(config.wechat.timeout_seconds);
            let http = Http::new(Hosts { api, wecom }, timeout)?;
            Ok((Client::new(accounts, Arc::new(http), store, Clock::real), None))
        }
        // Platform and client have one clock: a token is not to die when the clock is moved.
        Mode::Simulated => {
            let (of_platform, of_client) = (db.clock().clone(), db.clock().clone());
            let simulator = simulate(config, move || of_platform.last_known())?;
            let transport = Arc::new(simulator.clone());
            let client = Client::new(accounts, transport, store, move || of_client.last_known());
            Ok((client, Some(simulator)))
        }
    }
}

/// The platform in this process, with our templates, pushing to where the configuration says.
pub fn simulate(
    config: &Config,
    clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
) -> anyhow::Result<Simulator> {
    let setup = Setup {
        initial_credits: config.wechat.simulated_credits,
        templates: templates(&config.wechat),
        credentials: credentials(&config.wechat),
    };
    let simulator =
        Simulator::open(&config.data_dir, setup, clock).context("opening the simulated WeChat")?;
    simulator.push_to(callback(&config.wechat)?)?;
    Ok(simulator)
}

/// A channel without an id is off.
fn accounts(wechat: &WeChat) -> Accounts {
    let credentials =
        |id: &str, secret: &SecretString| Credentials { id: id.to_owned(), secret: secret.clone() };
    let channel = |id: &str, secret| (!id.is_empty()).then(|| credentials(id, secret));
    Accounts {
        mini_program: credentials(app_id(wechat), &wechat.secret),
        official: channel(&wechat.service_app_id, &wechat.service_secret),
        wecom: channel(&wechat.wecom_corp_id, &wechat.wecom_secret),
        robots: wechat.robot_keys.clone(),
    }
}

/// The accounts the platform knows; without an app id it takes anybody.
fn credentials(wechat: &WeChat) -> Vec<Credentials> {
    if wechat.app_id.is_empty() {
        return Vec::new();
    }
    let Accounts { mini_program, official, wecom, .. } = accounts(wechat);
    [Some(mini_program), official, wecom].into_iter().flatten().collect()
}

fn app_id(wechat: &WeChat) -> &str {
    if wechat.app_id.is_empty() { SIMULATED_ID } else { &wechat.app_id }
}

/// The templates as the platform would list them. Several notices may share one, which then has all their fields.
fn templates(wechat: &WeChat) -> Vec<Template> {
    let mut templates: Vec<Template> = Vec::new();
    for (name, template) in &wechat.templates {
        let place = templates.iter().position(|it| it.id == template.id).unwrap_or_else(|| {
            let (id, title) = (template.id.clone(), name.clone());
            templates.push(Template { id, title, kind: TemplateKind::OneTime, fields: Vec::new() });
            templates.len() - 1
        });
        for key in template.fields.keys() {
            let fields = &mut templates[place].fields;
            if fields.iter().all(|field| field.key != *key) {
                fields.push(TemplateField { key: key.clone(), label: key.clone() });
            }
        }
    }
    templates
}

fn callback(wechat: &WeChat) -> anyhow::Result<Option<Callback>> {
    if wechat.simulated_callback_url.is_empty() {
        return Ok(None);
    }
    let token = wechat.callback_token.clone();
    let seal = match wechat.encoding_aes_key.expose_secret() {
        "" => None,
        _ => Some(Seal::new(token.clone(), &wechat.encoding_aes_key, app_id(wechat))?),
    };
    let mode = if seal.is_some() { Sealed::Safe } else { Sealed::Plain };
    let (url, format) = (wechat.simulated_callback_url.clone(), wechat.callback_format);
    Ok(Some(Callback { url, token, seal, mode, format }))
}
