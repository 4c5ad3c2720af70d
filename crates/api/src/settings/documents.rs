//! Configuration as versioned documents: a draft is edited, checked and published; a published version never changes.
//!
//! Version 0 of each kind is compiled in, so an installation works before anybody has edited anything.

use domain::actions::Stages;
use domain::evidence::Thresholds;
use domain::evidence::kinds::Kinds as EvidenceKinds;
use domain::ids::UserId;
use domain::notices::rules::Rules as NotificationRules;
use platform::Tx;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::rows::document::{self, Model as Document};
use super::{Event, evidence, record};
use crate::actor::read;
use crate::error::{Error, FieldFault, Result};
use crate::select::Connection;

/// A kind of document that operations edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who hears what, when, by which channel.
    NotificationRules,
    /// The numbers that photos and places are judged by.
    EvidenceThresholds,
    /// What counts as evidence of what.
    EvidenceKinds,
    /// What each stage asks for.
    Stages,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::NotificationRules, Self::EvidenceThresholds, Self::EvidenceKinds, Self::Stages];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotificationRules => "notification_rules",
            Self::EvidenceThresholds => "evidence_thresholds",
            Self::EvidenceKinds => "evidence_kinds",
            Self::Stages => "stages",
        }
    }

    /// The kind by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    fn compiled_in(self) -> &'static str {
        match self {
            Self::NotificationRules => include_str!("../../../../config/rules/notification_rules.json"),
            Self::EvidenceThresholds => {
                include_str!("../../../../config/templates/fmcg/evidence_thresholds.json")
            }
            Self::EvidenceKinds => include_str!("../../../../config/templates/fmcg/evidence_kinds.json"),
            Self::Stages => include_str!("../../../../config/templates/fmcg/stages.json"),
        }
    }

    /// Everything that is wrong with a document, in what it is and in what it says.
    fn check(self, body: &Value) -> Vec<FieldFault> {
        let text = body.to_string();
        let read = match self {
            Self::NotificationRules => read::<NotificationRules>(text.as_bytes()).map(|it| it.check()),
            Self::EvidenceThresholds => read::<Thresholds>(text.as_bytes()).map(|it| it.check()),
            Self::EvidenceKinds => read::<EvidenceKinds>(text.as_bytes()).map(|it| evidence::check(&it)),
            // Its other half is read against the kinds of evidence, in `faults`.
            Self::Stages => read::<Stages>(text.as_bytes()).map(|_| Vec::new()),
        };
        match read {
            Ok(faults) => faults.into_iter().map(|it| FieldFault::new(it.pointer, it.code)).collect(),
            Err(fault) => match fault {
                Error::Invalid(_, faults) => faults,
                _ => vec![FieldFault::new("", "invalid_value")],
            },
        }
    }
}

/// Everything that is wrong with a document, also beside the documents in force that it names or is named by.
async fn faults(db: &impl Connection, kind: Kind, body: &Value) -> Result<Vec<FieldFault>> {
    let own = kind.check(body);
    if !own.is_empty() {
        return Ok(own);
    }
    let more = match kind {
        Kind::Stages => evidence::check_stages(db, body).await?,
        Kind::EvidenceKinds => evidence::check_kinds(db, body).await?,
        Kind::NotificationRules | Kind::EvidenceThresholds => Vec::new(),
    };
    Ok(more.into_iter().map(|it| FieldFault::new(it.pointer, it.code)).collect())
}

/// The version in force.
pub async fn in_force(db: &impl Connection, kind: Kind) -> Result<Document> {
    match document::published(db, kind.name()).await? {
        Some(document) => Ok(document),
        None => compiled_in(kind),
    }
}

/// The rules that notices follow now.
pub async fn notification_rules(db: &impl Connection) -> Result<NotificationRules> {
    typed(in_force(db, Kind::NotificationRules).await?)
}

/// The numbers that photos and places are judged by now.
pub async fn evidence_thresholds(db: &impl Connection) -> Result<Thresholds> {
    typed(in_force(db, Kind::EvidenceThresholds).await?)
}

/// One published version; the one in force where nobody ever published such a one.
pub async fn version(db: &impl Connection, kind: Kind, version: i32) -> Result<Document> {
    match document::version(db, kind.name(), version).await? {
        Some(document) => Ok(document),
        None if version == 0 => compiled_in(kind),
        None => in_force(db, kind).await,
    }
}

fn compiled_in(kind: Kind) -> Result<Document> {
    let body = serde_json::from_str(kind.compiled_in()).map_err(anyhow::Error::from)?;
    Ok(Document::compiled_in(kind.name(), body))
}

pub(super) fn typed<D: DeserializeOwned>(document: Document) -> Result<D> {
    Ok(serde_json::from_value(document.body).map_err(anyhow::Error::from)?)
}

/// Keeps a draft, whatever is wrong with it: nothing that was typed is lost. Says what is wrong.
pub async fn draft(tx: &Tx, editor: UserId, kind: Kind, body: Value) -> Result<(Document, Vec<FieldFault>)> {
    if !body.is_object() {
        return Err(Error::field("", "invalid_value"));
    }
    let faults = faults(tx.db(), kind, &body).await?;
    let kept = document::keep_draft(tx.db(), kind.name(), body, (editor, tx.now())).await?;
    Ok((kept, faults))
}

/// What is wrong with the draft, or with the version in force where nobody is editing.
pub async fn check(db: &impl Connection, kind: Kind) -> Result<Vec<FieldFault>> {
    let document = match document::draft(db, kind.name()).await? {
        Some(draft) => draft,
        None => in_force(db, kind).await?,
    };
    faults(db, kind, &document.body).await
}

/// Puts the draft in force. What runs already goes on as it was.
pub async fn publish(tx: &Tx, editor: UserId, kind: Kind) -> Result<Document> {
    let draft = document::locked_draft(tx.db(), kind.name()).await?.ok_or(Error::conflict("no_draft"))?;
    let faults = faults(tx.db(), kind, &draft.body).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid("document_faulty", faults));
    }
    let published = document::publish(tx.db(), draft, (editor, tx.now())).await?;
    let facts = serde_json::json!({"kind": kind.name(), "version": published.version});
    let event = Event::about("settings.published", Some(editor), ("document", platform::new_id()));
    record(tx, event.with(facts)).await?;
    Ok(published)
}
