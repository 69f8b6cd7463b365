//! The gift that came or grew last.

use super::options::Part;
use super::worth::Diamonds;
use super::{Person, Scene};
use crate::recorder::snapshot::{FeedWhat, LiveSession};
use crate::web::views;
use askama::Template;

#[derive(Template)]
#[template(path = "overlay/last_gift.html")]
pub struct LastGift {
    person: Person,
    gift: String,
    /// `×34`; empty if that is hidden.
    times: String,
    /// Whether the streak may still grow.
    open: bool,
    to_guest: Option<String>,
    worth: Option<Diamonds>,
}

impl LastGift {
    /// `None` before the first gift.
    #[must_use]
    pub fn new(scene: &Scene, session: &LiveSession) -> Option<Self> {
        let row = session.last_gift.as_ref()?;
        let FeedWhat::Gift { gift, name, units, diamonds, source, to_creator, open, .. } = &row.what else {
            return None;
        };
        let (look, w) = (scene.look, scene.look.words());
        let user = row.user.unwrap_or_default();
        let place = (1..).zip(&session.top_gifters).find(|(_, gifter)| gifter.total.user == user);
        let counts = scene.options.shows(Part::Counts);
        Some(Self {
            person: scene.person(user, &row.nickname, &row.display_id, place.map_or(0, |(place, _)| place)),
            gift: match name.trim() {
                "" => w.with("gift-unnamed", [("id", gift.to_string().into())]),
                name => name.to_owned(),
            },
            times: if counts { format!("×{}", views::count(look.lang, *units)) } else { String::new() },
            open: *open,
            to_guest: (!to_creator).then(|| w.t("feed-to-guest").into_owned()),
            worth: scene
                .ticked
                .filter(|_| counts)
                .map(|ticked| ticked.diamonds(*diamonds, source.is_estimate(), look)),
        })
    }
}
