//! The sources as text: files, words, calls and literals. Coarse on purpose: enough to keep rules, no compiler.

use std::path::{Path, PathBuf};

/// A source file by its path from the repository's root.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    /// A file that nobody has written, to show that a rule refuses it.
    pub fn planted(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.to_owned() }
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        self.path.file_name().unwrap().to_str().unwrap()
    }

    /// The folders and the file below `folder`.
    pub fn below(&self, folder: &str) -> Vec<&str> {
        let rest = self.path.strip_prefix(folder).unwrap();
        rest.iter().map(|part| part.to_str().unwrap()).collect()
    }

    /// Is the file, or a folder that it lies in, called this?
    pub fn is_in(&self, name: &str) -> bool {
        self.name() == format!("{name}.rs") || self.path.parent().unwrap().ends_with(name)
    }

    /// Only what is compiled outside of tests, without comments.
    pub fn code(&self) -> String {
        if self.name() == "tests.rs" || self.path.iter().any(|part| part == "tests") {
            return String::new();
        }
        let code = without_comments(&self.text);
        match code.find("#[cfg(test)]\nmod tests {") {
            Some(place) => code[..place].to_owned(),
            None => code,
        }
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the repository.
pub fn file(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// The files below a folder whose names end so, in order.
pub fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), ending, &mut found);
    assert!(!found.is_empty(), "{folder} holds no {ending}");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The Rust files below a folder, in order.
pub fn sources(folder: &str) -> Vec<Source> {
    files(folder, ".rs")
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(&path, ending, found);
            }
        } else if path.to_str().unwrap().ends_with(ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root()).unwrap().to_owned();
            found.push(Source { path, text });
        }
    }
}

/// The folders directly in a folder, in order.
pub fn folders(folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Letters, digits and underscores in a row.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !it.is_alphanumeric() && it != '_').filter(|word| !word.is_empty())
}

pub fn has_word(text: &str, word: &str) -> bool {
    words(text).any(|it| it == word)
}

/// Where a literal, a comment or neither begins, and how long it is.
enum Piece {
    Comment(usize),
    Literal(usize),
    Plain(usize),
}

fn piece(rest: &str) -> Piece {
    let first = rest.chars().next().unwrap();
    if rest.starts_with("//") {
        return Piece::Comment(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Piece::Comment(rest.find("*/").map_or(rest.len(), |place| place + 2));
    }
    if rest.starts_with("r#\"") {
        return Piece::Literal(rest.find("\"#").unwrap() + 2);
    }
    if first == '"' {
        let mut is_escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, it)| {
            let is_end = *it == '"' && !is_escaped;
            is_escaped = *it == '\\' && !is_escaped;
            is_end
        });
        return Piece::Literal(end.unwrap().0 + 1);
    }
    // A character, but not a lifetime.
    for quote in ["'\"'", "'\\''", "'\\\"'", "'('", "')'", "','", "'{'", "'}'", "'['", "']'", "'/'"] {
        if rest.starts_with(quote) {
            return Piece::Literal(quote.len());
        }
    }
    Piece::Plain(first.len_utf8())
}

fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (Piece::Comment(length) | Piece::Literal(length) | Piece::Plain(length)) = piece(rest);
        if !matches!(piece(rest), Piece::Comment(_)) {
            code.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    code
}

/// What stands between the bracket that `rest` begins with and its partner.
pub fn bracketed(rest: &str) -> &str {
    let mut depth = 0_usize;
    let mut place = 0;
    while place < rest.len() {
        let (Piece::Comment(length) | Piece::Literal(length) | Piece::Plain(length)) = piece(&rest[place..]);
        if let Piece::Plain(_) = piece(&rest[place..]) {
            match rest.as_bytes()[place] {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return &rest[1..place];
            }
        }
        place += length;
    }
    panic!("a bracket is not closed: {}", &rest[..rest.len().min(80)])
}

/// The arguments of every call of `name` in the code, as text.
pub fn calls(code: &str, name: &str) -> Vec<Vec<String>> {
    let opening = format!("{name}(");
    let mut found = Vec::new();
    for (place, _) in code.match_indices(&opening) {
        let before = code[..place].chars().next_back();
        let is_whole = name.starts_with('.') || !before.is_some_and(|it| it.is_alphanumeric() || it == '_');
        let is_definition = code[..place].trim_end().ends_with("fn");
        if is_whole && !is_definition {
            found.push(arguments(bracketed(&code[place + name.len()..])));
        }
    }
    found
}

fn arguments(list: &str) -> Vec<String> {
    let mut arguments = vec![String::new()];
    let mut place = 0;
    while place < list.len() {
        let (length, is_plain) = match piece(&list[place..]) {
            Piece::Comment(length) | Piece::Literal(length) => (length, false),
            Piece::Plain(length) => (length, true),
        };
        let mut text = &list[place..place + length];
        if is_plain && ["(", "[", "{"].contains(&text) {
            text = &list[place..place + bracketed(&list[place..]).len() + 2];
        }
        if is_plain && text == "," {
            arguments.push(String::new());
        } else {
            arguments.last_mut().unwrap().push_str(text);
        }
        place += text.len();
    }
    arguments
}

/// The texts of the string literals in the code.
pub fn literals(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while !rest.is_empty() {
        let (Piece::Comment(length) | Piece::Literal(length) | Piece::Plain(length)) = piece(rest);
        if rest.starts_with('"') {
            found.push(&rest[1..length - 1]);
        }
        rest = &rest[length..];
    }
    found
}

#[test]
fn the_sources_are_read_as_they_are_meant() {
    let code = "f(\"a,)\", g(1, ')'), // no, \"x\"\n Some(\"b\\\"c\"))";
    let read = without_comments(code);
    assert_eq!(literals(&read), ["a,)", "b\\\"c"]);
    let calls = calls(&read, "f");
    assert_eq!(calls[0].len(), 3, "{calls:?}");
    assert_eq!(calls[0][1].trim(), "g(1, ')')");
    assert!(has_word("use sea_orm::Value;", "sea_orm"));
    assert!(!has_word("sea_ormish", "sea_orm"));
}
