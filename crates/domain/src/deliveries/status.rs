//! Where a delivery stands, and the steps it may take.

use crate::ids::UserId;
use crate::money::Quantity;
use crate::orders;

names! {
    /// Where a delivery stands.
    pub enum Status as DeliveryStatus {
        /// Made ready.
        Planned = "planned",
        /// On the vehicle: its driver took the trip.
        Loaded = "loaded",
        /// On its way.
        InTransit = "in_transit",
        /// At the store.
        Arrived = "arrived",
        /// Everything was accepted.
        Signed = "signed",
        /// Some was accepted.
        PartiallySigned = "partially_signed",
        /// Nothing was accepted.
        Refused = "refused",
        /// It could not be handed over.
        Failed = "failed",
    }
}

names! {
    /// What a person says to a sign-off that was in doubt.
    pub enum Review as DeliveryReview {
        /// Nobody is asked.
        None = "none",
        /// Somebody looks at it.
        Pending = "pending",
        /// It stands.
        Accepted = "accepted",
        /// It is not believed.
        Rejected = "rejected",
    }
}

/// What may happen to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its driver takes it over.
    Load,
    /// The vehicle leaves.
    Depart,
    /// The vehicle is at the store.
    Arrive,
    /// The customer signs; the quantities say what it becomes. Signing implies arrival.
    Close(Status),
    /// It cannot be handed over.
    Fail,
    /// A reviewer does not believe the provisional sign-off.
    Reopen,
}

/// Why a step is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepRefusal {
    /// It is over.
    #[error("the delivery is already closed")]
    AlreadyClosed,
    /// It has been loaded before.
    #[error("the delivery is already loaded")]
    AlreadyLoaded,
    /// It has left before.
    #[error("the delivery has already left")]
    NotPlanned,
    /// It has not left yet.
    #[error("the delivery has not left yet")]
    NotDeparted,
    /// It is at the store already.
    #[error("the delivery is already at the store")]
    AlreadyArrived,
    /// Only what was signed can be opened again.
    #[error("the delivery is not signed")]
    NotSigned,
}

impl StepRefusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyClosed => "delivery_already_closed",
            Self::AlreadyLoaded => "delivery_already_loaded",
            Self::NotPlanned => "delivery_not_planned",
            Self::NotDeparted => "delivery_not_departed",
            Self::AlreadyArrived => "delivery_already_arrived",
            Self::NotSigned => "delivery_not_signed",
        }
    }
}

impl Status {
    /// Can it still be signed off?
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Loaded | Self::InTransit | Self::Arrived)
    }

    /// Did the customer say what becomes of the goods?
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Signed | Self::PartiallySigned | Self::Refused)
    }

    /// Where the step leads.
    pub fn after(self, step: Step) -> Result<Self, StepRefusal> {
        match step {
            Step::Depart if !matches!(self, Self::Planned | Self::Loaded) => Err(StepRefusal::NotPlanned),
            Step::Reopen if self.is_signed() => Ok(Self::Arrived),
            Step::Reopen => Err(StepRefusal::NotSigned),
            _ if !self.is_open() => Err(StepRefusal::AlreadyClosed),
            Step::Load if self == Self::Planned => Ok(Self::Loaded),
            Step::Load => Err(StepRefusal::AlreadyLoaded),
            Step::Depart => Ok(Self::InTransit),
            Step::Arrive if self == Self::InTransit => Ok(Self::Arrived),
            Step::Arrive if self == Self::Arrived => Err(StepRefusal::AlreadyArrived),
            Step::Arrive => Err(StepRefusal::NotDeparted),
            Step::Close(status) => Ok(status),
            Step::Fail => Ok(Self::Failed),
        }
    }
}

/// May this person send it off, sign it off or give it up? Its driver may, and whom the driver reports to.
pub fn may_handle(who: UserId, driver: UserId, manager: Option<UserId>) -> bool {
    who == driver || manager == Some(who)
}

/// How much of an order's line has gone where; what is left is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Asked for.
    pub ordered: Quantity,
    /// Taken by the customer.
    pub accepted: Quantity,
    /// Taken back.
    pub rejected: Quantity,
}

impl Tally {
    /// What nobody has taken or refused yet.
    pub fn open(self) -> Quantity {
        let settled = self.accepted.0.saturating_add(self.rejected.0);
        Quantity(self.ordered.0.saturating_sub(settled))
    }
}

/// The order's status by what has become of its lines: delivered when nothing is left and everything was taken,
/// refused when nothing was taken at all, and waiting again when nothing has been decided.
pub fn order_status(lines: &[Tally]) -> orders::Status {
    let none = |amount: fn(&Tally) -> Quantity| lines.iter().all(|it| amount(it) == Quantity::ZERO);
    match (none(|it| it.open()), none(|it| it.accepted), none(|it| it.rejected)) {
        (true, _, true) => orders::Status::Delivered,
        (true, true, _) => orders::Status::Refused,
        (_, true, true) => orders::Status::Accepted,
        _ => orders::Status::PartiallyDelivered,
    }
}
