//! What counts as evidence of what: a published document, never code.
//!
//! A kind has the fields of its record (a JSON Schema), what has to be attached, and who signs. What is wrong in a
//! record is refused; what is missing is kept open and shuts the stage: a demo is recorded when it is held, its signed
//! page may come later.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Reason;
use crate::documents::Fault;
use crate::people::Role;

names! {
    /// How strictly the place of a photo is judged.
    pub enum Place as EvidencePlace {
        /// At the customer's.
        Strict = "strict",
        /// Anywhere: a quote may be photographed in the car.
        Lenient = "lenient",
    }
}

/// What has to be attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// As people read it.
    pub label: String,
    /// At least so many.
    pub min: usize,
    /// What the photos have to be taken for.
    pub purposes: Vec<String>,
    /// Documents do as well.
    pub accepts_files: bool,
    /// How strictly the place is judged.
    pub place: Place,
}

names! {
    /// Who signs.
    pub enum Party as EvidenceParty {
        /// The customer.
        Customer = "customer",
        /// Somebody of ours.
        Company = "company",
    }
}

/// A page that somebody signs: a photo taken as `signed_slip`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Who signs it.
    pub party: Party,
    /// As people read it.
    pub label: String,
}

/// The photos of a signed page are taken for this.
pub const SIGNED_PAGE: &str = "signed_slip";

/// When records of a kind that stay without their signed page point to the function that supplies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GapRule {
    /// The supplying function, as people read it.
    pub supplier: String,
    /// Who hears it: the people of these roles, those of the region where they have one.
    pub told: Vec<Role>,
    /// So many in a row.
    pub in_a_row: usize,
    /// Working days until a missing page counts.
    pub grace_working_days: u32,
}

/// A kind of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceKind {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// The JSON Schema of the fields; `title` is what people read.
    pub fields: Value,
    /// What has to be attached.
    pub attachments: Option<Attachments>,
    /// Who signs.
    pub signer: Option<Signer>,
    /// Fields whose text has to say something.
    #[serde(default)]
    pub vague_fields: Vec<String>,
    /// When a missing page is a gap of the function that supplies it.
    pub gap: Option<GapRule>,
}

/// The document `evidence_kinds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    /// The kinds.
    pub kinds: Vec<EvidenceKind>,
    /// Texts that say nothing, as operations keep them.
    pub vague_phrases: Vec<String>,
}

/// What a record consists of so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The fields that were filled in.
    pub fields: BTreeSet<String>,
    /// What each photo was taken for.
    pub purposes: Vec<String>,
    /// How many documents.
    pub n_files: usize,
}

/// Something that a record still lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Where it belongs, as a JSON pointer into the record.
    pub pointer: String,
    /// `field_missing`, `attachment_missing` or `signature_missing`.
    pub code: String,
    /// What, as people read it.
    pub label: String,
}

impl EvidenceKind {
    /// Everything that a record still lacks.
    pub fn needs(&self, parts: &Parts) -> Vec<Need> {
        let need = |pointer: String, code: &str, label: &str| Need {
            pointer,
            code: code.to_owned(),
            label: label.to_owned(),
        };
        let mut needs: Vec<Need> = Vec::new();
        for name in self.required().into_iter().filter(|name| !parts.fields.contains(*name)) {
            needs.push(need(format!("/fields/{name}"), "field_missing", self.title(name)));
        }
        if let Some(rule) = &self.attachments {
            let n_photos = parts.purposes.iter().filter(|it| rule.purposes.contains(it)).count();
            if n_photos + if rule.accepts_files { parts.n_files } else { 0 } < rule.min {
                needs.push(need("/photo_ids".to_owned(), "attachment_missing", &rule.label));
            }
        }
        if let Some(signer) = &self.signer
            && !parts.purposes.iter().any(|it| it == SIGNED_PAGE)
        {
            needs.push(need("/photo_ids".to_owned(), "signature_missing", &signer.label));
        }
        needs
    }

    /// Does a reason against a photo count for this kind?
    pub fn counts(&self, reason: Reason) -> bool {
        let is_strict = self.attachments.as_ref().is_some_and(|rule| rule.place == Place::Strict);
        is_strict || !(reason.is_of_place() || reason == Reason::ExifLocationMismatch)
    }

    fn required(&self) -> Vec<&str> {
        let required = self.fields.get("required").and_then(Value::as_array);
        required.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn title<'a>(&'a self, name: &'a str) -> &'a str {
        let title = self.fields.get("properties").and_then(|all| all.get(name)?.get("title"));
        title.and_then(Value::as_str).unwrap_or(name)
    }

    fn has_field(&self, name: &str) -> bool {
        self.fields.get("properties").is_some_and(|all| all.get(name).is_some())
    }
}

impl Kinds {
    /// The kind by its code.
    pub fn find(&self, code: &str) -> Option<&EvidenceKind> {
        self.kinds.iter().find(|kind| kind.code == code)
    }

    /// Everything that is wrong with it but the schemas themselves.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (place, kind) in self.kinds.iter().enumerate() {
            if self.kinds[..place].iter().any(|it| it.code == kind.code) {
                faults.push(Fault::new(format!("/kinds/{place}/code"), "code_twice"));
            }
            if kind.code.is_empty() || kind.label.is_empty() {
                faults.push(Fault::new(format!("/kinds/{place}/code"), "required"));
            }
            faults.extend(kind.check(&format!("/kinds/{place}")));
        }
        if self.vague_phrases.len() > 500 {
            faults.push(Fault::new("/vague_phrases", "out_of_range"));
        }
        faults
    }
}

impl EvidenceKind {
    fn check(&self, at: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (place, name) in self.vague_fields.iter().enumerate() {
            if !self.has_field(name) {
                faults.push(Fault::new(format!("{at}/vague_fields/{place}"), "field_unknown"));
            }
        }
        for (place, name) in self.required().into_iter().enumerate() {
            if !self.has_field(name) {
                faults.push(Fault::new(format!("{at}/fields/required/{place}"), "field_unknown"));
            }
        }
        if let Some(rule) = &self.attachments
            && (!(1..=20).contains(&rule.min) || (rule.purposes.is_empty() && !rule.accepts_files))
        {
            faults.push(Fault::new(format!("{at}/attachments/min"), "out_of_range"));
        }
        if let Some(gap) = &self.gap {
            if self.signer.is_none() {
                faults.push(Fault::new(format!("{at}/gap"), "gap_without_signer"));
            }
            if !(2..=20).contains(&gap.in_a_row) || gap.grace_working_days > 60 || gap.told.is_empty() {
                faults.push(Fault::new(format!("{at}/gap"), "out_of_range"));
            }
        }
        let asks_for_nothing =
            self.attachments.is_none() && self.signer.is_none() && self.required().is_empty();
        if asks_for_nothing {
            faults.push(Fault::new(at, "asks_for_nothing"));
        }
        faults
    }
}
