//! What people write, as far as it can be seen.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Is it a sign without a look of its own: zero width, a soft hyphen, a direction mark, a filler? White space has one.
/// Source: Unicode `Default_Ignorable_Code_Point` (UAX #44), and the empty Braille pattern, which fonts draw as nothing.
pub fn is_invisible(sign: char) -> bool {
    let is_filler = matches!(
        sign,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2065}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
            | '\u{E0000}'..='\u{E0FFF}'
    );
    is_filler || sign.general_category() == GeneralCategory::Format
}

/// A text without white space around it and without invisible signs: for names, and for whatever is compared.
pub fn clean(text: &str) -> String {
    text.chars().filter(|sign| !is_invisible(*sign)).collect::<String>().trim().to_owned()
}

/// Does a reader see nothing in it?
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|sign| sign.is_whitespace() || is_invisible(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_blank() {
        for text in [
            "",
            " ",
            "\u{3000}\t\n",
            "\u{200B}",
            "\u{FEFF} \u{2060}",
            "\u{AD}\u{200D}\u{200E}",
            "\u{2800}\u{3164}",
        ] {
            assert!(is_blank(text), "{text:?}");
            assert_eq!(clean(text), "", "{text:?}");
        }
        for text in [".", "。", "无", "a\u{200B}", "👨\u{200D}👩"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn a_name_loses_what_cannot_be_seen() {
        assert_eq!(clean("\u{FEFF} 同兴\u{200B}超市 "), "同兴超市");
        assert_eq!(clean("rep-01\u{200B}"), "rep-01");
        assert_eq!(clean("张 三"), "张 三", "space within stays");
    }
}
