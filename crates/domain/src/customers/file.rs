//! What stands in a file, who may change it, and what is refused.

use crate::writing::is_blank;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::people::Role;

/// A person at the customer's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The name.
    pub name: Option<String>,
    /// The phone.
    #[serde(default)]
    pub phone: Option<String>,
    /// What the person is there.
    #[serde(default)]
    pub title: Option<String>,
}

/// Something that a customer needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Need {
    /// In the customer's words.
    pub text: String,
    /// When somebody heard it there, in UTC; nobody vouches for it otherwise.
    pub verified_at: Option<DateTime<Utc>>,
}

/// A need as it was written at some time: by its words alone, or with who vouches for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Words(String),
    Known { text: String, verified_at: Option<DateTime<Utc>> },
}

impl From<Written> for Need {
    fn from(written: Written) -> Self {
        match written {
            Written::Words(text) => Self { text, verified_at: None },
            Written::Known { text, verified_at } => Self { text, verified_at },
        }
    }
}

names! {
    /// Which invoice somebody wants.
    pub enum InvoiceKind {
        /// 专票
        Special = "special",
        /// 普票
        Plain = "plain",
        /// 不开票
        None = "none",
    }
}

names! {
    /// How often.
    pub enum InvoicePeriod {
        /// 按单
        PerOrder = "per_order",
        /// 按月
        Monthly = "monthly",
    }
}

/// To whom it is invoiced, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceProfile {
    /// The payer's name.
    pub payer_name: String,
    /// The payer's unified social credit code.
    #[serde(default)]
    pub uscc: Option<String>,
    /// Which invoice.
    pub kind: InvoiceKind,
    /// How often.
    pub period: InvoicePeriod,
}

impl InvoiceProfile {
    /// The profile with its code in normal form. A 专票 names a payer with a right code.
    pub fn checked(self) -> Result<Self, Refusal> {
        if self.kind != InvoiceKind::None && is_blank(&self.payer_name) {
            return Err(Refusal::PayerMissing);
        }
        let uscc = match self.uscc.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            Some(code) => Some(crate::identifiers::check_uscc(code).map_err(|_| Refusal::PayerCodeInvalid)?),
            None if self.kind == InvoiceKind::Special => return Err(Refusal::PayerCodeMissing),
            None => None,
        };
        Ok(Self { uscc, ..self })
    }
}

/// A part of a file that different people may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Who and where it is, whom to talk to, what it needs, to whom it is invoiced.
    Profile,
    /// What it may owe, how it pays, at which prices, who pays, and whether anything is sold to it at all.
    Credit,
}

/// May a role change a section of a file that it sees? Operations and the admin keep files as they import them.
pub fn may_edit(role: Role, section: Section) -> bool {
    use Role::{Admin, Finance, Operations, RegionalDirector, Rep, SalesDirector, Supervisor};
    match section {
        Section::Profile => {
            matches!(role, Rep | Supervisor | RegionalDirector | SalesDirector | Operations | Admin)
        }
        Section::Credit => matches!(role, RegionalDirector | SalesDirector | Finance | Operations | Admin),
    }
}

/// What a change of a file is refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A credit of nothing.
    #[error("an amount is more than zero")]
    AmountNotPositive,
    /// A credit that ends before it begins, or is over.
    #[error("a temporary credit ends after it begins, and not in the past")]
    NeverValid,
    /// An invoice to nobody.
    #[error("an invoice names a payer")]
    PayerMissing,
    /// A 专票 without a code.
    #[error("a special invoice names the payer's credit code")]
    PayerCodeMissing,
    /// A code that cannot be one.
    #[error("the payer's credit code is wrong")]
    PayerCodeInvalid,
    /// Nothing says what counts as done.
    #[error("a standing task says which evidence counts as done")]
    NothingCountsAsDone,
    /// It selects nobody.
    #[error("a standing task selects customers")]
    NothingSelected,
    /// Never, or more often than there are days.
    #[error("a rhythm is at least once in a year and at most once a day")]
    RhythmImpossible,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AmountNotPositive => "amount_not_positive",
            Self::NeverValid => "never_valid",
            Self::PayerMissing => "payer_missing",
            Self::PayerCodeMissing => "payer_code_missing",
            Self::PayerCodeInvalid => "uscc_invalid",
            Self::NothingCountsAsDone => "nothing_counts_as_done",
            Self::NothingSelected => "nothing_selected",
            Self::RhythmImpossible => "rhythm_impossible",
        }
    }

    /// The field, as a JSON pointer into the body.
    pub fn pointer(&self) -> &'static str {
        match self {
            Self::AmountNotPositive => "/amount",
            Self::NeverValid => "/until",
            Self::PayerMissing => "/invoice/payer_name",
            Self::PayerCodeMissing | Self::PayerCodeInvalid => "/invoice/uscc",
            Self::NothingCountsAsDone => "/done_by",
            Self::NothingSelected => "/selection",
            Self::RhythmImpossible => "/rhythm",
        }
    }
}
