//! The answer in words: what a driver, a window and the verdict band say, in either language.
//!
//! The words follow the statistics: a claim has its size, its delay and its count against chance; "none"
//! says how small an effect would have been seen; a hint is never worded as an answer. Sentences for "viewers
//! first", "two drivers together" and "the driver slowed first" are not there, because nobody has measured
//! how often they would be wrong.

use super::views;
use crate::domain::answer::{
    Answer, Cause, DriverAnswer, Level, Occasion, Range, Shortage, Verdict, WindowAnswer,
};
use crate::domain::driver::Driver;
use crate::domain::time::Stamp;
use crate::words::Words;

/// A viewer count older than this is no basis for a verdict, in milliseconds.
pub const STALE_MS: i64 = 60_000;
/// Within this share of the viewers ten minutes ago they count as steady.
pub const STEADY: f64 = 0.05;
/// A rise that ended longer ago than this is not what the band is about, in milliseconds.
const RECENT_MS: i64 = 10 * 60_000;
/// The smallest change of viewers that is told, by its one decimal; what rounds to less is no size.
const SMALLEST_TOLD: f64 = 0.1;
/// Up to here a span is told in seconds.
const SECONDS_UP_TO: f64 = 120.0;

/// One thing that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    /// The driver's name as it stands in the text, for a page that marks it.
    pub word: Option<String>,
    /// What it rests on, in a few words without a full stop.
    pub evidence: Option<String>,
}

impl Sentence {
    /// The text before the driver's name, the name, and the text after it.
    #[must_use]
    pub fn around_word(&self) -> (&str, &str, &str) {
        let word = self.word.as_deref().unwrap_or_default();
        match self.text.split_once(word).filter(|_| !word.is_empty()) {
            Some((before, after)) => (before, word, after),
            None => (&self.text, "", ""),
        }
    }

    fn plain(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// What the verdict band says.
#[derive(Clone, Debug, PartialEq)]
pub struct Band<'a> {
    pub sentence: Sentence,
    /// `None` where the sentence judges no driver.
    pub level: Option<Level>,
    /// Whom the sentence is about, if it is about one driver.
    pub driver: Option<&'a DriverAnswer>,
    /// The room cannot be seen well enough right now.
    pub waits: bool,
}

/// What the band must know of a running session beside its answer; all empty for one that is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomNow {
    /// For how long the connection has been away, in milliseconds.
    pub away_ms: Option<i64>,
    /// How old the viewer count is, in milliseconds.
    pub viewers_age_ms: Option<i64>,
    /// Viewers ten minutes ago and now.
    pub viewers: Option<(i64, i64)>,
}

/// What the verdict band says. The first rule that holds speaks:
///
/// 1. the connection is away, or the viewer count is older than [`STALE_MS`]: it waits;
/// 2. no driver could be judged yet: too early, with what is missing;
/// 3. a driver's level is likely or strong: that claim, the strongest of them;
/// 4. viewers are within [`STEADY`] of ten minutes ago: steady;
/// 5. the newest notable rise ended within ten minutes and nothing explains it: outside;
/// 6. a driver's level is weak: the hint, in its own words;
/// 7. else none, with what each judged driver's burst would have had to bring to be seen.
///
/// A claim comes before "steady", because it is about the whole session and would otherwise come and go with
/// the last ten minutes.
#[must_use]
pub fn verdict<'a>(answer: &'a Answer, room: &RoomNow, w: &Words) -> Band<'a> {
    let band = |level, sentence| Band { sentence, level, driver: None, waits: false };
    if let Some(sentence) = waiting(room, w) {
        return Band { waits: true, ..band(None, sentence) };
    }
    let Some(strongest) = answer.by_strength().into_iter().find(|driver| driver.level != Level::Unclear)
    else {
        return band(Some(Level::Unclear), too_early(answer, w));
    };
    let about = |driver: &'a DriverAnswer| Band {
        driver: Some(driver),
        ..band(Some(driver.level), driver_sentence(driver, w))
    };
    if strongest.level.is_claim() {
        return about(strongest);
    }
    if room.viewers.is_some_and(|(ago, now)| is_steady(ago, now)) {
        let x = views::decimal(w.lang(), STEADY * 100.0);
        return band(None, Sentence::plain(w.with("band-steady", [("x", x.into())])));
    }
    if let Some(rise) = answer.windows.last().filter(|window| is_outside(window, answer.at)) {
        let effect = views::signed(w.lang(), rise.change);
        return band(None, Sentence::plain(w.with("band-outside", [("effect", effect.into())])));
    }
    if strongest.level == Level::Weak {
        return about(strongest);
    }
    let text = w.t("band-none").into_owned();
    band(Some(Level::None), Sentence { text, word: None, evidence: Some(resolutions(answer, w)) })
}

