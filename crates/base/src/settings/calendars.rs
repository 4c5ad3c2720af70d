//! The working calendars in force: the company's, and those of regions with hours or days of their own.

use std::sync::Arc;

use anyhow::Context;
use domain::documents::Fault;
use domain::ids::RegionId;
use domain::working_time::{CalendarDocument, Calendars, RegionTree};

use super::cache::Source;
use super::documents::{self, Kind};
use crate::App;
use crate::error::Result;
use crate::people::rows as people;
use crate::select::Connection;

/// The calendars in force. Nothing that runs is moved by them: who keeps a due instant projects it again.
pub async fn calendars(app: &App, db: &impl Connection) -> Result<Arc<Calendars>> {
    app.settings.get(&app.settings.calendars, async || source(db).await, parse).await
}

/// The same, read now, for whoever has no installation at hand.
pub async fn read_calendars(db: &impl Connection) -> Result<Calendars> {
    parse(&source(db).await?)
}

/// What is wrong with a calendar that somebody is editing.
pub(super) async fn faults(db: &impl Connection, document: &CalendarDocument) -> Result<Vec<Fault>> {
    Ok(document.check(&tree(db).await?))
}

async fn source(db: &impl Connection) -> Result<Source> {
    let document = documents::in_force(db, Kind::Calendar).await?;
    let names_regions = document.body["regions"].as_array().is_some_and(|it| !it.is_empty());
    let regions = if names_regions { tree(db).await? } else { RegionTree::default() };
    Ok(Source { document, regions })
}

fn parse(source: &Source) -> Result<Calendars> {
    let document: CalendarDocument = documents::typed(source)?;
    Ok(document.calendars(&source.regions).context("a published calendar does not open")?)
}

async fn tree(db: &impl Connection) -> Result<RegionTree> {
    let places = people::places_of_regions(db).await?;
    let place = |it: people::RegionPlace| (RegionId(it.id), it.external_id, it.parent_id.map(RegionId));
    Ok(RegionTree::of(places.into_iter().map(place)))
}
