//! The answer in one sentence, with what it rests on.

use super::Scene;
use super::options::Part;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::web::pages::verdict::Verdict;
use askama::Template;

#[derive(Template)]
#[template(path = "overlay/verdict.html")]
pub struct Claim {
    verdict: Verdict,
    evidence: bool,
}

impl Claim {
    #[must_use]
    pub fn new(scene: &Scene, snapshot: &Snapshot, session: &LiveSession) -> Option<Self> {
        let goes_on = session.ended_at.is_none() && snapshot.state == WatchState::Live;
        let verdict = match session.answer.as_deref() {
            // What was said last stays while nothing new is seen.
            Some(answer) if !goes_on => {
                Verdict::of_session(session.id, answer, session.totals.viewers.peak, scene.look)
            }
            None if !goes_on => return None,
            _ => Verdict::live(snapshot, scene.look, scene.now),
        };
        Some(Self { verdict, evidence: scene.options.shows(Part::Evidence) })
    }
}
