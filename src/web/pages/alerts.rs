//! Settings, Alerts: the goals of a creator.

use super::goals::GoalList;
use super::settings::{Tab, Tabs};
use super::shell::{Nav, Shell, Visit};
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/alerts.html")]
pub struct AlertsPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    /// `None` while nobody is watched.
    pub goals: Option<GoalList>,
}

impl AlertsPage {
    #[must_use]
    pub fn new(visit: &Visit, goals: Option<GoalList>) -> Self {
        let w = visit.look.words();
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("alerts"))),
            w,
            tabs: Tabs::new(Tab::Alerts, &visit.look),
            goals,
        }
    }
}
