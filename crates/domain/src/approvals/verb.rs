//! What people may do with a decision, and why not.

use serde::{Deserialize, Serialize};

use super::event::{Target, Word};
use crate::ids::UserId;

/// Somebody does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Yes or no, in every place where it is the person's turn.
    Answer {
        /// Which.
        word: Word,
        /// Why.
        comment: Option<String>,
    },
    /// Gives it back.
    Return {
        /// To whom.
        to: Target,
        /// Why.
        comment: Option<String>,
    },
    /// Hands the turn over for good.
    Transfer {
        /// To whom.
        to: UserId,
        /// Why.
        comment: Option<String>,
    },
    /// Asks somebody for an opinion and gets the turn back.
    Delegate {
        /// Whom.
        to: UserId,
        /// What about.
        comment: Option<String>,
    },
    /// Somebody else has to agree as well.
    AddSigner {
        /// Who.
        to: UserId,
        /// Before the person, or after.
        is_before: bool,
        /// Why.
        comment: Option<String>,
    },
    /// Takes away whom the person has added and who has not answered yet.
    RemoveSigner {
        /// Who.
        user: UserId,
    },
    /// Asks the initiator for more; the clock stands still.
    AskInfo {
        /// What is asked.
        question: Option<String>,
    },
    /// The initiator answers.
    GiveInfo {
        /// What.
        answer: Option<String>,
    },
    /// A remark of anybody who sees it.
    Comment {
        /// What.
        text: Option<String>,
    },
    /// The initiator reminds whose turn it is.
    Remind,
    /// The initiator takes it back; once somebody has decided, asks for consent.
    Withdraw {
        /// Why.
        reason: Option<String>,
    },
    /// Whose turn it is agrees to the withdrawal.
    ConsentToWithdrawal,
    /// Whoever decided last takes it back while nobody has acted since.
    TakeBack,
    /// The initiator hands it in again.
    Resubmit {
        /// What is handed in.
        content_hash: Option<String>,
        /// What has changed.
        comment: Option<String>,
    },
    /// An admin decides over everybody's head.
    Override {
        /// How.
        word: Word,
        /// Why.
        comment: Option<String>,
    },
}

/// Why something may not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Somebody was quicker.
    #[error("it is already decided")]
    AlreadyDecided,
    /// What waited for it went on by itself.
    #[error("nobody needs to decide it any more")]
    Withdrawn,
    /// It is with the initiator.
    #[error("it was given back")]
    GivenBack,
    /// The person has no turn.
    #[error("it is not yours to decide")]
    NotYours,
    /// The person has answered; others have not.
    #[error("you have answered already")]
    AlreadyAnswered,
    /// The person who asked may not answer.
    #[error("nobody decides on their own matter")]
    OwnMatter,
    /// A sentence is needed.
    #[error("say why")]
    CommentMissing,
    /// It was handed in three times.
    #[error("it was handed in three times")]
    RoundsUsedUp,
    /// It never was there, or lies on another way.
    #[error("it cannot be given back to there")]
    TargetUnreachable,
    /// The person is asked already.
    #[error("the person is asked already")]
    AlreadyAsked,
    /// Only somebody the person has added, before they have answered.
    #[error("nobody you have added")]
    NotAdded,
    /// Others have acted since.
    #[error("others have acted since")]
    TooLate,
    /// Four hours have to pass.
    #[error("reminded a short while ago")]
    TooSoon,
    /// Only the initiator may.
    #[error("only who asked may do this")]
    NotInitiator,
    /// It is asked for already.
    #[error("the withdrawal is asked for already")]
    WithdrawalAsked,
    /// It was not given back.
    #[error("it was not given back")]
    NotGivenBack,
    /// Nothing was asked.
    #[error("nothing was asked")]
    NothingAsked,
    /// Nobody could be found who decides.
    #[error("nobody can be found who decides")]
    NobodyToDecide,
    /// The flow never ends.
    #[error("the flow goes round")]
    GoesRound,
    /// The flow leads to nowhere.
    #[error("the flow is broken")]
    FlowBroken,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyDecided => "already_decided",
            Self::Withdrawn => "approval_withdrawn",
            Self::GivenBack => "approval_given_back",
            Self::NotYours => "not_your_todo",
            Self::AlreadyAnswered => "already_answered",
            Self::OwnMatter => "own_matter",
            Self::CommentMissing => "comment_missing",
            Self::RoundsUsedUp => "rounds_used_up",
            Self::TargetUnreachable => "return_target_unreachable",
            Self::AlreadyAsked => "already_asked",
            Self::NotAdded => "not_added_by_you",
            Self::TooLate => "too_late_to_take_back",
            Self::TooSoon => "reminded_recently",
            Self::WithdrawalAsked => "withdrawal_asked",
            Self::NotInitiator => "not_your_request",
            Self::NotGivenBack => "approval_not_given_back",
            Self::NothingAsked => "nothing_asked",
            Self::NobodyToDecide => "nobody_to_decide",
            Self::GoesRound | Self::FlowBroken => "approval_flow_broken",
        }
    }
}
