//! From stage to stage.

use std::collections::{BTreeMap, BTreeSet};

use super::Status;
use crate::actions::{LOST, Stage, Stages, WON};
use crate::evidence::kinds::{Kinds, Need};

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is won or lost.
    #[error("the opportunity is closed; reopen it first")]
    Closed,
    /// It is neither.
    #[error("the opportunity is open")]
    NotClosed,
    /// The stages do not know it.
    #[error("there is no such stage")]
    StageUnknown,
    /// It stands there.
    #[error("the opportunity stands in this stage")]
    SameStage,
    /// Losing takes a reason.
    #[error("an opportunity is lost with a reason")]
    LoseInstead,
    /// Not a reason of the list.
    #[error("there is no such reason")]
    ReasonUnknown,
}

impl Refusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "opportunity_closed",
            Self::NotClosed => "opportunity_open",
            Self::StageUnknown => "stage_unknown",
            Self::SameStage => "stage_same",
            Self::LoseInstead => "lose_instead",
            Self::ReasonUnknown => "reason_unknown",
        }
    }

    /// The field that is wrong, as a JSON pointer; none where the state does not allow it.
    pub fn pointer(self) -> Option<&'static str> {
        match self {
            Self::StageUnknown | Self::LoseInstead => Some("/to_stage"),
            Self::ReasonUnknown => Some("/reason"),
            Self::Closed | Self::NotClosed | Self::SameStage => None,
        }
    }
}

/// A move that the stages allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into the last of these, through the others.
    Forward(Vec<&'a Stage>),
    /// Back to it, which asks for nothing.
    Back(&'a Stage),
}

/// How to get from the current stage to `to`.
pub fn step<'a>(stages: &'a Stages, status: Status, from: &str, to: &str) -> Result<Step<'a>, Refusal> {
    if status != Status::Open {
        return Err(Refusal::Closed);
    }
    if to == LOST {
        return Err(Refusal::LoseInstead);
    }
    let place = |code: &str| stages.opportunity.iter().position(|stage| stage.code == code);
    let target = place(to).ok_or(Refusal::StageUnknown)?;
    // A stage that the document does not know any more stands before all of them.
    let first = place(from).map_or(0, |current| current + 1);
    match place(from) {
        Some(current) if current == target => Err(Refusal::SameStage),
        Some(current) if current > target => Ok(Step::Back(&stages.opportunity[target])),
        _ => {
            let through = stages.opportunity[first..=target].iter().filter(|stage| stage.code != LOST);
            Ok(Step::Forward(through.collect()))
        }
    }
}

/// The status that standing in a stage means.
impl Status {
    /// Won in the last stage, lost in the other end, open in all others.
    pub fn in_stage(code: &str) -> Self {
        match code {
            WON => Self::Won,
            LOST => Self::Lost,
            _ => Self::Open,
        }
    }
}

/// May it be lost for this reason?
pub fn lose(stages: &Stages, status: Status, reason: &str) -> Result<(), Refusal> {
    if status != Status::Open {
        return Err(Refusal::Closed);
    }
    let is_known = stages.lost_reasons.iter().any(|choice| choice.code == reason);
    if is_known { Ok(()) } else { Err(Refusal::ReasonUnknown) }
}

/// Where a closed one goes on: where it stood before, else at the beginning.
pub fn reopen<'a>(stages: &'a Stages, status: Status, before: Option<&str>) -> Result<&'a Stage, Refusal> {
    if status == Status::Open {
        return Err(Refusal::NotClosed);
    }
    let known = before.and_then(|code| stages.find(true, code));
    let open = known.filter(|stage| Status::in_stage(&stage.code) == Status::Open);
    open.or(stages.opportunity.first()).ok_or(Refusal::StageUnknown)
}

/// A kind of evidence that a stage lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The code of the stage.
    pub stage: String,
    /// The code of the kind.
    pub kind: String,
    /// The kind as people read it.
    pub label: String,
    /// Kinds that would do in its place.
    pub alternatives: Vec<String>,
    /// What the best record of it lacks; all that the kind asks for where there is none.
    pub needs: Vec<Need>,
}

/// What entering these stages lacks. `recorded` holds, for each kind, what its best record lacks: nothing when it
/// stands.
pub fn missing(stages: &[&Stage], kinds: &Kinds, recorded: &BTreeMap<String, Vec<Need>>) -> Vec<Missing> {
    let standing: BTreeSet<String> =
        recorded.iter().filter(|(_, needs)| needs.is_empty()).map(|(kind, _)| kind.clone()).collect();
    let mut missing = Vec::new();
    for stage in stages {
        for lacking in stage.unit.iter().flat_map(|unit| unit.lacking(&standing)) {
            let kind = kinds.find(&lacking.kind);
            let needs = recorded.get(&lacking.kind).cloned();
            missing.push(Missing {
                stage: stage.code.clone(),
                label: kind.map_or_else(|| lacking.kind.clone(), |kind| kind.label.clone()),
                needs: needs.or(kind.map(|kind| kind.needs(&Default::default()))).unwrap_or_default(),
                kind: lacking.kind,
                alternatives: lacking.alternatives,
            });
        }
    }
    missing
}

/// The first stage on the way to the current one that names `kind` and is not met by what stands.
pub fn unmet<'a>(
    stages: &'a Stages,
    current: &str,
    kind: &str,
    standing: &BTreeSet<String>,
) -> Option<&'a Stage> {
    let last = stages.opportunity.iter().position(|stage| stage.code == current)?;
    stages.opportunity[..=last].iter().find(|stage| {
        let unit = stage.unit.as_ref();
        unit.is_some_and(|unit| unit.names(kind) && !unit.lacking(standing).is_empty())
    })
}
