//! The codes a client acts on: each has its words, and all words have a code that somebody uses.

use std::collections::BTreeSet;

use super::source::{Source, bracketed, calls, file, literals, sources};

/// Answers that are never put into words.
const WORDLESS: [&str; 1] = [
    // The answer of a retry has the first one's body.
    "replayed",
];

/// What makes a refusal, and the argument that is its code.
const MAKERS: [(&str, usize); 16] = [
    ("Unreadable", 0),
    ("Conflict", 0),
    ("TooLarge", 0),
    ("Unsupported", 0),
    ("Invalid", 0),
    ("Unavailable", 0),
    ("conflict", 0),
    ("field", 1),
    ("FieldFault::new", 1),
    ("Fault::new", 1),
    (".fault", 1),
    (".parsed", 1),
    (".number", 1),
    ("detail", 0),
    ("said", 0),
    ("fail", 2),
];

fn is_code(text: &str) -> bool {
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    is_plain && text.starts_with(|it: char| it.is_ascii_lowercase())
}

/// The codes that a file's code refuses with.
fn codes(source: &Source) -> BTreeSet<String> {
    let code = source.code();
    let mut found = BTreeSet::new();
    let mut take =
        |text: &str| found.extend(literals(text).into_iter().filter(|it| is_code(it)).map(str::to_owned));
    for (maker, place) in MAKERS {
        for arguments in calls(&code, maker) {
            take(arguments.get(place).map_or("", String::as_str));
        }
    }
    for (place, text) in code.match_indices("fn code(") {
        let rest = &code[place + text.len()..];
        take(bracketed(&rest[rest.find('{').unwrap()..]));
    }
    for (place, _) in code.match_indices("FieldFault {") {
        let fields = bracketed(&code[place + "FieldFault ".len()..]);
        take(fields.split_once("code:").map_or("", |(_, rest)| rest.split(',').next().unwrap()));
    }
    found
}

fn product() -> Vec<Source> {
    let all = [super::rooms(), sources("crates/domain/src"), sources("crates/wechat/src")].concat();
    all.into_iter().filter(|source| source.name() != "texts.rs").collect()
}

fn texts() -> BTreeSet<String> {
    let source = Source::planted("texts.rs", &file("crates/base/src/texts.rs"));
    let table = source.code();
    let table = bracketed(&table[table.find("= &[").unwrap() + 3..]).to_owned();
    let keys = table.match_indices("(\"").map(|(place, _)| table[place + 2..].split('"').next().unwrap());
    keys.map(str::to_owned).collect()
}

#[test]
fn every_code_has_its_words() {
    let texts = texts();
    let mut found = BTreeSet::new();
    for source in product() {
        for code in codes(&source) {
            let has_words = texts.contains(&code) || WORDLESS.contains(&code.as_str());
            assert!(has_words, "{}: {code} has no text in texts.rs", source.path.display());
            found.insert(code);
        }
    }
    assert!(found.len() >= 100, "only {} codes were found", found.len());
}

#[test]
fn all_words_belong_to_a_code_that_is_used() {
    let code: String = product().iter().map(Source::code).collect();
    let said: BTreeSet<&str> = literals(&code).into_iter().collect();
    let idle: Vec<String> = texts().into_iter().filter(|it| !said.contains(it.as_str())).collect();
    assert_eq!(idle, [""; 0], "texts that nobody reads");
}

#[test]
fn codes_are_found_however_they_are_written() {
    let planted = Source::planted(
        "crates/sales/src/orders/place.rs",
        r#"
        // Error::conflict("in_a_comment")
        fn code(&self) -> &'static str { match self { Self::A => "a_refusal", Self::B(_) => "another" } }
        let f = Err(Error::Invalid("a_problem", vec![FieldFault::new(format!("/lines/{place}"), "a_fault")]));
        Error::field("/x", if is_long { "one_way" } else { "or_another" });
        cells.fault("column", "a_cell", &text);
        FieldFault { pointer: "/file".to_owned(), code: "by_hand".to_owned() }
        "#,
    );
    let found: Vec<_> = codes(&planted).into_iter().collect();
    let expected =
        ["a_cell", "a_fault", "a_problem", "a_refusal", "another", "by_hand", "one_way", "or_another"];
    assert_eq!(found, expected);
}
