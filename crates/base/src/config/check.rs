//! What no configuration may say. A refusal names the setting and the variable.

use std::fmt::Display;
use std::ops::RangeInclusive;

use anyhow::{bail, ensure};
use domain::notices::Kind;
use domain::notices::rules::Channel;
use secrecy::ExposeSecret;

use super::{Config, Mode};

impl Config {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.timetable()?;
        self.check_reach()?;
        self.check_numbers()?;
        if let Some(folder) = self.client_folder() {
            let page = folder.join("index.html");
            ensure!(
                page.is_file(),
                "http.client_dir names a folder without the built client: no {}",
                page.display()
            );
        }
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
        Ok(())
    }

    /// Numbers that make no sense are refused, rather than believed until they hurt.
    fn check_numbers(&self) -> anyhow::Result<()> {
        within("http.threads", self.http.threads, 1..=256)?;
        within("database.connections", self.database.connections, 1..=1_000)?;
        within("workers.n", self.workers.n, 1..=64)?;
        within("workers.batch", self.workers.batch, 1..=10_000)?;
        within("session.days", self.session.days, 1..=365)?;
        within("session.most", self.session.most, 1..=1_000)?;
        within("company.list_size", self.company.list_size, 1..=30)?;
        within("uploads.photo_bytes", self.uploads.photo_bytes, 1_000..=200_000_000)?;
        within("uploads.import_bytes", self.uploads.import_bytes, 1_000..=200_000_000)?;
        within("uploads.at_once", self.uploads.at_once, 1..=10_000)?;
        within("uploads.at_once_each", self.uploads.at_once_each, 1..=1_000)?;
        within("wechat.timeout_seconds", self.wechat.timeout_seconds, 1..=120)?;
        within("wechat.simulated_credits", self.wechat.simulated_credits, 0..=1_000_000)?;
        for (channel, rate) in &self.wechat.rates {
            within(&format!("wechat.rates.{channel}"), *rate, 0..=1_000_000)?;
        }
        Ok(())
    }

    /// Whoever may reach the server must prove who they are.
    fn check_reach(&self) -> anyhow::Result<()> {
        ensure!(
            !self.lets_anybody_in() || (is_loopback(&self.http.listen) && self.http.public_url.is_empty()),
            "http.listen (GUGAN__HTTP__LISTEN), {}, is open to others and WeChat is simulated, so that anybody could log in \
             as anybody: set wechat.mode (GUGAN__WECHAT__MODE) to live, or listen on 127.0.0.1 without http.public_url, \
             or for a demonstration set dev.enabled (GUGAN__DEV__ENABLED) to true",
            self.http.listen
        );
        ensure!(
            !self.dev.enabled || self.wechat.mode == Mode::Simulated || self.is_wechat_here(),
            "dev.enabled is refused: WeChat is live and its base_url is not on this machine"
        );
        Ok(())
    }

    /// Does the simulated WeChat vouch for whatever a stranger claims, outside development?
    pub fn lets_anybody_in(&self) -> bool {
        self.wechat.mode == Mode::Simulated && !self.dev.enabled
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
}

/// The variable of a setting, to be said behind it; nothing for what is no setting.
pub(super) fn variable(path: &[String]) -> String {
    if path.is_empty() { String::new() } else { format!(" (GUGAN__{})", path.join("__").to_uppercase()) }
}

fn within<T: PartialOrd + Display>(name: &str, value: T, range: RangeInclusive<T>) -> anyhow::Result<()> {
    let path: Vec<String> = name.split('.').map(str::to_owned).collect();
    ensure!(
        range.contains(&value),
        "{name}{} is between {} and {}, not {value}",
        variable(&path),
        range.start(),
        range.end()
    );
    Ok(())
}

/// Is it an address that this machine alone reaches?
fn is_loopback(listen: &str) -> bool {
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format as _, Toml};

    use super::super::DEFAULTS;
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
    fn a_simulated_wechat_is_open_to_this_machine_alone() {
        for listen in ["127.0.0.1:8080", "[::1]:8080", "localhost:8080"] {
            with(&format!("http.listen = \"{listen}\"")).unwrap();
        }
        for open in ["0.0.0.0:8080", "[::]:8080", "192.168.1.7:8080", "gugan.example.cn:8080"] {
            let fault = with(&format!("http.listen = \"{open}\"")).unwrap_err().to_string();
            assert!(
                fault.contains("GUGAN__HTTP__LISTEN") && fault.contains("GUGAN__WECHAT__MODE"),
                "{fault}"
            );
            with(&format!("http.listen = \"{open}\"\ndev.enabled = true")).unwrap();
            with(&format!(
                "http.listen = \"{open}\"\nwechat = {{ mode = \"live\", app_id = \"a\", secret = \"s\" }}"
            ))
            .unwrap();
        }
        assert!(
            with("http.public_url = \"https://gugan.example.cn\"").is_err(),
            "a proxy makes it reachable"
        );
    }

    #[test]
    fn a_typo_is_refused() {
        assert!(with("[htttp]\nlisten = \"x\"").is_err());
        assert!(with("[company]\nmorning_meeting = \"8 o'clock\"").is_err());
        assert!(with("[wechat.templates.no_such]\nid = \"x\"\nfields = {}").is_err());
    }

    #[test]
    fn a_number_that_makes_no_sense_is_refused_by_the_name_of_its_variable() {
        for (toml, variable) in [
            ("database.connections = 0", "GUGAN__DATABASE__CONNECTIONS"),
            ("session.days = -1", "GUGAN__SESSION__DAYS"),
            ("session.days = 99999999", "GUGAN__SESSION__DAYS"),
            ("http.threads = 0", "GUGAN__HTTP__THREADS"),
            ("workers.batch = 0", "GUGAN__WORKERS__BATCH"),
            ("wechat.timeout_seconds = 0", "GUGAN__WECHAT__TIMEOUT_SECONDS"),
            ("uploads.photo_bytes = 0", "GUGAN__UPLOADS__PHOTO_BYTES"),
            ("wechat.rates.wecom = 4000000000", "GUGAN__WECHAT__RATES__WECOM"),
        ] {
            let fault = with(toml).unwrap_err().to_string();
            assert!(fault.contains(variable), "{toml}: {fault}");
        }
    }
}
