//! "What changed in this window?": two times are asked for, and the drivers are ranked in place.

use crate::domain::answer::{Cause, Changed, Share};
use crate::domain::driver::Driver;
use crate::domain::ids::SessionId;
use crate::domain::time::{DAY_MS, Stamp};
use crate::web::look::Look;
use crate::web::sentences::within;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use chrono::{NaiveTime, TimeZone, Timelike};

/// The form under the chart. Without script it loads the page again with the answer in it.
#[derive(Clone, Default)]
pub struct ChangedForm {
    pub action: String,
    /// What a script asks instead, to which it adds the two times.
    pub part: String,
    /// What else the page's address says.
    pub hidden: Vec<(&'static str, String)>,
    pub from: String,
    pub to: String,
    /// The chosen window, in seconds.
    pub chosen: Option<(i64, i64)>,
    /// The answer, rendered; empty until two times are given.
    pub answer: String,
}

/// The answer, or why there is none.
#[derive(Template)]
#[template(path = "fragments/changed.html")]
pub struct ChangedPart {
    pub w: &'static Words,
    /// Times and viewers; what is wrong with the question where there is no answer.
    pub heading: String,
    pub cause: Option<Said>,
    pub joins: String,
    pub shares: Vec<ShareRow>,
}

/// A sentence that may name a driver.
pub struct Said {
    pub before: String,
    pub word: String,
    pub after: String,
    pub series: &'static str,
}

pub struct ShareRow {
    pub series: &'static str,
    pub name: String,
    /// `≈ 60% (20% to 90%)`, that no effect was found, or that its place in the order says it.
    pub share: String,
    /// How much of it there was against the usual.
    pub pace: String,
}

/// Two times of day as a window of a session that runs from `began` to `ended`: the last such times in it.
#[must_use]
pub fn window(from: &str, to: &str, began: Stamp, ended: Stamp, look: &Look) -> Option<(Stamp, Stamp)> {
    let to = last_at(to, ended.floor_to(1000), look)?;
    let from = last_at(from, to, look)?.max(began);
    (from < to).then_some((from, to))
}

/// A time of day as a moment of a session that runs from `began` to `ended`: the last such time in it. The
/// minute in which it began is in it.
#[must_use]
pub fn moment(time: &str, began: Stamp, ended: Stamp, look: &Look) -> Option<Stamp> {
    let at = last_at(time, ended.floor_to(1000), look)?;
    (at >= began.floor_to(60_000)).then(|| at.max(began))
}

/// The last moment up to `until` at which the clock shows `time`.
fn last_at(time: &str, until: Stamp, look: &Look) -> Option<Stamp> {
    let time = time.replace('.', ":");
    let time = ["%H:%M:%S", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(&time, form).ok())?;
    let of_day = |at: Stamp| {
        let local = look.zone.timestamp_millis_opt(at.0).single()?;
        Some(i64::from(local.num_seconds_from_midnight()))
    };
    let back_s = (of_day(until)? - i64::from(time.num_seconds_from_midnight())).rem_euclid(DAY_MS / 1000);
    Some(until - back_s * 1000)
}

impl ChangedForm {
    /// The form for a session, with the two times as they were typed.
    #[must_use]
    pub fn new(action: String, session: SessionId, hidden: Vec<(&'static str, String)>, look: &Look) -> Self {
        let part = format!("{}/f/changed?session={session}", look.root);
        Self { action, part, hidden, ..Self::default() }
    }

    /// The same with what was asked and what is answered.
    ///
    /// # Errors
    ///
    /// [`askama::Error`] if the answer cannot be rendered.
    pub fn answered(
        self,
        asked: (&str, &str),
        part: &ChangedPart,
        chosen: Option<(Stamp, Stamp)>,
    ) -> Result<Self, askama::Error> {
        Ok(Self {
            from: asked.0.chars().take(8).collect(),
            to: asked.1.chars().take(8).collect(),
            chosen: chosen.map(|(from, to)| (from.0 / 1000, to.0 / 1000)),
            answer: part.render()?,
            ..self
        })
    }
}

impl ChangedPart {
    /// Why a question has no answer.
    #[must_use]
    pub fn none(key: Unanswered, look: &Look) -> Self {
        let w = look.words();
        let heading = match key {
            Unanswered::NoSuchTimes => w.t("changed-times"),
            Unanswered::NothingRecorded => w.t("changed-nothing"),
            Unanswered::Failed => w.t("changed-failed"),
        };
        Self { w, heading: heading.into_owned(), cause: None, joins: String::new(), shares: Vec::new() }
    }

