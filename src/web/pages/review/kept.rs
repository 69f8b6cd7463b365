//! What is said of a session that is not kept in full any more.

use crate::domain::time::Stamp;
use crate::web::look::Look;
use crate::web::pages::data::ArchiveList;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How much of a session is kept.
pub enum KeptNote {
    /// All but its raw events, which were removed then.
    Thinned(Stamp),
    /// Its totals; the rest left for an archive.
    Left(LeftNote),
}

/// In place of the details of a session that left.
#[derive(Template)]
#[template(path = "review/left.html")]
pub struct LeftNote {
    pub w: &'static Words,
    pub said: String,
    /// For whoever may have them.
    pub archives: Option<ArchiveList>,
}

/// Above the details of a session without raw events.
#[derive(Template)]
#[template(path = "review/thinned.html")]
pub struct ThinnedNote {
    pub said: String,
}

impl LeftNote {
    #[must_use]
    pub fn new(at: Stamp, archives: ArchiveList, look: &Look) -> Self {
        let w = look.words();
        let said = w.with("session-left", [("date", views::full_date(look, at).into())]);
        Self { w, said, archives: look.may_manage().then_some(archives) }
    }
}

impl ThinnedNote {
    #[must_use]
    pub fn new(at: Stamp, look: &Look) -> Self {
        Self { said: look.words().with("session-thinned", [("date", views::full_date(look, at).into())]) }
    }
}
