//! What a column holds that cannot be read is a fault that names the row and the column.

use domain::deliveries::Status;
use domain::ids::PhotoId;
use domain::money::Fen;
use domain::stored::Stored;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, FromQueryResult};
use uuid::Uuid;

use crate::select::Select;

#[derive(Debug, PartialEq, FromQueryResult)]
struct Row {
    id: Uuid,
    status: Status,
    earlier: Option<Status>,
    photo_ids: Stored<Vec<PhotoId>>,
    amount_fen: Fen,
}

const ID: Uuid = Uuid::from_u128(7);
const TABLE: &str = "CREATE TABLE stored (id blob NOT NULL, status text NOT NULL, earlier text, \
                     photo_ids text NOT NULL, amount_fen bigint NOT NULL)";

/// A table of its own: every connection to a database in memory is another database.
async fn table() -> DatabaseConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    let db = Database::connect(options).await.unwrap();
    db.execute_unprepared(TABLE).await.unwrap();
    db
}

/// Reads one row with these texts.
async fn read(status: &str, earlier: Option<&str>, photo_ids: &str) -> Result<Row, String> {
    let db = table().await;
    let insert = "INSERT INTO stored VALUES (?, ?, ?, ?, ?)";
    let values = [ID.into(), status.into(), earlier.into(), photo_ids.into(), Fen(1).into()];
    Select::new("").then(insert, values).run(&db).await.unwrap();
    let row = Select::new("SELECT * FROM stored").one::<Row>(&db).await;
    row.map(|row| row.unwrap()).map_err(|fault| fault.to_string())
}

fn check_names(fault: &str, column: &str) {
    assert!(fault.contains(&format!("row {ID}")), "no row in {fault:?}");
    assert!(fault.contains(&format!("column {column:?}")), "no column in {fault:?}");
}

#[tokio::test]
async fn what_the_rules_know_is_read_as_it_is() {
    let photo_ids = Stored(vec![PhotoId(ID)]);
    let row = Row { id: ID, status: Status::Planned, earlier: None, photo_ids, amount_fen: Fen(1) };
    assert_eq!(read("planned", None, &format!("[\"{ID}\"]")).await, Ok(row));
}

#[tokio::test]
async fn an_unknown_status_is_a_fault_that_names_its_row_and_column() {
    check_names(&read("vanished", None, "[]").await.unwrap_err(), "status");
}

#[tokio::test]
async fn an_unknown_status_where_there_may_be_none_is_a_fault_too() {
    check_names(&read("planned", Some("vanished"), "[]").await.unwrap_err(), "earlier");
}

#[tokio::test]
async fn json_of_another_shape_is_a_fault_that_names_its_row_and_column() {
    check_names(&read("planned", None, "{\"photos\": 2}").await.unwrap_err(), "photo_ids");
}
