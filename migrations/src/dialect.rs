//! A step of the schema, and the few type names in which the two databases differ.
#![expect(elided_lifetimes_in_paths, reason = "async_trait compares the signature with the trait's own")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

/// What a statement begins with that is for PostgreSQL alone.
const POSTGRES: &str = "{postgres} ";

/// Runs the statements in order, each with its types in the database's own words.
async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let backend = connection.get_database_backend();
    for text in statements {
        let text = match text.strip_prefix(POSTGRES) {
            Some(_) if backend != DbBackend::Postgres => continue,
            Some(text) => text,
            None => text,
        };
        connection.execute_raw(Statement::from_string(backend, translated(text, backend))).await?;
    }
    Ok(())
}

/// Takes back in order: a single word is a table to drop, anything else a statement.
async fn take_back(manager: &SchemaManager<'_>, steps: &[&str]) -> Result<(), DbErr> {
    for step in steps {
        let statement =
            if step.contains(' ') { (*step).to_owned() } else { format!("DROP TABLE IF EXISTS {step}") };
        run(manager, &[&statement]).await?;
    }
    Ok(())
}

fn translated(text: &str, backend: DbBackend) -> String {
    let types = match backend {
        DbBackend::Postgres => [
            ("{uuid}", "uuid"),
            ("{time}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{double}", "double precision"),
        ],
        _ => [("{uuid}", "blob"), ("{time}", "text"), ("{json}", "text"), ("{double}", "double")],
    };
    types.iter().fold(text.to_owned(), |text, (name, own)| text.replace(name, own))
}

/// One step of the schema: statements up; tables to drop, or statements, down.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) up: &'static [&'static str],
    pub(crate) down: &'static [&'static str],
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        take_back(manager, self.down).await
    }
}
