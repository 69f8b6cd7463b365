//! What is saved of a whole session: its chart as a picture, and the report that stands alone.

use super::chart::draw;
use crate::domain::answer::Answer;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, Bin};
use crate::export::request::{Request, Scope};
use crate::export::{Drawn, ExportError, Fans};
use crate::picture::Drawing;
use crate::reports::explain::{self, ExplainError};
use crate::reports::review::{self, SessionReview};
use crate::reports::sessions::{SessionSummary, summary};
use crate::store::{Store, StoreError};
use crate::web::look::{Look, Theme};
use crate::web::pages::chart::Subject;
use crate::web::pages::live::View;
use crate::web::pages::report::ReportPage;
use crate::web::pages::review::timeline::Explained;
use crate::web::pages::review::{heading, recap};
use crate::web::sight::{Moneyless, Sight, WithMoney};
use crate::web::views;
use askama::Template as _;
use chrono_tz::Tz;
use std::sync::Arc;
use tracing::error;

/// The lanes of a chart that is kept.
pub const EVERY_LANE: &str = "likes,comments,gifts,follows,shares";
/// Gifters in a report at most.
const MOST_GIFTERS: usize = 50;

/// Which file is made of each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    Report,
    Chart,
}

/// The part of a session that a chart shows.
pub struct Charted {
    pub summary: SessionSummary,
    bins: Vec<Bin>,
    battles: Vec<BattleFacts>,
    at: Stamp,
    view: View,
}

/// A session as its report tells it.
pub struct Reported {
    pub review: SessionReview,
    explained: Explained,
}

impl Charted {
    /// What `view` shows of a session, with a newest moment of `now` while it runs.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn read(store: &Store, session: Session, view: View, now: Stamp) -> Result<Self, StoreError> {
        let at = session.ended_at.unwrap_or(now);
        let from = view.window.begin(at).unwrap_or(session.start.recorded_from);
        Ok(Self {
            bins: store.series(session.id, from, Stamp(i64::MAX)).await?,
            battles: store.battles(session.id).await?,
            summary: summary(store, session).await?,
            at,
            view,
        })
    }

    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        Subject::of_session(&self.summary, &self.bins, &self.battles, self.at)
    }

    /// The chart under the name of its creator.
    #[must_use]
    pub fn drawn<S: Sight>(&self, look: &Look) -> Drawing {
        let head = format!("@{} · {}", self.summary.start.creator, heading(&self.summary, look, self.at));
        draw::<S>(&self.subject(), &self.view, &head, &recap(&self.summary, look), look)
    }
}

impl Reported {
    /// All that is told of a session and of its `answer`.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn read(
        store: &Store,
        session: Session,
        answer: Option<Arc<Answer>>,
    ) -> Result<Self, StoreError> {
        let markers = store.markers(session.id).await?;
        let summary = summary(store, session).await?;
        Ok(Self {
            review: review::in_full(store, summary, MOST_GIFTERS).await?,
            explained: Explained { answer, markers, ..Explained::default() },
        })
    }

    /// The same with viewers as numbers.
    fn hide_names(&mut self, fans: &mut Fans) {
        for gifter in &mut self.review.gifters {
            gifter.nickname = format!("Fan #{}", fans.number(gifter.total.user));
            gifter.display_id = String::new();
        }
    }

    /// The report as it is at `now`.
    ///
    /// # Errors
    ///
    /// [`askama::Error`] if it cannot be rendered.
    pub fn render<S: Sight>(&self, look: &Look, now: Stamp) -> Result<String, askama::Error> {
        ReportPage::<S>::new(look, now, &self.review, &self.explained).render()
    }
}

impl Each {
    /// How the name of a file ends.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Report => "html",
            Self::Chart => "png",
        }
    }

    /// What a file is, for HTTP.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Report => "text/html; charset=utf-8",
            Self::Chart => "image/png",
        }
    }

    /// What a file takes in bytes: alone, or packed in an archive. Measured on the simulated sessions of the demo.
    #[must_use]
    pub const fn bytes(self, scope: Scope) -> u64 {
        match (self, scope) {
            (Self::Report, Scope::Session(_)) => 42_000,
            (Self::Report, Scope::Days(_)) => 11_000,
            (Self::Chart, _) => 170_000,
        }
    }

    /// What makes this file of one session after the other, as `told` has it; its format and sections are of no
    /// matter here.
    pub fn drawing(
        self,
        store: Store,
        told: Request,
    ) -> impl AsyncFnMut(Session) -> Result<Drawn, ExportError> + Send + 'static {
        let mut fans = Fans::default();
        async move |session: Session| {
            let id = session.id;
            let (summary, bytes) = match told.money {
                true => self.drawn::<WithMoney>(&store, &told, session, &mut fans).await?,
                false => self.drawn::<Moneyless>(&store, &told, session, &mut fans).await?,
            };
            let name = file_name(&summary, told.zone, &format!("{id}.{}", self.extension()));
            Ok(Drawn { name, bytes })
        }
    }

    async fn drawn<S: Sight>(
        self,
        store: &Store,
        told: &Request,
        session: Session,
        fans: &mut Fans,
    ) -> Result<(SessionSummary, Vec<u8>), ExportError> {
        // Whatever the pages look like, a file may be printed.
        let (lang, zone, theme) = (told.lang, told.zone, Theme::Light);
        let look = Look { lang, zone, theme, rates: told.rates.unwrap_or_default(), ..Look::default() };
        match self {
            Self::Chart => {
                let charted = Charted::read(store, session, View::whole(EVERY_LANE), told.at).await?;
                let png = charted.drawn::<S>(&look).png();
                Ok((charted.summary, png))
            }
            Self::Report => {
                // Without an answer, all that was recorded can still be told. The log says more.
                let answer = match explain::answer(store, &session).await {
                    Err(ExplainError::Failed) => None,
                    answer => answer?,
                };
                let mut reported = Reported::read(store, session, answer.map(Arc::new)).await?;
                if told.hide_names {
                    reported.hide_names(fans);
                }
                let page = reported.render::<S>(&look, told.at).map_err(|error| {
                    error!(%error, "A report could not be made: {error}");
                    ExportError::Failed
                })?;
                Ok((reported.review.summary, page.into_bytes()))
            }
        }
    }
}

/// `pasut-mira-2026-11-22-1930-chart.png`
#[must_use]
pub fn file_name(summary: &SessionSummary, zone: Tz, end: &str) -> String {
    let start = summary.start.recorded_from;
    let local = views::iso(start + i64::from(views::zone_offset_s(zone, start)) * 1000);
    let (day, clock) = (&local[..10], local[11..16].replace(':', ""));
    format!("pasut-{}-{day}-{clock}-{end}", summary.start.creator)
}
