//! How many watch, what changed in ten minutes, and the line of the last half hour.

use super::Scene;
use super::options::Part;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::web::pages::pulse::{direction_of, glyph, per_minute, viewers_change};
use crate::web::pages::spark::Spark;
use crate::web::views;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "overlay/viewers.html")]
pub struct Viewers {
    w: &'static Words,
    now: String,
    /// Direction, sign and size of the change in ten minutes.
    change: Option<(&'static str, &'static str, String)>,
    line: Option<Spark>,
}

impl Viewers {
    /// `None` before the first count.
    #[must_use]
    pub fn new(scene: &Scene, snapshot: &Snapshot, session: &LiveSession) -> Option<Self> {
        let viewers = session.totals.viewers.last?;
        let at = session.ended_at.unwrap_or(snapshot.at);
        let change = viewers_change(session, at).filter(|_| scene.options.shows(Part::Counts));
        let direction = direction_of(change);
        let line = || {
            Spark::new(&per_minute(session, at, |bins| bins.iter().rev().find_map(|bin| bin.viewers.last)))
        };
        Some(Self {
            w: scene.look.words(),
            now: views::count(scene.look.lang, viewers),
            change: change
                .map(|(ago, now)| (direction, glyph(direction), views::signed(scene.look.lang, now - ago))),
            line: scene.options.shows(Part::Line).then(line).filter(|line| !line.path.is_empty()),
        })
    }
}
