//! One id type per thing, so that a customer's id cannot be handed over as an order's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "stored", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        /// No id is a number: what asks for one is refused as it is for a bare UUID.
        #[cfg(feature = "stored")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(number: u64) -> Result<Self, sea_orm::DbErr> {
                Uuid::try_from_u64(number).map(Self)
            }
        }

        #[cfg(feature = "described")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::Custom("uuid".to_owned())))
                    .into()
            }
        }

        #[cfg(feature = "described")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, it: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(it)
            }
        }
    )*};
}

ids! {
    /// A decision that is waited for.
    ApprovalId,
    /// An attempt at a sign-off.
    AttemptId,
    /// The attempts of all deliveries that were signed off together.
    AttemptSetId,
    /// A change of what a delivery is worth.
    BillableId,
    /// A correction of what was signed.
    CorrectionId,
    /// A customer's file.
    CustomerId,
    /// A delivery of an order.
    DeliveryId,
    /// A line of a delivery.
    DeliveryLineId,
    /// A record of evidence for an opportunity.
    EvidenceId,
    /// What somebody has to look after about an order.
    ExceptionId,
    /// What went back and forth at a store's door.
    ExchangeId,
    /// A line of what went back and forth.
    ExchangeLineId,
    /// What a check found.
    FindingId,
    /// What was handed in of a trip.
    HandInId,
    /// An item of somebody's daily list.
    ItemId,
    /// A lead.
    LeadId,
    /// A daily list.
    ListId,
    /// An opportunity.
    OpportunityId,
    /// An order.
    OrderId,
    /// A line of an order.
    OrderLineId,
    /// What a stop paid.
    PaymentId,
    /// A photo.
    PhotoId,
    /// A price of a product.
    PriceId,
    /// Something that is sold.
    ProductId,
    /// A promotion.
    PromotionId,
    /// A quote.
    QuoteId,
    /// A region of the company.
    RegionId,
    /// What somebody asks for in their own words.
    RequestId,
    /// Goods that came back after they were taken.
    ReturnId,
    /// A line of what came back.
    ReturnLineId,
    /// A stop of a trip.
    StopId,
    /// A driver's taking over of a trip.
    TakeId,
    /// Somebody's to-do.
    TodoId,
    /// A trip.
    TripId,
    /// An employee.
    UserId,
    /// A visit.
    VisitId,
}
