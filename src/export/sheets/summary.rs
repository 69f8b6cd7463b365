//! What a file says of itself: what was asked for, how exact it is, and what it adds up to.

use crate::domain::gift::{Known, ValueSource};
use crate::domain::money::{Money, Rates};
use crate::domain::session::Session;
use crate::domain::totals::{SessionTotals, ViewerTotals};
use crate::export::book::{Fact, Saying};
use crate::export::request::{Request, Scope};
use crate::export::sheet::{Cell, Head, Kind};

/// What the sessions of a file add up to.
#[derive(Debug, Default)]
pub struct Sums {
    sessions: i64,
    running: i64,
    left: i64,
    duration_ms: i64,
    viewers: ViewerTotals,
    likes: i64,
    comments: i64,
    follows: i64,
    shares: i64,
    joins: i64,
    gift_units: i64,
    diamonds: i64,
    diamonds_to_creator: i64,
    known: Known,
}

impl Sums {
    /// Adds a session; `left` if only its totals are here.
    pub fn add(&mut self, session: &Session, left: bool) {
        let totals: &SessionTotals = &session.totals;
        self.sessions += 1;
        self.running += i64::from(session.ended_at.is_none());
        self.left += i64::from(left);
        self.duration_ms += session.duration_ms;
        self.viewers.viewer_ms += totals.viewers.viewer_ms;
        self.viewers.known_ms += totals.viewers.known_ms;
        self.viewers.peak = self.viewers.peak.max(totals.viewers.peak);
        self.likes += totals.likes;
        self.comments += totals.comments;
        self.follows += totals.follows;
        self.shares += totals.shares;
        self.joins += totals.joins;
        self.gift_units += totals.gift_units;
        self.diamonds += totals.diamonds;
        self.diamonds_to_creator += totals.diamonds_to_creator;
        self.known += totals.known();
    }

    /// Everything a file says of itself, in its order.
    pub fn facts(&self, request: &Request, saying: Saying) -> Vec<Fact> {
        let mut facts = asked(request);
        facts.extend(self.counted());
        if request.money {
            facts.extend(self.diamonds());
            facts.extend(request.rates.into_iter().flat_map(|rates| self.estimate(rates)));
        }
        facts.extend(notes(request, saying));
        facts
    }

    fn counted(&self) -> Vec<Fact> {
        let count = |member, heading, count| fact(member, heading, Kind::Count, Cell::Whole(count));
        let hours = self.viewers.viewer_ms as f64 / 3_600_000.0;
        vec![
            count("sessions", "col-sessions", self.sessions),
            count("running", "col-running", self.running),
            count("sessions_left", "col-left", self.left),
            fact("duration_ms", "col-duration", Kind::Length, Cell::Whole(self.duration_ms)),
            fact(
                "viewers.average",
                "col-viewers-average",
                Kind::Number,
                Cell::maybe(self.viewers.average(), Cell::Real),
            ),
            fact("viewers.max", "col-viewers-peak", Kind::Count, Cell::maybe(self.viewers.peak, Cell::Whole)),
            fact("viewers.viewer_hours", "col-viewer-hours", Kind::Number, Cell::Real(hours)),
            count("likes", "col-likes", self.likes),
            count("comments", "col-comments", self.comments),
            count("follows", "col-follows", self.follows),
            count("shares", "col-shares", self.shares),
            count("joins", "col-joins", self.joins),
            count("gift_units", "col-gifts", self.gift_units),
            count("unpriced_units", "col-unpriced", self.known.unpriced_units),
        ]
    }

    fn diamonds(&self) -> Vec<Fact> {
        let count = |member, heading, count| fact(member, heading, Kind::Count, Cell::Whole(count));
        let by = |source: ValueSource| self.known.diamonds[source as usize];
        vec![
            count("diamonds.total", "col-diamonds", self.diamonds),
            count("diamonds.to_host", "col-diamonds-to-creator", self.diamonds_to_creator),
            fact("estimated", "col-estimated", Kind::Mark, Cell::Mark(self.known.is_estimated())),
            count("diamonds.by_value_source.event", "col-diamonds-exact", by(ValueSource::Event)),
            count("diamonds.by_value_source.learned", "col-diamonds-learned", by(ValueSource::Learned)),
            count("diamonds.by_value_source.list", "col-diamonds-list", by(ValueSource::List)),
            count("diamonds.by_value_source.estimate", "col-diamonds-estimate", by(ValueSource::Estimate)),
        ]
    }

    /// What the creator's diamonds may be worth, and at which rates.
    fn estimate(&self, rates: Rates) -> Vec<Fact> {
        let dollars = Cell::Real(rates.dollars_per_diamond());
        let mut facts = vec![fact("money.diamond_usd", "col-diamond-usd", Kind::Fine, dollars)];
        if let Some(rate) = rates.rupiah_per_dollar {
            let on = Cell::maybe(rates.rupiah_on, |day| Cell::Text(day.to_string().into()));
            facts.push(fact("money.idr_per_usd", "col-idr-per-usd", Kind::Count, Cell::Whole(rate.into())));
            facts.push(fact("money.idr_date", "col-idr-date", Kind::Name, on));
        }
        facts.push(match rates.estimate(self.diamonds_to_creator) {
            Money::Dollars(usd) => fact("money.estimated_usd", "col-money-usd", Kind::Fine, Cell::Real(usd)),
            Money::Rupiah(idr) => fact("money.estimated_idr", "col-money-idr", Kind::Number, Cell::Real(idr)),
        });
        facts
    }
}

fn asked(request: &Request) -> Vec<Fact> {
    let text = |text: String| Cell::Text(text.into());
    let mut facts = vec![
        fact("version", "col-version", Kind::Name, text(format!("Pasut {}", env!("CARGO_PKG_VERSION")))),
        fact("exported_at", "col-exported-at", Kind::Time, Cell::Time(request.at)),
        fact("zone", "col-zone", Kind::Name, text(request.zone.name().to_owned())),
    ];
    match request.scope {
        Scope::Days(days) => {
            let (from, to) = days.stretch(request.zone);
            facts.push(fact("from", "col-range-from", Kind::Time, Cell::Time(from)));
            facts.push(fact("to", "col-range-to", Kind::Time, Cell::Time(to)));
        }
        Scope::Session(id) => facts.push(fact("session_id", "col-session", Kind::Id, Cell::id(&id))),
    }
    let creator = request.creator.as_ref();
    let creator = creator.map_or(Cell::Word("all", "all-creators"), |creator| text(creator.to_string()));
    facts.push(fact("creator", "col-creator", Kind::Name, creator));
    facts
}

/// What a reader should know before the numbers are used.
fn notes(request: &Request, saying: Saying) -> Vec<Fact> {
    let note = |member, said: &str| {
        fact(member, "col-please-note", Kind::Text, Cell::Text(saying.words.t(said).into_owned().into()))
    };
    let mut notes =
        vec![note("notes.gaps", "file-note-gaps"), note("notes.association", "file-note-association")];
    if request.money {
        notes.push(note("notes.prices", "file-note-prices"));
        if request.rates.is_some() {
            notes.push(note("notes.money", "file-note-money"));
        }
    } else {
        notes.push(note("notes.no_money", "file-note-no-money"));
    }
    if request.hide_names {
        notes.push(note("notes.hidden", "file-note-hidden"));
    }
    notes
}

const fn fact(member: &'static str, heading: &'static str, kind: Kind, cell: Cell<'static>) -> Fact {
    (Head { member, heading, kind }, cell)
}
