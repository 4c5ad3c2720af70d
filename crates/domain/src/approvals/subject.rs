//! What a decision is about, and what its verdict needs to know of it.

use serde::Deserialize;
use uuid::Uuid;

use crate::evidence::Verdict;
use crate::ids::{AttemptId, CustomerId, DeliveryId, EvidenceId, OrderId, RequestId, VisitId};

names! {
    /// The kinds of things that decisions are about.
    pub enum SubjectKind {
        /// A store's point that would move far.
        Customer = "customer",
        /// An attempt at a delivery.
        Delivery = "delivery",
        /// A record of evidence for an opportunity.
        Evidence = "evidence",
        /// An order over a limit.
        Order = "order",
        /// Whatever somebody asks for in their own words.
        Request = "request",
        /// A check-in that a person looks at.
        Visit = "visit",
    }
}

/// What a decision is about. Whoever locks, resumes or names it answers for each: a new one compiles only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A store's point that would move far.
    Customer(CustomerId),
    /// An attempt at a delivery.
    Delivery(DeliveryId),
    /// A record of evidence for an opportunity.
    Evidence(EvidenceId),
    /// An order over a limit.
    Order(OrderId),
    /// Whatever somebody asks for in their own words.
    Request(RequestId),
    /// A check-in that a person looks at.
    Visit(VisitId),
}

impl Subject {
    /// The subject of that kind and id.
    pub fn of(kind: SubjectKind, id: Uuid) -> Self {
        match kind {
            SubjectKind::Customer => Self::Customer(CustomerId(id)),
            SubjectKind::Delivery => Self::Delivery(DeliveryId(id)),
            SubjectKind::Evidence => Self::Evidence(EvidenceId(id)),
            SubjectKind::Order => Self::Order(OrderId(id)),
            SubjectKind::Request => Self::Request(RequestId(id)),
            SubjectKind::Visit => Self::Visit(VisitId(id)),
        }
    }

    /// Which kind it is of, without its id.
    pub fn kind(self) -> SubjectKind {
        match self {
            Self::Customer(_) => SubjectKind::Customer,
            Self::Delivery(_) => SubjectKind::Delivery,
            Self::Evidence(_) => SubjectKind::Evidence,
            Self::Order(_) => SubjectKind::Order,
            Self::Request(_) => SubjectKind::Request,
            Self::Visit(_) => SubjectKind::Visit,
        }
    }

    /// Its id, whatever it is.
    pub fn id(self) -> Uuid {
        match self {
            Self::Customer(CustomerId(id))
            | Self::Delivery(DeliveryId(id))
            | Self::Evidence(EvidenceId(id))
            | Self::Order(OrderId(id))
            | Self::Request(RequestId(id))
            | Self::Visit(VisitId(id)) => id,
        }
    }
}

/// What a verdict on evidence needs of the facts that its decider saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ReviewFacts {
    /// What the machine said.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// Which of several attempts at a delivery it is about.
    #[serde(default)]
    pub attempt_id: Option<AttemptId>,
    /// Does logistics ask that a delivery be completed without its locks?
    #[serde(default, rename = "override")]
    pub asks_for_override: bool,
}

impl ReviewFacts {
    /// Does approving override a machine's `reject`? Then the decider says why.
    pub fn is_override(self) -> bool {
        self.asks_for_override || self.verdict == Some(Verdict::Reject)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn every_kind_of_subject_has_one_subject_and_one_id() {
        for kind in SubjectKind::ALL {
            let subject = Subject::of(kind, Uuid::max());
            assert_eq!((subject.kind(), subject.id()), (kind, Uuid::max()));
        }
    }

    #[test]
    fn approving_what_a_machine_rejected_is_an_override_and_so_is_what_logistics_asks() {
        let check =
            |facts, expected| assert_eq!(from_value::<ReviewFacts>(facts).unwrap().is_override(), expected);
        check(json!({"verdict": "reject"}), true);
        check(json!({"verdict": "review", "override": true}), true);
        check(json!({"verdict": "review", "distance_m": 12}), false);
        check(json!({"total": "1280.50"}), false);
    }
}
