//! What each kind of customer needs: a published document, never code.

use crate::writing::is_blank;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{KeyField, PaymentTerms};
use crate::documents::Fault;

/// A kind of customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// The fields that the freshness of a file counts.
    pub key_fields: Vec<KeyField>,
    /// How wide a new customer's fence is.
    pub fence_radius_m: i32,
    /// A shorter visit does not count.
    pub min_dwell_seconds: i64,
    /// A place near the fence that nobody refuted counts.
    pub accept_uncertain: bool,
    /// So does a customer that has no point yet.
    pub accept_no_point: bool,
    /// Every order needs a contract of its own.
    pub needs_contract: bool,
    /// How a new customer pays.
    pub payment_terms: PaymentTerms,
}

/// A version of the kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    /// A field that was confirmed longer ago is stale.
    pub fresh_days: i64,
    /// How many customers somebody may take out of the pool in a day.
    pub claims_a_day: i64,
    /// The kinds, the usual one first.
    pub kinds: Vec<Kind>,
}

impl Kinds {
    /// The kind by its code. None for one that the document does not know any more.
    pub fn find(&self, code: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.code == code)
    }

    /// All that keeps the document from being published.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut range = |pointer: String, value: i64, least: i64, most: i64| {
            if !(least..=most).contains(&value) {
                faults.push(Fault::new(pointer, "out_of_range"));
            }
        };
        range("/fresh_days".to_owned(), self.fresh_days, 1, 3_650);
        range("/claims_a_day".to_owned(), self.claims_a_day, 0, 1_000);
        for (place, kind) in self.kinds.iter().enumerate() {
            range(format!("/kinds/{place}/fence_radius_m"), i64::from(kind.fence_radius_m), 20, 5_000);
            range(format!("/kinds/{place}/min_dwell_seconds"), kind.min_dwell_seconds, 0, 86_400);
        }
        if self.kinds.is_empty() {
            faults.push(Fault::new("/kinds", "required"));
        }
        let mut codes = BTreeSet::new();
        for (place, kind) in self.kinds.iter().enumerate() {
            faults.extend(kind.check(place, codes.insert(kind.code.as_str())));
        }
        faults
    }
}

impl Kind {
    fn check(&self, place: usize, is_first: bool) -> Vec<Fault> {
        let fault = |field: &str, code| Fault::new(format!("/kinds/{place}/{field}"), code);
        let mut faults = Vec::new();
        if is_blank(&self.code) {
            faults.push(fault("code", "required"));
        }
        if !is_first {
            faults.push(fault("code", "twice"));
        }
        if is_blank(&self.label) {
            faults.push(fault("label", "required"));
        }
        let fields: BTreeSet<KeyField> = self.key_fields.iter().copied().collect();
        if fields.len() < self.key_fields.len() {
            faults.push(fault("key_fields", "twice"));
        }
        if fields.is_empty() {
            faults.push(fault("key_fields", "required"));
        }
        faults
    }
}
