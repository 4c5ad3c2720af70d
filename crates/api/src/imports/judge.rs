//! What becomes of the rows of a file, before any of them is stored.

use std::collections::HashSet;
use std::future::Future;

use domain::imports::{Fault, Row};
use domain::people::Role;
use platform::Tx;

use super::file::Line;
use super::order::above_first;
use crate::App;

/// A row of one kind of file.
pub trait Sheet: Sized + Send + Sync + 'static {
    /// The column of the other system's id.
    const ID_COLUMN: &'static str;

    /// Reads a row.
    fn of(row: &Row) -> Result<Self, Vec<Fault>>;

    /// The other system's id.
    fn external_id(&self) -> &str;

    /// Refuses rows that do not go with what is known, warns of others, and puts them in the order they are stored in,
    /// which depends on the file alone. What a row may do depends on who asks.
    fn judge(
        app: &App,
        requester: Role,
        rows: Vec<Judged<Self>>,
    ) -> impl Future<Output = anyhow::Result<Vec<Judged<Self>>>> + Send;

    /// Refuses, in the transaction that stores them, rows that what others did since forbids.
    fn recheck(_: &Tx, _: Role, _: &mut [Judged<Self>]) -> impl Future<Output = anyhow::Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Stores good rows. Those stored before have made all that they refer to known.
    fn store(tx: &Tx, rows: &[&Self]) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// A row and what is to be said about it.
#[derive(Debug)]
pub struct Judged<T> {
    /// The row a spreadsheet shows.
    pub row: u32,
    /// What will be stored, or why not.
    pub outcome: Result<T, Vec<Fault>>,
    /// What is stored all the same and worth a look.
    pub warnings: Vec<Fault>,
}

impl<T> Judged<T> {
    /// Refuses the row for these faults; none change nothing.
    pub fn refuse(&mut self, faults: Vec<Fault>) {
        if !faults.is_empty() {
            self.outcome = Err(faults);
        }
    }
}

/// The rows of a file with those refused that name somebody for the second time.
pub fn without_repeats<T: Sheet>(lines: Vec<Line<T>>) -> Vec<Judged<T>> {
    let mut seen = HashSet::new();
    lines
        .into_iter()
        .map(|line| {
            let outcome = line.read.and_then(|it| {
                if seen.insert(it.external_id().to_owned()) {
                    Ok(it)
                } else {
                    Err(vec![Fault::new(T::ID_COLUMN, "duplicate_row", it.external_id())])
                }
            });
            Judged { row: line.row, outcome, warnings: Vec::new() }
        })
        .collect()
}

/// Sorts from the top down, and refuses rows that stand above one another, naming `column` and `code`.
pub fn top_down<T: Sheet>(
    mut rows: Vec<Judged<T>>,
    above: impl Fn(&T) -> Option<&str>,
    (column, code): (&str, &str),
) -> Vec<Judged<T>> {
    let good: Vec<usize> = (0..rows.len()).filter(|place| rows[*place].outcome.is_ok()).collect();
    let links: Vec<_> = rows
        .iter()
        .filter_map(|it| it.outcome.as_ref().ok())
        .map(|it| (it.external_id(), above(it)))
        .collect();
    let (sorted, in_a_ring) = above_first(&links);
    let mut rank = vec![usize::MAX; rows.len()];
    for (place, link) in sorted.into_iter().enumerate() {
        rank[good[link]] = place;
    }
    for link in in_a_ring {
        let judged = &mut rows[good[link]];
        let named = judged.outcome.as_ref().ok().and_then(&above).unwrap_or_default();
        let fault = Fault::new(column, code, named);
        judged.refuse(vec![fault]);
    }
    let mut ranked: Vec<_> = rank.into_iter().zip(rows).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, judged)| judged).collect()
}
