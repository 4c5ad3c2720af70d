//! What is linked into the product: licences and bans, as `deny.toml` lists them.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::source::{bracketed, file, literals, root};

/// The list that begins with `key = [` in deny.toml, its comments left out.
fn list(key: &str) -> String {
    let text = file("deny.toml");
    let plain: Vec<&str> = text.lines().filter(|line| !line.trim().starts_with('#')).collect();
    let plain = plain.join("\n");
    let place = plain.find(&format!("\n{key} = [")).unwrap_or_else(|| panic!("deny.toml has no {key}"));
    bracketed(&plain[place + key.len() + 4..]).to_owned()
}

fn allowed() -> BTreeSet<String> {
    literals(&list("allow")).into_iter().map(str::to_owned).collect()
}

fn banned() -> BTreeSet<String> {
    let list = list("deny");
    let names = list.split("crate = ").skip(1).map(|rest| literals(rest)[0].to_owned());
    names.collect()
}

/// The packages that this machine's build consists of, tests included.
fn packages() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let ask = |arguments: &[&str]| {
        let answer = Command::new(&cargo).args(arguments).current_dir(root()).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap()
    };
    let version = ask(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let answer =
        ask(&["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&answer).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// May a licence expression be taken, with these licences allowed? `/` is an old way to write OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced =
        expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "~");
    let mut words = spaced.split_whitespace().map(|word| word.replace('~', " WITH ")).collect::<Vec<_>>();
    words.reverse();
    let verdict = either(&mut words, allowed);
    assert!(words.is_empty(), "not read to the end: {expression}");
    verdict
}

fn either(words: &mut Vec<String>, allowed: &BTreeSet<String>) -> bool {
    let mut verdict = both(words, allowed);
    while words.last().is_some_and(|word| word == "OR") {
        words.pop();
        verdict |= both(words, allowed);
    }
    verdict
}

fn both(words: &mut Vec<String>, allowed: &BTreeSet<String>) -> bool {
    let mut verdict = one(words, allowed);
    while words.last().is_some_and(|word| word == "AND") {
        words.pop();
        verdict &= one(words, allowed);
    }
    verdict
}

fn one(words: &mut Vec<String>, allowed: &BTreeSet<String>) -> bool {
    let word = words.pop().expect("a licence");
    if word != "(" {
        return allowed.contains(&word);
    }
    let verdict = either(words, allowed);
    assert_eq!(words.pop().as_deref(), Some(")"));
    verdict
}

#[test]
fn only_permissive_licences_are_linked() {
    let allowed = allowed();
    assert!(allowed.contains("MIT"), "{allowed:?}");
    for licence in &allowed {
        let is_viral = ["GPL", "SSPL", "EUPL", "MPL", "BUSL"].iter().any(|it| licence.contains(it));
        assert!(!is_viral, "deny.toml allows {licence}");
    }
    let packages = packages();
    assert!(packages.len() > 200, "only {} packages", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_allowed(licence, &allowed), "{} {}: {licence:?}", package["name"], package["version"]);
        let is_ours = package["source"].is_null();
        let source = package["source"].as_str().unwrap_or_default();
        assert!(
            is_ours || source.starts_with("registry+https://github.com/rust-lang/crates.io-index"),
            "{source}"
        );
    }
}

#[test]
fn what_is_banned_is_nowhere_in_the_lock_file() {
    let banned = banned();
    for name in ["openssl-sys", "aws-lc-sys", "little_exif", "actix-governor"] {
        assert!(banned.contains(name), "deny.toml does not ban {name}");
    }
    let lock = file("Cargo.lock");
    let locked: BTreeSet<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(locked.contains("\"serde\""));
    for name in &banned {
        assert!(!locked.contains(format!("\"{name}\"").as_str()), "{name} is banned");
    }
}

#[test]
fn a_licence_expression_is_read_as_it_is_meant() {
    let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for taken in [
        "MIT",
        "MIT OR GPL-3.0",
        "(MIT OR X) AND Apache-2.0",
        "GPL-2.0/MIT",
        "X OR Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(taken, &allowed), "{taken}");
    }
    for refused in ["GPL-3.0", "MIT AND LGPL-2.1", "(MIT AND X) OR (X AND MIT)", "MIT WITH Other-exception"] {
        assert!(!is_allowed(refused, &allowed), "{refused}");
    }
}
