//! Where an order stands, and what may still be done with it.

use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It goes to the customer.
    Accepted,
    /// Somebody has to allow it first.
    PendingSpecialApproval,
    /// Some of it is at the customer's.
    PartiallyDelivered,
    /// All that goes is at the customer's.
    Delivered,
    /// The customer took nothing.
    Refused,
    /// It was taken back, rejected, or not allowed in time.
    Cancelled,
}

impl Status {
    const ALL: [Self; 6] = [
        Self::Accepted,
        Self::PendingSpecialApproval,
        Self::PartiallyDelivered,
        Self::Delivered,
        Self::Refused,
        Self::Cancelled,
    ];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::PendingSpecialApproval => "pending_special_approval",
            Self::PartiallyDelivered => "partially_delivered",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// May it be taken back, and if so, is it only the rest of it? A vehicle that is under way brings it first.
pub fn may_cancel(status: Status, is_under_way: bool) -> Result<(), &'static str> {
    match status {
        Status::Cancelled => Err("order_cancelled"),
        Status::Delivered | Status::Refused => Err("order_settled"),
        _ if is_under_way => Err("order_in_delivery"),
        _ => Ok(()),
    }
}

/// May its lines be changed? Only what no vehicle has carried yet.
pub fn may_edit(status: Status, was_dispatched: bool) -> Result<(), &'static str> {
    match status {
        Status::Cancelled => Err("order_cancelled"),
        Status::Delivered | Status::Refused | Status::PartiallyDelivered => Err("order_settled"),
        _ if was_dispatched => Err("order_in_delivery"),
        _ => Ok(()),
    }
}
