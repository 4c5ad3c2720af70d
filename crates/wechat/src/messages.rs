//! The mini-program's only own push: the subscribe message (订阅消息).
//!
//! Every accept of the user in `wx.requestSubscribeMessage` allows one message
//! of that template. No call tells how many are left: the sender counts.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// One message to one user. Its Debug shows neither the user nor the text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeMessage {
    /// Who gets it.
    pub openid: String,
    /// Which template; the user accepted messages of this one.
    pub template_id: String,
    /// Where a tap leads, without a leading slash. Without it the card is dead.
    pub page: Option<String>,
    /// Every key of the template (`thing1`) with its text, which
    /// [`crate::field::format`] makes fit.
    pub data: BTreeMap<String, String>,
}

impl fmt::Debug for SubscribeMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscribeMessage").field("template_id", &self.template_id).finish_non_exhaustive()
    }
}
