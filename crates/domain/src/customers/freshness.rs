//! Is a file still true? Each key field was confirmed at some time, by somebody or by a step that touched it.

use chrono::{DateTime, NaiveDate, Utc};

use crate::working_time::local_date;

names! {
    /// A field that may count.
    pub enum KeyField {
        /// Somebody to talk to.
        Contact = "contact",
        /// How to call.
        Phone = "phone",
        /// Who decides.
        DecisionChain = "decision_chain",
        /// What is needed now.
        Need = "need",
        /// Where it is.
        Location = "location",
        /// The unified social credit code.
        Uscc = "uscc",
        /// To whom it is invoiced.
        Invoice = "invoice",
    }
}

/// A step that confirms fields by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody was there and recorded what came of it.
    Visit,
    /// Goods were ordered.
    Order,
    /// Somebody answered.
    Call,
    /// Goods were signed for at the place.
    SignOff,
}

/// The fields that a step touches, and so confirms.
pub fn confirmed_by(step: Step) -> &'static [KeyField] {
    match step {
        Step::Visit => &[KeyField::Location],
        Step::Order => &[KeyField::Need],
        Step::Call => &[KeyField::Contact, KeyField::Phone],
        Step::SignOff => &[KeyField::Contact, KeyField::Location],
    }
}

/// A key field as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Which one.
    pub field: KeyField,
    /// There is something in it.
    pub is_filled: bool,
    /// When it was last known to be true, in UTC.
    pub confirmed_at: DateTime<Utc>,
}

/// How fresh a file is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// The key fields that have nothing in them.
    pub missing: Vec<KeyField>,
    /// Those that were confirmed too long ago.
    pub stale: Vec<KeyField>,
    /// The oldest confirmation, in UTC; none where no field counts.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Freshness {
    /// Nothing is missing and nothing is stale.
    pub fn is_fresh(&self) -> bool {
        self.missing.is_empty() && self.stale.is_empty()
    }
}

/// Judges the key fields of a file on a local day: exactly so many days ago is still fresh.
pub fn freshness(fields: &[Dated], today: NaiveDate, fresh_days: i64) -> Freshness {
    let named =
        |pick: &dyn Fn(&Dated) -> bool| fields.iter().filter(|it| pick(it)).map(|it| it.field).collect();
    let is_stale = |it: &Dated| (today - local_date(it.confirmed_at)).num_days() > fresh_days;
    Freshness {
        missing: named(&|it| !it.is_filled),
        stale: named(&is_stale),
        confirmed_at: fields.iter().map(|it| it.confirmed_at).min(),
    }
}
