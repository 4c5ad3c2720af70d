//! What WeChat is: who a phone's user is, the messages it carries for us, what
//! it pushes to us, and the faults all of that can have.
//!
//! [`WeChat`] is one client over a [`Transport`]. There are two: [`Http`]
//! speaks to `api.weixin.qq.com`; [`simulated::Simulator`] plays the platform
//! from a file which all processes of one machine share, and is the embedded
//! default. Both carry the same bytes.
//!
//! A [`Fault`] says whether the call may be made again: WeChat has no message
//! id of ours, so it never recognises a second copy of a subscribe message.
//!
//! What is absent: who may be told what, and how often. This crate sends what
//! it is given.

mod beijing;
pub mod callback;
mod client;
mod config;
pub mod crypto;
pub mod fault;
pub mod field;
mod paths;
pub mod photo;
pub mod simulated;
mod tokens;
mod transport;

pub use client::{
    WeChat,
    codes::{CodeImage, Link, Release},
    login::LoginSession,
    messages::{SubscribeMessage, Template, TemplateField, TemplateKind},
    official::{Follower, OfficialAccount, OfficialMessage},
    robot::{Robot, RobotText},
    safety::{Media, Scene, Suggestion, TextCheck, Verdict},
    wecom::{Card, NotReached, WeCom, WeComNotice},
};
pub use config::{Config, Credentials};
pub use fault::{Class, Fault};
pub use tokens::{InMemory, Record, TokenStore};
pub use transport::{Broken, Host, Hosts, Http, Method, Request, Response, Transport};
