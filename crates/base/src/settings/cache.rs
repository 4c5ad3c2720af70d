//! The documents in force as this process knows them, read and parsed once for many requests.
//!
//! What is known is at most two seconds old, so what another process publishes holds here soon after. The process
//! that publishes, and a reset, forget everything at once. A document that is found unchanged is not parsed again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::actions::Stages;
use domain::approvals::ServiceLevels;
use domain::approvals::flow::Flows;
use domain::evidence::Thresholds;
use domain::evidence::kinds::Kinds as EvidenceKinds;
use domain::notices::rules::Rules as NotificationRules;
use domain::orders::OrderChecks;
use domain::working_time::{Calendars, RegionTree};

use super::numbers::Numbers;
use super::rows::document::Model as Document;
use crate::error::Result;

/// How old what is known may be, in real time.
const FRESH: Duration = Duration::from_secs(2);

/// One of each kind, and the numbers drawn ahead. Held by [`crate::App`].
#[derive(Default)]
pub struct Cache {
    /// Counts how often everything was forgotten. What was read before and arrives after is not believed.
    generation: AtomicU64,
    pub(super) approval_flows: Slot<(i32, Flows)>,
    pub(super) calendars: Slot<Calendars>,
    pub(super) evidence_kinds: Slot<Numbered<EvidenceKinds>>,
    pub(super) evidence_thresholds: Slot<Thresholds>,
    pub(super) notification_rules: Slot<NotificationRules>,
    pub(super) numbers: Numbers,
    pub(super) order_checks: Slot<OrderChecks>,
    pub(super) service_levels: Slot<ServiceLevels>,
    pub(super) stages: Slot<Numbered<Stages>>,
}

/// A document with its version, where things keep the one they began with.
pub type Numbered<D> = (i32, Arc<D>);

/// What a value was made of.
#[derive(PartialEq)]
pub(super) struct Source {
    pub(super) document: Document,
    /// Where the document names regions.
    pub(super) regions: RegionTree,
}

/// The document of one kind.
pub(super) struct Slot<D>(Mutex<Option<Known<D>>>);

struct Known<D> {
    read_at: Instant,
    generation: u64,
    source: Source,
    value: Arc<D>,
}

impl<D> Default for Slot<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl Cache {
    /// The next to ask reads again. Call after the commit of whatever changed a document.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// What the slot knows, or what is read now.
    pub(super) async fn get<D>(
        &self,
        slot: &Slot<D>,
        read: impl AsyncFnOnce() -> Result<Source>,
        parse: impl FnOnce(&Source) -> Result<D>,
    ) -> Result<Arc<D>> {
        let generation = self.generation.load(Ordering::SeqCst);
        if let Some(value) = slot.fresh(generation) {
            return Ok(value);
        }
        let read_at = Instant::now();
        let source = read().await?;
        let value = match slot.unchanged(&source) {
            Some(value) => value,
            None => Arc::new(parse(&source)?),
        };
        slot.keep(Known { read_at, generation, source, value: value.clone() });
        Ok(value)
    }
}

impl<D> Slot<D> {
    fn known(&self) -> std::sync::MutexGuard<'_, Option<Known<D>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, generation: u64) -> Option<Arc<D>> {
        let known = self.known();
        let is_fresh = |it: &&Known<D>| it.generation == generation && it.read_at.elapsed() < FRESH;
        known.as_ref().filter(is_fresh).map(|it| it.value.clone())
    }

    fn unchanged(&self, source: &Source) -> Option<Arc<D>> {
        self.known().as_ref().filter(|it| it.source == *source).map(|it| it.value.clone())
    }

    /// The newer reading stays.
    fn keep(&self, read: Known<D>) {
        let mut known = self.known();
        if known.as_ref().is_none_or(|it| it.read_at <= read.read_at) {
            *known = Some(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(version: i32) -> Source {
        let document = Document { version, ..Document::compiled_in("calendar", json!({})) };
        Source { document, regions: RegionTree::default() }
    }

    async fn ask(cache: &Cache, slot: &Slot<i32>, version: i32) -> Arc<i32> {
        cache.get(slot, async || Ok(source(version)), |it| Ok(it.document.version)).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_known_is_asked_for_again_once_it_is_forgotten() {
        let (cache, slot) = (Cache::default(), Slot::default());
        assert_eq!(*ask(&cache, &slot, 1).await, 1);
        assert_eq!(*ask(&cache, &slot, 2).await, 1);
        cache.forget();
        assert_eq!(*ask(&cache, &slot, 2).await, 2);
    }

    #[tokio::test]
    async fn a_document_that_did_not_change_is_not_parsed_again() {
        let (cache, slot) = (Cache::default(), Slot::default());
        let first = ask(&cache, &slot, 1).await;
        cache.forget();
        assert!(Arc::ptr_eq(&first, &ask(&cache, &slot, 1).await));
    }

    #[tokio::test]
    async fn what_was_read_before_a_publication_is_not_believed_after_it() {
        let (cache, slot) = (Cache::default(), Slot::default());
        let overtaken = async || {
            let old = source(1);
            cache.forget();
            Ok(old)
        };
        cache.get(&slot, overtaken, |it| Ok(it.document.version)).await.unwrap();
        assert_eq!(*ask(&cache, &slot, 2).await, 2);
    }
}
