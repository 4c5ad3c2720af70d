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
///
/// Text and values are kept apart until it runs. A part that has another number of `?` than of values, or a `?` inside a
/// literal, is a fault when it runs, never another statement.
#[derive(Clone, Debug)]
pub struct Select {
    parts: Vec<Part>,
    has_condition: bool,
    fault: Option<String>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Value(Value),
    /// A list that a column's value is one of: one array on PostgreSQL, a value each on SQLite.
    List(Vec<Value>),
}

impl Select {
    /// Starts from the part before `WHERE`.
    pub fn new(text: &str) -> Self {
        let blank = Self { parts: Vec::new(), has_condition: false, fault: None };
        blank.with(text, [])
    }

    /// Adds a condition with its values.
    pub fn and(self, condition: &str, values: impl IntoIterator<Item = Value>) -> Self {
        self.joined().with(condition, values)
    }

    /// Adds a condition where the value is given.
    pub fn and_if<V: Into<Value>>(self, condition: &str, value: Option<V>) -> Self {
        match value {
            Some(value) => self.and(condition, [value.into()]),
            None => self,
        }
    }

    /// Adds that a column is one of these ids or texts. However many they are, PostgreSQL sees one statement.
    pub fn and_among<V: Into<Value>>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let mut select = self.joined().with(column, []);
        select.parts.push(Part::List(values.into_iter().map(Into::into).collect()));
        select
    }

    /// Adds whatever comes after the conditions.
    pub fn then(self, rest: &str, values: impl IntoIterator<Item = Value>) -> Self {
        self.with(" ", []).with(rest, values)
    }

    /// The window on the list, newest first by `id`, and one row more to know whether there is a next page.
    pub fn window(self, id: &str, window: Window) -> Self {
        let paged = self.and_if(&format!("{id} < ?"), window.before);
        paged.then(&format!("ORDER BY {id} DESC LIMIT ?"), [(window.limit + 1).into()])
    }

    fn joined(mut self) -> Self {
        let word = if self.has_condition { " AND " } else { " WHERE " };
        self.has_condition = true;
        self.with(word, [])
    }

    fn with(mut self, text: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let values: Vec<Value> = values.into_iter().collect();
        let (n_marks, n_values) = (text.matches('?').count(), values.len());
        if n_marks != n_values {
            self.refuse(format!("{n_marks} marks for {n_values} values in {text:?}"));
        }
        let mut values = values.into_iter();
        let mut is_literal = false;
        for (place, part) in text.split('?').enumerate() {
            if place > 0 {
                if is_literal {
                    self.refuse(format!("a mark inside a literal in {text:?}"));
                }
                self.parts.extend(values.next().map(Part::Value));
            }
            // A quote within a literal is written twice, which opens and closes once more.
            is_literal ^= part.matches('\'').count() % 2 == 1;
            self.parts.push(Part::Text(part.to_owned()));
        }
        if is_literal {
            self.refuse(format!("an open literal in {text:?}"));
        }
        self
    }

    fn refuse(&mut self, fault: String) {
        self.fault.get_or_insert(fault);
    }

    /// The same statement, after what asks how the database goes about it.
    pub fn explained(mut self, explain: &str) -> Self {
        self.parts.insert(0, Part::Text(format!("{explain} ")));
        self
    }

    /// The texts of all rows' last columns.
    pub async fn texts(self, db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
        let rows = db.query_all_raw(self.statement(db)?).await?;
        let last = |row: &sea_orm::QueryResult| {
            let n_columns = row.column_names().len();
            row.try_get_by_index(n_columns - 1)
        };
        rows.iter().map(last).collect()
    }

    fn statement(self, db: &impl ConnectionTrait) -> Result<Statement, DbErr> {
        let (text, values) = self.written(db.get_database_backend() == sea_orm::DbBackend::Postgres)?;
        Ok(sql(db, &text, values))
    }

    fn written(self, is_postgres: bool) -> Result<(String, Vec<Value>), DbErr> {
        if let Some(fault) = self.fault {
            return Err(DbErr::Custom(format!("a statement was put together wrongly: {fault}")));
        }
        let (mut text, mut bound) = (String::new(), Vec::new());
        for part in self.parts {
            match part {
                Part::Text(part) => text.push_str(&part),
                Part::Value(value) => text.push_str(&bind(&mut bound, value)),
                Part::List(values) => text.push_str(&list(&mut bound, values, is_postgres)?),
            }
        }
        Ok((text, bound))
    }

    /// Runs what is no question, and returns how many rows it touched.
    pub async fn run(self, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
        Ok(db.execute_raw(self.statement(db)?).await?.rows_affected())
    }

    /// All rows. The caller has bounded them.
    pub async fn all<T: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Vec<T>, DbErr> {
        T::find_by_statement(self.statement(db)?).all(db).await
    }

    /// The first row, if there is one.
    pub async fn one<T: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Option<T>, DbErr> {
        T::find_by_statement(self.statement(db)?).one(db).await
    }
}

