//! The configuration: one struct, defaults compiled in and commented, a file and the environment over them,
//! checked at start, secrets never shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use chrono::NaiveTime;
use domain::actions::Timetable;
use domain::notices::Kind;
use domain::notices::rules::Channel;
use figment::Figment;
use figment::providers::{Format as _, Toml};
use figment::value::Value;
use platform::telemetry::LogFormat;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use wechat::callback::Format;

const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// Everything that can be set. `config/default.toml` says what each setting means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub data_dir: PathBuf,
    pub http: Http,
    pub database: Database,
    pub redis: Address,
    pub blobs: Address,
    pub log: Log,
    pub workers: Workers,
    pub session: Session,
    pub company: Company,
    pub uploads: Uploads,
    pub wechat: WeChat,
    pub dev: Dev,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub listen: String,
    pub threads: usize,
    pub metrics_token: SecretString,
    pub client_dir: String,
    pub public_url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: SecretString,
    pub connections: u32,
}

/// Where something is; empty means the embedded default. An address may hold a password.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    pub url: SecretString,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    pub in_serve: bool,
    pub n: usize,
    pub batch: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub days: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    pub morning_meeting: String,
    pub propose_lists: String,
    pub list_size: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uploads {
    pub photo_bytes: usize,
    pub at_once: usize,
    pub at_once_each: usize,
    pub import_bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Simulated,
    Live,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeChat {
    pub mode: Mode,
    pub base_url: String,
    pub app_id: String,
    pub secret: SecretString,
    pub callback_token: SecretString,
    pub encoding_aes_key: SecretString,
    pub timeout_seconds: u64,
    pub service_app_id: String,
    pub service_secret: SecretString,
    pub wecom_base_url: String,
    pub wecom_corp_id: String,
    pub wecom_secret: SecretString,
    pub wecom_agent_id: u64,
    pub robot_keys: BTreeMap<String, SecretString>,
    pub simulated_credits: u32,
    pub simulated_callback_url: String,
    pub callback_format: Format,
    pub templates: BTreeMap<String, Template>,
    pub service_templates: BTreeMap<String, Template>,
    /// Messages a minute, by channel; 0 is as fast as one likes.
    pub rates: BTreeMap<String, u32>,
}

/// A subscribe-message template: its id, and what goes into each field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub id: String,
    pub fields: BTreeMap<String, Content>,
}

impl Template {
    /// The fields of one message, each within what WeChat takes.
    pub fn fill(&self, title: &str, body: &str, due: &str) -> BTreeMap<String, String> {
        let value = |content: &Content| match content {
            Content::Title => title,
            Content::Body => body,
            Content::Due => due,
        };
        self.fields.iter().map(|(key, it)| (key.clone(), wechat::field::format(key, value(it)))).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    Title,
    Body,
    Due,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dev {
    pub enabled: bool,
}

impl Config {
    /// Reads and checks. `file` is laid over the defaults, the environment over both.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let mut figment = defaults.clone();
        if let Some(file) = file {
            ensure!(file.exists(), "the configuration file {} does not exist", file.display());
            figment = figment.merge(Toml::file(file));
        }
        let config: Self =
            over(figment, &defaults, std::env::vars()).extract().context("reading the configuration")?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.timetable()?;
        ensure!(self.workers.n >= 1 && self.workers.batch >= 1, "workers.n and workers.batch are at least 1");
        let uploads = &self.uploads;
        ensure!(
            (1..=1_000).contains(&uploads.at_once_each) && (1..=10_000).contains(&uploads.at_once),
            "uploads.at_once_each is between 1 and 1000, uploads.at_once between 1 and 10000"
        );
        if let Some(folder) = self.client_folder() {
            let page = folder.join("index.html");
            ensure!(
                page.is_file(),
                "http.client_dir names a folder without the built client: no {}",
                page.display()
            );
        }
        ensure!((1..=30).contains(&self.company.list_size), "company.list_size is between 1 and 30");
        for kind in Kind::ALL {
            ensure!(
                self.wechat.templates.contains_key(kind.name()),
                "wechat.templates.{} is missing",
                kind.name()
            );
        }
        let named = self.wechat.templates.keys().chain(self.wechat.service_templates.keys());
        if let Some(name) = named.into_iter().find(|name| Kind::by_name(name).is_none()) {
            bail!("wechat.templates.{name} names no notice");
        }
        if self.wechat.mode == Mode::Live {
            ensure!(!self.wechat.app_id.is_empty(), "wechat.app_id is needed when wechat.mode is live");
            ensure!(
                !self.wechat.secret.expose_secret().is_empty(),
                "wechat.secret is needed when wechat.mode is live"
            );
        }
        if let Some(name) = self.wechat.rates.keys().find(|name| Channel::by_name(name).is_none()) {
            bail!("wechat.rates.{name} names no channel");
        }
        let wechat = &self.wechat;
        for (id, secret, name) in [
            (&wechat.service_app_id, &wechat.service_secret, "service_secret"),
            (&wechat.wecom_corp_id, &wechat.wecom_secret, "wecom_secret"),
        ] {
            let is_whole =
                id.is_empty() || !secret.expose_secret().is_empty() || wechat.mode == Mode::Simulated;
            ensure!(is_whole, "wechat.{name} is needed for this channel");
        }
        let is_open_ear = wechat.mode == Mode::Live
            && !wechat.callback_token.expose_secret().is_empty()
            && wechat.encoding_aes_key.expose_secret().is_empty();
        ensure!(
            !is_open_ear || self.is_wechat_here(),
            "wechat.encoding_aes_key is needed beside wechat.callback_token: without it anybody could repeat a push"
        );
        let key = wechat.encoding_aes_key.expose_secret();
        ensure!(key.is_empty() || key.len() == 43, "wechat.encoding_aes_key has 43 characters");
        ensure!(
            !self.dev.enabled || self.wechat.mode == Mode::Simulated || self.is_wechat_here(),
            "dev.enabled is refused: WeChat is live and its base_url is not on this machine"
        );
        Ok(())
    }

    fn is_wechat_here(&self) -> bool {
        let Ok(url) = reqwest::Url::parse(&self.wechat.base_url) else {
            return false;
        };
        match url.host_str() {
            Some("localhost") => true,
            Some(host) => host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback()),
            None => false,
        }
    }

