//! The Import page: bring a file, see what it holds, and take it.

use super::shell::{Nav, Shell, Visit};
use crate::disk::{FLOOR_BYTES, NoRoom};
use crate::imports::event_line::Unreadable;
use crate::imports::file::{FileTrouble, NotTaken};
use crate::imports::log::NotLogged;
use crate::imports::shelf::{Brought, MOST_FILES, NotReceived, State};
use crate::imports::taking::{Found, FoundSession, ImportError};
use crate::web::look::Look;
use crate::web::views;
use crate::words::{Words, numbers};
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
            State::Failed(error) => ("import-failed", None, why(error, w)),
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
        Self {
            id: file.id.clone(),
            name: file.name.clone(),
            said: format!("{size} · {}", w.with(key, counts)),
            failed,
            sessions: sessions.collect(),
            more: if unlisted > 0 { w.with("import-more", [("n", unlisted.into())]) } else { String::new() },
            refused,
            named: found.named.iter().map(|(line, reason)| line_of(*line, reason, w)).collect(),
            looked: matches!(file.state, State::Looked(_)),
            open: file.state.is_open(),
        }
    }
}

impl SessionRow {
    fn new(session: &FoundSession, look: &Look) -> Self {
        let w = look.words();
        let kind =
            |(kind, count): (&&'static str, &usize)| w.with(kind_word(kind), [("n", (*count as i64).into())]);
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

/// Why a line of a file is not taken.
fn line_of(line: usize, reason: &NotTaken, w: &Words) -> String {
    let reason = match reason {
        NotTaken::Event(Unreadable::NoObject) => w.t("reason-no-object").into_owned(),
        NotTaken::Event(Unreadable::Lacks(what)) => w.with("reason-lacks", [("what", (*what).into())]),
        NotTaken::Event(Unreadable::Bad(what)) => w.with("reason-bad", [("what", (*what).into())]),
        NotTaken::Event(Unreadable::Kind(kind)) | NotTaken::Log(NotLogged::Kind(kind)) => {
            w.with("reason-kind", [("kind", kind.as_str().into())])
        }
        NotTaken::Event(Unreadable::Long) => w.t("reason-long").into_owned(),
        NotTaken::Event(Unreadable::LongId) => w.t("reason-long-id").into_owned(),
        NotTaken::Log(NotLogged::NoKind) => w.t("reason-no-kind").into_owned(),
        NotTaken::Log(NotLogged::NoTime) => w.t("reason-no-time").into_owned(),
        NotTaken::NoTable => w.t("reason-no-table").into_owned(),
        NotTaken::Late(seconds) => w.with("reason-late", [("s", (*seconds).into())]),
        NotTaken::Sums(session) => return w.with("import-sums-left", [("id", session.to_string().into())]),
    };
    w.with("import-line", [("line", (line as i64).into()), ("reason", reason.into())])
}

/// Why nothing of a file is taken, and what to do about it.
fn why(error: &ImportError, w: &Words) -> String {
    let said = |key: &str, why: &dyn std::fmt::Display| w.with(key, [("why", why.to_string().into())]);
    match error {
        ImportError::File(FileTrouble::Io(why)) => said("import-unread", why),
        ImportError::File(FileTrouble::Zip(why)) => said("import-unread", why),
        ImportError::File(FileTrouble::Array(why)) => said("import-unread", why),
        ImportError::File(FileTrouble::Archive(why)) => said("import-unread", why),
        ImportError::File(FileTrouble::TooLarge) => w.t("import-too-large").into_owned(),
        ImportError::File(FileTrouble::LongList) => w.t("import-long-list").into_owned(),
        ImportError::File(FileTrouble::UnpacksTooLarge) => w.t("import-unpacks-too-large").into_owned(),
        ImportError::File(FileTrouble::NoRoom(why)) => no_room(why, w),
        ImportError::File(FileTrouble::Database) => w.t("import-database").into_owned(),
        ImportError::Known(session) => w.with("import-known", [("id", session.to_string().into())]),
        ImportError::Nothing(first) => {
            let first = first.as_ref().map(|(line, reason)| line_of(*line, reason, w));
            let nothing = w.t("import-nothing");
            first.map_or_else(
                || nothing.to_string(),
                |first| format!("{nothing} {}.", first.trim_end_matches('.')),
            )
        }
        ImportError::Recorded => w.t("import-recorded").into_owned(),
        ImportError::Many => w.t("import-many").into_owned(),
        ImportError::NoCreator => w.t("import-no-creator").into_owned(),
        ImportError::Store(error) => error.to_string(),
    }
}

fn no_room(why: &NoRoom, w: &Words) -> String {
    let size = |bytes| numbers::size(w.lang(), bytes).into();
    let sizes =
        [("needed", size(why.needed_bytes)), ("free", size(why.free_bytes)), ("floor", size(FLOOR_BYTES))];
    w.with("import-no-room", sizes)
}

/// Why a file was not kept.
#[must_use]
pub fn not_received(reason: &NotReceived, w: &Words) -> String {
    match reason {
        NotReceived::TooLarge => w.t("import-too-large").into_owned(),
        NotReceived::Many => w.with("import-waiting", [("n", (MOST_FILES as i64).into())]),
        NotReceived::NoRoom(why) => no_room(why, w),
        NotReceived::Io(why) => w.with("import-unkept", [("why", why.to_string().into())]),
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
