//! The architecture as a test: files are read, nothing is started.

mod codes;
mod settings;
mod source;
mod supply;

use std::collections::BTreeSet;

use source::{Source, file, folders, has_word, literals, sources, words};

/// The crates that say what happens, in calling order, and the capabilities in each: one may call those before it. Cargo
/// keeps the order among the crates, a test that within them.
const ROOMS: [(&str, &[&str]); 5] = [
    ("base", &["people", "settings", "notices", "approvals"]),
    ("records", &["customers", "evidence"]),
    ("sales", &["opportunities", "leads", "quotes", "orders"]),
    ("field", &["actions", "visits", "deliveries"]),
    ("api", &["imports"]),
];

/// Every capability in calling order.
fn capabilities() -> Vec<&'static str> {
    ROOMS.iter().flat_map(|(_, capabilities)| *capabilities).copied().collect()
}

/// What happens: the files of all rooms.
fn rooms() -> Vec<Source> {
    ROOMS.iter().flat_map(|(room, _)| sources(&format!("crates/{room}/src"))).collect()
}

/// The folders and the file below a room's `src`.
fn below(source: &Source) -> Vec<&str> {
    source.below("crates").split_off(2)
}

/// The calls up the order: the log of what happened belongs to settings, and what happens to people is logged too; whoever
/// is asked to stand in, or takes a leaver's work over, hears of it.
const CALLS_UP: [(&str, &str); 2] = [("people", "notices"), ("people", "settings")];

/// The folders beside them that are no capability: what can be told to the program, what is set, what is asked of every
/// request, what it can be tried with, and how files come in.
const BESIDE: [&str; 6] = ["commands", "config", "demo", "dev", "http", "uploads"];

/// The folders of `domain` that are no capability: what all of them count, measure, name and say.
const FOUNDATIONS: [&str; 4] = ["geo", "identifiers", "texts", "working_time"];

fn is_at_the_top(source: &Source) -> bool {
    let below = below(source);
    below.len() == 1 || below[0] == "commands"
}

/// The files that say one of the words and lie neither in `home` nor at the top.
fn strays(sources: &[Source], said: &[&str], home: &str) -> Vec<String> {
    let is_stray = |source: &&Source| {
        !is_at_the_top(source) && !source.is_in(home) && said.iter().any(|word| has_word(&source.text, word))
    };
    sources.iter().filter(is_stray).map(shown).collect()
}

fn shown(source: &Source) -> String {
    source.path.display().to_string()
}

#[test]
fn sql_stays_in_rows() {
    assert_eq!(strays(&rooms(), &["sea_orm"], "rows"), [""; 0], "SQL belongs in rows.rs");
    let planted = Source::planted("crates/sales/src/orders/place.rs", "use sea_orm::Value;");
    assert_eq!(strays(&[planted], &["sea_orm"], "rows").len(), 1);
}

#[test]
fn http_stays_in_http() {
    let said = ["actix_web", "actix_multipart"];
    assert_eq!(strays(&rooms(), &said, "http"), [""; 0], "HTTP belongs in http.rs");
    let planted = Source::planted("crates/sales/src/orders/place.rs", "actix_web::web::Data");
    assert_eq!(strays(&[planted], &said, "http").len(), 1);
}

/// The crates a manifest names, for whatever purpose.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_listing = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            is_listing = line.ends_with("dependencies]");
        } else if let Some(name) = line.split(['.', '=', ' ']).next()
            && is_listing
            && !name.is_empty()
            && !name.starts_with('#')
        {
            found.insert(name.to_owned());
        }
    }
    assert!(found.contains("chrono"), "no dependencies were read");
    found
}

#[test]
fn the_domain_has_no_input_no_output_and_no_clock() {
    let named = dependencies(&file("crates/domain/Cargo.toml"));
    for banned in ["tokio", "actix-web", "reqwest", "futures", "async-trait", "rand", "getrandom"] {
        assert!(!named.contains(banned), "the domain must not depend on {banned}");
    }
    for source in sources("crates/domain/src") {
        assert!(!has_word(&source.text, "tokio"), "{}: tokio", shown(&source));
        let code = source.code();
        for banned in
            ["async ", "std::fs", "std::net", "Utc::now", "Local::now", "SystemTime", "Instant::now"]
        {
            assert!(!code.contains(banned), "{}: {banned}", shown(&source));
        }
    }
}

/// Where values of the rules learn how they are kept in a column, and nothing is read or written.
const KEPT_IN_COLUMNS: [&str; 4] = ["ids.rs", "lib.rs", "money.rs", "stored.rs"];

