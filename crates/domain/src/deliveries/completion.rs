//! What closes a delivery, and whether it may be invoiced.

use crate::writing::is_blank;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Handed, Part, Status, StepRefusal, closed_status, status::Step};

/// Leave to close a delivery. Its fields are private on purpose: a judged sign-off or an override makes one, and
/// nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    status: Status,
    is_provisional: bool,
    is_overridden: bool,
}

impl Completion {
    pub(super) fn by_locks(status: Status, is_provisional: bool) -> Self {
        Self { status, is_provisional, is_overridden: false }
    }

    /// What the delivery becomes.
    pub fn status(self) -> Status {
        self.status
    }

    /// It counts for now, and somebody looks at it.
    pub fn is_provisional(self) -> bool {
        self.is_provisional
    }

    /// A person answers for it in the locks' place.
    pub fn is_overridden(self) -> bool {
        self.is_overridden
    }
}

/// A reviewer vouches for an attempt whose locks failed: an override by another name.
pub fn vouched(status: Status, handed: &[Handed]) -> Result<Completion, StepRefusal> {
    let status = status.after(Step::Close(closed_status(handed)))?;
    Ok(Completion { status, is_provisional: false, is_overridden: true })
}

/// Somebody with the permission completes it and says why.
pub fn overridden(status: Status, handed: &[Handed], reason: &str) -> Result<Completion, &'static str> {
    if is_blank(reason) {
        return Err("override_reason_missing");
    }
    vouched(status, handed).map_err(StepRefusal::code)
}

names! {
    /// May a signed delivery be invoiced, as it is kept.
    pub enum InvoicingStatus {
        /// Nothing stands in the way.
        Open = "open",
        /// Something is missing.
        Held = "held",
    }
}

/// May the delivery be invoiced?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invoicing {
    /// Nothing stands in the way.
    Open,
    /// Something is missing, so that lateness has a cause.
    Held(Block),
}

/// What holds invoicing, since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// A stable code.
    pub code: String,
    /// When it was found missing.
    pub since: DateTime<Utc>,
}

/// A delivery without a photo of its signed slip holds invoicing; a refused one has nothing to invoice.
pub fn invoicing(status: Status, parts: &[Part], since: DateTime<Utc>) -> Invoicing {
    if status == Status::Refused || parts.contains(&Part::SignedSlip) {
        return Invoicing::Open;
    }
    Invoicing::Held(Block { code: "sign_off_photo_missing".to_owned(), since })
}
