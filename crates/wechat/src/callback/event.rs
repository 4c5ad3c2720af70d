use crate::Suggestion;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The user answered a prompt for messages: every accept allows one.
    SubscribePopup(Vec<Answered>),
    /// The user took accepts back, in the mini-program's options.
    SubscribeChange(Vec<Answered>),
    /// What became of messages that were accepted.
    SubscribeSent(Vec<SentResult>),
    /// A verdict on a file that was to be checked.
    MediaCheck(MediaVerdict),
    /// What became of a service account's message.
    TemplateSendFinished { msgid: String, status: String },
    /// Somebody follows the service account.
    Subscribe,
    /// Somebody no longer follows it.
    Unsubscribe,
    /// Whatever else, by WeChat's name for it.
    Other(String),
}

/// A user's word on one template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub template_id: String,
    pub is_accepted: bool,
}

/// The end of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentResult {
    pub template_id: String,
    pub msgid: String,
    /// 0 when it arrived.
    pub errcode: i64,
    pub status: String,
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaVerdict {
    pub trace_id: String,
    /// 0, or why the file could not be judged.
    pub errcode: i64,
    /// None when it could not be judged.
    pub suggestion: Option<Suggestion>,
    pub label: Option<i64>,
}
