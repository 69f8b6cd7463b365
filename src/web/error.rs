//! What went wrong, and what a visitor is told: a page for people, RFC 9457 for programs.

use super::access::Refusal;
use super::access::password::Crowded;
use super::jobs::TooMany;
use crate::housekeeping::backup::BackupError;
use crate::housekeeping::backups::Busy;
use crate::recorder::supervisor::RecorderError;
use crate::reports::explain::ExplainError;
use crate::store::StoreError;
use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

/// Why a request was not answered with what it asked for.
///
/// Handlers only return it; `web::server` shows it, as a page or as JSON, and logs it once.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The sentence says what is not there and where to look.
    #[error("{0}")]
    NotFound(String),
    #[error("The parameter {parameter} {reason}.")]
    Invalid { parameter: String, reason: String },
    /// What the HTTP library refused by itself: a body too large, a method that is not taken.
    #[error("{reason}")]
    Http { status: StatusCode, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Recorder(#[from] RecorderError),
    #[error(transparent)]
    Crowded(#[from] Crowded),
    #[error(transparent)]
    ManyExports(#[from] TooMany),
    #[error(transparent)]
    BusyBackups(#[from] Busy),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Explain(#[from] ExplainError),
    #[error("This page could not be put together. Nothing recorded is affected; the log says more.")]
    Render(#[from] askama::Error),
    #[error("This file could not be made. Nothing recorded is affected; the log says more.")]
    Picture,
}

/// RFC 9457; `parameter` is ours.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
}

impl Trouble {
    pub fn invalid(parameter: &str, reason: &str) -> Self {
        // The name may be anything a stranger typed.
        let parameter = parameter.chars().take(40).collect();
        Self::Invalid { parameter, reason: reason.trim_end_matches('.').to_owned() }
    }

    pub fn no_session() -> Self {
        Self::NotFound(
            "There is no such session. The sessions that exist are at /api/v1/sessions.".to_owned(),
        )
    }

    /// What is asked for was removed, because it is old.
    pub fn gone(reason: &str) -> Self {
        Self::Http { status: StatusCode::GONE, reason: reason.to_owned() }
    }

    /// The trouble as `application/problem+json`.
    pub fn problem(&self) -> HttpResponse {
        let status = self.status_code();
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.to_string(),
            parameter: match self {
                Self::Invalid { parameter, .. } => Some(parameter),
                Self::Recorder(RecorderError::OutsideSession(_)) => Some("at"),
                _ => None,
            },
        };
        let body = serde_json::to_string(&problem).expect("our own struct has only texts and a number");
        let mut response = HttpResponse::build(status);
        if let Self::Recorder(RecorderError::TooFast(too_fast)) = self {
            response.insert_header((RETRY_AFTER, too_fast.seconds()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        response.content_type("application/problem+json").body(body)
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Refused(Refusal::LoginNeeded | Refusal::BadToken | Refusal::PinNeeded) => {
                StatusCode::UNAUTHORIZED
            }
            Self::Refused(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_)
            | Self::Recorder(RecorderError::NotWatched(_) | RecorderError::NoSession(_)) => {
                StatusCode::NOT_FOUND
            }
            Self::Invalid { .. } | Self::Recorder(RecorderError::OutsideSession(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Recorder(
                RecorderError::ManyMarkers(_)
                | RecorderError::Recorded(_)
                | RecorderError::NotPushed(_)
                | RecorderError::Over(_),
            )
            | Self::ManyExports(_)
            | Self::BusyBackups(_) => StatusCode::CONFLICT,
            Self::Recorder(RecorderError::TooFast(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Crowded(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Http { status, .. } => *status,
            Self::Store(err)
            | Self::Recorder(RecorderError::Store(err))
            | Self::Backup(BackupError::Store(err))
            | Self::Explain(ExplainError::Store(err)) => match err {
                StoreError::Full | StoreError::Locked => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::Explain(ExplainError::Failed) | Self::Backup(_) | Self::Render(_) | Self::Picture => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// Without a body: the server adds the one that suits who asked.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
