//! How complete and how sure a session's numbers are, and how they compare with TikTok's own.

use super::super::feed::cause_key;
use super::super::shell::Visit;
use crate::domain::gift::ValueSource;
use crate::domain::remark::TikTokFigures;
use crate::domain::session::Gap;
use crate::domain::time::Stamp;
use crate::domain::totals::GiftTotal;
use crate::reports::sessions::SessionSummary;
use crate::store::streaks::StreakCounts;
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "review/quality.html")]
pub struct Quality<S: Sight> {
    pub w: &'static Words,
    pub session: String,
    pub recorded: String,
    pub strip: Vec<StripPart>,
    pub strip_from: String,
    pub strip_to: String,
    pub gaps: Vec<GapRow>,
    /// How many streaks there were, and of how many nobody saw the end.
    pub streaks: String,
    /// Gifts without a price, as a sentence; empty if there are none.
    pub unpriced: S::Money<String>,
    /// What became of the messages, in their order.
    pub messages: Vec<(String, String)>,
    pub methods: Vec<(String, String)>,
    /// For whoever may say what TikTok shows.
    pub figures: Vec<MatchRow>,
}

/// One of TikTok's own figures beside ours.
pub struct MatchRow {
    pub field: &'static str,
    pub label: String,
    pub ours: String,
    /// As it was typed; empty if it was not.
    pub typed: String,
    /// Ours divided by TikTok's.
    pub ratio: String,
}

/// A stretch of the coverage strip, in thousandths of the session.
pub struct StripPart {
    pub x: u32,
    pub width: u32,
    pub title: String,
}

pub struct GapRow {
    pub from: String,
    pub to: String,
    pub length: String,
    pub cause: String,
}

/// What the tab is made of, besides the summary.
pub struct Counted<'a> {
    pub streaks: StreakCounts,
    pub gifts: &'a [GiftTotal],
    /// Counted messages by TikTok's own name for them.
    pub methods: &'a [(String, i64)],
    pub tiktok: TikTokFigures,
}

impl<S: Sight> Quality<S> {
    #[must_use]
    pub fn new(visit: &Visit<S>, summary: &SessionSummary, counted: &Counted) -> Self {
        let look = &visit.look;
        let w = look.words();
        let end = super::end(summary, visit.now);
        let start = summary.start.recorded_from;
        let count = |n: i64| views::full(look.lang, n);
        let messages = &summary.totals.messages;
        let told = [
            ("messages-counted", messages.counted),
            ("messages-history", messages.history_skipped),
            ("messages-duplicate", messages.duplicates_dropped),
            ("messages-undecodable", messages.decode_errors),
            ("messages-unknown", summary.totals.events.of(crate::domain::event::Kind::Unknown)),
            ("frames-broken", messages.broken_frames),
        ];
        let unpriced = || {
            let unpriced = counted.gifts.iter().filter(|gift| gift.value.source == ValueSource::Unknown);
            match unpriced.count() as i64 {
                0 => String::new(),
                n => w.with("unpriced-count", [("n", n.into())]),
            }
        };
        let StreakCounts { all, open } = counted.streaks;
        Self {
            w,
            session: summary.id.to_string(),
            recorded: w
                .with("recorded-share", [("share", views::percent(look.lang, summary.coverage).into())]),
            strip: strip(summary, end, look),
            strip_from: views::clock(look, start),
            strip_to: views::clock_zone(look, end),
            gaps: summary.gaps.iter().map(|gap| gap_row(gap, end, look)).collect(),
            streaks: w.with("streaks-settled", [("all", all.into()), ("n", open.into())]),
            unpriced: S::money(unpriced),
            messages: told.map(|(key, n)| (w.t(key).into_owned(), count(n))).into(),
            methods: counted.methods.iter().map(|(name, n)| (name.clone(), count(*n))).collect(),
            figures: match look.may_manage() {
                true => matches::<S>(summary, counted.tiktok, look),
                false => Vec::new(),
            },
        }
    }
}

fn strip(summary: &SessionSummary, end: Stamp, look: &Look) -> Vec<StripPart> {
    let start = summary.start.recorded_from;
    let length_ms = end.ms_since(start).max(1);
    let thousandth =
        |at: Stamp| u32::try_from(at.ms_since(start).clamp(0, length_ms) * 1000 / length_ms).unwrap_or(0);
    let part = |gap: &Gap| {
        let x = thousandth(gap.from);
        let title = super::super::chart::gap_label(gap, end, look);
        StripPart { x, width: (thousandth(gap.to.unwrap_or(end)) - x).max(2), title }
    };
    summary.gaps.iter().map(part).collect()
}

#[must_use]
pub fn gap_row(gap: &Gap, end: Stamp, look: &Look) -> GapRow {
    let w = look.words();
    GapRow {
        from: views::clock(look, gap.from),
        to: gap.to.map_or_else(|| w.t("until-now").into_owned(), |to| views::clock(look, to)),
        length: views::duration(look.lang, gap.ms(end)),
        cause: w.t(cause_key(gap.cause)).into_owned(),
    }
}

/// Ours beside TikTok's.
fn matches<S: Sight>(summary: &SessionSummary, tiktok: TikTokFigures, look: &Look) -> Vec<MatchRow> {
    let w = look.words();
    let totals = &summary.totals;
    let row = |field, key: &str, ours: i64, typed: Option<i64>| MatchRow {
        field,
        label: w.t(key).into_owned(),
        ours: views::full(look.lang, ours),
        typed: typed.map_or_else(String::new, |typed| typed.to_string()),
        ratio: match typed.filter(|typed| *typed > 0) {
            Some(typed) => format!("{}%", views::decimal(look.lang, ours as f64 / typed as f64 * 100.0)),
            None => views::NOTHING.to_owned(),
        },
    };
    let diamonds =
        S::money(|| row("diamonds", "match-diamonds", totals.diamonds_to_creator, tiktok.diamonds));
    let others = [
        row("likes", "match-likes", totals.likes, tiktok.likes),
        row("viewers_total", "match-viewers-total", totals.viewers.total, tiktok.viewers_total),
    ];
    diamonds.into_shown().into_iter().chain(others).collect()
}
