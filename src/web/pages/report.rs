//! A session as one file that stands alone: styles and drawings inside, no script, nothing to fetch.

use super::chart::{self, Subject, TableRow};
use super::leaderboard::Leaderboard;
use super::live::View;
use super::moments::{Moments, Told, What};
use super::review::battles::{BattleRow, Battles};
use super::review::gifts::{GiftRow, gift_row};
use super::review::quality::{GapRow, gap_row};
use super::review::timeline::{Explained, Figure, figures};
use super::review::{heading, recap};
use crate::domain::gift::TierLimits;
use crate::domain::time::Stamp;
use crate::reports::review::SessionReview;
use crate::web::assets;
use crate::web::look::{Look, Theme};
use crate::web::saves::chart::draw;
use crate::web::saves::session::EVERY_LANE;
use crate::web::sentences::{self, RoomNow};
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;

/// Rows of a list in a report at most; a file should be small enough to send.
const MOST_ROWS: usize = 100;

#[derive(Template)]
#[template(path = "pages/report.html")]
pub struct ReportPage<S: Sight> {
    pub w: &'static Words,
    pub lang: Lang,
    pub title: String,
    pub styles: String,
    pub creator: String,
    pub heading: String,
    pub recap: String,
    pub notes: String,
    /// What came before, what that rests on.
    pub verdict: Option<(String, Option<String>)>,
    pub figures: Vec<Figure<S>>,
    pub chart: String,
    pub chart_notes: Vec<String>,
    pub table: Vec<TableRow>,
    pub table_caption: String,
    /// Time and what was there.
    pub moments: Vec<(String, String)>,
    pub leaderboard: Leaderboard<S>,
    pub gifts: Vec<GiftRow<S>>,
    /// That not all gifts are listed, if so.
    pub more_gifts: Option<String>,
    pub battles: Vec<BattleRow<S>>,
    pub gaps: Vec<GapRow>,
    pub recorded: String,
    pub made: String,
}

impl<S: Sight> ReportPage<S> {
    /// The report of a session as it is `now`. Paper is light, whatever the pages are.
    #[must_use]
    pub fn new(look: &Look, now: Stamp, review: &SessionReview, explained: &Explained) -> Self {
        let look = &Look { theme: Theme::Light, ..*look };
        let w = look.words();
        let summary = &review.summary;
        let start = summary.start.recorded_from;
        let end = summary.ended_at.unwrap_or(now);
        let subject = Subject::of_session(summary, &review.bins, &review.battles, end);
        let creator = summary.start.creator.to_string();
        let heading = heading(summary, look, end);
        let title = format!("@{creator} · {heading}");
        let recap = recap(summary, look);
        let drawing = draw::<S>(&subject, &View::whole(EVERY_LANE), &title, &recap, look);
        let zone = format!("{} ({})", views::zone_at(look.zone, start), look.zone.name());
        Self {
            w,
            lang: look.lang,
            styles: assets::text("css/tokens.css") + &assets::text("css/report.css"),
            verdict: explained.answer.as_ref().map(|answer| {
                let said = sentences::verdict(answer, &RoomNow::default(), w).sentence;
                (said.text, said.evidence)
            }),
            figures: figures(&summary.totals, look),
            chart: drawing.svg(&title),
            chart_notes: chart::notes(&subject, look),
            table: chart::table::<S>(&subject, look),
            table_caption: w.with("chart-caption", [("zone", zone.clone().into())]),
            moments: moments(review, explained, look),
            leaderboard: Leaderboard::finished(&review.gifters, look),
            gifts: review
                .gifts
                .iter()
                .take(MOST_ROWS)
                // Nothing here tells the tiers of gifts apart.
                .map(|gift| gift_row(gift, None, TierLimits::default(), look))
                .collect(),
            more_gifts: match review.gifts.len().saturating_sub(MOST_ROWS) {
                0 => None,
                more => Some(w.with("report-more-gifts", [("n", more.into())])),
            },
            battles: Battles::new(look, now, summary, &review.battles, &review.bins).battles,
            gaps: summary.gaps.iter().take(MOST_ROWS).map(|gap| gap_row(gap, end, look)).collect(),
            recorded: w
                .with("recorded-share", [("share", views::percent(look.lang, summary.coverage).into())]),
            notes: summary.notes.clone(),
            made: w.with(
                "report-made",
                [
                    ("time", views::moment(look, now).into()),
                    ("version", env!("CARGO_PKG_VERSION").into()),
                    ("zone", zone.into()),
                ],
            ),
            title,
            creator,
            heading,
            recap,
        }
    }
}

/// What the list on the page says, without its links.
fn moments(review: &SessionReview, explained: &Explained, look: &Look) -> Vec<(String, String)> {
    let gifts = review.gifts.iter().map(|gift| (gift.gift, gift.name.clone())).collect();
    let told = Told {
        session: review.summary.id,
        began: review.summary.start.recorded_from,
        answer: explained.answer.as_deref(),
        markers: &explained.markers,
        gifts: &gifts,
        since: None,
    };
    let said = |what| match what {
        What::Moment(moment) => {
            let sentence = format!("{}{}{}", moment.before, moment.word, moment.after);
            if moment.evidence.is_empty() { sentence } else { format!("{sentence} {}", moment.evidence) }
        }
        What::Glitch { text, .. } => text,
        What::Marked { name, note, .. } if note.is_empty() => name,
        What::Marked { name, note, .. } => format!("{name}: {note}"),
    };
    let rows = Moments::new(&told, look).rows.into_iter().take(MOST_ROWS);
    rows.map(|row| (row.time, said(row.what))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;
    use crate::web::sight::{Moneyless, WithMoney};

    fn report<S: Sight>(lang: Lang) -> String {
        let look = Look { theme: Theme::Dark, ..samples::look(lang) };
        let page = ReportPage::<S>::new(&look, samples::NOW, &samples::review(), &samples::explained());
        page.render().expect("renders")
    }

    #[test]
    fn a_report_stands_alone_and_is_small_enough_to_send() {
        for lang in Lang::ALL {
            let page = report::<WithMoney>(lang);
            for outside in
                ["<script", " src=", "<link", "@import", "url(", "href=", "\" onload=", " onclick="]
            {
                assert!(!page.contains(outside), "{outside}");
            }
            assert!(page.len() < 400_000, "{}", page.len());
            assert!(
                page.contains("<svg")
                    && page.contains("Asia/Jakarta")
                    && page.contains(env!("CARGO_PKG_VERSION"))
            );
        }
    }

    #[test]
    fn a_report_says_what_the_page_says() {
        let page = report::<WithMoney>(Lang::En);
        let look = samples::look(Lang::En);
        for figure in figures::<WithMoney>(&samples::review().summary.totals, &look) {
            assert!(page.contains(&figure.value), "{} {}", figure.label, figure.value);
        }
        assert!(page.contains("not proof of cause") && page.contains("data-theme=\"light\""));
    }

    #[test]
    fn without_money_a_report_says_what_was_given_and_not_what_it_is_worth() {
        let (with, without) = (report::<WithMoney>(Lang::En), report::<Moneyless>(Lang::En));
        assert!(with.contains('◆') && with.contains("US$"));
        assert!(!without.contains('◆') && !without.contains("US$") && !without.contains("≈"), "{without}");
        for row in
            Leaderboard::<Moneyless>::finished(&samples::review().gifters, &samples::look(Lang::En)).rows
        {
            assert!(without.contains(&row.display_id) && without.contains(&row.gifts));
        }
    }
}
