//! What quantities are worth: reserved money becomes unbilled money, to the fen.

use crate::money::{Fen, Quantity};

use super::Tally;

/// Where the money of an order's line stands. What is in neither is still reserved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worth {
    /// Signed for and not yet invoiced.
    pub unbilled: Fen,
    /// Given free: the goods came back.
    pub released: Fen,
}

/// What a line's quantities are worth of its amount. Shares are taken of running totals and rounded half up, so that
/// the parts of a line that goes in several deliveries add up to its amount exactly. None on overflow.
pub fn worth(amount: Fen, tally: Tally) -> Option<Worth> {
    let unbilled = share(amount, tally.accepted, tally.ordered)?;
    let settled = share(amount, tally.accepted.checked_add(tally.rejected)?, tally.ordered)?;
    Some(Worth { unbilled, released: Fen(settled.0.checked_sub(unbilled.0)?) })
}

fn share(amount: Fen, part: Quantity, whole: Quantity) -> Option<Fen> {
    if whole == Quantity::ZERO {
        return Some(Fen::ZERO);
    }
    let exact = i128::from(amount.0) * i128::from(part.0) * 2 + i128::from(whole.0);
    i64::try_from(exact.div_euclid(i128::from(whole.0) * 2)).ok().map(Fen)
}

impl Worth {
    /// How this differs from what it was before.
    pub fn since(self, before: Self) -> Self {
        Self {
            unbilled: Fen(self.unbilled.0 - before.unbilled.0),
            released: Fen(self.released.0 - before.released.0),
        }
    }
}
