//! How a customer stands with us: the facts of its file that the guard looks at.

use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::actor::Actor;
use crate::people::visible_to;
use crate::select::{self, Select};

/// What the customer's file says.
#[derive(Clone, Debug, FromQueryResult)]
pub struct StandingRow {
    pub id: Uuid,
    pub name: String,
    pub region_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub price_tier: String,
    pub credit_limit_fen: i64,
    pub return_rate_limit_ppm: Option<i64>,
    pub payment_terms: String,
}

const STANDING: &str = "SELECT id, name, region_id, owner_id, price_tier, credit_limit_fen, return_rate_limit_ppm, \
                        payment_terms FROM customers";

/// The customer, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: CustomerId,
) -> Result<Option<StandingRow>, DbErr> {
    seen_by(actor, id).one(db).await
}

fn seen_by(actor: &Actor, id: CustomerId) -> Select {
    visible_to(Select::new(STANDING), actor, "owner_id", "region_id").and("id = ?", [id.0.into()])
}

/// The customer, if the actor sees it, locked until the transaction ends: two orders must not both pass on the same
/// free credit.
pub async fn locked_visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: CustomerId,
) -> Result<Option<StandingRow>, DbErr> {
    select::locked(db, seen_by(actor, id)).one(db).await
}

/// The customer, whoever asks, locked.
pub async fn locked(db: &impl ConnectionTrait, id: CustomerId) -> Result<Option<StandingRow>, DbErr> {
    select::locked(db, Select::new(STANDING).and("id = ?", [id.0.into()])).one(db).await
}

/// The customer, whoever asks.
pub async fn of(db: &impl ConnectionTrait, id: CustomerId) -> Result<Option<StandingRow>, DbErr> {
    Select::new(STANDING).and("id = ?", [id.0.into()]).one(db).await
}
