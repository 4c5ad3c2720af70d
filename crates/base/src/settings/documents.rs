//! Configuration as versioned documents: a draft is edited, checked and published; a published version never changes.
//!
//! Version 0 of each kind is compiled in, so an installation works before anybody has edited anything.

use std::sync::Arc;

use domain::actions::Stages;
use domain::approvals::ServiceLevels;
use domain::approvals::flow::Flows;
use domain::customers::Kinds as CustomerKinds;
use domain::evidence::Thresholds;
use domain::evidence::kinds::Kinds as EvidenceKinds;
use domain::ids::UserId;
use domain::notices::rules::Rules as NotificationRules;
use domain::orders::OrderChecks;
use domain::working_time::{CalendarDocument, RegionTree, local_date};
use platform::Tx;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::cache::Source;
use super::rows::document::{self, Model as Document};
use super::{Event, calendars, evidence, flows, record};
use crate::App;
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
    /// When the company and its regions work.
    Calendar,
    /// Who decides what, and in which order.
    ApprovalFlows,
    /// How long a decision may take, and what happens on the way.
    ServiceLevels,
    /// What each kind of customer needs.
    CustomerKinds,
    /// What orders are checked against, and who may allow more.
    OrderChecks,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NotificationRules,
        Self::EvidenceThresholds,
        Self::EvidenceKinds,
        Self::Stages,
        Self::Calendar,
        Self::ApprovalFlows,
        Self::ServiceLevels,
        Self::CustomerKinds,
        Self::OrderChecks,
    ];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotificationRules => "notification_rules",
            Self::EvidenceThresholds => "evidence_thresholds",
            Self::EvidenceKinds => "evidence_kinds",
            Self::Stages => "stages",
            Self::Calendar => "calendar",
            Self::ApprovalFlows => "approval_flows",
            Self::ServiceLevels => "service_levels",
            Self::CustomerKinds => "customer_kinds",
            Self::OrderChecks => "order_checks",
        }
    }

    /// The kind by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The JSON Schema of its documents, for whoever edits them with a program that knows schemas.
    pub fn schema(self) -> Option<Value> {
        match self {
            Self::ApprovalFlows => Some(schemars::schema_for!(Flows).to_value()),
            Self::ServiceLevels => Some(schemars::schema_for!(ServiceLevels).to_value()),
            _ => None,
        }
    }

    fn compiled_in(self) -> &'static str {
        match self {
            Self::NotificationRules => include_str!("../../../../config/rules/notification_rules.json"),
            Self::EvidenceThresholds => {
                include_str!("../../../../config/templates/fmcg/evidence_thresholds.json")
            }
            Self::EvidenceKinds => include_str!("../../../../config/templates/fmcg/evidence_kinds.json"),
            Self::Stages => include_str!("../../../../config/templates/fmcg/stages.json"),
            Self::Calendar => include_str!("../../../../config/calendar/mainland-2023-2026.json"),
            Self::ApprovalFlows => include_str!("../../../../config/templates/fmcg/approval_flows.json"),
            Self::ServiceLevels => include_str!("../../../../config/templates/fmcg/service_levels.json"),
            Self::CustomerKinds => include_str!("../../../../config/templates/fmcg/customer_kinds.json"),
            Self::OrderChecks => include_str!("../../../../config/templates/fmcg/order_checks.json"),
        }
    }

    /// Everything that is wrong with a document, in what it is and in what it says.
    async fn check(self, tx: &Tx, body: &Value) -> Result<Vec<FieldFault>> {
        let text = body.to_string();
        let db = tx.db();
        let faults = match self {
            Self::NotificationRules => read::<NotificationRules>(text.as_bytes()).map(|it| it.check()),
            Self::EvidenceThresholds => read::<Thresholds>(text.as_bytes()).map(|it| it.check()),
            Self::EvidenceKinds => match read::<EvidenceKinds>(text.as_bytes()) {
                Ok(document) => Ok(evidence::kind_faults(db, &document).await?),
                Err(fault) => Err(fault),
            },
            Self::Stages => match read::<Stages>(text.as_bytes()) {
                Ok(document) => Ok(evidence::stage_faults(db, &document).await?),
                Err(fault) => Err(fault),
            },
            Self::OrderChecks => read::<OrderChecks>(text.as_bytes()).map(|it| it.check()),
            Self::CustomerKinds => read::<CustomerKinds>(text.as_bytes()).map(|it| it.check()),
            Self::Calendar => match read::<CalendarDocument>(text.as_bytes()) {
                Ok(document) => Ok(calendars::faults(db, &document).await?),
                Err(fault) => Err(fault),
            },
            Self::ApprovalFlows => match read::<Flows>(text.as_bytes()) {
                Ok(document) => Ok(flows::faults(db, &document, local_date(tx.now())).await?),
                Err(fault) => Err(fault),
            },
            Self::ServiceLevels => match read::<ServiceLevels>(text.as_bytes()) {
                Ok(document) => Ok(flows::level_faults(db, &document).await?),
                Err(fault) => Err(fault),
            },
        };
        Ok(match faults {
            Ok(faults) => faults.into_iter().map(|it| FieldFault::new(it.pointer, it.code)).collect(),
            Err(Error::Invalid(_, faults)) => faults,
            Err(_) => vec![FieldFault::new("", "invalid_value")],
        })
    }
}

