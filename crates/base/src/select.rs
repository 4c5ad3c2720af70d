//! Reading rows: a `SELECT` put together from its conditions, with `?` for each value.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use platform::append::Target;
use platform::{Tx, sql};
/// What statements run on, named here so that use cases need not know the library.
pub use sea_orm::ConnectionTrait as Connection;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait};
use sea_orm::{Statement, Value};

use uuid::Uuid;

use crate::page::Window;

/// A `SELECT … FROM …` that conditions are added to.
#[derive(Clone, Debug)]
pub struct Select {
    text: String,
    values: Vec<Value>,
    has_condition: bool,
}

impl Select {
    /// Starts from the part before `WHERE`.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new(), has_condition: false }
    }

    /// Adds a condition with its values.
    pub fn and(mut self, condition: &str, values: impl IntoIterator<Item = Value>) -> Self {
        self.text.push_str(if self.has_condition { " AND " } else { " WHERE " });
        self.has_condition = true;
        self.push(condition, values);
        self
    }

    /// Adds a condition where the value is given.
    pub fn and_if<V: Into<Value>>(self, condition: &str, value: Option<V>) -> Self {
        match value {
            Some(value) => self.and(condition, [value.into()]),
            None => self,
        }
    }

    /// Adds whatever comes after the conditions.
    pub fn then(mut self, rest: &str, values: impl IntoIterator<Item = Value>) -> Self {
        self.text.push(' ');
        self.push(rest, values);
        self
    }

    /// The window on the list, newest first by `id`, and one row more to know whether there is a next page.
    pub fn window(self, id: &str, window: Window) -> Self {
        let paged = self.and_if(&format!("{id} < ?"), window.before);
        paged.then(&format!("ORDER BY {id} DESC LIMIT ?"), [(window.limit + 1).into()])
    }

    fn push(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        for (place, part) in text.split('?').enumerate() {
            if place > 0 {
                self.values.extend(values.next());
                self.text.push_str(&format!("${}", self.values.len()));
            }
            self.text.push_str(part);
        }
    }

    /// The same statement, after what asks how the database goes about it.
    pub fn explained(mut self, explain: &str) -> Self {
        self.text.insert_str(0, &format!("{explain} "));
        self
    }

    /// The texts of all rows' last columns.
    pub async fn texts(self, db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
        let rows = db.query_all_raw(self.statement(db)).await?;
        let last = |row: &sea_orm::QueryResult| {
            let n_columns = row.column_names().len();
            row.try_get_by_index(n_columns - 1)
        };
        rows.iter().map(last).collect()
    }

    fn statement(self, db: &impl ConnectionTrait) -> Statement {
        sql(db, &self.text, self.values)
    }

    /// All rows. The caller has bounded them.
    pub async fn all<T: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Vec<T>, DbErr> {
        T::find_by_statement(self.statement(db)).all(db).await
    }

    /// The first row, if there is one.
    pub async fn one<T: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Option<T>, DbErr> {
        T::find_by_statement(self.statement(db)).one(db).await
    }
}

/// Adds rows at the end of the command, beside everything else that it only adds: see [`Tx::append`].
pub fn append<E: EntityTrait>(tx: &Tx, rows: Vec<E::Model>) {
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let into = Target {
        table: E::default().table_name(),
        columns: columns.iter().map(IdenStatic::as_str).collect(),
        conflict: "",
    };
    let row = |row: E::Model| columns.iter().map(|column| row.get(*column)).collect();
    tx.append(into, rows.into_iter().map(row).collect());
}

/// How many ids one statement names.
pub const CHUNK: usize = 400;

/// All rows of a `SELECT` whose column is one of these ids, a chunk at a time, each in the given order.
pub async fn among<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    (select, column): (Select, &str),
    ids: &[impl Copy + Into<Value>],
    rest: &str,
) -> Result<Vec<T>, DbErr> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let condition = format!("{column} IN ({})", marks(chunk.len()));
        let some = select.clone().and(&condition, chunk.iter().map(|id| (*id).into()));
        found.extend(some.then(rest, []).all::<T>(db).await?);
    }
    Ok(found)
}

/// ` FOR UPDATE` where the database locks rows.
pub fn for_update(db: &impl ConnectionTrait) -> &'static str {
    if db.get_database_backend() == sea_orm::DbBackend::Postgres { " FOR UPDATE" } else { "" }
}

/// `?, ?, …` for a list of ids.
pub fn marks(n: usize) -> String {
    vec!["?"; n].join(", ")
}

/// The names of these people or customers, by id.
pub async fn names(
    db: &impl ConnectionTrait,
    table: &'static str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Named {
        id: Uuid,
        name: String,
    }
    let mut named = HashMap::new();
    for chunk in ids.chunks(400) {
        let select = Select::new(&format!("SELECT id, name FROM {table}"));
        let condition = format!("id IN ({})", marks(chunk.len()));
        let rows: Vec<Named> = select.and(&condition, chunk.iter().map(|id| (*id).into())).all(db).await?;
        named.extend(rows.into_iter().map(|it| (it.id, it.name)));
    }
    Ok(named)
}

/// Runs a statement with `?` for each value and returns how many rows it touched.
pub async fn execute(
    db: &impl ConnectionTrait,
    text: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let mut statement = Select::new("");
    statement.push(text, values);
    Ok(db.execute_raw(statement.statement(db)).await?.rows_affected())
}

/// A row by the name people know it by.
#[derive(Debug, FromQueryResult)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

/// Runs an update that gives to one person what another had, now, and returns what that was.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    text: &str,
    (from, to): (UserId, UserId),
    at: DateTime<Utc>,
) -> Result<Vec<Named>, DbErr> {
    Select::new("").then(text, [to.0.into(), at.into(), from.0.into()]).all(db).await
}

/// Appends ` FOR UPDATE` where the database locks rows; SQLite's writer is alone anyway.
pub fn locked(db: &impl ConnectionTrait, select: Select) -> Select {
    match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => select.then("FOR UPDATE", []),
        _ => select,
    }
}

/// The same for a row that others may go on referring to: a new row's reference to it does not wait.
pub fn held(db: &impl ConnectionTrait, select: Select) -> Select {
    match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => select.then("FOR NO KEY UPDATE", []),
        _ => select,
    }
}
