//! What the user keeps with a session: notes and tags.

use crate::domain::ids::SessionId;
use crate::domain::remark::{MAX_NOTES_CHARS, Remarks, Tag};
use crate::web::look::Look;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "review/notes.html")]
pub struct Notes {
    pub w: &'static Words,
    pub session: String,
    pub notes: String,
    pub most: usize,
    /// The notes before the last change, if there was one.
    pub earlier: Option<String>,
    pub tags: Vec<String>,
    /// All of them in one line, to be changed.
    pub typed: String,
    /// Tags of other sessions.
    pub known: Vec<String>,
}

impl Notes {
    /// `known` are the tags that any session has.
    #[must_use]
    pub fn new(session: SessionId, remarks: &Remarks, known: &[(Tag, i64)], look: &Look) -> Self {
        let tags: Vec<_> = remarks.tags.iter().map(|tag| tag.as_str().to_owned()).collect();
        let others = known.iter().filter(|(tag, _)| !remarks.tags.contains(tag));
        Self {
            w: look.words(),
            session: session.to_string(),
            notes: remarks.notes.clone(),
            most: MAX_NOTES_CHARS,
            earlier: remarks.earlier_notes.clone(),
            typed: tags.join(", "),
            tags,
            known: others.map(|(tag, _)| tag.as_str().to_owned()).collect(),
        }
    }
}
