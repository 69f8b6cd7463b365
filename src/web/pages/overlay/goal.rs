//! What is to be met in this LIVE, and how far it is. A goal of diamonds is not on stream unless the owner
//! ticked to show what gifts are worth.

use super::options::Part;
use super::{Scene, example};
use crate::recorder::snapshot::LiveSession;
use crate::web::pages::goals::GoalBars;
use crate::web::sight::{Moneyless, WithMoney};
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "overlay/goal.html")]
pub struct Goals {
    w: &'static Words,
    rows: Vec<Row>,
}

struct Row {
    id: i64,
    series: &'static str,
    name: String,
    /// `8,120 of 12,000`; empty if that is hidden.
    reached: String,
    percent: i64,
    percent_text: String,
    met: bool,
}

impl Goals {
    /// `None` without a goal.
    #[must_use]
    pub fn new(scene: &Scene, session: &LiveSession) -> Option<Self> {
        let example = scene.test.then(|| [example::goal(scene.creator)]);
        let goals = example.as_ref().map_or(scene.goals, |goals| goals);
        let counts = scene.options.shows(Part::Counts);
        let bars = match scene.ticked {
            Some(_) => GoalBars::new::<WithMoney>(goals, Some(session), scene.look),
            None => GoalBars::new::<Moneyless>(goals, Some(session), scene.look),
        };
        let rows: Vec<_> = bars
            .rows
            .into_iter()
            .take(scene.options.count)
            .map(|bar| Row {
                id: bar.id,
                series: bar.series,
                name: bar.name,
                reached: match (counts, bar.diamonds) {
                    (false, _) => String::new(),
                    (true, false) => bar.reached,
                    (true, true) => format!("{} ◆", bar.reached),
                },
                percent: bar.percent,
                percent_text: bar.percent_text,
                met: bar.met,
            })
            .collect();
        (!rows.is_empty()).then(|| Self { w: scene.look.words(), rows })
    }
}
