//! Windows on long lists: newest first, at most a hundred, with an opaque cursor.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use platform::secret::sha256;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};

/// What a list is asked for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many, 20 unless said, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u64>,
    /// What the page before named as next.
    cursor: Option<String>,
    #[serde(skip)]
    #[param(ignore)]
    list: List,
}

/// Which list it is. Its cursors begin with it, so that no other list takes them.
type List = u32;

/// Where a list is read from: ids before `before`, one more than is shown.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub limit: u64,
    pub before: Option<Uuid>,
    list: List,
}

/// Where a list that is counted by a number is read from: numbers below `before`, one more than is shown.
#[derive(Clone, Copy, Debug)]
pub struct Numbered {
    pub limit: u64,
    pub before: Option<i32>,
    list: List,
}

/// Where a list that changes while it is worked on is read from: after the first `skipped`.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    pub limit: u64,
    pub skipped: u64,
    list: List,
}

impl FromRequest for Paging {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = Query::<Self>::from_query(request.query_string());
        let pattern = request.match_pattern().unwrap_or_default();
        let digest = sha256(pattern);
        let list = List::from_str_radix(&digest[..8], 16).unwrap_or_default();
        ready(match read {
            Ok(paging) => Ok(Self { list, ..paging.into_inner() }),
            Err(_) => Err(Error::field("", "invalid_parameter")),
        })
    }
}

impl Paging {
    fn n_shown(&self) -> Result<u64> {
        let limit = self.limit.unwrap_or(20);
        if (1..=100).contains(&limit) { Ok(limit) } else { Err(Error::field("/limit", "invalid_parameter")) }
    }

    /// The place that the cursor names on this list.
    fn place<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let place = cursor.strip_prefix(&mark(self.list)).and_then(read);
        place.map(Some).ok_or_else(|| Error::field("/cursor", "invalid_cursor"))
    }

    /// The window that is asked for.
    pub fn window(&self) -> Result<Window> {
        let before = self.place(|text| Uuid::parse_str(text).ok())?;
        Ok(Window { limit: self.n_shown()?, before, list: self.list })
    }

    /// The window that is asked for on a list that is counted by a number.
    pub fn numbered(&self) -> Result<Numbered> {
        let before = self.place(|text| text.parse().ok())?;
        Ok(Numbered { limit: self.n_shown()?, before, list: self.list })
    }

    /// The same of a list that changes while it is worked on.
    pub fn counted(&self) -> Result<Counted> {
        let skipped = self.place(|text| text.parse::<u32>().ok())?.unwrap_or(0);
        Ok(Counted { limit: self.n_shown()?, skipped: skipped.into(), list: self.list })
    }
}

fn mark(list: List) -> String {
    format!("{list:08x}.")
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
        Self::cut((window.list, window.limit), rows, |row| id(row).simple().to_string(), view)
    }

    /// The same of rows that are counted by a number.
    pub fn numbered<R>(
        page: Numbered,
        rows: Vec<R>,
        number: impl Fn(&R) -> i32,
        view: impl FnMut(R) -> T,
    ) -> Self {
        Self::cut((page.list, page.limit), rows, |row| number(row).to_string(), view)
    }

    /// The same of rows that are counted by how many come before them.
    pub fn counted<R>(page: Counted, rows: Vec<R>, view: impl FnMut(R) -> T) -> Self {
        let next = (page.skipped + page.limit).to_string();
        Self::cut((page.list, page.limit), rows, |_| next.clone(), view)
    }

    fn cut<R>(
        (list, limit): (List, u64),
        mut rows: Vec<R>,
        cursor: impl Fn(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let n_shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > n_shown;
        rows.truncate(n_shown);
        let next_cursor = rows.last().filter(|_| has_more).map(|row| mark(list) + &cursor(row));
        Self { items: rows.into_iter().map(view).collect(), next_cursor }
    }
}
