//! The thresholds and approvers of the order checks: a document that operations edits.

use serde::{Deserialize, Serialize};

use crate::documents::Fault;
use crate::money::{Fen, Percent};
use crate::people::Role;

/// What each check allows, and who may allow more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderChecks {
    /// Exposure with this order against the limit.
    pub credit: CreditRule,
    /// Money that is owed too long.
    pub overdue: OverdueRule,
    /// Goods that come back.
    pub return_rate: ReturnRateRule,
    /// Prices below the floor or above the ceiling.
    pub price: PriceRule,
    /// What is given away without a promotion, or more than it gives.
    pub gift: PlainRule,
    /// Goods that go to another region than their price is for.
    pub diversion: PlainRule,
    /// How long an approval holds.
    pub validity: Validity,
}

/// Who may allow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainRule {
    /// `supervisor`, `regional_director` or `sales_director`.
    pub approver_role: Role,
}

/// Credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditRule {
    /// Who may allow it.
    pub approver_role: Role,
    /// Overruns that are not worth a director's time.
    pub small_overrun: Option<SmallAmount>,
}

/// A small overrun in money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallAmount {
    /// Up to and with this many yuan.
    pub at_most: Fen,
    /// Who may allow it.
    pub approver_role: Role,
}

/// Money that is owed too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverdueRule {
    /// As many days are let pass.
    pub days: i32,
    /// Who may allow more.
    pub approver_role: Role,
}

/// Goods that come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnRateRule {
    /// For customers without a limit of their own; open where absent.
    pub limit_pct: Option<Percent>,
    /// Who may allow more.
    pub approver_role: Role,
    /// What little history is pulled towards; not at all where absent.
    pub smoothing: Option<Smoothing>,
}

/// So many yuan of deliveries at the group's rate are added to every customer's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smoothing {
    /// About one usual order.
    pub weight: Fen,
    /// What comes back in the group.
    pub group_rate_pct: Percent,
}

/// Prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRule {
    /// Who may allow it.
    pub approver_role: Role,
    /// Differences that are not worth a director's time.
    pub small_overrun: Option<SmallShare>,
}

/// A small overrun as a share of the limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallShare {
    /// Up to and with this share.
    pub at_most_pct: Percent,
    /// Who may allow it.
    pub approver_role: Role,
}

/// How long an approval holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// Days after the planned ship date.
    pub days_after_ship: u32,
    /// Hours where no ship date is planned.
    pub hours_without_ship_date: u32,
}

impl Default for OrderChecks {
    fn default() -> Self {
        let approver_role = Role::RegionalDirector;
        let plain = PlainRule { approver_role };
        Self {
            credit: CreditRule { approver_role, small_overrun: None },
            overdue: OverdueRule { days: 0, approver_role },
            return_rate: ReturnRateRule { limit_pct: None, approver_role, smoothing: None },
            price: PriceRule { approver_role, small_overrun: None },
            gift: plain.clone(),
            diversion: plain,
            validity: Validity { days_after_ship: 1, hours_without_ship_date: 72 },
        }
    }
}

impl OrderChecks {
    /// Everything that cannot hold, each with where it stands.
    pub fn check(&self) -> Vec<Fault> {
        let small_credit = self.credit.small_overrun.as_ref();
        let small_price = self.price.small_overrun.as_ref();
        let approvers = [
            ("/credit/approver_role", Some(self.credit.approver_role)),
            ("/credit/small_overrun/approver_role", small_credit.map(|it| it.approver_role)),
            ("/overdue/approver_role", Some(self.overdue.approver_role)),
            ("/return_rate/approver_role", Some(self.return_rate.approver_role)),
            ("/price/approver_role", Some(self.price.approver_role)),
            ("/price/small_overrun/approver_role", small_price.map(|it| it.approver_role)),
            ("/gift/approver_role", Some(self.gift.approver_role)),
            ("/diversion/approver_role", Some(self.diversion.approver_role)),
        ];
        let may = [Role::Supervisor, Role::RegionalDirector, Role::SalesDirector];
        let wrong = approvers.into_iter().filter(|(_, role)| role.is_some_and(|role| !may.contains(&role)));
        let mut faults: Vec<Fault> =
            wrong.map(|(pointer, _)| Fault::new(pointer, "approver_cannot_decide")).collect();
        let shares = [
            ("/return_rate/limit_pct", self.return_rate.limit_pct),
            (
                "/return_rate/smoothing/group_rate_pct",
                self.return_rate.smoothing.as_ref().map(|it| it.group_rate_pct),
            ),
            ("/price/small_overrun/at_most_pct", small_price.map(|it| it.at_most_pct)),
        ];
        let is_share = |share: Percent| (Percent::ZERO..=Percent::WHOLE).contains(&share);
        let wrong = shares.into_iter().filter(|(_, share)| share.is_some_and(|share| !is_share(share)));
        faults.extend(wrong.map(|(pointer, _)| Fault::new(pointer, "out_of_range")));
        let amounts = [
            ("/credit/small_overrun/at_most", small_credit.map(|it| it.at_most)),
            ("/return_rate/smoothing/weight", self.return_rate.smoothing.as_ref().map(|it| it.weight)),
        ];
        let wrong = amounts.into_iter().filter(|(_, amount)| amount.is_some_and(|amount| amount < Fen::ZERO));
        faults.extend(wrong.map(|(pointer, _)| Fault::new(pointer, "out_of_range")));
        faults.extend(self.check_times());
        faults
    }

    fn check_times(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !(0..=3650).contains(&self.overdue.days) {
            faults.push(Fault::new("/overdue/days", "out_of_range"));
        }
        if self.validity.days_after_ship > 30 {
            faults.push(Fault::new("/validity/days_after_ship", "out_of_range"));
        }
        if !(1..=720).contains(&self.validity.hours_without_ship_date) {
            faults.push(Fault::new("/validity/hours_without_ship_date", "out_of_range"));
        }
        faults
    }
}