/// The version in force.
pub async fn in_force(db: &impl Connection, kind: Kind) -> Result<Document> {
    match document::published(db, kind.name()).await? {
        Some(document) => Ok(document),
        None => compiled_in(kind),
    }
}

/// The rules that notices follow now.
pub async fn notification_rules(app: &App, db: &impl Connection) -> Result<Arc<NotificationRules>> {
    let read = async || source(db, Kind::NotificationRules).await;
    app.settings.get(&app.settings.notification_rules, read, typed).await
}

/// The numbers that photos and places are judged by now.
pub async fn evidence_thresholds(app: &App, db: &impl Connection) -> Result<Arc<Thresholds>> {
    let read = async || source(db, Kind::EvidenceThresholds).await;
    app.settings.get(&app.settings.evidence_thresholds, read, typed).await
}

/// One published version, where there is such a one.
pub(super) async fn version(db: &impl Connection, kind: Kind, version: i32) -> Result<Option<Document>> {
    match document::version(db, kind.name(), version).await? {
        None if version == 0 => compiled_in(kind).map(Some),
        known => Ok(known),
    }
}

fn compiled_in(kind: Kind) -> Result<Document> {
    let body = serde_json::from_str(kind.compiled_in()).map_err(anyhow::Error::from)?;
    Ok(Document::compiled_in(kind.name(), body))
}

/// What each kind of customer needs now.
pub async fn customer_kinds(db: &impl Connection) -> Result<CustomerKinds> {
    parsed(in_force(db, Kind::CustomerKinds).await?)
}

/// What orders are checked against, read once for many.
pub async fn order_checks(app: &App, db: &impl Connection) -> Result<Arc<OrderChecks>> {
    let read = async || source(db, Kind::OrderChecks).await;
    app.settings.get(&app.settings.order_checks, read, typed).await
}

pub(super) fn parsed<D: DeserializeOwned>(document: Document) -> Result<D> {
    Ok(serde_json::from_value(document.body).map_err(anyhow::Error::from)?)
}

/// A document that names no regions.
pub(super) async fn source(db: &impl Connection, kind: Kind) -> Result<Source> {
    Ok(Source { document: in_force(db, kind).await?, regions: RegionTree::default() })
}

pub(super) fn typed<D: DeserializeOwned>(source: &Source) -> Result<D> {
    Ok(serde_json::from_value(source.document.body.clone()).map_err(anyhow::Error::from)?)
}

/// Keeps a draft, whatever is wrong with it: nothing that was typed is lost. Says what is wrong.
pub async fn draft(tx: &Tx, editor: UserId, kind: Kind, body: Value) -> Result<(Document, Vec<FieldFault>)> {
    if !body.is_object() {
        return Err(Error::field("", "invalid_value"));
    }
    let faults = kind.check(tx, &body).await?;
    let kept = document::keep_draft(tx.db(), kind.name(), body, (editor, tx.now())).await?;
    Ok((kept, faults))
}

/// What somebody is editing, or what is in force where nobody is.
pub async fn edited(db: &impl Connection, kind: Kind) -> Result<Value> {
    Ok(match document::draft(db, kind.name()).await? {
        Some(draft) => draft.body,
        None => in_force(db, kind).await?.body,
    })
}

/// What is wrong with the draft, or with the version in force where nobody is editing.
pub async fn check(tx: &Tx, kind: Kind) -> Result<Vec<FieldFault>> {
    let document = match document::draft(tx.db(), kind.name()).await? {
        Some(draft) => draft,
        None => in_force(tx.db(), kind).await?,
    };
    kind.check(tx, &document.body).await
}

/// Puts the draft in force. What runs already goes on as it was.
pub async fn publish(tx: &Tx, editor: UserId, kind: Kind) -> Result<Document> {
    let draft = document::locked_draft(tx.db(), kind.name()).await?.ok_or(Error::conflict("no_draft"))?;
    let faults = kind.check(tx, &draft.body).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid("document_faulty", faults));
    }
    let published = document::publish(tx.db(), draft, (editor, tx.now())).await?;
    let facts = serde_json::json!({"kind": kind.name(), "version": published.version});
    let event = Event::about("settings.published", Some(editor), ("document", platform::new_id()));
    record(tx, event.with(facts)).await?;
    Ok(published)
}
