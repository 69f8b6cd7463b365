//! The part of Review from which a session is shared or kept: cards, a report, paper.

use crate::web::look::Look;
use crate::web::saves::card::Size;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "fragments/share.html")]
pub struct Share {
    pub w: &'static Words,
    pub session: String,
    /// Each size with its words, and its pixels.
    pub sizes: [(&'static str, String, (u16, u16)); 2],
}

impl Share {
    #[must_use]
    pub fn new(session: &str, look: &Look) -> Self {
        let w = look.words();
        let size = |size: Size| {
            let key = match size {
                Size::Tall => "share-tall",
                Size::Wide => "share-wide",
            };
            (size.as_str(), w.t(key).into_owned(), size.pixels())
        };
        Self { w, session: session.to_owned(), sizes: Size::ALL.map(size) }
    }
}
