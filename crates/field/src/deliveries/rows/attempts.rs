//! Every attempt at a sign-off.

use domain::ids::{AttemptId, AttemptSetId, DeliveryId};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use crate::select::Select;

pub mod attempt {
    use domain::deliveries::{Collected, Exchange, Handed};
    use domain::evidence::{Next, Reason, Verdict};
    use domain::ids::{AttemptId, AttemptSetId, DeliveryId, PhotoId, UserId};
    use domain::stored::Stored;
    use sea_orm::entity::prelude::*;

    use crate::evidence::Location;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_attempts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AttemptId,
        pub delivery_id: DeliveryId,
        pub user_id: UserId,
        /// When it happened, as far as it is known.
        pub at: ChronoDateTimeUtc,
        pub signer_name: String,
        pub location: Option<Stored<Location>>,
        pub photo_ids: Stored<Vec<PhotoId>>,
        pub lines: Stored<Vec<Handed>>,
        pub verdict: Verdict,
        pub reasons: Stored<Vec<Reason>>,
        pub next: Option<Next>,
        pub distance_m: Option<i32>,
        /// The same for all deliveries that were signed off together.
        pub set_id: Option<AttemptSetId>,
        pub payment: Option<Stored<Collected>>,
        pub returns: Option<Stored<Vec<Exchange>>>,
        pub settled_at: Option<ChronoDateTimeUtc>,
        pub received_at: Option<ChronoDateTimeUtc>,
    }

    impl Model {
        /// The attempts that it was handed in with.
        pub fn set(&self) -> AttemptSetId {
            self.set_id.unwrap_or(AttemptSetId(self.id.0))
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn insert_attempt(db: &impl ConnectionTrait, attempt: attempt::Model) -> Result<(), DbErr> {
    attempt::Entity::insert(attempt.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

pub async fn attempt(db: &impl ConnectionTrait, id: AttemptId) -> Result<Option<attempt::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries_attempts").and("id = ?", [id.into()]).one(db).await
}

/// The attempts of all deliveries that were signed off together.
pub async fn attempts_of_set(
    db: &impl ConnectionTrait,
    set: AttemptSetId,
) -> Result<Vec<attempt::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries_attempts")
        .and("set_id = ?", [set.into()])
        .then("ORDER BY delivery_id LIMIT 200", [])
        .all(db)
        .await
}

/// The attempts at a sign-off, newest first.
pub async fn attempts(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Vec<attempt::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries_attempts")
        .and("delivery_id = ?", [id.into()])
        .then("ORDER BY id DESC LIMIT 50", [])
        .all(db)
        .await
}
