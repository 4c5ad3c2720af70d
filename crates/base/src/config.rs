//! The configuration: one struct, defaults compiled in and commented, a file and the environment over them,
//! checked at start, secrets never shown.

mod check;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use chrono::NaiveTime;
use domain::actions::Timetable;
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
    pub most: u64,
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
        let config: Self = over(figment, &defaults, std::env::vars())
            .extract()
            .map_err(|fault| {
                anyhow!("{}{}: {}", fault.path.join("."), check::variable(&fault.path), fault.kind)
            })
            .context("reading the configuration")?;
        config.check()?;
        Ok(config)
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
