//! Exact numbers: fen, ten-thousandths of a yuan, thousandths of a unit. Decimal text only at the edge; sums are
//! checked.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most that anybody may write down, in the smallest steps of its kind: 1,000,000,000 yuan, a price of 10,000,000
/// yuan, 100,000,000 units. An `i64` holds the sum of 92 million such rows, far more than anything here adds up, in Rust
/// as in SQL; a sum may be larger than what it is made of.
const MOST: i64 = 100_000_000_000;

/// A text that is not the number it should be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// Not decimal digits at all.
    #[error("not a decimal number")]
    Unreadable,
    /// More decimals than the kind of number has.
    #[error("more than {0} decimals")]
    TooFine(u32),
    /// More than anybody may write down.
    #[error("number too large")]
    TooLarge,
}

/// A sum that is larger than can be kept. What may be written down is bounded so that this never happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sum is larger than can be kept")]
pub struct Overflow;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($decimals:literal, shown $shown:literal)),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "stored", derive(sea_orm::DeriveValueType))]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The most that anybody may write down.
            pub const MOST: Self = Self(MOST);

            /// All of them together.
            pub fn sum(all: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
                all.into_iter().try_fold(Self::ZERO, Self::checked_add).ok_or(Overflow)
            }

            /// The sum; none on overflow.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// The difference; none on overflow.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = NotANumber;

            fn from_str(text: &str) -> Result<Self, NotANumber> {
                scaled(text, $decimals).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, it: &mut fmt::Formatter<'_>) -> fmt::Result {
                it.write_str(&shown(self.0, $decimals, $shown))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

numbers! {
    /// Money in fen (a hundredth of a yuan). Written with two decimals.
    Fen(2, shown 2),
    /// A unit price in ten-thousandths of a yuan. Written with two to four decimals.
    UnitPrice(4, shown 2),
    /// A quantity in thousandths of its unit. Written with up to three decimals.
    Quantity(3, shown 0),
    /// A share in ten-thousandths of a percent, which are parts per million. Written in percent with up to four
    /// decimals.
    Percent(4, shown 0),
}

impl Percent {
    /// All of it.
    pub const WHOLE: Self = Self(1_000_000);
}

impl Fen {
    /// The part that `part` of `whole` is worth, rounded half up. None on overflow; nothing of nothing.
    pub fn share(self, part: Quantity, whole: Quantity) -> Option<Self> {
        if whole == Quantity::ZERO {
            return Some(Self::ZERO);
        }
        let exact = i128::from(self.0) * i128::from(part.0) * 2 + i128::from(whole.0);
        i64::try_from(exact.div_euclid(i128::from(whole.0) * 2)).ok().map(Self)
    }
}

impl UnitPrice {
    /// The amount of `quantity` at this price, rounded half up once. None on overflow.
    pub fn times(self, quantity: Quantity) -> Option<Fen> {
        // e4 yuan × e3 units is e7; fen are e2, so five digits go.
        let exact = i128::from(self.0) * i128::from(quantity.0);
        let rounded = (exact + 50_000).div_euclid(100_000);
        i64::try_from(rounded).ok().map(Fen)
    }
}

fn scaled(text: &str, decimals: u32) -> Result<i64, NotANumber> {
    let value = Decimal::from_str_exact(text.trim()).map_err(|_| NotANumber::Unreadable)?.normalize();
    if value.scale() > decimals {
        return Err(NotANumber::TooFine(decimals));
    }
    let factor = Decimal::from(10_i64.pow(decimals));
    let steps = value.checked_mul(factor).and_then(|it| it.to_i64());
    steps.filter(|it| (-MOST..=MOST).contains(it)).ok_or(NotANumber::TooLarge)
}

fn shown(value: i64, decimals: u32, at_least: usize) -> String {
    let text = Decimal::new(value, decimals).normalize().to_string();
    let n_decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if n_decimals >= at_least {
        return text;
    }
    let point = if n_decimals == 0 { "." } else { "" };
    format!("{text}{point}{}", "0".repeat(at_least - n_decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_and_written_with_two_decimals() {
        assert_eq!("1280.5".parse(), Ok(Fen(128_050)));
        assert_eq!(Fen(128_050).to_string(), "1280.50");
        assert_eq!(Fen(-1).to_string(), "-0.01");
        assert_eq!("0.001".parse::<Fen>(), Err(NotANumber::TooFine(2)));
        assert_eq!("a".parse::<Fen>(), Err(NotANumber::Unreadable));
        assert_eq!("99999999999999999999".parse::<Fen>(), Err(NotANumber::TooLarge));
    }

    #[test]
    fn nobody_writes_down_more_than_can_be_added_up() {
        assert_eq!("1000000000".parse(), Ok(Fen::MOST));
        assert_eq!("1000000000.01".parse::<Fen>(), Err(NotANumber::TooLarge));
        assert_eq!("-1000000000.01".parse::<Fen>(), Err(NotANumber::TooLarge));
        assert_eq!("10000000.0001".parse::<UnitPrice>(), Err(NotANumber::TooLarge));
        assert_eq!("100000000.001".parse::<Quantity>(), Err(NotANumber::TooLarge));
        assert_eq!(Fen::sum(std::iter::repeat_n(Fen::MOST, 10_000)), Ok(Fen(MOST * 10_000)));
        assert_eq!(Fen::sum([Fen(i64::MAX), Fen(1)]), Err(Overflow));
    }

    #[test]
    fn prices_and_quantities_keep_what_they_have() {
        assert_eq!(UnitPrice(12_345).to_string(), "1.2345");
        assert_eq!(UnitPrice(20_000).to_string(), "2.00");
        assert_eq!(Quantity(12_000).to_string(), "12");
        assert_eq!(Quantity(12_500).to_string(), "12.5");
    }

    #[test]
    fn an_amount_is_rounded_half_up_once() {
        assert_eq!(UnitPrice(13_050).times(Quantity(1_000)), Some(Fen(131)));
        assert_eq!(UnitPrice(13_049).times(Quantity(1_000)), Some(Fen(130)));
        assert_eq!(UnitPrice(i64::MAX).times(Quantity(i64::MAX)), None);
    }
}
