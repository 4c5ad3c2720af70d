//! The short codes that printed codes of stores carry.

use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{Select, execute};

#[derive(FromQueryResult)]
struct Code {
    code: String,
}

/// The customer's code: the first that anybody made.
pub async fn code_of(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    fresh: &str,
    at: DateTime<Utc>,
) -> Result<Option<String>, DbErr> {
    let text =
        "INSERT INTO customers_scenes (code, customer_id, made_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    execute(db, text, [fresh.into(), customer.0.into(), at.into()]).await?;
    let select = Select::new("SELECT code FROM customers_scenes").and("customer_id = ?", [customer.0.into()]);
    Ok(select.one::<Code>(db).await?.map(|it| it.code))
}

/// Whose code it is.
pub async fn customer_behind(db: &impl ConnectionTrait, code: &str) -> Result<Option<CustomerId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Owner {
        customer_id: Uuid,
    }
    let select = Select::new("SELECT customer_id FROM customers_scenes").and("code = ?", [code.into()]);
    Ok(select.one::<Owner>(db).await?.map(|it| CustomerId(it.customer_id)))
}