/// Binds a value, and says what stands for it.
fn bind(bound: &mut Vec<Value>, value: Value) -> String {
    bound.push(value);
    format!("${}", bound.len())
}

/// The condition that what stands before it is one of the values. An empty list holds nothing.
fn list(bound: &mut Vec<Value>, values: Vec<Value>, is_postgres: bool) -> Result<String, DbErr> {
    if values.is_empty() {
        return Ok(" IN (NULL)".to_owned());
    }
    if !is_postgres {
        let marks: Vec<String> = values.into_iter().map(|value| bind(bound, value)).collect();
        return Ok(format!(" IN ({})", marks.join(", ")));
    }
    let kind = match values.first() {
        Some(Value::Uuid(_)) => "uuid",
        Some(Value::BigInt(_) | Value::Int(_)) => "bigint",
        _ => "text",
    };
    let elements: Result<Vec<String>, DbErr> = values.iter().map(element).collect();
    let array = bind(bound, format!("{{{}}}", elements?.join(",")).into());
    Ok(format!(" = ANY({array}::text::{kind}[])"))
}

/// A value as PostgreSQL reads it inside an array that is written as text.
fn element(value: &Value) -> Result<String, DbErr> {
    match value {
        Value::Uuid(Some(id)) => Ok(id.to_string()),
        Value::BigInt(Some(n)) => Ok(n.to_string()),
        Value::Int(Some(n)) => Ok(n.to_string()),
        Value::String(Some(text)) => Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))),
        other => Err(DbErr::Custom(format!("no list of {other:?}"))),
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
        let some = select.clone().and_among(column, chunk.iter().copied());
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
        let rows: Vec<Named> = select.and_among("id", chunk.iter().copied()).all(db).await?;
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
    Select::new("").with(text, values).run(db).await
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(select: Select, is_postgres: bool, expected: Result<(&str, usize), &str>) {
        match (select.written(is_postgres), expected) {
            (Ok((text, values)), Ok(expected)) => assert_eq!((text.as_str(), values.len()), expected),
            (Err(fault), Err(part)) => assert!(fault.to_string().contains(part), "{fault}"),
            (got, _) => panic!("{got:?}"),
        }
    }

    #[test]
    fn values_take_the_places_of_their_marks() {
        let select =
            || Select::new("SELECT a FROM t").and("b = ?", [1.into()]).and("c < ? OR d = 'x''y'", [2.into()]);
        check(select(), true, Ok(("SELECT a FROM t WHERE b = $1 AND c < $2 OR d = 'x''y'", 2)));
    }

    #[test]
    fn a_wrong_number_of_values_is_refused() {
        let update = "UPDATE t SET a = ?, b = ? WHERE id = ?";
        check(Select::new("").with(update, [1.into(), 2.into()]), true, Err("3 marks for 2 values"));
        check(Select::new("SELECT ?"), false, Err("1 marks for 0 values"));
        check(Select::new("SELECT a").and("b", [1.into()]), false, Err("0 marks for 1 values"));
    }

    #[test]
    fn a_mark_inside_a_literal_is_refused() {
        check(Select::new("SELECT a").and("b = 'why?'", [1.into()]), true, Err("inside a literal"));
        check(Select::new("SELECT a").and("b = 'open", []), true, Err("open literal"));
    }

    #[test]
    fn a_list_is_one_array_or_a_value_each() {
        let ids = [Uuid::nil(), Uuid::max()];
        check(Select::new("SELECT a").and_among("b", ids), false, Ok(("SELECT a WHERE b IN ($1, $2)", 2)));
        let array = "SELECT a WHERE b = ANY($1::text::uuid[])";
        check(Select::new("SELECT a").and_among("b", ids), true, Ok((array, 1)));
        check(
            Select::new("SELECT a").and_among("b", [] as [Uuid; 0]),
            false,
            Ok(("SELECT a WHERE b IN (NULL)", 0)),
        );
        let (_, values) = Select::new("").and_among("b", ["a\"\\,"]).written(true).unwrap();
        assert_eq!(values, [Value::from(r#"{"a\"\\,"}"#)]);
    }
}
