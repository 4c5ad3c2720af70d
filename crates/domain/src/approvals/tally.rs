//! Whether enough people of a node have agreed, or so many refused that it cannot be reached any more.

use std::collections::BTreeMap;

use super::flow::{Approval, Refusing, Rule};
use super::seat::{Seat, SeatStatus};
use super::state::Task;

/// How a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// More answers are needed.
    Pending,
    /// Enough agreed.
    Approved,
    /// Refused.
    Rejected,
}

/// Votes by how much they count.
#[derive(Clone, Copy, Debug, Default)]
struct Votes {
    all: u64,
    yes: u64,
    no: u64,
}

impl Votes {
    fn count(&mut self, seat: &Seat, weight: u64) {
        self.all += weight;
        match seat.status {
            SeatStatus::Approved => self.yes += weight,
            SeatStatus::Rejected => self.no += weight,
            _ => {}
        }
    }

    /// At least `needed` agree; refused once that cannot come any more.
    fn reaches(self, needed: u64) -> Tally {
        let needed = needed.min(self.all);
        if self.yes >= needed {
            Tally::Approved
        } else if self.all - self.no < needed {
            Tally::Rejected
        } else {
            Tally::Pending
        }
    }
}

/// How the node stands. Whoever was added by hand has to agree as well, and may refuse.
pub fn tally(node: &Approval, task: &Task) -> Tally {
    let added: Vec<&Seat> = task.seats.iter().filter(|seat| seat.is_added()).collect();
    if added.iter().any(|seat| seat.status == SeatStatus::Rejected) {
        return Tally::Rejected;
    }
    let of_the_rule = by_rule(node, task);
    if of_the_rule == Tally::Approved && added.iter().any(|seat| seat.status.is_waited_for()) {
        return Tally::Pending;
    }
    of_the_rule
}

fn by_rule(node: &Approval, task: &Task) -> Tally {
    let seats = || task.seats.iter().filter(|seat| seat.is_of_the_rule());
    let mut votes = Votes::default();
    seats().for_each(|seat| votes.count(seat, 1));
    match &node.rule {
        Rule::Sequential | Rule::All => votes.reaches(votes.all),
        Rule::AnyOf if votes.yes > 0 => Tally::Approved,
        Rule::AnyOf => {
            let is_refused = match node.refusal {
                Refusing::Veto => votes.no > 0,
                Refusing::Majority => votes.no * 2 > votes.all,
                Refusing::All => votes.no == votes.all,
            };
            if is_refused { Tally::Rejected } else { Tally::Pending }
        }
        // The share of people, rounded up: two thirds of four are three.
        Rule::Ratio { percent } => votes.reaches((votes.all * u64::from(*percent)).div_ceil(100).max(1)),
        Rule::Weighted { pass } => {
            let mut weights = Votes::default();
            seats().for_each(|seat| weights.count(seat, u64::from(seat.weight)));
            weights.reaches(u64::from(*pass))
        }
        Rule::PerGroup { quorum } => per_group(quorum, seats()),
    }
}

fn per_group<'a>(quorum: &BTreeMap<String, u32>, seats: impl Iterator<Item = &'a Seat>) -> Tally {
    let mut groups: BTreeMap<&str, Votes> = BTreeMap::new();
    for seat in seats {
        groups.entry(seat.group.as_deref().unwrap_or_default()).or_default().count(seat, 1);
    }
    let each = quorum
        .iter()
        .filter_map(|(group, n)| groups.get(group.as_str()).map(|votes| votes.reaches(u64::from(*n))));
    let each: Vec<Tally> = each.collect();
    if each.contains(&Tally::Rejected) {
        Tally::Rejected
    } else if each.iter().all(|it| *it == Tally::Approved) {
        Tally::Approved
    } else {
        Tally::Pending
    }
}
