//! Windows on long lists: newest first, at most a hundred, with an opaque cursor.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};

/// What a list is asked for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
pub struct Paging {
    /// How many, 20 unless said, at most 100.
    limit: Option<u64>,
    /// What the page before named as next.
    cursor: Option<String>,
}

/// Where a list is read from: ids before `before`, one more than is shown.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub limit: u64,
    pub before: Option<Uuid>,
}

/// Where a list that is counted by a number is read from: numbers below `before`, one more than is shown.
#[derive(Clone, Copy, Debug)]
pub struct Numbered {
    pub limit: u64,
    pub before: Option<i32>,
}

impl Paging {
    fn n_shown(&self) -> Result<u64> {
        let limit = self.limit.unwrap_or(20);
        if (1..=100).contains(&limit) { Ok(limit) } else { Err(Error::field("/limit", "invalid_parameter")) }
    }

    /// The window that is asked for on a list that is counted by a number.
    pub fn numbered(&self) -> Result<Numbered> {
        let before = match &self.cursor {
            Some(cursor) => Some(cursor.parse().map_err(|_| Error::field("/cursor", "invalid_cursor"))?),
            None => None,
        };
        Ok(Numbered { limit: self.n_shown()?, before })
    }

    /// How many are asked for of a list that changes while it is worked on, and how many come before them.
    pub fn counted(&self) -> Result<(u64, u64)> {
        let skipped = match &self.cursor {
            Some(cursor) => cursor.parse::<u32>().map_err(|_| Error::field("/cursor", "invalid_cursor"))?,
            None => 0,
        };
        Ok((self.n_shown()?, skipped.into()))
    }

    /// The window that is asked for.
    pub fn window(&self) -> Result<Window> {
        let limit = self.n_shown()?;
        let before = match &self.cursor {
            Some(cursor) => {
                Some(Uuid::parse_str(cursor).map_err(|_| Error::field("/cursor", "invalid_cursor"))?)
            }
            None => None,
        };
        Ok(Window { limit, before })
    }
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// What was asked for.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of rows that were read one more than is shown.
    pub fn of<R>(window: Window, rows: Vec<R>, id: impl Fn(&R) -> Uuid, view: impl FnMut(R) -> T) -> Self {
        Self::cut(window.limit, rows, |row| id(row).simple().to_string(), view)
    }

    /// The same of rows that are counted by a number.
    pub fn numbered<R>(
        page: Numbered,
        rows: Vec<R>,
        number: impl Fn(&R) -> i32,
        view: impl FnMut(R) -> T,
    ) -> Self {
        Self::cut(page.limit, rows, |row| number(row).to_string(), view)
    }

    /// The same of rows that are counted by how many come before them.
    pub fn counted<R>((limit, skipped): (u64, u64), rows: Vec<R>, view: impl FnMut(R) -> T) -> Self {
        Self::cut(limit, rows, |_| (skipped + limit).to_string(), view)
    }

    fn cut<R>(limit: u64, mut rows: Vec<R>, cursor: impl Fn(&R) -> String, view: impl FnMut(R) -> T) -> Self {
        let n_shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > n_shown;
        rows.truncate(n_shown);
        let next_cursor = rows.last().filter(|_| has_more).map(cursor);
        Self { items: rows.into_iter().map(view).collect(), next_cursor }
    }
}
