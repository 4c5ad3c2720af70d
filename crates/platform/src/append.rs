//! Rows that a command only adds and does not look at again: they are gathered and written together at its end. On
//! PostgreSQL all of them are one statement, whichever tables they go to; SQLite takes one a table.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, ensure};
use sea_orm::{ConnectionTrait, DbBackend, Value};

use crate::sql;

/// Rows of one statement; PostgreSQL and SQLite both take twice as many values.
const ROWS: usize = 400;
const VALUES: usize = 16_000;

/// What rows are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The table.
    pub table: &'static str,
    /// Its columns, in the order of the values.
    pub columns: Vec<&'static str>,
    /// What becomes of a row that is there already; empty where that is a fault. Such a row is added once a command.
    pub conflict: &'static str,
}

struct Rows {
    into: Target,
    values: Vec<Vec<Value>>,
}

/// What a transaction has gathered.
#[derive(Default)]
pub(crate) struct Gathered(Mutex<Vec<Rows>>);

impl std::fmt::Debug for Gathered {
    fn fmt(&self, it: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        it.write_str("Gathered")
    }
}

impl Gathered {
    /// Adds rows. A table comes after those that were added to before it, so that what it refers to is there.
    pub(crate) fn add(&self, into: Target, values: Vec<Vec<Value>>) {
        if values.is_empty() {
            return;
        }
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match gathered.iter_mut().find(|rows| rows.into == into) {
            Some(rows) => rows.values.extend(values),
            None => gathered.push(Rows { into, values }),
        }
    }

    /// Writes what was gathered until now.
    pub(crate) async fn write(&self, db: &impl ConnectionTrait) -> anyhow::Result<()> {
        let gathered = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut together = Together::default();
        for Rows { into, values } in gathered {
            ensure!(
                values.iter().all(|row| row.len() == into.columns.len()),
                "a row of {} is odd",
                into.table
            );
            let mut rows = values.into_iter().peekable();
            while rows.peek().is_some() {
                together.add(&into, rows.by_ref().take(ROWS).collect());
                if db.get_database_backend() != DbBackend::Postgres || together.values.len() > VALUES {
                    std::mem::take(&mut together).run(db).await?;
                }
            }
        }
        together.run(db).await
    }
}

/// Statements that are run as one.
#[derive(Default)]
struct Together {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Together {
    fn add(&mut self, into: &Target, rows: Vec<Vec<Value>>) {
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let first = self.values.len() + 1;
            self.values.extend(row);
            let marks: Vec<String> = (first..=self.values.len()).map(|place| format!("${place}")).collect();
            places.push(format!("({})", marks.join(", ")));
        }
        let text = format!(
            "INSERT INTO {} ({}) VALUES {} {}",
            into.table,
            into.columns.join(", "),
            places.join(", "),
            into.conflict
        );
        self.texts.push(text);
    }

    async fn run(mut self, db: &impl ConnectionTrait) -> anyhow::Result<()> {
        let Some(last) = self.texts.pop() else { return Ok(()) };
        let named = self.texts.iter().enumerate();
        let before: Vec<String> = named.map(|(place, text)| format!("w{place} AS ({text})")).collect();
        let with = if before.is_empty() { String::new() } else { format!("WITH {} ", before.join(", ")) };
        db.execute_raw(sql(db, &format!("{with}{last}"), self.values))
            .await
            .context("writing what was gathered")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Db};

    fn into(table: &'static str) -> Target {
        Target { table, columns: vec!["id", "name"], conflict: "" }
    }

    async fn count(db: &Db, table: &str) -> i64 {
        let text = format!("SELECT count(*) AS n FROM {table}");
        let row = db.conn().query_one_raw(sql(db.conn(), &text, [])).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    #[tokio::test]
    async fn rows_of_several_tables_are_written_in_the_order_of_their_tables() {
        let db = Db::connect("sqlite::memory:", 1, Clock::system()).await.unwrap();
        let tables = "CREATE TABLE one (id integer PRIMARY KEY, name text); \
                      CREATE TABLE two (id integer REFERENCES one (id), name text)";
        db.conn().execute_unprepared(tables).await.unwrap();
        let gathered = Gathered::default();
        for n in 1..=900_i64 {
            gathered.add(into("one"), vec![vec![n.into(), "a".into()]]);
            gathered.add(into("two"), vec![vec![n.into(), "b".into()]]);
        }
        gathered.write(db.conn()).await.unwrap();
        gathered.write(db.conn()).await.unwrap();
        assert_eq!((count(&db, "one").await, count(&db, "two").await), (900, 900));
    }

    #[test]
    fn what_is_run_as_one_counts_its_places_on() {
        let mut together = Together::default();
        together.add(&into("one"), vec![vec![1.into(), "a".into()], vec![2.into(), "b".into()]]);
        together.add(&into("two"), vec![vec![1.into(), "c".into()]]);
        assert_eq!(together.texts[1], "INSERT INTO two (id, name) VALUES ($5, $6) ");
        assert_eq!(together.values.len(), 6);
    }
}