    #[must_use]
    pub fn new<S: Sight>(changed: &Changed, look: &Look) -> Self {
        let w = look.words();
        let times = [
            ("from", views::clock(look, changed.from).into()),
            ("to", views::clock_zone(look, changed.to).into()),
        ];
        let heading = match changed.viewers {
            Some((before, after)) => {
                let [from, to] = times;
                let change = views::signed(look.lang, after - before);
                w.with(
                    "changed-viewers",
                    [from, to, ("before", before.into()), ("after", after.into()), ("change", change.into())],
                )
            }
            None => w.with("changed-unknown", times),
        };
        Self {
            w,
            heading,
            cause: Some(cause(changed, w)),
            joins: pace("joins", changed.joins_per_minute, changed.usual_joins_per_minute, w),
            shares: changed.shares.iter().map(|share| share_row::<S>(share, look)).collect(),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    NoSuchTimes,
    NothingRecorded,
    Failed,
}

fn cause(changed: &Changed, w: &Words) -> Said {
    let share = views::percent(w.lang(), (changed.confidence * 100.0).round() / 100.0);
    match changed.cause {
        Cause::Driver(driver) => {
            let word = w.t(within(driver)).into_owned();
            let text = w.with("changed-driver", [("driver", word.clone().into()), ("share", share.into())]);
            let (before, after) = text.split_once(word.as_str()).unwrap_or((&text, ""));
            Said { before: before.to_owned(), after: after.to_owned(), word, series: driver.as_str() }
        }
        Cause::None => Said::plain(w.t("changed-none").into_owned()),
        Cause::Glitch => Said::plain(w.t("changed-glitch").into_owned()),
    }
}

impl Said {
    fn plain(before: String) -> Self {
        Self { before, word: String::new(), after: String::new(), series: "" }
    }
}

fn share_row<S: Sight>(share: &Share, look: &Look) -> ShareRow {
    let w = look.words();
    let percent = |part: f64| format!("{}%", views::count(look.lang, (part * 100.0).round() as i64));
    let said = || match share.share {
        Some(part) => w.with(
            "changed-share",
            [
                ("share", percent(part.estimate).into()),
                ("low", percent(part.low).into()),
                ("high", percent(part.high).into()),
            ],
        ),
        None => w.t("changed-no-effect").into_owned(),
    };
    let pace = || pace(share.driver.as_str(), share.per_minute, share.usual_per_minute, w);
    // Gifts are weighed by their diamonds, so their share is a number of money as well as their pace. Their
    // place in the order is none.
    let (share_said, pace) = match share.driver {
        Driver::Gifts => (S::money(said).into_shown(), S::money(pace).into_shown()),
        _ => (Some(said()), Some(pace())),
    };
    let unsaid = if share.share.is_some() { "changed-share-unsaid" } else { "changed-no-effect" };
    ShareRow {
        series: share.driver.as_str(),
        name: w.t(share.driver.as_str()).into_owned(),
        share: share_said.unwrap_or_else(|| w.t(unsaid).into_owned()),
        pace: pace.unwrap_or_default(),
    }
}

/// `412/min, usually 80`.
fn pace(what: &str, now: f64, usual: f64, w: &Words) -> String {
    let number = |n: f64| {
        if n < 9.95 { views::decimal(w.lang(), n) } else { views::count(w.lang(), n.round() as i64) }
    };
    let pace = [("now", number(now).into()), ("usual", number(usual).into())];
    match what {
        "joins" => w.with("changed-joins", pace),
        "gifts" => w.with("changed-diamonds", pace),
        _ => w.with("changed-pace", pace),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Range;
    use crate::web::pages::samples::{NOW, look};
    use crate::web::sight::{Moneyless, WithMoney};
    use crate::words::Lang;

    /// 2026-11-22 00:00 in Jakarta.
    const MIDNIGHT: Stamp = Stamp(1_795_280_400_000);

    #[test]
    fn two_times_of_day_are_the_last_such_times_of_the_session() {
        let (began, ended) = (MIDNIGHT - 90 * 60_000, MIDNIGHT + 45 * 60_000 + 700);
        let asked = |from, to| window(from, to, began, ended, &look(Lang::En));
        let at = |minutes: i64| MIDNIGHT + minutes * 60_000;
        for (from, to, window) in [
            ("00:10", "00:12:30", Some((at(10), at(12) + 30_000))),
            ("00.10", "00.12.30", Some((at(10), at(12) + 30_000))),
            ("23:50", "00:10", Some((at(-10), at(10)))),
            ("22:00", "23:00", Some((began, at(-60)))),
            ("00:12", "00:10", Some((began, at(10)))),
            ("00:10", "00:10", None),
            ("20:00", "21:00", None),
            ("", "00:10", None),
            ("25:00", "<script>", None),
        ] {
            assert_eq!(asked(from, to), window, "{from} to {to}");
        }
    }

    fn changed(cause: Cause) -> Changed {
        let share = |driver, share| Share { driver, share, per_minute: 412.0, usual_per_minute: 80.5 };
        let part = Range { estimate: 0.6, low: 0.21, high: 0.9 };
        Changed {
            from: NOW - 180_000,
            to: NOW,
            viewers: Some((400, 438)),
            joins_per_minute: 12.0,
            usual_joins_per_minute: 8.25,
            cause,
            confidence: 0.72,
            shares: vec![share(Driver::Likes, Some(part)), share(Driver::Gifts, None)],
        }
    }

    #[test]
    fn a_window_is_ranked_in_both_languages() {
        let part = |lang| ChangedPart::new::<WithMoney>(&changed(Cause::Driver(Driver::Likes)), &look(lang));
        let (en, id) = (part(Lang::En), part(Lang::Id));
        assert_eq!(en.heading, "20:39 to 20:42 WIB: 400 to 438 viewers (+38)");
        assert_eq!(id.heading, "20.39 sampai 20.42 WIB: 400 menjadi 438 penonton (+38)");
        assert_eq!(en.shares[0].share, "≈ 60% of the change (21% to 90%)");
        assert_eq!(
            (en.shares[0].pace.as_str(), id.shares[0].pace.as_str()),
            ("412/min, usually 81", "412/menit, biasanya 81")
        );
        assert_eq!(
            (en.shares[1].share.as_str(), id.shares[1].share.as_str()),
            ("no effect found", "tidak ada pengaruh terlihat")
        );
        assert_eq!(id.joins, "Masuk 12/menit, biasanya 8,3");
        let html = en.render().expect("renders");
        assert!(html.contains("Most likely <b class=\"s\" data-s=\"likes\">"), "{html}");
        assert!(html.contains("(72% likely to be right)"), "{html}");
    }

    #[test]
    fn what_gifts_are_worth_is_not_told_to_everybody() {
        let gifts = Share {
            driver: Driver::Gifts,
            share: Some(Range { estimate: 0.31, low: 0.11, high: 0.91 }),
            per_minute: 7_919.0,
            usual_per_minute: 104.5,
        };
        let changed = Changed { shares: vec![gifts], ..changed(Cause::None) };
        let html = |part: ChangedPart| part.render().expect("renders");
        let (owner, other) = (
            html(ChangedPart::new::<WithMoney>(&changed, &look(Lang::En))),
            html(ChangedPart::new::<Moneyless>(&changed, &look(Lang::En))),
        );
        for number in ["31%", "11%", "91%", "7,919", "105", "◆"] {
            assert!(owner.contains(number), "{number} is missing in {owner}");
            assert!(!other.contains(number), "{number} came through in {other}");
        }
        assert!(other.contains("<b>Gifts</b> <span>placed by their part in it</span>"), "{other}");
    }

    #[test]
    fn a_question_without_an_answer_says_why() {
        for (why, text) in [
            (Unanswered::NoSuchTimes, "Type two different times"),
            (Unanswered::NothingRecorded, "Nothing was recorded"),
            (Unanswered::Failed, "could not be worked out"),
        ] {
            let html = ChangedPart::none(why, &look(Lang::En)).render().expect("renders");
            assert!(html.contains(text) && !html.contains("<ol>"), "{html}");
        }
    }
}
