//! Who gave most, in their order.

use super::options::Part;
use super::worth::Diamonds;
use super::{Person, Scene};
use crate::domain::totals::RankedGifter;
use crate::recorder::snapshot::LiveSession;
use askama::Template;

#[derive(Template)]
#[template(path = "overlay/gifters.html")]
pub struct Gifters {
    rows: Vec<Row>,
}

struct Row {
    rank: u32,
    person: Person,
    /// How many gifts; empty if that is hidden.
    gifts: String,
    worth: Option<Diamonds>,
}

impl Gifters {
    /// `None` before the first gift.
    #[must_use]
    pub fn new(scene: &Scene, session: &LiveSession) -> Option<Self> {
        let rows: Vec<_> = (1..)
            .zip(&session.top_gifters)
            .take(scene.options.count)
            .map(|(n, g)| row(scene, n, g))
            .collect();
        (!rows.is_empty()).then_some(Self { rows })
    }
}

fn row(scene: &Scene, place: u32, gifter: &RankedGifter) -> Row {
    let total = &gifter.total;
    let counts = scene.options.shows(Part::Counts);
    Row {
        rank: gifter.rank,
        person: scene.person(total.user, &gifter.nickname, &gifter.display_id, place),
        gifts: if counts {
            scene.look.words().with("gifts-count", [("n", total.units.into())])
        } else {
            String::new()
        },
        worth: scene
            .ticked
            .filter(|_| counts)
            .map(|ticked| ticked.diamonds(total.diamonds, total.estimated, scene.look)),
    }
}
