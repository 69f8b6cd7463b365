//! What a page says of sessions whose details left for archives, so that what it adds up is without them.

use crate::store::archives::Left;
use crate::web::look::Look;
use askama::Template;

/// Beside the stretch of time a page is about.
#[derive(Template)]
#[template(path = "fragments/left.html")]
pub struct LeftNote {
    pub said: String,
    /// What the link to the archives says, for whoever may have them.
    pub link: Option<String>,
}

impl LeftNote {
    /// `None` if none of them left. `said` is the message that says what is without them.
    #[must_use]
    pub fn new(said: &str, left: &Left, look: &Look) -> Option<Self> {
        let w = look.words();
        (left.sessions > 0).then(|| Self {
            said: w.with(said, [("n", left.sessions.into())]),
            link: look.may_manage().then(|| match left.archives.as_slice() {
                [one] => one.clone(),
                several => w.with("left-archives", [("n", several.len().into())]),
            }),
        })
    }
}
