//! The variables that scripts, containers and documents name are settings that exist.

use std::collections::BTreeSet;

use super::source::{Source, file, files, root};

/// The keys of a TOML file with their sections, as `http.listen`.
fn keys(toml: &str) -> BTreeSet<String> {
    let mut section = String::new();
    let mut keys = BTreeSet::new();
    for line in toml.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        } else if let Some((key, _)) = line.split_once(" = ") {
            keys.insert(format!("{section}{key}"));
        }
    }
    keys
}

/// What documents write for any setting.
const ANY: [&str; 2] = ["a.b", "section.name"];

/// The settings that a text names as `GUGAN__HTTP__LISTEN`.
fn named(text: &str) -> Vec<String> {
    let found = text.split("GUGAN__").skip(1).map(|rest| {
        let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    let names = found.map(|name| name.to_lowercase().replace("__", "."));
    names.filter(|name| !name.is_empty() && !ANY.contains(&name.as_str())).collect()
}

/// Whatever a person or a container reads to learn what can be set.
fn readers() -> Vec<Source> {
    let mut readers =
        [files("scripts", ".sh"), files("docs", ".md"), files("crates", ".rs"), files("config", "")].concat();
    let at_the_top = ["docker-compose.yml", "Dockerfile", ".env.example", "Makefile"];
    readers.extend(at_the_top.map(|path| Source::planted(path, &file(path))));
    for path in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
        if root().join(path).exists() {
            readers.push(Source::planted(path, &file(path)));
        }
    }
    readers
}

#[test]
fn every_variable_that_is_named_is_a_setting() {
    let known = keys(&file("config/default.toml"));
    assert!(known.contains("http.listen") && known.contains("data_dir"), "{known:?}");
    let mut n_named = 0;
    for reader in readers() {
        let is_code = reader.path.extension().is_some_and(|it| it == "rs");
        let text = if is_code { reader.code() } else { reader.text.clone() };
        for name in named(&text) {
            assert!(known.contains(&name), "{}: there is no setting {name}", reader.path.display());
            n_named += 1;
        }
    }
    assert!(n_named >= 20, "only {n_named} names were found");
}

#[test]
fn the_containers_name_what_outside_relies_on() {
    let compose = named(&file("docker-compose.yml"));
    for name in
        ["database.url", "redis.url", "blobs.url", "http.listen", "data_dir", "dev.enabled", "wechat.mode"]
    {
        assert!(compose.iter().any(|it| it == name), "docker-compose.yml does not set {name}");
    }
    assert_eq!(named("a GUGAN__HTTP__LISTN=1, GUGAN__… and GUGAN__DATA_DIR"), ["http.listn", "data_dir"]);
}
