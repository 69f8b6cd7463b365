//! Pages without numbers: what phones find behind More, and Help.

use super::shell::{Nav, NavLink, Shell, Visit};
use crate::web::sight::Moneyless;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/more.html")]
pub struct MorePage {
    pub shell: Shell,
    pub w: &'static Words,
    /// Who is logged in in this browser; empty if nobody had to.
    pub account: String,
}

impl MorePage {
    #[must_use]
    pub fn new(visit: &Visit<Moneyless>, account: &str) -> Self {
        let w = visit.look.words();
        let shell = Shell::new(visit, Nav::More, format!("{} · Pasut", w.t("nav-more")));
        Self { shell, w, account: account.to_owned() }
    }
}

#[derive(Template)]
#[template(path = "pages/help.html")]
pub struct HelpPage {
    pub shell: Shell,
    pub w: &'static Words,
    /// Whether what diamonds are is said, and what only the owner can do.
    pub owner: bool,
    /// Each number with what it means, as locale keys.
    pub meanings: Vec<(&'static str, &'static str)>,
    /// Each shortcut with what it does.
    pub keys: Vec<(Vec<&'static str>, &'static str)>,
}

impl HelpPage {
    #[must_use]
    pub fn new(visit: &Visit<Moneyless>) -> Self {
        let w = visit.look.words();
        let owner = visit.look.may_manage();
        let for_owner = ["diamonds", "key-compare-off"];
        let said = |key: &&str| owner || !for_owner.contains(key);
        let shell = Shell::new(visit, Nav::Help, format!("{} · Pasut", w.t("nav-help"))).switching_keys();
        let after_g = |link: &&NavLink| !["", "?"].contains(&link.shortcut);
        let places = shell.nav.iter().chain(&shell.minor).filter(after_g);
        let places: Vec<_> = places.map(|link| (vec!["g", link.shortcut], link.key)).collect();
        let others = [
            (&["m"] as &[_], "key-mark"),
            (&["p"], "key-pause"),
            (&["x"], "key-compare-off"),
            (&["/"], "key-search"),
            (&["?"], "key-help"),
            (&["←", "→"], "key-samples"),
            (&["Enter"], "key-window"),
            (&["[", "]"], "key-interval"),
        ];
        let others = others.into_iter().filter(|(_, what)| said(what));
        let keys = places.into_iter().chain(others.map(|(names, what)| (names.to_vec(), what))).collect();
        Self {
            owner,
            shell,
            w,
            meanings: [
                ("viewers-now", "help-viewers-now"),
                ("average", "help-average"),
                ("peak", "help-peak"),
                ("likes", "help-likes"),
                ("diamonds", "help-diamonds"),
                ("recorded", "help-recorded"),
                ("ever-entered", "help-ever-entered"),
                ("activity-score", "help-activity-score"),
            ]
            .into_iter()
            .filter(|(name, _)| said(name))
            .collect(),
            keys,
        }
    }
}
