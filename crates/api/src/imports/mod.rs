//! Files from other systems: regions, employees, customers, products, leads.
//!
//! A file is taken in whole and read later, by a job. Its rows are judged first, all of them: what is wrong with a
//! row, whom it refers to, whether a customer is known by another number. Then they are stored in chunks, each in one
//! transaction with its progress, so that a job that is run again goes on where it stopped. After a few chunks the job
//! promises itself again and lets others go first. A dry run is the same without the storing: it says exactly what the
//! real run will say.
//!
//! A row refers to others by the other system's ids. Whom it refers to may stand anywhere in the file: rows are
//! stored from the top down, so that everybody's manager and every region's parent is there before.
//!
//! Operations may add people, the admin alone changes them; who asks is looked up when the rows are stored.
//!
//! What is absent: XLSX, and deleting. Who no longer stands in a file stays as he is.

mod customers;
mod duplicates;
mod file;
pub mod http;
mod judge;
mod kept;
mod leads;
mod order;
mod products;
mod regions;
pub mod rows;
mod run;
mod start;
mod users;

use std::collections::{BTreeSet, HashMap};

use anyhow::Context;
use domain::imports::Fault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use judge::Sheet;
pub use run::Run;

use crate::select::Connection;
use crate::{people, texts};

/// Something to say about a cell of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The row a spreadsheet shows; the header is row 1.
    row: u32,
    /// The column.
    column: String,
    /// The stable code.
    code: String,
    /// In Chinese, fit to show.
    detail: String,
}

impl Finding {
    fn new(row: u32, fault: &Fault) -> Self {
        Self {
            row,
            column: fault.column.clone(),
            code: fault.code.clone(),
            detail: said(&fault.code, &fault.value),
        }
    }
}

/// The text of a code with what it is about.
fn said(code: &str, about: &str) -> String {
    let text = texts::detail(code);
    if about.is_empty() { text.to_owned() } else { format!("{text}：{about}") }
}

/// Those of the external ids that are known, with our ids.
async fn known_ids(
    db: &impl Connection,
    table: &'static str,
    external_ids: BTreeSet<&str>,
) -> anyhow::Result<HashMap<String, Uuid>> {
    let asked: Vec<String> = external_ids.into_iter().map(str::to_owned).collect();
    Ok(people::rows::ids_by_external(db, table, &asked).await?.into_iter().collect())
}

/// Our id for an external one. Rows were judged, so it is there, unless somebody changed the database in between: then
/// the job is run again and judges anew.
fn ours(ids: &HashMap<String, Uuid>, external_id: Option<&str>) -> anyhow::Result<Option<Uuid>> {
    external_id.map(|it| ids.get(it).copied().with_context(|| format!("looking up {it}"))).transpose()
}
