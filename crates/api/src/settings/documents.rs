//! Configuration as versioned documents: a draft is edited, checked and published; a published version never changes.
//!
//! Version 0 of each kind is compiled in, so an installation works before anybody has edited anything.

use domain::customers::Kinds as CustomerKinds;
use domain::evidence::Thresholds;
use domain::ids::UserId;
use domain::notices::rules::Rules as NotificationRules;
use platform::Tx;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::rows::document::{self, Model as Document};
use super::{Event, record};
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
    /// What each kind of customer needs.
    CustomerKinds,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotificationRules, Self::EvidenceThresholds, Self::CustomerKinds];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotificationRules => "notification_rules",
            Self::EvidenceThresholds => "evidence_thresholds",
            Self::CustomerKinds => "customer_kinds",
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
            Self::CustomerKinds => include_str!("../../../../config/templates/fmcg/customer_kinds.json"),
        }
    }

    /// Everything that is wrong with a document, in what it is and in what it says.
    fn check(self, body: &Value) -> Vec<FieldFault> {
        let text = body.to_string();
        let read = match self {
            Self::NotificationRules => read::<NotificationRules>(text.as_bytes()).map(|it| it.check()),
            Self::EvidenceThresholds => read::<Thresholds>(text.as_bytes()).map(|it| it.check()),
            Self::CustomerKinds => read::<CustomerKinds>(text.as_bytes()).map(|it| it.check()),
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

/// The version in force.
pub async fn in_force(db: &impl Connection, kind: Kind) -> Result<Document> {
    Ok(match document::published(db, kind.name()).await? {
        Some(document) => document,
        None => Document::compiled_in(
            kind.name(),
            serde_json::from_str(kind.compiled_in()).map_err(anyhow::Error::from)?,
        ),
    })
}

/// The rules that notices follow now.
pub async fn notification_rules(db: &impl Connection) -> Result<NotificationRules> {
    typed(in_force(db, Kind::NotificationRules).await?)
}

/// The numbers that photos and places are judged by now.
pub async fn evidence_thresholds(db: &impl Connection) -> Result<Thresholds> {
    typed(in_force(db, Kind::EvidenceThresholds).await?)
}

/// What each kind of customer needs now.
pub async fn customer_kinds(db: &impl Connection) -> Result<CustomerKinds> {
    typed(in_force(db, Kind::CustomerKinds).await?)
}

fn typed<D: DeserializeOwned>(document: Document) -> Result<D> {
    Ok(serde_json::from_value(document.body).map_err(anyhow::Error::from)?)
}

/// Keeps a draft, whatever is wrong with it: nothing that was typed is lost. Says what is wrong.
pub async fn draft(tx: &Tx, editor: UserId, kind: Kind, body: Value) -> Result<(Document, Vec<FieldFault>)> {
    if !body.is_object() {
        return Err(Error::field("", "invalid_value"));
    }
    let faults = kind.check(&body);
    let kept = document::keep_draft(tx.db(), kind.name(), body, (editor, tx.now())).await?;
    Ok((kept, faults))
}

/// What is wrong with the draft, or with the version in force where nobody is editing.
pub async fn check(db: &impl Connection, kind: Kind) -> Result<Vec<FieldFault>> {
    let document = match document::draft(db, kind.name()).await? {
        Some(draft) => draft,
        None => in_force(db, kind).await?,
    };
    Ok(kind.check(&document.body))
}

/// Puts the draft in force. What runs already goes on as it was.
pub async fn publish(tx: &Tx, editor: UserId, kind: Kind) -> Result<Document> {
    let draft = document::locked_draft(tx.db(), kind.name()).await?.ok_or(Error::conflict("no_draft"))?;
    let faults = kind.check(&draft.body);
    if !faults.is_empty() {
        return Err(Error::Invalid("document_faulty", faults));
    }
    let published = document::publish(tx.db(), draft, (editor, tx.now())).await?;
    let facts = serde_json::json!({"kind": kind.name(), "version": published.version});
    let event = Event::about("settings.published", Some(editor), ("document", platform::new_id()));
    record(tx, event.with(facts)).await?;
    Ok(published)
}
