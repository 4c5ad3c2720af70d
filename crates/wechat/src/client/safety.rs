//! Whether a text or a picture may be shown to others.

use std::fmt;

use serde::Deserialize;
use serde_json::json;

use super::{Call, WeChat, answer};
use crate::{Fault, paths};

/// Where a user put the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    Profile = 1,
    Comment = 2,
    Forum = 3,
    SocialLog = 4,
}

/// A text and who wrote it. Its Debug shows neither.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TextCheck<'a> {
    pub openid: &'a str,
    pub scene: Scene,
    /// Up to 2500 characters.
    pub content: &'a str,
}

/// A file that WeChat can download, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media<'a> {
    Audio(&'a str),
    Image(&'a str),
}

/// What WeChat thinks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub suggestion: Suggestion,
    /// 100 is harmless; 20001 politics, 20002 porn, and so on.
    pub label: i64,
    pub trace_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suggestion {
    Pass,
    /// A person should look.
    Review,
    Risky,
}

impl WeChat {
    /// Judges a text. A user who has not been here for some hours cannot be
    /// judged: 61010, [`crate::Class::RetryLater`].
    pub async fn check_text(&self, text: TextCheck<'_>) -> Result<Verdict, Fault> {
        let TextCheck { openid, scene, content } = text;
        let body = json!({ "version": 2, "openid": openid, "scene": scene as u8, "content": content });
        let answer: TextAnswer = self.ask(Call::post(paths::CHECK_TEXT, &body)).await?;
        let Judged { suggest, label } = answer.result;
        Ok(Verdict { suggestion: suggest, label, trace_id: answer.trace_id })
    }

    /// Has a file judged. Answers the id that the verdict will have, which is
    /// pushed to us within half an hour.
    pub async fn check_media(&self, media: Media<'_>, openid: &str, scene: Scene) -> Result<String, Fault> {
        let (kind, url) = match media {
            Media::Audio(url) => (1, url),
            Media::Image(url) => (2, url),
        };
        let scene = scene as u8;
        let body =
            json!({ "media_url": url, "media_type": kind, "version": 2, "openid": openid, "scene": scene });
        let answer: MediaAnswer = self.ask(Call::post(paths::CHECK_MEDIA, &body)).await?;
        Ok(answer.trace_id)
    }
}

#[derive(Deserialize)]
struct TextAnswer {
    #[serde(default, deserialize_with = "answer::text")]
    trace_id: String,
    result: Judged,
}

#[derive(Deserialize)]
struct Judged {
    suggest: Suggestion,
    #[serde(deserialize_with = "answer::number")]
    label: i64,
}

#[derive(Deserialize)]
struct MediaAnswer {
    #[serde(deserialize_with = "answer::text")]
    trace_id: String,
}

impl fmt::Debug for TextCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextCheck").field("scene", &self.scene).finish_non_exhaustive()
    }
}