/// Whether a change is too small to be explained.
#[must_use]
pub fn is_steady(ago: i64, now: i64) -> bool {
    (now - ago).abs() as f64 <= STEADY * ago.max(1) as f64
}

/// What the band says while the room cannot be seen well enough; `None` if it can.
#[must_use]
pub fn waiting(room: &RoomNow, w: &Words) -> Option<Sentence> {
    // In steps, so that what is read out does not change every second.
    let duration = |ms: i64| views::minutes(w.lang(), ms / 10_000 * 10_000).into();
    let text = match (room.away_ms, room.viewers_age_ms) {
        (Some(away_ms), _) => w.with("band-gap", [("dur", duration(away_ms))]),
        (None, Some(age_ms)) if age_ms > STALE_MS => w.with("band-stale", [("dur", duration(age_ms))]),
        _ => return None,
    };
    Some(Sentence::plain(text))
}

/// What all drivers lack: time, then viewers, then occasions of the driver that is nearest to enough.
fn too_early(answer: &Answer, w: &Words) -> Sentence {
    let rank = |driver: &&DriverAnswer| match driver.shortage {
        Some(Shortage::Minutes { .. }) => (0, 0.0),
        Some(Shortage::Viewers { .. }) => (1, 0.0),
        Some(Shortage::Occasions { have, need }) => (2, -f64::from(have) / f64::from(need.max(1))),
        None => (3, 0.0),
    };
    let nearest = answer.drivers.iter().min_by(|a, b| rank(a).partial_cmp(&rank(b)).expect("no NaN"));
    driver_sentence(nearest.expect("there are five drivers"), w)
}

fn is_outside(window: &WindowAnswer, now: Stamp) -> bool {
    window.change > 0 && window.cause == Cause::None && now.ms_since(window.to) <= RECENT_MS
}

/// `likes +6, gifts +3`: above which a burst of each driver would probably have been seen.
fn resolutions(answer: &Answer, w: &Words) -> String {
    let judged = answer.drivers.iter().filter(|driver| driver.level == Level::None);
    let each = judged.filter_map(|driver| {
        // A driver and its number stay on one line.
        Some(format!("{}\u{a0}{}", w.t(within(driver.driver)), at_most(driver.per_burst?, w)))
    });
    let list = each.collect::<Vec<_>>().join(", ");
    if list.is_empty() {
        return w.t("band-none-open").into_owned();
    }
    w.with("band-none-resolution", [("list", list.into())])
}

/// What is said of one driver, with its evidence line.
#[must_use]
pub fn driver_sentence(answer: &DriverAnswer, w: &Words) -> Sentence {
    let name = w.t(within(answer.driver));
    let driver = || ("driver", name.as_ref().into());
    let text = match (answer.level, answer.per_burst) {
        (Level::Unclear, _) => return missing(answer, w),
        (Level::Weak, _) => w.with("sentence-weak", [driver()]),
        (Level::None, Some(size)) => w.with("sentence-none", [driver(), ("high", at_most(size, w).into())]),
        (Level::None, None) => w.with("sentence-none-open", [driver()]),
        (Level::Likely | Level::Strong, _) => return claim(answer, w),
    };
    Sentence { text, word: Some(name.into_owned()), evidence: evidence(answer, w) }
}

