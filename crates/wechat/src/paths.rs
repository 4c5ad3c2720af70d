//! WeChat's own names for its calls.

pub(crate) const LOGIN: &str = "/sns/jscode2session";
pub(crate) const PHONE: &str = "/wxa/business/getuserphonenumber";
pub(crate) const SEND: &str = "/cgi-bin/message/subscribe/send";
pub(crate) const TOKEN: &str = "/cgi-bin/stable_token";
