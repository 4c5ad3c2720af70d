//! What can go wrong, and the only place that knows statuses.
//!
//! A refusal is a sentence to the user with a stable code; a broken thing is a chain for us, logged once here and
//! not shown. Bodies are problem details (RFC 9457).

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use domain::evidence::kinds::Need;
use domain::opportunities::Missing;
use platform::idempotency::Kept;
use serde::Serialize;

use crate::texts;

/// What a use case answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// A field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldFault {
    /// JSON pointer into the request's body.
    pub pointer: String,
    /// The stable code.
    pub code: String,
    /// In Chinese, fit to show.
    pub detail: String,
}

impl FieldFault {
    /// A fault with the text that belongs to its code.
    pub fn new(pointer: impl Into<String>, code: &str) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), detail: texts::detail(code).to_owned() }
    }
}

/// Why a command did not happen.
#[derive(Debug)]
pub enum Error {
    /// The body cannot be read at all.
    Unreadable(&'static str),
    /// No session, or one that is over.
    Unauthenticated,
    /// The role may never do this.
    Forbidden,
    /// Absent, or outside the caller's scope.
    NotFound,
    /// The route has other methods, these.
    WrongMethod(Vec<&'static str>),
    /// The state does not allow it. The text replaces the code's own where it says more.
    Conflict(&'static str, Option<String>),
    /// Evidence is missing.
    Missing(&'static str, Vec<MissingEvidence>),
    /// Somebody changed it in between.
    VersionConflict,
    /// Larger than is taken.
    TooLarge(&'static str),
    /// A kind of content that is not taken.
    Unsupported(&'static str),
    /// Readable, but wrong.
    Invalid(&'static str, Vec<FieldFault>),
    /// Tried too often; come back after so many seconds.
    TooMany(&'static str, u32),
    /// Not now; come back after so many seconds.
    Unavailable(&'static str, u32),
    /// The answer that was given the first time.
    Replay(Kept),
    /// Our fault.
    Broken(anyhow::Error),
}

impl Error {
    /// One wrong field; its code is the problem's.
    pub fn field(pointer: impl Into<String>, code: &'static str) -> Self {
        Self::Invalid(code, vec![FieldFault::new(pointer, code)])
    }

    /// The state does not allow it.
    pub fn conflict(code: &'static str) -> Self {
        Self::Conflict(code, None)
    }

    fn code(&self) -> &str {
        match self {
            Self::Unreadable(code)
            | Self::Conflict(code, _)
            | Self::Missing(code, _)
            | Self::TooLarge(code)
            | Self::Unsupported(code)
            | Self::Invalid(code, _)
            | Self::TooMany(code, _)
            | Self::Unavailable(code, _) => code,
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::WrongMethod(_) => "method_not_allowed",
            Self::VersionConflict => "version_conflict",
            Self::Replay(_) => "replayed",
            Self::Broken(cause) if is_trouble(cause) => "temporarily_unavailable",
            Self::Broken(_) => "internal",
        }
    }

    /// The problem details of this error.
    pub fn problem(&self) -> Problem {
        let (own_text, errors) = match self {
            Self::Conflict(_, text) => (text.clone(), Vec::new()),
            Self::Invalid(_, errors) => (None, errors.clone()),
            Self::Missing(_, missing) => (Some(named(missing)), Vec::new()),
            _ => (None, Vec::new()),
        };
        let code = self.code().to_owned();
        let first = errors.first().map(|fault: &FieldFault| fault.detail.clone());
        let detail = own_text.or(first).unwrap_or_else(|| texts::detail(&code).to_owned());
        let status = self.status_code();
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        let request_id = crate::telemetry::request_id();
        Problem {
            kind: format!("urn:gugan:problem:{code}"),
            title,
            status: status.as_u16(),
            detail,
            code,
            errors,
            missing: match self {
                Self::Missing(_, missing) => missing.clone(),
                _ => Vec::new(),
            },
            request_id,
        }
    }
}

/// When to come back after trouble that may be over in a moment, in seconds.
const SOON: u32 = 2;

/// Is it the database or the storage that is away, and nobody's mistake?
fn is_trouble(cause: &anyhow::Error) -> bool {
    platform::trouble(cause).is_some()
}

/// The kinds that are missing, for people.
fn named(missing: &[MissingEvidence]) -> String {
    let labels: Vec<&str> = missing.iter().map(|it| it.label.as_str()).collect();
    format!("{}：{}", texts::detail("evidence_missing"), labels.join("、"))
}

/// Something that a record of evidence lacks.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct EvidenceNeed {
    /// JSON pointer into the record.
    pub pointer: String,
    /// `field_missing`, `attachment_missing` or `signature_missing`.
    pub code: String,
    /// The part as people read it.
    pub label: String,
    /// In Chinese, fit to show.
    pub detail: String,
}

impl From<Need> for EvidenceNeed {
    fn from(need: Need) -> Self {
        let detail = format!("{}：{}", texts::detail(&need.code), need.label);
        Self { pointer: need.pointer, code: need.code, label: need.label, detail }
    }
}

/// A kind of evidence that a stage lacks.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MissingEvidence {
    /// The code of the stage.
    pub stage: String,
    /// The code of the kind.
    pub kind: String,
    /// The kind as people read it.
    pub label: String,
    /// Kinds that would do in its place.
    pub alternatives: Vec<String>,
    /// What the best record of it lacks; all that it asks for where there is none.
    pub needs: Vec<EvidenceNeed>,
}

impl From<Missing> for MissingEvidence {
    fn from(missing: Missing) -> Self {
        Self {
            stage: missing.stage,
            kind: missing.kind,
            label: missing.label,
            alternatives: missing.alternatives,
            needs: missing.needs.into_iter().map(EvidenceNeed::from).collect(),
        }
    }
}

/// RFC 9457 problem details.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A name for the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// In Chinese, fit to show.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// The fields that are wrong.
    pub errors: Vec<FieldFault>,
    /// The evidence that a stage lacks, where that is what is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub missing: Vec<MissingEvidence>,
    /// What to quote when asking about it.
    pub request_id: Option<String>,
}

impl std::fmt::Display for Error {
    fn fmt(&self, it: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken(cause) => write!(it, "{cause:#}"),
            _ => it.write_str(self.code()),
        }
    }
}

impl std::error::Error for Error {}

/// Refuses a text of more than `most` characters.
pub fn check_length(pointer: &str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() > most { Err(Error::field(pointer, "text_too_long")) } else { Ok(()) }
}

impl From<anyhow::Error> for Error {
    fn from(cause: anyhow::Error) -> Self {
        Self::Broken(cause)
    }
}

impl From<domain::money::Overflow> for Error {
    fn from(cause: domain::money::Overflow) -> Self {
        Self::Broken(cause.into())
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(cause: sea_orm::DbErr) -> Self {
        Self::Broken(cause.into())
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(..) | Self::Missing(..) => StatusCode::CONFLICT,
            Self::VersionConflict => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Replay(kept) => u16::try_from(kept.status)
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Broken(cause) if is_trouble(cause) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::Replay(kept) => {
                let kind = if kept.status < 400 { "application/json" } else { "application/problem+json" };
                return response
                    .content_type(kind)
                    .insert_header(("Idempotent-Replayed", "true"))
                    .body(kept.body.clone());
            }
            Self::Broken(cause) => {
                tracing::error!(error = format!("{cause:#}"), "a request failed");
                if is_trouble(cause) {
                    response.insert_header((header::RETRY_AFTER, HeaderValue::from(SOON)));
                }
            }
            Self::Unauthenticated => {
                response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
            }
            Self::WrongMethod(methods) => {
                response.insert_header((header::ALLOW, methods.join(", ")));
            }
            Self::TooMany(_, seconds) | Self::Unavailable(_, seconds) => {
                response.insert_header((header::RETRY_AFTER, HeaderValue::from(*seconds)));
            }
            _ => {}
        }
        let body = serde_json::to_string(&self.problem()).unwrap_or_default();
        response.content_type("application/problem+json").body(body)
    }
}
