//! What is asked of the platform, read from the bytes of a request.

use std::collections::BTreeMap;

use serde_json::Value;

use super::event::Event;
use crate::{OfficialMessage, Request, SubscribeMessage, paths};

/// One call. Nothing from outside WeChat's own calls has a path.
pub(super) struct Call {
    pub(super) path: Option<&'static str>,
    pub(super) token: Option<String>,
    pub(super) ask: Ask,
}

pub(super) enum Ask {
    Login {
        app_id: String,
        secret: String,
        code: String,
    },
    Token {
        app_id: String,
        secret: String,
        way: Way,
    },
    Phone {
        code: String,
    },
    CheckSession {
        openid: String,
        signature: String,
    },
    Send(SubscribeMessage),
    Templates,
    OfficialSend(OfficialMessage),
    Follower {
        openid: String,
    },
    CheckText {
        openid: String,
        content: String,
    },
    CheckMedia {
        openid: String,
    },
    CodeImage {
        scene: String,
        page: Option<String>,
        check_path: bool,
    },
    UrlLink,
    WeComSend {
        users: Vec<String>,
        page: Option<String>,
        data: BTreeMap<String, String>,
    },
    WeComUser {
        mobile: String,
    },
    Robot {
        key: String,
        text: String,
    },
    /// A call that cannot be read, with WeChat's word for that.
    Malformed(i64),
    /// From outside WeChat's own calls: a tap, a fault, a reset.
    Record(Event),
    /// What time it is on the platform.
    Now,
}

/// The ways to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    Stable,
    Forced,
    /// `/cgi-bin/token`: every call makes another one.
    Old,
    #[serde(rename = "wecom")]
    WeCom,
}

impl Call {
    /// None for a path nobody serves.
    pub(super) fn read(request: &Request) -> Option<Self> {
        let path = PATHS.iter().copied().find(|path| *path == request.path)?;
        let body = match request.body.as_slice() {
            [] => Some(Value::Null),
            bytes => serde_json::from_slice(bytes).ok(),
        };
        let ask = match body {
            Some(body) => ask(path, &Given { request, body: &body }),
            None => Ask::Malformed(47001),
        };
        let token = request.parameter("access_token").map(str::to_owned);
        Some(Self { path: Some(path), token, ask })
    }

    /// Whether it is refused without a token.
    pub(super) fn needs_token(&self) -> bool {
        let needs_none = matches!(
            self.ask,
            Ask::Login { .. } | Ask::Token { .. } | Ask::Robot { .. } | Ask::Record(_) | Ask::Now
        );
        !needs_none
    }
}

const PATHS: [&str; 17] = [
    paths::SEND,
    paths::TOKEN,
    paths::LOGIN,
    paths::PHONE,
    paths::CHECK_SESSION,
    paths::OLD_TOKEN,
    paths::TEMPLATES,
    paths::TEMPLATE_SEND,
    paths::FOLLOWER,
    paths::CHECK_TEXT,
    paths::CHECK_MEDIA,
    paths::CODE_IMAGE,
    paths::URL_LINK,
    paths::WECOM_TOKEN,
    paths::WECOM_SEND,
    paths::WECOM_USER,
    paths::ROBOT_SEND,
];

struct Given<'a> {
    request: &'a Request,
    body: &'a Value,
}

fn ask(path: &str, given: &Given<'_>) -> Ask {
    match path {
        paths::LOGIN => Ask::Login {
            app_id: given.query("appid"),
            secret: given.query("secret"),
            code: given.query("js_code"),
        },
        paths::TOKEN => {
            let is_forced = given.body["force_refresh"] == Value::Bool(true);
            let way = if is_forced { Way::Forced } else { Way::Stable };
            Ask::Token { app_id: given.text("appid"), secret: given.text("secret"), way }
        }
        paths::OLD_TOKEN => {
            Ask::Token { app_id: given.query("appid"), secret: given.query("secret"), way: Way::Old }
        }
        paths::WECOM_TOKEN => {
            Ask::Token { app_id: given.query("corpid"), secret: given.query("corpsecret"), way: Way::WeCom }
        }
        paths::PHONE => Ask::Phone { code: given.text("code") },
        paths::CHECK_SESSION => {
            Ask::CheckSession { openid: given.query("openid"), signature: given.query("signature") }
        }
        paths::SEND => given.values().map_or(Ask::Malformed(47003), |data| {
            Ask::Send(SubscribeMessage {
                openid: given.text("touser"),
                template_id: given.text("template_id"),
                page: given.optional("page"),
                data,
            })
        }),
        paths::TEMPLATES => Ask::Templates,
        paths::TEMPLATE_SEND => given.values().map_or(Ask::Malformed(47003), |data| {
            Ask::OfficialSend(OfficialMessage {
                openid: given.text("touser"),
                template_id: given.text("template_id"),
                page: given.body["miniprogram"]["pagepath"].as_str().map(str::to_owned),
                data,
                client_msg_id: given.text("client_msg_id"),
            })
        }),
        paths::FOLLOWER => Ask::Follower { openid: given.query("openid") },
        _ => ask_more(path, given),
    }
}

fn ask_more(path: &str, given: &Given<'_>) -> Ask {
    match path {
        paths::CHECK_TEXT => Ask::CheckText { openid: given.text("openid"), content: given.text("content") },
        paths::CHECK_MEDIA => Ask::CheckMedia { openid: given.text("openid") },
        paths::CODE_IMAGE => Ask::CodeImage {
            scene: given.text("scene"),
            page: given.optional("page"),
            check_path: given.body["check_path"] != Value::Bool(false),
        },
        paths::URL_LINK => Ask::UrlLink,
        paths::WECOM_SEND => {
            let is_card = given.body["msgtype"] == "textcard";
            let content = &given.body[if is_card { "textcard" } else { "miniprogram_notice" }];
            let items = content["content_item"].as_array().into_iter().flatten();
            let items = items.map(|item| (text_of(&item["key"]), text_of(&item["value"])));
            let named = ["title", "description", "url"].map(|key| (key.to_owned(), text_of(&content[key])));
            Ask::WeComSend {
                users: given
                    .text("touser")
                    .split('|')
                    .filter(|it| !it.is_empty())
                    .map(str::to_owned)
                    .collect(),
                page: content["page"].as_str().map(str::to_owned),
                data: named.into_iter().chain(items).filter(|(_, value)| !value.is_empty()).collect(),
            }
        }
        paths::WECOM_USER => Ask::WeComUser { mobile: given.text("mobile") },
        _ => {
            let text = ["text", "markdown"].map(|kind| text_of(&given.body[kind]["content"])).concat();
            Ask::Robot { key: given.query("key"), text }
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Given<'_> {
    fn query(&self, name: &str) -> String {
        self.request.parameter(name).unwrap_or_default().to_owned()
    }

    fn text(&self, name: &str) -> String {
        text_of(&self.body[name])
    }

    fn optional(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }

    /// The fields of a template; none when they are not an object of objects,
    /// such as a text that holds JSON.
    fn values(&self) -> Option<BTreeMap<String, String>> {
        let fields = self.body["data"].as_object()?;
        fields.iter().map(|(key, field)| Some((key.clone(), field["value"].as_str()?.to_owned()))).collect()
    }
}
