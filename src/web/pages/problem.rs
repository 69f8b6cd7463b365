//! What a visitor sees when a page cannot be shown: what happened, what is safe, what to do.

use crate::web::look::Look;
use crate::words::{Lang, Words};
use askama::Template;

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    NotFound,
    /// The request itself was wrong.
    Invalid,
    /// A change that did not come from Pasut's own page.
    Foreign,
    /// The database is busy; trying again helps.
    Busy,
    Failed,
    /// No owner exists yet, and the request does not come from this computer.
    Refused,
    NoRight,
    /// A link that opens nothing any more.
    OldLink,
    /// Asked for by a name that is none of ours.
    OtherName,
}

#[derive(Template)]
#[template(path = "pages/problem.html")]
pub struct ProblemPage {
    pub w: &'static Words,
    pub lang: Lang,
    pub theme: &'static str,
    pub heading: &'static str,
    pub sentence: &'static str,
    /// What was wrong, in words made for the visitor; empty if there is nothing to add.
    pub detail: String,
    pub home: bool,
}

impl ProblemPage {
    #[must_use]
    pub fn new(problem: Problem, detail: &str, look: &Look) -> Self {
        let (heading, sentence) = match problem {
            Problem::NotFound => ("problem-not-found", "problem-not-found-do"),
            Problem::Invalid => ("problem-invalid", "problem-invalid-do"),
            Problem::Foreign => ("problem-foreign", "problem-foreign-do"),
            Problem::Busy => ("problem-busy", "problem-busy-do"),
            Problem::Failed => ("problem-failed", "problem-failed-do"),
            Problem::Refused => ("problem-refused", "problem-refused-do"),
            Problem::NoRight => ("problem-no-right", "problem-no-right-do"),
            Problem::OldLink => ("problem-old-link", "problem-old-link-do"),
            Problem::OtherName => ("problem-other-name", "problem-other-name-do"),
        };
        Self {
            w: look.words(),
            lang: look.lang,
            theme: look.theme.as_str(),
            heading,
            sentence,
            detail: detail.to_owned(),
            home: !matches!(problem, Problem::Refused | Problem::OldLink | Problem::OtherName),
        }
    }

    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        crate::web::assets::url(name)
    }
}
