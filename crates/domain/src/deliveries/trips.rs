//! Driver, vehicle and ordered stops; what is collected at them and handed in afterwards.

use crate::writing::is_blank;
use serde::{Deserialize, Serialize};

use crate::money::Fen;

names! {
    /// Where a trip stands.
    pub enum TripStatus {
        /// Made ready.
        Planned = "planned",
        /// Taken over by its driver.
        Loaded = "loaded",
        /// On the road.
        InTransit = "in_transit",
        /// Back, and what was collected is handed in.
        HandedIn = "handed_in",
        /// The cashier has confirmed it.
        Closed = "closed",
    }
}

/// Why a trip does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TripRefusal {
    /// One depart a trip.
    #[error("the trip has already left")]
    AlreadyDeparted,
    /// It is over.
    #[error("the trip is over")]
    Over,
    /// Something is still to be handed over.
    #[error("a stop is still open")]
    StopsOpen,
    /// Nothing to confirm.
    #[error("nothing is handed in")]
    NotHandedIn,
}

impl TripRefusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyDeparted => "trip_already_departed",
            Self::Over => "trip_over",
            Self::StopsOpen => "trip_stops_open",
            Self::NotHandedIn => "trip_not_handed_in",
        }
    }
}

impl TripStatus {
    fn is_over(self) -> bool {
        matches!(self, Self::HandedIn | Self::Closed)
    }

    /// A driver takes the trip over; on the road from another.
    pub fn take(self) -> Result<Self, TripRefusal> {
        match self {
            Self::Planned => Ok(Self::Loaded),
            status if status.is_over() => Err(TripRefusal::Over),
            status => Ok(status),
        }
    }

    /// The vehicle leaves, once.
    pub fn depart(self) -> Result<Self, TripRefusal> {
        match self {
            Self::Planned | Self::Loaded => Ok(Self::InTransit),
            _ => Err(TripRefusal::AlreadyDeparted),
        }
    }

    /// What was collected is handed in, once, when nothing is left to hand over.
    pub fn hand_in(self, n_open: usize) -> Result<Self, TripRefusal> {
        if self.is_over() {
            return Err(TripRefusal::Over);
        }
        if n_open > 0 { Err(TripRefusal::StopsOpen) } else { Ok(Self::HandedIn) }
    }

    /// Something that was handed over is open again, so a trip that was over is on the road; none where it is not over.
    pub fn go_on(self) -> Option<Self> {
        self.is_over().then_some(Self::InTransit)
    }

    /// The cashier has counted it, once.
    pub fn confirm(self) -> Result<Self, TripRefusal> {
        match self {
            Self::HandedIn => Ok(Self::Closed),
            Self::Closed => Err(TripRefusal::Over),
            _ => Err(TripRefusal::NotHandedIn),
        }
    }
}

names! {
    /// How a stop paid.
    pub enum Method as PaymentMethod {
        /// 现金
        Cash = "cash",
        /// 扫码
        Qr = "qr",
        /// 未收
        Unpaid = "unpaid",
    }
}

/// What a stop paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paid {
    /// How.
    pub method: Method,
    /// How much.
    #[serde(default)]
    pub amount: Fen,
}

/// What was paid, with what was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// How.
    pub method: Method,
    /// How much.
    pub amount: Fen,
    /// What the goods cost.
    pub due: Fen,
}

/// The amount and the way of paying contradict one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the amount does not go with the way of paying")]
pub struct PaymentRefusal;

/// Money that was taken is more than nothing; none was taken where nothing was paid. That it differs from what was
/// due is no fault: the rest stays owed, and more pays something older.
pub fn check_payment(paid: Paid) -> Result<(), PaymentRefusal> {
    let is_right = match paid.method {
        Method::Unpaid => paid.amount == Fen::ZERO,
        Method::Cash | Method::Qr => paid.amount > Fen::ZERO,
    };
    if is_right { Ok(()) } else { Err(PaymentRefusal) }
}

/// What a payment adds to what is booked already for any of the same deliveries: money taken is never booked twice,
/// and nothing of it is lost.
pub fn left_to_book(amount: Fen, booked: Fen) -> Fen {
    Fen(amount.0.saturating_sub(booked.0).max(0))
}

/// What a driver brings back, or should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandIn {
    /// In notes and coins.
    #[serde(default)]
    pub cash: Fen,
    /// By the company's code.
    #[serde(default)]
    pub qr: Fen,
}

/// Whether what is there is what should be: where it is not, somebody says why.
pub fn check_hand_in(expected: Fen, counted: Fen, reason: Option<&str>) -> Result<Fen, &'static str> {
    if counted < Fen::ZERO {
        return Err("amount_invalid");
    }
    let difference = Fen(counted.0.saturating_sub(expected.0));
    let has_reason = reason.is_some_and(|reason| !is_blank(reason));
    if difference != Fen::ZERO && !has_reason { Err("difference_reason_missing") } else { Ok(difference) }
}
