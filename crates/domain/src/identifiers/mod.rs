//! Identifiers of a customer file (客户档案): the unified social credit code
//! (统一社会信用代码), the phone, the name, and the files that are probably one
//! customer (查重).
//!
//! Each is compared in a normal form, so that full-width digits, a country
//! prefix or a bracket do not hide a duplicate. Two files are linked when they
//! share a credit code, a phone, or a name within a district; a link of a link
//! is a link. Two files alone are also compared by a name that no district tells
//! apart.
//!
//! Absent: similarity of names. Files are linked by equality only, and whether
//! a group really is one customer is decided by a person.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::writing::is_invisible;

mod duplicates;
#[cfg(test)]
mod tests;

pub use duplicates::{File, Link, duplicate_groups, links};

/// The 31 signs of GB 32100-2015: no I, O, S, V, Z. A sign's place is its value.
const USCC_SIGNS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_LENGTH: usize = 18;

/// Why a text is not a unified social credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsccFault {
    /// Not 18 signs.
    #[error("a credit code has 18 signs")]
    Length,
    /// A sign that the standard does not use, such as O for 0.
    #[error("a credit code uses digits and capital letters without I, O, S, V and Z")]
    Alphabet,
    /// The last sign does not follow from the others: a typing mistake.
    #[error("the check digit of the credit code is wrong")]
    CheckDigit,
}

/// The credit code in its normal form, when it can be one by GB 32100-2015.
pub fn check_uscc(text: &str) -> Result<String, UsccFault> {
    let code = normal_uscc(text);
    if code.chars().count() != USCC_LENGTH {
        return Err(UsccFault::Length);
    }
    let values: Option<Vec<usize>> = code.chars().map(|sign| USCC_SIGNS.find(sign)).collect();
    let values = values.ok_or(UsccFault::Alphabet)?;
    if !weighted_sum(&values).is_multiple_of(USCC_SIGNS.len()) {
        return Err(UsccFault::CheckDigit);
    }
    Ok(code)
}

/// A phone number as digits only, without the prefix 86 or 0086 of a mainland mobile. A `.0` that a
/// spreadsheet put at its end is dropped; of what else it calculated nothing is left, so that nobody takes those digits
/// for somebody's number.
pub fn normal_phone(text: &str) -> String {
    let text: String = text.nfkc().filter(|sign| !sign.is_whitespace() && !is_invisible(*sign)).collect();
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if is_calculated(text) {
        return String::new();
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mobile = |prefix: &str| digits.strip_prefix(prefix).filter(|rest| rest.len() == 11);
    mobile("86").or_else(|| mobile("0086")).map_or_else(|| digits.clone(), str::to_owned)
}

/// Is it a number with decimals or a power of ten, as a spreadsheet makes of a phone: `1.38E+10`?
pub fn is_calculated(text: &str) -> bool {
    text.contains(['.', 'e', 'E']) && text.parse::<f64>().is_ok()
}

/// Whether a phone in its normal form is a mainland mobile number.
pub fn is_mobile(normal_phone: &str) -> bool {
    let digits = normal_phone.as_bytes();
    digits.len() == 11
        && digits.iter().all(u8::is_ascii_digit)
        && digits[0] == b'1'
        && (b'3'..=b'9').contains(&digits[1])
}

/// A name without punctuation, symbols, spaces, width, case and what cannot be seen.
pub fn normal_name(text: &str) -> String {
    use GeneralCategoryGroup::{Punctuation, Separator, Symbol};
    let mut name = text.nfkc().collect::<String>().to_lowercase();
    name.retain(|sign| {
        !matches!(sign.general_category_group(), Punctuation | Symbol | Separator) && !is_invisible(sign)
    });
    name
}

fn normal_uscc(text: &str) -> String {
    text.trim().to_uppercase()
}

/// The powers of 3 weigh the first 17 signs; the check digit itself, weighed
/// once, brings their sum to a multiple of 31.
fn weighted_sum(values: &[usize]) -> usize {
    let (check, body) = values.split_last().expect("a code has 18 signs");
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % USCC_SIGNS.len()));
    body.iter().zip(weights).map(|(value, weight)| value * weight).sum::<usize>() + check
}
