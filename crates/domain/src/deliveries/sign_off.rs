//! What a sign-off consists of, and what it leads to once it is judged.

use crate::writing::is_blank;
use serde::{Deserialize, Serialize};

use super::status::Step;
use super::{Completion, Status};
use crate::evidence::{Judgement, Verdict};
use crate::ids::OrderLineId;
use crate::money::Quantity;

/// What a photo of a sign-off shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The goods at the store.
    Goods,
    /// The signed slip.
    SignedSlip,
    /// Anything else.
    Other,
}

/// What is to be handed over on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The order's line.
    pub line: OrderLineId,
    /// How much is on the vehicle.
    pub quantity: Quantity,
}

/// What came of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// The order's line.
    pub line: OrderLineId,
    /// Taken by the customer.
    pub accepted: Quantity,
    /// Taken back.
    pub rejected: Quantity,
    /// Why it was taken back.
    pub reason: Option<String>,
}

/// Characters of the reason for which goods are taken back.
const LONGEST_REASON: usize = 100;

/// What a sign-off is refused for: parts that are missing or wrong, never what they show.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is over already.
    #[error("the delivery is already closed")]
    AlreadyClosed,
    /// Nobody's name.
    #[error("a sign-off needs the signer's name")]
    SignerMissing,
    /// No photo of the goods at the store.
    #[error("a sign-off needs a photo of the goods at the store")]
    GoodsPhotoMissing,
    /// No photo of the slip.
    #[error("a sign-off needs a photo of the signed slip")]
    SlipPhotoMissing,
    /// A line of the delivery has no quantities.
    #[error("a line of the delivery has no quantities")]
    LineMissing(OrderLineId),
    /// A line that is not in this delivery, by its place.
    #[error("the line is not in this delivery")]
    LineUnknown(usize),
    /// The same line twice, by its place.
    #[error("the line is named twice")]
    LineTwice(usize),
    /// Accepted and rejected do not add up to what was on the vehicle, by its place.
    #[error("accepted and rejected do not add up to what was sent")]
    QuantityMismatch(usize),
    /// Goods taken back without saying why, by its place.
    #[error("goods taken back need a reason")]
    RejectReasonMissing(usize),
    /// The reason is a story, by its place.
    #[error("the reason is too long")]
    RejectReasonTooLong(usize),
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyClosed => "delivery_already_closed",
            Self::SignerMissing => "signer_missing",
            Self::GoodsPhotoMissing => "goods_photo_missing",
            Self::SlipPhotoMissing => "signed_slip_photo_missing",
            Self::LineMissing(_) => "line_missing",
            Self::LineUnknown(_) => "line_unknown",
            Self::LineTwice(_) => "line_twice",
            Self::QuantityMismatch(_) => "quantity_mismatch",
            Self::RejectReasonMissing(_) => "reject_reason_missing",
            Self::RejectReasonTooLong(_) => "text_too_long",
        }
    }

    /// The field, as a JSON pointer into the sign-off.
    pub fn pointer(&self) -> String {
        match self {
            Self::AlreadyClosed => String::new(),
            Self::SignerMissing => "/signer_name".to_owned(),
            Self::GoodsPhotoMissing | Self::SlipPhotoMissing => "/photo_ids".to_owned(),
            Self::LineMissing(_) => "/lines".to_owned(),
            Self::LineUnknown(place) | Self::LineTwice(place) => format!("/lines/{place}/order_line_id"),
            Self::QuantityMismatch(place) => format!("/lines/{place}/accepted_quantity"),
            Self::RejectReasonMissing(place) | Self::RejectReasonTooLong(place) => {
                format!("/lines/{place}/reject_reason")
            }
        }
    }
}

/// What a judged sign-off leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct SignedOff {
    /// Unchanged when rejected.
    pub status: Status,
    /// Leave to close the delivery; none when rejected.
    pub completion: Option<Completion>,
    /// Somebody is asked to decide: on `review` and on `reject`.
    pub needs_review: bool,
}

impl SignedOff {
    /// Signed for now, and somebody looks at it.
    pub fn is_provisional(&self) -> bool {
        self.completion.is_some_and(Completion::is_provisional)
    }
}

/// Is everything there that a sign-off consists of? All that is missing is named at once.
pub fn check_parts(
    status: Status,
    signer_name: &str,
    parts: &[Part],
    due: &[Due],
    handed: &[Handed],
) -> Result<(), Vec<Refusal>> {
    if !status.is_open() {
        return Err(vec![Refusal::AlreadyClosed]);
    }
    let mut missing = Vec::new();
    if is_blank(signer_name) {
        missing.push(Refusal::SignerMissing);
    }
    if !parts.contains(&Part::Goods) {
        missing.push(Refusal::GoodsPhotoMissing);
    }
    if !parts.contains(&Part::SignedSlip) {
        missing.push(Refusal::SlipPhotoMissing);
    }
    missing.extend(check_lines(due, handed));
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}

/// All that is wrong with the quantities of the lines.
pub(super) fn check_lines(due: &[Due], handed: &[Handed]) -> Vec<Refusal> {
    let mut missing = Vec::new();
    for (place, line) in handed.iter().enumerate() {
        let Some(expected) = due.iter().find(|it| it.line == line.line) else {
            missing.push(Refusal::LineUnknown(place));
            continue;
        };
        if handed[..place].iter().any(|before| before.line == line.line) {
            missing.push(Refusal::LineTwice(place));
        }
        let is_negative = line.accepted < Quantity::ZERO || line.rejected < Quantity::ZERO;
        if is_negative || line.accepted.checked_add(line.rejected) != Some(expected.quantity) {
            missing.push(Refusal::QuantityMismatch(place));
        }
        let has_reason = line.reason.as_deref().is_some_and(|reason| !is_blank(reason));
        if line.rejected > Quantity::ZERO && !has_reason {
            missing.push(Refusal::RejectReasonMissing(place));
        }
        if line.reason.as_deref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
            missing.push(Refusal::RejectReasonTooLong(place));
        }
    }
    let is_absent = |it: &&Due| handed.iter().all(|line| line.line != it.line);
    missing.extend(due.iter().filter(is_absent).map(|it| Refusal::LineMissing(it.line)));
    missing
}

/// Decides what a complete and judged sign-off leads to.
pub fn sign_off(status: Status, judgement: &Judgement, handed: &[Handed]) -> SignedOff {
    let is_rejected = judgement.verdict == Verdict::Reject;
    let is_provisional = judgement.verdict == Verdict::Review;
    let closed = status.after(Step::Close(closed_status(handed))).ok().filter(|_| !is_rejected);
    SignedOff {
        status: closed.unwrap_or(status),
        completion: closed.map(|status| Completion::by_locks(status, is_provisional)),
        needs_review: judgement.verdict >= Verdict::Review,
    }
}

/// What the quantities make of the delivery.
pub fn closed_status(handed: &[Handed]) -> Status {
    let is_any = |amount: fn(&Handed) -> Quantity| handed.iter().any(|line| amount(line) > Quantity::ZERO);
    match (is_any(|line| line.accepted), is_any(|line| line.rejected)) {
        (true, false) => Status::Signed,
        (true, true) => Status::PartiallySigned,
        (false, _) => Status::Refused,
    }
}
