//! What a guest sees before the page of their link, and when it opens none.

use crate::web::access::gate::NoLogin;
use crate::web::look::Look;
use crate::web::pages::login::refusal;
use crate::words::{Lang, Words};
use askama::Template;

/// Where the PIN of a link is asked for.
#[derive(Template)]
#[template(path = "pages/pin.html")]
pub struct PinPage {
    pub w: &'static Words,
    pub lang: Lang,
    pub other_lang: Lang,
    pub theme: &'static str,
    /// The address of the link.
    pub page: String,
    /// Why it was not opened; empty before the first attempt.
    pub problem: String,
}

/// What is shown instead of a page that a link does not open, or does no longer.
#[derive(Template)]
#[template(path = "pages/dead.html")]
pub struct DeadPage {
    pub w: &'static Words,
    pub lang: Lang,
    pub theme: &'static str,
}

impl PinPage {
    #[must_use]
    pub fn new(page: &str, problem: Option<&NoLogin>, look: &Look) -> Self {
        let problem = problem.map(|problem| refusal(problem, ["pin-wrong", "pin-wait"], look));
        Self {
            w: look.words(),
            lang: look.lang,
            other_lang: if look.lang == Lang::En { Lang::Id } else { Lang::En },
            theme: look.theme.as_str(),
            page: page.to_owned(),
            problem: problem.unwrap_or_default(),
        }
    }

    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        crate::web::assets::url(name)
    }
}

impl DeadPage {
    #[must_use]
    pub fn new(look: &Look) -> Self {
        Self { w: look.words(), lang: look.lang, theme: look.theme.as_str() }
    }

    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        crate::web::assets::url(name)
    }
}
