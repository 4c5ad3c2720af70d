//! Says a text anything that can be checked? 正常推进 does not; 周四送样两箱 does.
//!
//! Stop phrases, which operations keep, and the customer's own name are taken out; the rest is cut into words. A text
//! is vague when no number, date, product, person, document or concrete deed is left. Leaning towards concrete: a rep
//! who wrote something real must not be told that it is nothing.

mod words;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use jieba_rs::{Jieba, Tag};
use unicode_normalization::UnicodeNormalization;

use words::{DEEDS, GENERIC, MOMENTS, UNCOUNTED};

/// The dictionary, read once when the first text is looked at.
static WORDS: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Is nothing in the text that can be checked? Nothing at all is vague too.
pub fn is_vague(text: &str, phrases: &[String], customer: Option<&str>) -> bool {
    let mut text: String = text.nfkc().collect::<String>().to_lowercase();
    for known in customer.into_iter().chain(longest_first(phrases)) {
        let known: String = known.nfkc().collect::<String>().to_lowercase();
        if !known.is_empty() {
            text = text.replace(&known, " ");
        }
    }
    if text.chars().any(|it| it.is_numeric()) || has_latin_word(&text) {
        return false;
    }
    let tags = WORDS.tag(&text, true);
    !tags.iter().any(is_concrete)
}

fn longest_first(phrases: &[String]) -> Vec<&str> {
    let mut sorted: Vec<&str> = phrases.iter().map(String::as_str).collect();
    sorted.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    sorted
}

/// A name or an abbreviation: two Latin letters in a row.
fn has_latin_word(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(2).any(|pair| pair.iter().all(char::is_ascii_alphabetic))
}

fn is_concrete(tag: &Tag<'_>) -> bool {
    let word = tag.word.trim();
    if word.is_empty() || GENERIC.contains(&word) {
        return false;
    }
    if MOMENTS.iter().any(|it| word.contains(it)) || DEEDS.iter().any(|it| word.starts_with(it)) {
        return true;
    }
    match tag.tag {
        // People, places, organisations and names of things.
        "nr" | "ns" | "nt" | "nz" | "nrt" | "nrfg" => word.chars().count() > 1,
        // Things, and what is said of them in numbers.
        "n" | "s" | "an" | "ng" | "vn" => word.chars().count() > 1,
        "m" => !UNCOUNTED.contains(&word),
        _ => false,
    }
}
