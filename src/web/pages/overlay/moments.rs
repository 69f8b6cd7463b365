//! The newest moments: what viewers did, what came before it, and what the creator marked. What somebody wrote
//! beside a marker is not for the stream.

use super::Scene;
use crate::recorder::snapshot::LiveSession;
use crate::web::pages::moments::{Moments, Told, What};
use askama::Template;

#[derive(Template)]
#[template(path = "overlay/moments.html")]
pub struct Ticker {
    /// Newest first.
    rows: Vec<Row>,
}

struct Row {
    key: i64,
    time: String,
    before: String,
    word: String,
    after: String,
    series: &'static str,
}

impl Ticker {
    /// `None` before the first moment.
    #[must_use]
    pub fn new(scene: &Scene, session: &LiveSession) -> Option<Self> {
        let told = Told {
            session: session.id,
            began: session.start.recorded_from,
            answer: session.answer.as_deref(),
            markers: &session.markers,
            gifts: scene.gifts,
            since: None,
        };
        let rows = Moments::new(&told, scene.look).rows.into_iter().rev().filter_map(|row| {
            let (before, word, after, series) = match row.what {
                What::Moment(moment) => (moment.before, moment.word, moment.after, moment.series),
                What::Marked { name, .. } => (name, String::new(), String::new(), ""),
                What::Glitch { .. } => return None,
            };
            Some(Row { key: row.at_s, time: row.time, before, word, after, series })
        });
        let rows: Vec<_> = rows.take(scene.options.count).collect();
        (!rows.is_empty()).then_some(Self { rows })
    }
}
