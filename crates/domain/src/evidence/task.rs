//! What photos are taken for.

use uuid::Uuid;

use crate::ids::{CustomerId, DeliveryId, OpportunityId, QuoteId, TripId};

names! {
    /// The kinds of tasks that photos are taken for.
    pub enum PhotoTaskKind {
        /// A check-in at a customer's, or a paper of theirs.
        Customer = "customer",
        /// A delivery's sign-off.
        Delivery = "delivery",
        /// Evidence for an opportunity.
        Opportunity = "opportunity",
        /// A quote that was signed.
        Quote = "quote",
        /// What was collected on a trip.
        Trip = "trip",
    }
}

/// What a photo is taken for. Whoever finds the customer behind it answers for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoTask {
    /// A check-in at a customer's, or a paper of theirs.
    Customer(CustomerId),
    /// A delivery's sign-off.
    Delivery(DeliveryId),
    /// Evidence for an opportunity.
    Opportunity(OpportunityId),
    /// A quote that was signed.
    Quote(QuoteId),
    /// What was collected on a trip.
    Trip(TripId),
}

impl PhotoTask {
    /// The task of that kind and id.
    pub fn of(kind: PhotoTaskKind, id: Uuid) -> Self {
        match kind {
            PhotoTaskKind::Customer => Self::Customer(CustomerId(id)),
            PhotoTaskKind::Delivery => Self::Delivery(DeliveryId(id)),
            PhotoTaskKind::Opportunity => Self::Opportunity(OpportunityId(id)),
            PhotoTaskKind::Quote => Self::Quote(QuoteId(id)),
            PhotoTaskKind::Trip => Self::Trip(TripId(id)),
        }
    }
}
