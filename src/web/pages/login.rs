//! Where somebody logs in.

use crate::web::access::gate::NoLogin;
use crate::web::look::Look;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;

#[derive(Template)]
#[template(path = "pages/login.html")]
pub struct LoginPage {
    pub w: &'static Words,
    pub lang: Lang,
    pub theme: &'static str,
    /// Where to go then: a path of ours.
    pub next: String,
    /// The name that was typed.
    pub name: String,
    /// Why nobody was logged in; empty before the first attempt.
    pub problem: String,
}

impl LoginPage {
    #[must_use]
    pub fn new(next: &str, name: &str, problem: Option<&NoLogin>, look: &Look) -> Self {
        let w = look.words();
        let problem =
            problem.map(|problem| refusal(problem, ["login-wrong", "login-wait"], look)).unwrap_or_default();
        let name = name.chars().take(40).collect();
        let theme = look.theme.as_str();
        Self { w, lang: look.lang, theme, next: next.to_owned(), name, problem }
    }

    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        crate::web::assets::url(name)
    }
}

/// Why a secret that was typed opened nothing; in whose words it is wrong, and how long to wait.
pub(super) fn refusal(problem: &NoLogin, [wrong, wait]: [&'static str; 2], look: &Look) -> String {
    let w = look.words();
    match problem {
        NoLogin::Wait(seconds) => w.with(wait, [("dur", views::duration(look.lang, *seconds * 1000).into())]),
        NoLogin::Wrong => w.t(wrong).into_owned(),
        NoLogin::Crowded(_) | NoLogin::Store(_) => w.t("login-crowded").into_owned(),
    }
}