#[test]
fn the_rules_do_not_know_how_their_values_are_kept() {
    let manifest = file("crates/domain/Cargo.toml");
    for optional in ["sea-orm", "utoipa"] {
        let line =
            manifest.lines().find(|line| line.starts_with(&format!("{optional} ="))).unwrap_or_default();
        assert!(line.contains("optional = true"), "{optional} is for those who turn it on");
    }
    assert!(!manifest.contains("default ="), "the rules turn nothing on");
    for source in sources("crates/domain/src") {
        let below = source.below("crates/domain/src");
        let may_say_so = below.len() == 1 && KEPT_IN_COLUMNS.contains(&below[0]);
        assert!(may_say_so || !has_word(&source.text, "sea_orm"), "{}: sea_orm", shown(&source));
    }
}

#[test]
fn domain_platform_and_wechat_do_not_know_one_another() {
    for leaf in ["domain", "platform", "wechat"] {
        let named = dependencies(&file(&format!("crates/{leaf}/Cargo.toml")));
        for other in ["api", "domain", "migrations", "platform", "tests", "wechat"] {
            assert!(!named.contains(other), "{leaf} must not depend on {other}");
        }
    }
}

#[test]
fn platform_and_wechat_have_no_business_word() {
    for source in [sources("crates/platform"), sources("crates/wechat")].concat() {
        let said: Vec<_> = words(&source.text).filter(|word| capabilities().contains(word)).collect();
        assert_eq!(said, [""; 0], "{}", shown(&source));
        assert!(!capabilities().iter().any(|name| source.is_in(name)), "{}", shown(&source));
    }
}

#[test]
fn a_capability_has_one_name_everywhere() {
    let domain = folders("crates/domain/src");
    let mut happening = Vec::new();
    for (room, capabilities) in ROOMS {
        for folder in folders(&format!("crates/{room}/src")) {
            let is_known = capabilities.contains(&folder.as_str()) || BESIDE.contains(&folder.as_str());
            assert!(is_known, "{room}/src/{folder} is no capability");
            happening.push(folder);
        }
    }
    for folder in &domain {
        let is_known = happening.contains(folder) || FOUNDATIONS.contains(&folder.as_str());
        assert!(is_known, "domain/src/{folder} has no folder of its name where things happen");
    }
    let document = serde_json::to_value(api::openapi()).unwrap();
    let operations = document["paths"].as_object().unwrap().values();
    for operation in operations.flat_map(|item| item.as_object().unwrap().values()) {
        let tag = operation["tags"][0].as_str().unwrap().to_owned();
        assert!(happening.contains(&tag), "the tag {tag} is no folder");
    }
}

/// The names of jobs and sweeps: literals like `imports.run` in the files of a capability.
#[test]
fn a_job_and_a_sweep_are_named_after_their_capability() {
    let mut n_found = 0;
    for source in rooms() {
        let code = source.code();
        if !code.contains("const NAME: &'static str") && !code.contains("Sweep<App> for") {
            continue;
        }
        let below = below(&source)[0].to_owned();
        for name in literals(&code).into_iter().filter_map(|it| it.split_once('.')) {
            let is_name = words(name.1).eq([name.1]) && words(name.0).eq([name.0]);
            if is_name {
                assert_eq!(name.0, below, "{}", shown(&source));
                n_found += 1;
            }
        }
    }
    assert!(n_found >= 6, "only {n_found} names were found");
}

/// The capabilities that the code of one calls.
fn called(code: &str) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        let named = match rest.strip_prefix('{') {
            Some(_) => source::bracketed(rest).split(',').collect(),
            None => vec![rest],
        };
        let first = named.into_iter().filter_map(|it| words(it).next());
        found.extend(first.filter_map(|word| capabilities().into_iter().find(|it| *it == word)));
    }
    found
}

#[test]
fn capabilities_call_one_way() {
    let rank = |name: &str| capabilities().iter().position(|it| *it == name);
    let mut up = BTreeSet::new();
    let mut n_calls = 0;
    for source in rooms() {
        let caller = below(&source)[0].to_owned();
        let Some(from) = rank(&caller) else { continue };
        for callee in called(&source.code()) {
            n_calls += 1;
            if rank(callee) > Some(from) {
                up.insert((caller.clone(), callee));
            }
        }
    }
    assert!(n_calls >= 50, "only {n_calls} calls were found");
    let known = CALLS_UP.map(|(from, to)| (from.to_owned(), to));
    assert_eq!(up, BTreeSet::from(known), "what must go back goes through subjects.rs");
}

