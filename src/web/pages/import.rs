//! The Import page: bring a file, see what it holds, and take it.

use super::shell::{Nav, Shell, Visit};
use crate::imports::shelf::{Brought, State};
use crate::imports::taking::{Found, FoundSession};
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// So many sessions of a file are listed.
const MOST_LISTED: usize = 50;

#[derive(Template)]
#[template(path = "pages/import.html")]
pub struct ImportPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub zone: String,
    /// Why the last one was not kept; empty if it was.
    pub problem: String,
    pub list: FileList,
}

/// The files that were brought, which ask for themselves while one is being worked on.
#[derive(Template)]
#[template(path = "fragments/imports.html")]
pub struct FileList {
    pub w: &'static Words,
    pub open: bool,
    pub files: Vec<FileRow>,
}

pub struct FileRow {
    pub id: String,
    pub name: String,
    /// How large it is and how far.
    pub said: String,
    pub failed: String,
    /// What it holds, as far as that is known.
    pub sessions: Vec<SessionRow>,
    pub more: String,
    pub refused: String,
    pub named: Vec<String>,
    /// Whether it may be taken now.
    pub looked: bool,
    pub open: bool,
}

pub struct SessionRow {
    /// Where it is, once it is taken.
    pub href: String,
    pub text: String,
    pub kinds: String,
    pub notes: Vec<String>,
}

impl ImportPage {
    #[must_use]
    pub fn new(visit: &Visit, files: &[Brought], problem: &str) -> Self {
        let look = &visit.look;
        let w = look.words();
        Self {
            shell: Shell::new(visit, Nav::Exports, format!("{} · Pasut", w.t("import"))).polling(),
            w,
            zone: look.zone.name().to_owned(),
            problem: problem.to_owned(),
            list: FileList::new(files, look),
        }
    }
}

impl FileList {
    #[must_use]
    pub fn new(files: &[Brought], look: &Look) -> Self {
        let files: Vec<_> = files.iter().map(|file| FileRow::new(file, look)).collect();
        Self { w: look.words(), open: files.iter().any(|file| file.open), files }
    }
}

impl FileRow {
    fn new(file: &Brought, look: &Look) -> Self {
        let w = look.words();
        let size = views::size(look.lang, file.bytes);
        let (key, found, failed) = match &file.state {
            State::Looking => ("import-looking", None, String::new()),
            State::Looked(found) => ("import-looked", Some(found), String::new()),
            State::Taking => ("import-taking", None, String::new()),
            State::Done(found) => ("import-done", Some(found), String::new()),
            State::Failed(reason) => ("import-failed", None, reason.clone()),
        };
        let nothing = Found::default();
        let found = found.map_or(&nothing, |found| found);
        let events = i64::try_from(found.events()).unwrap_or(i64::MAX);
        let counts = [("events", events.into()), ("sessions", (found.sessions.len() as i64).into())];
        let sessions = found.sessions.iter().take(MOST_LISTED).map(|session| SessionRow::new(session, look));
        let unlisted = found.sessions.len().saturating_sub(MOST_LISTED) as i64;
        let refused = match found.refused as i64 {
            0 => String::new(),
            n => w.with("import-refused", [("n", n.into())]),
        };
        let line = |(line, reason): &(usize, String)| {
            w.with("import-line", [("line", (*line as i64).into()), ("reason", reason.as_str().into())])
        };
        Self {
            id: file.id.clone(),
            name: file.name.clone(),
            said: format!("{size} · {}", w.with(key, counts)),
            failed,
            sessions: sessions.collect(),
            more: if unlisted > 0 { w.with("import-more", [("n", unlisted.into())]) } else { String::new() },
            refused,
            named: found.named.iter().map(line).collect(),
            looked: matches!(file.state, State::Looked(_)),
            open: file.state.is_open(),
        }
    }
}

impl SessionRow {
    fn new(session: &FoundSession, look: &Look) -> Self {
        let w = look.words();
        let kind = |(kind, count): (&&'static str, &usize)| {
            format!("{} {}", views::count(look.lang, *count as i64), w.t(kind_word(kind)))
        };
        let kinds: Vec<_> = session.kinds.iter().map(kind).collect();
        let mut notes = Vec::new();
        for (key, n) in [("import-duplicates", session.duplicates), ("import-left-out", session.left_out)] {
            if n > 0 {
                notes.push(w.with(key, [("n", (n as i64).into())]));
            }
        }
        Self {
            href: session.session.map(|id| format!("/sessions/{id}")).unwrap_or_default(),
            text: format!(
                "@{} · {} – {}",
                session.creator,
                views::moment(look, session.from),
                views::clock(look, session.to)
            ),
            kinds: kinds.join(", "),
            notes,
        }
    }
}

/// What events of a kind are called.
fn kind_word(kind: &str) -> &'static str {
    match kind {
        "viewers" => "import-kind-viewers",
        "comment" => "import-kind-comment",
        "like" => "import-kind-like",
        "gift" => "import-kind-gift",
        "follow" => "import-kind-follow",
        "share" => "import-kind-share",
        "join" => "import-kind-join",
        "control" => "import-kind-control",
        "envelope" => "import-kind-envelope",
        "question" => "import-kind-question",
        "subscribe" => "import-kind-subscribe",
        "battle" => "import-kind-battle",
        "emote" => "import-kind-emote",
        _ => "import-kind-gap",
    }
}
