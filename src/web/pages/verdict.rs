//! The verdict band: how many viewers came or went, one sentence, and what it rests on.

use super::pulse::{direction_of, glyph, viewers_change};
use super::state::{remedy, sentence};
use crate::domain::answer::{Answer, DriverAnswer};
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::web::look::Look;
use crate::web::sentences::{self, Band, RoomNow, level_word};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// More dots than this are not counted by eye; the words count them.
const MOST_DOTS: u32 = 24;
/// From one dot to the next, in units of the drawing.
const DOT: u32 = 13;

#[derive(Template)]
#[template(path = "fragments/verdict.html")]
pub struct Verdict {
    pub w: &'static Words,
    pub oob: bool,
    /// `up`, `down`, or empty.
    pub direction: &'static str,
    pub delta: String,
    pub delta_label: String,
    pub claim: Claim,
    /// How sure it is: how many of the four bars, and the word.
    pub level: Option<(u8, String)>,
    pub dots: Option<Dots>,
    pub evidence: Option<String>,
    /// Where the answer is explained, for whoever may read that.
    pub why: Option<String>,
    /// It is an answer, and no proof of cause.
    pub no_proof: bool,
    pub link: Option<(String, String)>,
    pub stale: bool,
    /// Read out when it changes; not for sentences that count seconds.
    pub announced: bool,
}

/// The sentence around the driver's name.
#[derive(Default)]
pub struct Claim {
    pub before: String,
    pub word: String,
    pub after: String,
    /// The driver whose colour the name has; only claims are coloured.
    pub series: &'static str,
}

/// One dot for each burst, filled for a hit, and a rule under as many as chance gives.
pub struct Dots {
    pub width: u32,
    /// The middle of each dot, and whether it is filled.
    pub each: Vec<(u32, bool)>,
    pub by_chance: u32,
}

impl Verdict {
    /// The band of the Live page.
    #[must_use]
    pub fn live(snapshot: &Snapshot, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let Some(session) = snapshot.session.as_deref() else {
            let claim = match snapshot.refused {
                // The line above says what to do.
                Some(_) => w.t("pill-not-recorded").into_owned(),
                None => sentence(snapshot, look, now).unwrap_or_else(|| w.t("verdict-first").into_owned()),
            };
            let link = remedy(&snapshot.state)
                .filter(|_| look.may_manage())
                .map(|(href, key)| (href.to_owned(), w.t(key).into_owned()));
            return Self { link, ..Self::saying(claim, look) };
        };
        if session.ended_at.is_some() {
            return Self {
                link: look
                    .may_note()
                    .then(|| (format!("/sessions/{}", session.id), w.t("see-recap").into_owned())),
                evidence: sentence(snapshot, look, now).filter(|_| snapshot.refused.is_none()),
                ..Self::saying(w.t("state-ended").into_owned(), look)
                    .with_peak(session.totals.viewers.peak, look)
            };
        }
        Self::running(snapshot, session, look, now)
    }

    /// The band of a session that is looked at afterwards.
    #[must_use]
    pub fn of_session(session: SessionId, answer: &Answer, peak: Option<i64>, look: &Look) -> Self {
        let band = sentences::verdict(answer, &RoomNow::default(), look.words());
        Self::saying(String::new(), look).with_band(&band, session, look).with_peak(peak, look)
    }

    #[must_use]
    pub fn glyph(&self) -> &'static str {
        glyph(self.direction)
    }

    fn running(snapshot: &Snapshot, session: &LiveSession, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let change = viewers_change(session, snapshot.at);
        let steady = change.is_some_and(|(ago, now)| sentences::is_steady(ago, now));
        let mut verdict = Self::saying(w.t("verdict-first").into_owned(), look);
        if let Some((ago, viewers)) = change {
            verdict.direction = if steady { "" } else { direction_of(change) };
            verdict.delta = views::signed(look.lang, viewers - ago);
            verdict.delta_label = w.t("viewers-in-10-min").into_owned();
        } else if let Some(last) = session.totals.viewers.last {
            verdict.delta = views::count(look.lang, last);
        }
        let room = RoomNow {
            away_ms: session.gaps.last().filter(|gap| gap.to.is_none()).map(|gap| gap.ms(now)),
            viewers_age_ms: session.totals.viewers.last_at.map(|seen| now.ms_since(seen)),
            viewers: change,
        };
        verdict.announced = true;
        match (sentences::waiting(&room, w), session.answer.as_deref()) {
            (Some(sentence), _) => {
                Self { stale: true, direction: "", claim: Claim::plain(sentence.text), ..verdict }
            }
            (None, Some(answer)) => {
                verdict.with_band(&sentences::verdict(answer, &room, w), session.id, look)
            }
            (None, None) => verdict,
        }
    }

    fn saying(text: String, look: &Look) -> Self {
        let w = look.words();
        Self {
            w,
            oob: false,
            direction: "",
            delta: String::new(),
            delta_label: w.t("viewers").into_owned(),
            claim: Claim::plain(text),
            level: None,
            dots: None,
            evidence: None,
            why: None,
            no_proof: false,
            link: None,
            stale: false,
            announced: false,
        }
    }

    fn with_peak(self, peak: Option<i64>, look: &Look) -> Self {
        let delta = peak.map_or(self.delta, |peak| views::count(look.lang, peak));
        Self { delta, delta_label: self.w.t("peak-viewers").into_owned(), ..self }
    }

    fn with_band(self, band: &Band, session: SessionId, look: &Look) -> Self {
        let (before, word, after) = band.sentence.around_word();
        let series =
            band.driver.filter(|driver| driver.level.is_claim()).map_or("", |answer| answer.driver.as_str());
        Self {
            claim: Claim {
                before: before.to_owned(),
                word: word.to_owned(),
                after: after.to_owned(),
                series,
            },
            level: band.level.map(|level| (level as u8, level_word(level, self.w))),
            dots: band.driver.and_then(Dots::new),
            evidence: band.sentence.evidence.clone(),
            why: look.may_manage().then(|| format!("/insights?scope=session:{session}")),
            no_proof: true,
            ..self
        }
    }
}

impl Claim {
    fn plain(text: String) -> Self {
        Self { before: text, ..Self::default() }
    }
}

impl Dots {
    /// `None` if there is no burst, or more than an eye counts.
    #[must_use]
    pub fn new(answer: &DriverAnswer) -> Option<Self> {
        if answer.bursts == 0 || answer.bursts > MOST_DOTS {
            return None;
        }
        let by_chance = answer.hits_by_chance.clamp(0.0, f64::from(answer.bursts));
        Some(Self {
            width: answer.bursts * DOT,
            each: (0..answer.bursts).map(|i| (6 + i * DOT, i < answer.hits)).collect(),
            by_chance: (by_chance * f64::from(DOT)).round() as u32,
        })
    }
}
