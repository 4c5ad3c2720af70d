//! Ways into the mini-program from outside: a printed code, a link in a text.

use serde::Deserialize;
use serde_json::json;

use super::{
    Call, WeChat,
    answer::{self, Unread},
};
use crate::{Fault, Response, paths};

/// Which version of the mini-program is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    Develop,
    Trial,
    Formal,
}

/// A code to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeImage<'a> {
    /// 1 to 32 characters of `0-9A-Za-z!#$&'()*+,/:;=?@-._~`.
    pub scene: &'a str,
    /// Without a leading slash or a query; the first page when absent.
    pub page: Option<&'a str>,
    /// Whether the page must be released already.
    pub check_path: bool,
    pub release: Release,
    /// 280 to 1280 pixels.
    pub width: u32,
}

/// A link to put into a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    pub path: &'a str,
    pub query: &'a str,
    pub release: Release,
    /// 1 to 30.
    pub days: u32,
}

impl WeChat {
    /// The picture of a code, of which there may be any number: its bytes.
    pub async fn code_image(&self, code: CodeImage<'_>) -> Result<Vec<u8>, Fault> {
        let mut body = json!({
            "scene": code.scene,
            "check_path": code.check_path,
            "env_version": code.release.name(),
            "width": code.width,
        });
        if let Some(page) = code.page {
            body["page"] = json!(page);
        }
        self.ask_as(&self.0.mini_program, Call::post(paths::CODE_IMAGE, &body), picture).await
    }

    /// A link that opens the mini-program from outside WeChat.
    pub async fn url_link(&self, link: Link<'_>) -> Result<String, Fault> {
        let body = json!({
            "path": link.path, "query": link.query, "env_version": link.release.name(),
            "is_expire": true, "expire_type": 1, "expire_interval": link.days,
        });
        let answer: LinkAnswer = self.ask(Call::post(paths::URL_LINK, &body)).await?;
        Ok(answer.url_link)
    }
}

/// A picture on success and JSON on failure; the content type alone is not to
/// be trusted.
fn picture(response: &Response) -> Result<Vec<u8>, Unread> {
    let is_json = response.body.trim_ascii_start().starts_with(b"{");
    let is_picture = response.content_type.starts_with("image/") && !is_json;
    if response.status == 200 && is_picture && !response.body.is_empty() {
        return Ok(response.body.clone());
    }
    answer::read::<serde_json::Value>(response)?;
    Err(Unread::Lost("neither a picture nor a refusal".to_owned()))
}

impl Release {
    fn name(self) -> &'static str {
        match self {
            Self::Develop => "develop",
            Self::Trial => "trial",
            Self::Formal => "release",
        }
    }
}

#[derive(Deserialize)]
struct LinkAnswer {
    url_link: String,
}