/// The tables that the code writes, by its SQL and by its entities.
fn written(code: &str) -> BTreeSet<String> {
    let statements = ["INSERT INTO ", "UPDATE ", "DELETE FROM "].into_iter();
    statements
        .flat_map(|verb| code.match_indices(verb).map(|(place, _)| &code[place + verb.len()..]))
        .chain(code.match_indices("table_name = \"").map(|(place, text)| &code[place + text.len()..]))
        .chain(code.match_indices("table: \"").map(|(place, text)| &code[place + text.len()..]))
        .filter_map(|rest| words(rest).next())
        .filter(|word| *word != "SET" && word.starts_with(char::is_lowercase))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_capability_writes_only_its_own_tables() {
    let mut n_found = 0;
    for source in rooms() {
        let below = below(&source);
        if !capabilities().contains(&below[0]) {
            continue;
        }
        for table in written(&source.code()) {
            let is_own = table == below[0] || table.starts_with(&format!("{}_", below[0]));
            assert!(is_own, "{}: writes {table}", shown(&source));
            n_found += 1;
        }
    }
    assert!(n_found >= 20, "only {n_found} writes were found");
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let all = ["crates", "migrations", "tests", "benches"].map(sources).concat();
    let long = all.iter().filter(|source| source.text.lines().count() > 400);
    assert_eq!(long.map(shown).collect::<Vec<_>>(), [""; 0], "split by subject");
}

#[test]
fn nothing_is_called_utils() {
    let banned =
        ["utils", "util", "helpers", "common", "manager", "managers", "service", "services", "part2"];
    for source in ["crates", "migrations", "tests", "benches"].map(sources).concat() {
        let said = banned.iter().find(|name| source.is_in(name));
        assert_eq!(said, None, "{}", shown(&source));
        let code = source.code();
        let modules = code.match_indices("mod ").filter_map(|(place, _)| words(&code[place + 4..]).next());
        for module in modules {
            assert!(!banned.contains(&module), "{}: mod {module}", shown(&source));
        }
    }
}

#[test]
fn the_linter_knows_what_is_not_called() {
    let text = file("clippy.toml");
    for path in [
        "chrono::Utc::now",
        "uuid::Uuid::now_v7",
        "sea_orm::TransactionTrait::begin",
        "sea_orm::TransactionTrait::begin_with_options",
    ] {
        let line = text.lines().find(|line| line.contains(&format!("\"{path}\"")));
        let line = line.unwrap_or_else(|| panic!("clippy.toml does not name {path}"));
        assert!(line.contains("reason = \""), "clippy.toml gives no reason for {path}");
    }
    assert!(file("Cargo.toml").contains("disallowed_methods = \"warn\""));
}

/// Files outside the homes that hold Chinese words which are read and never said.
const READ: [(&str, &str); 4] = [
    ("crates/domain/src/evidence/vague/words.rs", "what says nothing in a note"),
    ("crates/domain/src/evidence/mod.rs", "the names of photo editors"),
    ("crates/wechat/src/field/mod.rs", "what WeChat takes for an empty field"),
    ("crates/wechat/src/field/rule.rs", "how WeChat writes dates and sums"),
];

fn is_han(it: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&it)
}

/// The product's name is no sentence.
fn is_said(literal: &str) -> bool {
    literal.replace("骨干", "").contains(is_han)
}

/// Is a half-width mark beside a Chinese character?
fn is_half_width(literal: &str) -> bool {
    let signs: Vec<char> = literal.chars().collect();
    let is_mark = |it: char| ",;:!?()".contains(it);
    signs.windows(2).any(|two| (is_han(two[0]) && is_mark(two[1])) || (is_mark(two[0]) && is_han(two[1])))
}

#[test]
fn what_people_read_has_one_home_and_full_width_punctuation() {
    let sources = ["crates", "migrations"].map(sources).concat();
    let mut n_said = 0;
    for source in sources.iter().filter(|it| !it.is_in("simulated")) {
        let code = source.code();
        let said: Vec<&str> = literals(&code).into_iter().filter(|it| is_said(it)).collect();
        if source.is_in("texts") {
            n_said += said.len();
            let half: Vec<&str> = said.into_iter().filter(|it| is_half_width(it)).collect();
            assert_eq!(half, [""; 0], "{}: Chinese punctuation is full-width", shown(source));
        } else if READ.iter().all(|(path, _)| source.path != std::path::Path::new(path)) {
            assert_eq!(said, [""; 0], "{}: what people read lives in texts", shown(source));
        }
    }
    assert!(n_said >= 300, "only {n_said} sentences were found");
    let templates = ["crates/base/templates", "crates/sales/templates"].map(|it| source::files(it, ".html"));
    for template in templates.concat() {
        assert!(!template.text.contains(is_han), "{}: words come from texts", shown(&template));
    }
    assert!(is_half_width("请重试,谢谢") && is_half_width("客户:{}") && !is_half_width("客户：{}，08:30"));
}
