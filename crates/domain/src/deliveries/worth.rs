//! What quantities are worth: reserved money becomes unbilled money, to the fen.

use crate::money::Fen;

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
    let unbilled = amount.share(tally.accepted, tally.ordered)?;
    let settled = amount.share(tally.accepted.checked_add(tally.rejected)?, tally.ordered)?;
    Some(Worth { unbilled, released: settled.checked_sub(unbilled)? })
}

impl Worth {
    /// How this differs from what it was before. None on overflow.
    pub fn since(self, before: Self) -> Option<Self> {
        Some(Self {
            unbilled: self.unbilled.checked_sub(before.unbilled)?,
            released: self.released.checked_sub(before.released)?,
        })
    }
}
