//! What WeChat is: who a phone's user is, the messages a mini-program may
//! send, and the faults both can have.
//!
//! [`WeChat`] has two real implementations. [`live::Live`] speaks to
//! `api.weixin.qq.com`; [`simulated::Simulated`] plays the platform from a file
//! which all processes of one machine share, and is the embedded default.
//!
//! A [`Fault`] says whether the call may be made again: WeChat has no message
//! id of ours, so it never recognises a second copy of a message.
//!
//! What is absent: who may be told what, and how often. This crate sends what
//! it is given.

pub mod fault;
pub mod field;
pub mod live;
pub mod messages;
pub mod photo;
pub mod simulated;

mod login;
mod paths;

use async_trait::async_trait;

pub use fault::{Class, Fault};
pub use login::LoginSession;
pub use messages::SubscribeMessage;

/// The calls a mini-program's server makes.
#[async_trait]
pub trait WeChat: Send + Sync + 'static {
    /// Who logged in, for the code `wx.login` gave the phone.
    async fn code_to_session(&self, code: &str) -> Result<LoginSession, Fault>;

    /// The number behind a phone code, without the country. WeChat checks that
    /// the code belongs to `openid`: a stolen one binds nobody's number.
    async fn phone_number(&self, phone_code: &str, openid: &str) -> Result<String, Fault>;

    /// Sends one message and spends one of the user's accepts for its template.
    /// Answers WeChat's message id, when it gives one.
    async fn send_subscribe(&self, message: &SubscribeMessage) -> Result<Option<String>, Fault>;

    /// Whether WeChat accepts our credentials, as a sentence for an operator.
    async fn check(&self) -> Result<String, Fault>;
}
