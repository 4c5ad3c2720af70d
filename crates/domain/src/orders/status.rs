//! Where an order stands, and what may still be done with it.

names! {
    /// Where an order stands.
    pub enum Status as OrderStatus {
        /// It goes to the customer.
        Accepted = "accepted",
        /// Somebody has to allow it first.
        PendingSpecialApproval = "pending_special_approval",
        /// Some of it is at the customer's.
        PartiallyDelivered = "partially_delivered",
        /// All that goes is at the customer's.
        Delivered = "delivered",
        /// The customer took nothing.
        Refused = "refused",
        /// It was taken back, rejected, or not allowed in time.
        Cancelled = "cancelled",
    }
}

names! {
    /// Where an order's goods are.
    pub enum Dispatch as OrderDispatch {
        /// A vehicle carries some of it.
        UnderWay = "under_way",
        /// No vehicle carries any of it any more.
        Ended = "ended",
    }
}

names! {
    /// When an order was checked.
    pub enum Occasion as OrderCheckOccasion {
        /// When it was placed.
        Place = "place",
        /// When it was changed.
        Edit = "edit",
        /// When it left: only noted, for what was accepted goes.
        Ship = "ship",
    }
}

names! {
    /// What is the matter with an order.
    pub enum ExceptionKind as OrderExceptionKind {
        /// It waits for a special approval.
        Waiting = "waiting",
        /// It should have left.
        Late = "late",
        /// Less of it went than was asked for.
        Short = "short",
        /// The customer did not take all of it.
        Refused = "refused",
        /// Some of it came back.
        Returned = "returned",
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