/// The end of a range above which an effect is unlikely; what is smaller than can be told is rounded up, so
/// that it stays true.
fn at_most(size: Range, w: &Words) -> String {
    viewers(size.high.max(SMALLEST_TOLD), w)
}

/// A likely or strong answer, with its size and its delay where bursts gave them.
fn claim(answer: &DriverAnswer, w: &Words) -> Sentence {
    let (name, first) = (w.t(within(answer.driver)), w.t(answer.driver.as_str()));
    let driver = ("driver", name.as_ref().into());
    let lowers = answer.verdict == Verdict::Lowers;
    let begins = ("driver", first.as_ref().into());
    let sized =
        answer.per_burst.filter(|size| size.estimate.abs() >= SMALLEST_TOLD / 2.0).zip(answer.lag_s).map(
            |(size, lag_s)| [("effect", viewers(size.estimate, w).into()), ("lag", span(lag_s, w).into())],
        );
    let (text, word) = match sized {
        Some([effect, lag]) if lowers => (w.with("sentence-lowers", [driver, effect, lag]), &name),
        Some([effect, lag]) if answer.level == Level::Strong => {
            (w.with("sentence-strong", [driver, effect, lag]), &name)
        }
        Some([effect, _]) => (w.with("sentence-likely", [begins, effect]), &first),
        None if lowers => (w.with("sentence-lowers-open", [driver]), &name),
        None => (w.with("sentence-likely-open", [begins]), &first),
    };
    Sentence { word: Some(word.as_ref().to_owned()), text, evidence: evidence(answer, w) }
}

fn missing(answer: &DriverAnswer, w: &Words) -> Sentence {
    let counts = |have: u32, need: u32| [("have", have.into()), ("need", need.into())];
    match answer.shortage.unwrap_or(Shortage::Occasions { have: 0, need: 1 }) {
        Shortage::Minutes { have, need } => Sentence::plain(w.with("too-early-minutes", counts(have, need))),
        Shortage::Viewers { have, need } => Sentence::plain(w.with("too-early-viewers", counts(have, need))),
        Shortage::Occasions { have, need } => {
            let word = w.t(within(answer.driver)).into_owned();
            let [have, need] = counts(have, need);
            let text = w.with("too-early-occasions", [have, need, ("driver", word.clone().into())]);
            Sentence { text, word: Some(word), evidence: None }
        }
    }
}

