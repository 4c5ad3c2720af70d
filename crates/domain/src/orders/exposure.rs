//! Where a customer's money stands: a fold over what happened to its documents.

use crate::money::Fen;

/// What is held of a customer's credit. Each order's amount lies in exactly one of the first three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    /// Asked for, and neither signed nor given free.
    pub reserved: Fen,
    /// Signed for and not yet invoiced.
    pub unbilled: Fen,
    /// Invoiced.
    pub receivable: Fen,
    /// What was credited for goods that came back.
    pub credited: Fen,
    /// What was paid, allocated or not.
    pub received: Fen,
}

/// Something that moves money between the buckets. A correction is the same with a negative amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posting {
    /// An order is submitted, accepted or not.
    Submitted(Fen),
    /// Goods are accepted at the door.
    Accepted(Fen),
    /// What was asked for is wanted no more: cancelled, rejected, short or refused.
    Released(Fen),
    /// What was signed is invoiced.
    Invoiced(Fen),
    /// Goods that came back are credited.
    Credited(Fen),
    /// Money is received.
    Received(Fen),
}

impl Buckets {
    /// What this moves. None on overflow.
    pub fn of(posting: Posting) -> Option<Self> {
        let none = Self::default();
        let less = |amount: Fen| Fen::ZERO.checked_sub(amount);
        Some(match posting {
            Posting::Submitted(amount) => Self { reserved: amount, ..none },
            Posting::Accepted(amount) => Self { reserved: less(amount)?, unbilled: amount, ..none },
            Posting::Released(amount) => Self { reserved: less(amount)?, ..none },
            Posting::Invoiced(amount) => Self { unbilled: less(amount)?, receivable: amount, ..none },
            Posting::Credited(amount) => Self { credited: amount, ..none },
            Posting::Received(amount) => Self { received: amount, ..none },
        })
    }

    /// Both together. None on overflow.
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            reserved: self.reserved.checked_add(other.reserved)?,
            unbilled: self.unbilled.checked_add(other.unbilled)?,
            receivable: self.receivable.checked_add(other.receivable)?,
            credited: self.credited.checked_add(other.credited)?,
            received: self.received.checked_add(other.received)?,
        })
    }

    /// The fold over what happened, in whatever order.
    pub fn fold(postings: impl IntoIterator<Item = Posting>) -> Option<Self> {
        postings.into_iter().try_fold(Self::default(), |sum, posting| sum.plus(Self::of(posting)?))
    }

    /// The exposure; less than nothing for a customer who has paid ahead. None on overflow.
    pub fn total(self) -> Option<Fen> {
        let held = self.reserved.checked_add(self.unbilled)?.checked_add(self.receivable)?;
        held.checked_sub(self.credited)?.checked_sub(self.received)
    }
}