    /// The company's times of day.
    pub fn timetable(&self) -> anyhow::Result<Timetable> {
        let time = |name: &str, text: &str| {
            NaiveTime::parse_from_str(text, "%H:%M")
                .with_context(|| format!("company.{name} is a time like 08:30"))
        };
        Ok(Timetable {
            propose: time("propose_lists", &self.company.propose_lists)?,
            meeting: time("morning_meeting", &self.company.morning_meeting)?,
        })
    }

    /// The database's address; SQLite in the data folder unless set.
    pub fn database_url(&self) -> String {
        match self.database.url.expose_secret() {
            "" => format!("sqlite://{}", self.data_dir.join("gugan.db").display()),
            url => url.to_owned(),
        }
    }

    /// Where the built client is, if it is served.
    pub fn client_folder(&self) -> Option<&Path> {
        Some(Path::new(&self.http.client_dir)).filter(|folder| !folder.as_os_str().is_empty())
    }

    /// Redis, where jobs are carried by it.
    pub fn redis_url(&self) -> Option<&str> {
        Some(self.redis.url.expose_secret()).filter(|url| !url.is_empty())
    }

    /// Where files go; the data folder unless set.
    pub fn blobs_url(&self) -> anyhow::Result<String> {
        match self.blobs.url.expose_secret() {
            "" => {
                let folder = std::path::absolute(self.data_dir.join("blobs")).context("reading data_dir")?;
                Ok(format!("file://{}", folder.display()))
            }
            url => Ok(url.to_owned()),
        }
    }
}

/// Lays the environment over the rest. A value is read as the type of its default: a password of digits stays text.
fn over(figment: Figment, defaults: &Figment, variables: impl Iterator<Item = (String, String)>) -> Figment {
    variables.fold(figment, |figment, (name, text)| {
        let Some(path) = name.strip_prefix("GUGAN__") else {
            return figment;
        };
        let path = path.to_lowercase().replace("__", ".");
        let value = match defaults.find_value(&path) {
            Ok(Value::Bool(..)) => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
            Ok(Value::Num(..)) => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
            _ => Value::from(text),
        };
        figment.merge((path, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(toml: &str) -> anyhow::Result<()> {
        let figment = Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(toml));
        figment.extract::<Config>()?.check()
    }

    #[test]
    fn the_defaults_are_valid() {
        with("").unwrap();
    }

    #[test]
    fn development_switches_never_meet_the_real_platform() {
        let live = |base_url: &str| {
            with(&format!(
                "dev.enabled = true\nwechat = {{ mode = \"live\", app_id = \"a\", secret = \"s\", base_url = \"{base_url}\" }}"
            ))
        };
        assert!(live("https://api.weixin.qq.com").is_err());
        assert!(live("https://localhost.example.com").is_err());
        live("http://127.0.0.1:9000").unwrap();
        live("http://[::1]:9000").unwrap();
        live("http://localhost:9000").unwrap();
    }

    #[test]
    fn a_typo_is_refused() {
        assert!(with("[htttp]\nlisten = \"x\"").is_err());
        assert!(with("[company]\nmorning_meeting = \"8 o'clock\"").is_err());
        assert!(with("[wechat.templates.no_such]\nid = \"x\"\nfields = {}").is_err());
    }

    #[test]
    fn the_environment_is_read_as_the_type_of_the_default() {
        let variables = [
            ("GUGAN__WECHAT__SECRET", "0123456789"),
            ("GUGAN__HTTP__THREADS", "7"),
            ("GUGAN__WORKERS__IN_SERVE", "false"),
            ("GUGAN__DATA_DIR", "/tmp/here"),
            ("PATH", "/bin"),
        ];
        let variables = variables.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let config: Config = over(defaults.clone(), &defaults, variables.into_iter()).extract().unwrap();
        assert_eq!(config.wechat.secret.expose_secret(), "0123456789");
        assert_eq!((config.http.threads, config.workers.in_serve), (7, false));
        assert_eq!(config.data_dir, Path::new("/tmp/here"));
    }

    #[test]
    fn a_setting_that_does_not_exist_is_refused() {
        let variables = [("GUGAN__HTTP__LISTN".to_owned(), "x".to_owned())];
        let defaults = Figment::from(Toml::string(DEFAULTS));
        assert!(over(defaults.clone(), &defaults, variables.into_iter()).extract::<Config>().is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        let figment = Figment::from(Toml::string(DEFAULTS)).merge(Toml::string("wechat.secret = \"hush\""));
        let config: Config = figment.extract().unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }
}
