//! What is told, in a sentence of a language.

use crate::domain::alert::{Given, Somebody, What};
use crate::domain::goal::GoalKind;
use crate::domain::text::called;
use crate::words::{Words, numbers};

/// What of somebody else's words becomes of them in a sentence: they may have to be escaped.
pub type Quote<'a> = &'a dyn Fn(&str) -> String;

/// The sentence; with `money` it says what gifts are worth.
#[must_use]
pub fn sentence(what: &What, who: Option<&Somebody>, w: &Words, money: bool, quote: Quote) -> String {
    let name = who.map(|who| called(&who.nickname, &who.display_id));
    let who = match name.filter(|name| !name.trim().is_empty()) {
        Some(name) => quote(name),
        None => w.t("alert-somebody").into_owned(),
    };
    let count = |n: i64| numbers::count(w.lang(), n);
    let given = |key: &str, given: &Given| {
        let gift = match given.name.trim() {
            "" => w.with("gift-unnamed", [("id", given.gift.to_string().into())]),
            name => quote(name),
        };
        let sent = w.with(
            key,
            [("who", who.clone().into()), ("gift", gift.into()), ("n", count(given.units).into())],
        );
        if !money {
            return sent;
        }
        let about = if given.estimated { "≈\u{a0}" } else { "" };
        let worth = w.with("alert-worth", [("about", about.into()), ("n", given.diamonds.into())]);
        format!("{sent} ({worth})")
    };
    match what {
        What::Gift(gift) => given("alert-gift", gift),
        What::FirstGift(gift) => given("alert-first-gift", gift),
        What::ViewerSpike(change) | What::ViewerDrop(change) => {
            let key = if matches!(what, What::ViewerSpike(_)) { "alert-spike" } else { "alert-drop" };
            w.with(key, [("from", count(change.from).into()), ("to", count(change.to).into())])
        }
        What::ConnectionLost { seconds } => w.with("alert-lost", [("s", (*seconds).into())]),
        What::GoalMet { kind, target, title, .. } => {
            let goal = w.with(
                "alert-goal-of",
                [("kind", w.t(kind_key(*kind)).into_owned().into()), ("n", count(*target).into())],
            );
            let goal = match title.as_str() {
                "" => goal,
                title => format!("{} ({goal})", quote(title)),
            };
            w.with("alert-goal", [("goal", goal.into())])
        }
        What::TopFan { rank } => w.with("alert-fan", [("who", who.into()), ("rank", (*rank).into())]),
        What::Test => w.t("alert-test").into_owned(),
    }
}

fn kind_key(kind: GoalKind) -> &'static str {
    match kind {
        GoalKind::Viewers => "goal-viewers",
        GoalKind::Likes => "likes",
        GoalKind::Follows => "follows",
        GoalKind::Shares => "shares",
        GoalKind::Comments => "comments",
        GoalKind::Gifts => "gifts",
        GoalKind::Diamonds => "goal-diamonds",
    }
}