/// `9 of 11 times (by chance: about 3), after about 60 s, likely range +5 to +19`.
fn evidence(answer: &DriverAnswer, w: &Words) -> Option<String> {
    let hits = (answer.bursts > 0).then(|| {
        let m = answer.hits_by_chance;
        let m = if m < 1.0 { m } else { m.round() };
        let m = views::decimal(w.lang(), m);
        w.with("evidence-hits", [("k", answer.hits.into()), ("n", answer.bursts.into()), ("m", m.into())])
    });
    // Of "none" the sentence itself tells the end of the range that matters.
    let sized = matches!(answer.level, Level::Weak | Level::Likely | Level::Strong);
    // The delay is in the sentence where that tells one.
    let told = answer.level == Level::Strong || answer.verdict == Verdict::Lowers;
    let lag = answer.lag_s.filter(|_| match answer.per_burst {
        Some(_) => sized && !told,
        None => answer.level.is_claim(),
    });
    let lag = lag.map(|lag_s| w.with("evidence-lag", [("lag", span(lag_s, w).into())]));
    let range = answer.per_burst.filter(|_| sized).map(|size| {
        let ends = [("low", viewers(size.low, w).into()), ("high", viewers(size.high, w).into())];
        w.with("evidence-range", ends)
    });
    let parts: Vec<_> = [hits, lag, range].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What is said of a notable rise or drop. `gift` names the gift of its occasion.
#[must_use]
pub fn window_sentence(window: &WindowAnswer, gift: Option<&str>, w: &Words) -> Sentence {
    let length = span(window.to.ms_since(window.from) as f64 / 1000.0, w);
    let change = views::signed(w.lang(), window.change);
    let change = || [("change", change.clone().into()), ("dur", length.clone().into())];
    match window.cause {
        Cause::Glitch => Sentence::plain(w.with("window-glitch", [("dur", length.clone().into())])),
        Cause::None => Sentence {
            text: w.with("window-none", change()),
            word: None,
            evidence: Some(w.t("window-none-perhaps").into_owned()),
        },
        Cause::Driver(driver) => {
            let word = w.t(within(driver)).into_owned();
            let [by, dur] = change();
            let named = ("driver", word.clone().into());
            let text = match window.occasion {
                None => w.with("window-change", [by, dur, named]),
                Some(occasion) => {
                    let what = ("what", occasion_words(&occasion, gift, w).into());
                    let ago_ms = window.from.ms_since(occasion.at);
                    if ago_ms > 0 {
                        let ago = ("ago", span(ago_ms as f64 / 1000.0, w).into());
                        w.with("window-before", [by, dur, named, what, ago])
                    } else {
                        w.with("window-during", [by, dur, named, what])
                    }
                }
            };
            let share = views::percent(w.lang(), (window.confidence * 100.0).round() / 100.0);
            let evidence = Some(w.with("window-confidence", [("share", share.into())]));
            Sentence { text, word: Some(word), evidence }
        }
    }
}

/// `Galaxy ×1`, which no line breaks, or `412 in 10 s`.
fn occasion_words(occasion: &Occasion, gift: Option<&str>, w: &Words) -> String {
    match (occasion.gift, gift) {
        (Some(_), Some(gift)) => format!("{gift}\u{a0}×{}", views::count(w.lang(), occasion.units)),
        (Some(id), None) => {
            let gift = w.with("gift-unnamed", [("id", id.to_string().into())]);
            format!("{gift}\u{a0}×{}", views::count(w.lang(), occasion.units))
        }
        (None, _) => w.with("occasion-in-10-s", [("n", occasion.units.into())]),
    }
}

/// The word for a level.
#[must_use]
pub fn level_word(level: Level, w: &Words) -> String {
    let key = match level {
        Level::Unclear => "level-unclear",
        Level::None => "level-none",
        Level::Weak => "level-weak",
        Level::Likely => "level-likely",
        Level::Strong => "level-strong",
    };
    w.t(key).into_owned()
}

/// The locale key of a driver's name within a sentence.
#[must_use]
pub const fn within(driver: Driver) -> &'static str {
    match driver {
        Driver::Likes => "within-likes",
        Driver::Gifts => "within-gifts",
        Driver::Comments => "within-comments",
        Driver::Follows => "within-follows",
        Driver::Shares => "within-shares",
    }
}

/// A change of viewers with its sign: whole from 10 on, with one decimal below.
#[must_use]
pub fn viewers(change: f64, w: &Words) -> String {
    let size = if change.abs() < 9.95 {
        views::decimal(w.lang(), change.abs())
    } else {
        views::count(w.lang(), change.abs().round() as i64)
    };
    match size.as_str() {
        "0" => size,
        _ if change < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

/// A length of time in a sentence: `90 s`, `2 min`, `2.5 min`.
#[must_use]
pub fn span(seconds: f64, w: &Words) -> String {
    let (key, n) = if seconds < SECONDS_UP_TO {
        ("span-seconds", seconds.round())
    } else {
        ("span-minutes", (seconds / 30.0).round() / 2.0)
    };
    w.with(key, [("n", views::decimal(w.lang(), n).into())])
}

#[cfg(test)]
mod tests;
