//! Whatever happens at a stop, in whatever order, no quantity and no fen is lost or doubled.

use proptest::prelude::*;

use super::*;
use crate::money::Fen;

/// What may happen to the one delivery of an order that is under way, or to the one signed last.
#[derive(Clone, Debug)]
enum Happening {
    Load,
    Depart,
    Arrive,
    SignOff(Vec<i64>, bool),
    Fail,
    Reopen,
    Correct(Vec<i64>),
    SendTheRest,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let percents = || prop::collection::vec(0..=100_i64, 3);
    let one = prop_oneof![
        Just(Happening::Load),
        Just(Happening::Depart),
        Just(Happening::Arrive),
        (percents(), any::<bool>())
            .prop_map(|(percents, is_believed)| Happening::SignOff(percents, is_believed)),
        Just(Happening::Fail),
        Just(Happening::Reopen),
        percents().prop_map(Happening::Correct),
        Just(Happening::SendTheRest),
    ];
    prop::collection::vec(one, 0..40)
}

/// An order of three lines with its deliveries, kept as the product keeps it: by differences.
struct Order {
    amounts: [Fen; 3],
    tallies: [Tally; 3],
    booked: [Worth; 3],
    status: Status,
    sent: [i64; 3],
    signed: Option<Vec<Handed>>,
}

impl Order {
    fn handed(&self, percents: &[i64]) -> Vec<Handed> {
        let line = |(place, sent): (usize, i64)| {
            let accepted = sent * percents[place] / 100;
            handed(place as u128, accepted, sent - accepted, Some("破损"))
        };
        self.sent.into_iter().enumerate().filter(|(_, sent)| *sent > 0).map(line).collect()
    }

    fn due(&self) -> Vec<Due> {
        let all = self.sent.into_iter().enumerate().filter(|(_, sent)| *sent > 0);
        all.map(|(place, sent)| due(place as u128, sent)).collect()
    }

    /// Moves from one version of the delivery's lines to the next.
    fn write_back(&mut self, before: &[Handed], after: &[Handed]) {
        for (place, tally) in self.tallies.iter_mut().enumerate() {
            let of = |lines: &[Handed]| {
                let own = lines.iter().find(|it| it.line == line(place as u128));
                own.map_or((0, 0), |it| (it.accepted.0, it.rejected.0))
            };
            let was = worth(self.amounts[place], *tally).unwrap();
            tally.accepted.0 += of(after).0 - of(before).0;
            tally.rejected.0 += of(after).1 - of(before).1;
            let gained = worth(self.amounts[place], *tally).unwrap().since(was).unwrap();
            self.booked[place].unbilled.0 += gained.unbilled.0;
            self.booked[place].released.0 += gained.released.0;
        }
    }

    fn happen(&mut self, happening: &Happening) {
        let step = match happening {
            Happening::Load => Step::Load,
            Happening::Depart => Step::Depart,
            Happening::Arrive => Step::Arrive,
            Happening::Fail => Step::Fail,
            Happening::Reopen => Step::Reopen,
            Happening::SignOff(percents, is_believed) => return self.sign_off(percents, *is_believed),
            Happening::Correct(percents) => return self.correct(percents),
            Happening::SendTheRest => return self.send_the_rest(),
        };
        let Ok(status) = self.status.after(step) else { return };
        if let (Step::Reopen, Some(signed)) = (step, self.signed.take()) {
            self.write_back(&signed, &[]);
        }
        self.status = status;
    }

    fn sign_off(&mut self, percents: &[i64], is_believed: bool) {
        let after = self.handed(percents);
        if check_parts(self.status, "王店长", &BOTH, &self.due(), &after).is_err() {
            return;
        }
        let reasons = if is_believed { vec![] } else { vec![Reason::FarAway] };
        let decided = super::super::sign_off(self.status, &Judgement::of(reasons, None), &after);
        if let Some(completion) = decided.completion {
            self.write_back(&[], &after);
            self.status = completion.status();
            self.signed = Some(after);
        }
    }

    fn correct(&mut self, percents: &[i64]) {
        let (Some(before), after, now) = (self.signed.clone(), self.handed(percents), DateTime::UNIX_EPOCH)
        else {
            return;
        };
        let standing = (self.status, Some(now));
        if check_correction(standing, &self.due(), (&before, &after), "数错了", now).is_ok() {
            self.write_back(&before, &after);
            self.status = closed_status(&after);
            self.signed = Some(after);
        }
    }

    fn send_the_rest(&mut self) {
        let rest = self.tallies.map(|it| it.open().0);
        if !self.status.is_open() && rest.iter().any(|it| *it > 0) {
            (self.status, self.sent, self.signed) = (Status::Planned, rest, None);
        }
    }
}

proptest! {
    #[test]
    fn no_quantity_and_no_fen_is_lost_or_doubled(
        quantities in prop::array::uniform3(1..50_000_i64),
        amounts in prop::array::uniform3(0..10_000_000_i64),
        part in prop::array::uniform3(0..=100_i64),
        happenings in happenings(),
    ) {
        let tally = |n| Tally { ordered: Quantity(n), accepted: Quantity::ZERO, rejected: Quantity::ZERO };
        let mut order = Order {
            amounts: amounts.map(Fen),
            tallies: quantities.map(tally),
            booked: [Worth::default(); 3],
            status: Status::Planned,
            sent: std::array::from_fn(|place| quantities[place] * part[place] / 100),
            signed: None,
        };
        for happening in &happenings {
            order.happen(happening);
            for (place, tally) in order.tallies.iter().enumerate() {
                prop_assert!(tally.accepted.0 >= 0 && tally.rejected.0 >= 0 && tally.open().0 >= 0);
                prop_assert_eq!(tally.accepted.0 + tally.rejected.0 + tally.open().0, quantities[place]);
                let booked = order.booked[place];
                prop_assert_eq!(booked, worth(order.amounts[place], *tally).unwrap());
                prop_assert!(booked.unbilled.0 >= 0 && booked.released.0 >= 0);
                let settled = booked.unbilled.0 + booked.released.0;
                prop_assert!(settled <= amounts[place]);
                prop_assert_eq!(tally.open() == Quantity::ZERO && settled != amounts[place], false);
            }
        }
    }
}
