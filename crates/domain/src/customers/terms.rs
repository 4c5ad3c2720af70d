//! How a customer pays.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a customer pays. Written `prepaid`, `on_delivery`, `net_30`, `monthly` or `monthly_25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentTerms {
    /// 先款后货
    Prepaid,
    /// 货到付款
    OnDelivery,
    /// So many days after delivery.
    NetDays(u16),
    /// Once a month, on this day; a month without it pays on its last.
    Monthly(u8),
}

/// The text names no way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("payment terms are prepaid, on_delivery, net_1 to net_365, monthly or monthly_1 to monthly_31")]
pub struct UnknownTerms;

/// The last day of whatever month.
const LAST_DAY: u8 = 31;

impl PaymentTerms {
    /// Only who pays later is lent to: the others are never asked for a limit.
    pub fn uses_credit(self) -> bool {
        matches!(self, Self::NetDays(_) | Self::Monthly(_))
    }
}

impl FromStr for PaymentTerms {
    type Err = UnknownTerms;

    fn from_str(text: &str) -> Result<Self, UnknownTerms> {
        let read = match text {
            "prepaid" => Some(Self::Prepaid),
            "on_delivery" => Some(Self::OnDelivery),
            "monthly" => Some(Self::Monthly(LAST_DAY)),
            _ => numbered(text),
        };
        read.ok_or(UnknownTerms)
    }
}

fn numbered(text: &str) -> Option<PaymentTerms> {
    let (name, number) = text.rsplit_once('_')?;
    let number: u16 = number.parse().ok()?;
    match name {
        "net" if (1..=365).contains(&number) => Some(PaymentTerms::NetDays(number)),
        "monthly" => {
            u8::try_from(number).ok().filter(|it| (1..=LAST_DAY).contains(it)).map(PaymentTerms::Monthly)
        }
        _ => None,
    }
}

impl fmt::Display for PaymentTerms {
    fn fmt(&self, it: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prepaid => it.write_str("prepaid"),
            Self::OnDelivery => it.write_str("on_delivery"),
            Self::NetDays(days) => write!(it, "net_{days}"),
            Self::Monthly(LAST_DAY) => it.write_str("monthly"),
            Self::Monthly(day) => write!(it, "monthly_{day}"),
        }
    }
}

impl Serialize for PaymentTerms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaymentTerms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
