//! WeChat's own names for its calls.

// Mini-program and official account.
pub(crate) const LOGIN: &str = "/sns/jscode2session";
pub(crate) const CHECK_SESSION: &str = "/wxa/checksession";
pub(crate) const PHONE: &str = "/wxa/business/getuserphonenumber";
pub(crate) const SEND: &str = "/cgi-bin/message/subscribe/send";
pub(crate) const TEMPLATES: &str = "/wxaapi/newtmpl/gettemplate";
pub(crate) const TOKEN: &str = "/cgi-bin/stable_token";
pub(crate) const OLD_TOKEN: &str = "/cgi-bin/token";
pub(crate) const TEMPLATE_SEND: &str = "/cgi-bin/message/template/send";
pub(crate) const FOLLOWER: &str = "/cgi-bin/user/info";
pub(crate) const CHECK_TEXT: &str = "/wxa/msg_sec_check";
pub(crate) const CHECK_MEDIA: &str = "/wxa/media_check_async";
pub(crate) const CODE_IMAGE: &str = "/wxa/getwxacodeunlimit";
pub(crate) const URL_LINK: &str = "/wxa/generate_urllink";

// WeCom.
pub(crate) const WECOM_TOKEN: &str = "/cgi-bin/gettoken";
pub(crate) const WECOM_SEND: &str = "/cgi-bin/message/send";
pub(crate) const WECOM_USER: &str = "/cgi-bin/user/getuserid";
pub(crate) const ROBOT_SEND: &str = "/cgi-bin/webhook/send";
