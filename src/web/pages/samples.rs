//! Hand-made values for the tests of pages.

use super::review::timeline::Explained;
use super::shell::Visit;
use crate::analytics::best_times::BestTimes;
use crate::analytics::metrics::metrics;
use crate::domain::alert::{Alert, Change, Given, Somebody, What};
use crate::domain::answer::{
    Answer, Basis, Burst, Cause, DriverAnswer, Level, Occasion, Range, Shortage, Verdict, WindowAnswer,
};
use crate::domain::days::Days;
use crate::domain::driver::Driver;
use crate::domain::experiment::{Around, Lift};
use crate::domain::gift::{Known, Tier, UnitValue, ValueSource};
use crate::domain::goal::{Goal, GoalKind, GoalPlan, GoalState};
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, RoomId, SessionId, UserId};
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::remark::{Remarks, Tag, TikTokFigures};
use crate::domain::session::{Gap, GapCause, Origin, Outline, Session, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{
    BattleFacts, BattleSideFacts, Bin, BinViewers, Counts, GiftTotal, GifterTotal, IntervalMedians,
    IntervalRow, MessageCounts, PersonActivity, QuarterHour, RankedGifter, SessionTotals, UsualInterval,
    ViewerTotals,
};
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{FeedRow, FeedWhat, LiveSession, Snapshot};
use crate::reports::audience::{Active, Crowd};
use crate::reports::compare::Side;
use crate::reports::past::{Listed, Past, Sums, Whole};
use crate::reports::review::{ReviewedInterval, SessionReview};
use crate::reports::sessions::SessionSummary;
use crate::store::archives::Left;
use crate::store::audience::{Audience, GiftersBack};
use crate::store::facts::Question;
use crate::web::look::Look;
use crate::words::Lang;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

/// 2026-11-22 13:42:05 UTC, 20:42 in Jakarta.
pub const NOW: Stamp = Stamp(1_795_354_925_000);
/// A name made to break out of markup and to turn text around.
pub const HOSTILE: &str = "</bdi><script>alert(1)</script>\u{202e}\" onload=\"x";

pub fn look(lang: Lang) -> Look {
    Look { lang, zone: chrono_tz::Asia::Jakarta, ..Look::default() }
}

pub fn creator() -> Handle {
    Handle::parse("mira.plays").expect("valid")
}

pub fn visit<'a>(look: Look, watched: &'a [Arc<Snapshot>], creator: &'a Handle) -> Visit<'a> {
    visit_of(look, watched, creator)
}

/// A visit of somebody who sees what `S` sees.
pub fn visit_of<'a, S>(look: Look, watched: &'a [Arc<Snapshot>], creator: &'a Handle) -> Visit<'a, S> {
    Visit { sight: PhantomData, look, now: NOW, here: "/live", demo: None, watched, creator: Some(creator) }
}

pub fn start(from: Stamp) -> SessionStart {
    SessionStart {
        creator: creator(),
        room: RoomId(7_300_000_000_000_000_001),
        host: Some(UserId(1)),
        title: String::new(),
        live_since: Some(from - 60_000),
        recorded_from: from,
        continues: None,
        origin: Origin::Live,
    }
}

/// A connection that was away for 100 seconds, 22 minutes ago.
pub fn gap() -> Gap {
    let from = NOW.floor_to(10_000) - 22 * 60_000;
    Gap { from, to: Some(from + 100_000), cause: GapCause::Disconnected }
}

/// Half an hour, or more, of a room whose viewers climb, with the gap left out.
pub fn bins(count: i64) -> Vec<Bin> {
    let gap = gap();
    let end = NOW.floor_to(10_000);
    let from = (0..count).map(|i| end - (count - 1 - i) * 10_000);
    let outside = from.filter(|at| *at < gap.from || *at >= gap.to.expect("closed"));
    outside.map(|at| bin(at, at.0 / 10_000)).collect()
}

fn bin(at: Stamp, i: i64) -> Bin {
    let x = i as f64;
    let viewers = 950 + (170.0 * (x / 37.0).sin() + 90.0 * (x / 11.0).sin()) as i64 + (i % 7) * 3;
    let wave = |period: f64, sharp: i32| ((x / period).sin().max(0.0)).powi(sharp);
    let counts = Counts {
        comments: 7 + (14.0 * wave(19.0, 6)) as i64 + i % 4,
        likes: 22 + (90.0 * wave(23.0, 9)) as i64 + i % 6,
        likes_seen: 20,
        gift_units: i % 3,
        diamonds: 8 + (120.0 * wave(29.0, 14)) as i64 + (i % 5) * 2,
        follows: i % 3,
        shares: i64::from(i % 9 == 0),
        joins: 12,
    };
    let viewers = BinViewers {
        last: Some(viewers),
        min: viewers - 4,
        max: viewers + 4,
        viewer_ms: viewers * 10_000,
        known_ms: 10_000,
    };
    Bin { from: at, viewers, counts, likes_in_gap: 0 }
}

pub fn totals() -> SessionTotals {
    SessionTotals {
        messages: MessageCounts {
            history_skipped: 12,
            duplicates_dropped: 3,
            decode_errors: 1,
            counted: 31_204,
            broken_frames: 0,
        },
        comments: 6204,
        likes: 24_318,
        likes_seen: 9_120,
        gift_units: 1046,
        diamonds: 8440,
        diamonds_to_creator: 8120,
        diamonds_by_source: [8204, 0, 177, 59, 0],
        unpriced_units: 2,
        follows: 214,
        shares: 96,
        joins: 5210,
        unique_commenters: 812,
        unique_gifters: 86,
        unique_joiners: 4100,
        people: 5000,
        viewers: ViewerTotals {
            last: Some(1203),
            last_at: Some(NOW - 4000),
            peak: Some(1281),
            peak_at: Some(NOW - 9 * 60_000),
            total: 12_480,
            viewer_ms: 940 * 4_000_000,
            known_ms: 4_000_000,
        },
        ..SessionTotals::default()
    }
}

pub fn gifter(user: i64, diamonds: i64, to_guests: i64, estimated: bool) -> GifterTotal {
    GifterTotal {
        user: UserId(user),
        units: diamonds / 20 + 1,
        diamonds,
        diamonds_to_creator: diamonds - to_guests,
        gift_types: 3,
        biggest_diamonds: 1000,
        biggest_gift: GiftId(5655),
        first_gift_at: NOW - 60_000,
        last_gift_at: NOW,
        estimated,
    }
}

pub const NAMES: [(&str, &str, i64, &str); 10] = [
    ("Rani Putri", "rani.p", 2140, "Galaxy"),
    ("Bang Jago", "bangjago", 1512, "Corgi"),
    ("Sela", "sela", 1180, "Rose"),
    ("Dimas A.", "dimas", 860, "Hat and Mustache"),
    ("nadia ✿", "nadia", 612, "Perfume"),
    ("Koko Wira", "kokowira", 480, "Confetti"),
    ("Tio", "tio", 322, "Finger Heart"),
    ("A very long nickname that never ends and goes on", "long", 290, "Doughnut"),
    ("مرحبا", "marhaba", 204, "Perfume"),
    (HOSTILE, "hostile", 188, "Rose"),
];

fn row(number: u64, seconds_ago: i64, name: usize, what: FeedWhat) -> FeedRow {
    let (nickname, display_id, ..) = NAMES[name];
    FeedRow {
        number,
        changed: number,
        at: NOW - seconds_ago * 1000,
        user: Some(UserId(name as i64 + 100)),
        display_id: display_id.to_owned(),
        nickname: nickname.to_owned(),
        what,
    }
}

pub fn gift_row(number: u64, units: i64, open: bool, to_creator: bool, source: ValueSource) -> FeedRow {
    let what = FeedWhat::Gift {
        gift: GiftId(5655),
        name: "Rose".to_owned(),
        units,
        diamonds: units,
        source,
        tier: Tier::Standard,
        to_creator,
        open,
    };
    row(number, 20, 0, what)
}

pub fn feed() -> Vec<FeedRow> {
    vec![
        row(1, 240, 5, FeedWhat::Gap { gap: gap() }),
        row(2, 200, 4, FeedWhat::Follow),
        row(3, 190, 3, FeedWhat::Likes { count: 612, people: 42 }),
        row(4, 150, 9, FeedWhat::Comment { text: HOSTILE.to_owned() }),
        row(5, 120, 2, FeedWhat::Comment { text: "kak main map baru dong".to_owned() }),
        row(6, 100, 5, FeedWhat::Share),
        row(7, 90, 6, FeedWhat::Subscribe { months: 3 }),
        row(8, 80, 7, FeedWhat::BattleStarted { battle: BattleId(4) }),
        gift_row(9, 12, false, false, ValueSource::List),
        row(10, 40, 8, FeedWhat::Question { text: "lawan siapa habis ini?".to_owned() }),
        row(11, 30, 1, FeedWhat::Comment { text: "gg bang 🔥".to_owned() }),
        gift_row(12, 34, true, true, ValueSource::Event),
    ]
}

pub fn battle() -> BattleFacts {
    let side = |host, name: &str, score| BattleSideFacts {
        host: UserId(host),
        display_id: name.to_owned(),
        nickname: name.to_owned(),
        score,
    };
    BattleFacts {
        id: BattleId(4),
        started_at: NOW - 14 * 60_000,
        ended_at: Some(NOW - 9 * 60_000),
        sides: vec![side(1, "mira.plays", 1200), side(2, HOSTILE, 900)],
    }
}

/// A gift that is two alerts, viewers who left, and a goal that is money.
pub fn alerts() -> Vec<Alert> {
    let given = |name: &str| Given {
        gift: GiftId(5655),
        name: name.to_owned(),
        units: 12,
        diamonds: 12_345,
        estimated: true,
    };
    let goal = What::GoalMet { goal: 4, kind: GoalKind::Diamonds, target: 12_345, title: String::new() };
    let whats = [
        What::FirstGift(given("Lion")),
        What::Gift(given("Lion")),
        What::ViewerDrop(Change { from: 900, to: 400, window_s: 60 }),
        goal,
    ];
    let alert = |(id, what): (i64, What)| Alert {
        id,
        message: format!("msg_{id}"),
        creator: creator(),
        session: Some(SessionId(12)),
        at: NOW - 5_000,
        who: matches!(what, What::Gift(_) | What::FirstGift(_)).then(|| Somebody {
            user: UserId(100),
            display_id: "ana".to_owned(),
            nickname: HOSTILE.to_owned(),
        }),
        what,
    };
    (1..).zip(whats).map(alert).collect()
}

/// One in each state that a page shows, and a draft; the last is money.
pub fn goals() -> Vec<Goal> {
    let goal = |id, kind, target, title: &str, state| {
        let plan = GoalPlan { creator: creator(), kind, target, title: title.to_owned() };
        Goal { id, plan, state }
    };
    vec![
        goal(1, GoalKind::Likes, 100_000, "", GoalState::Active),
        goal(2, GoalKind::Follows, 1, HOSTILE, GoalState::Met { at: NOW - 60_000 }),
        goal(3, GoalKind::Viewers, 5_000, "5 ribu!", GoalState::Draft),
        goal(4, GoalKind::Diamonds, 12_345, "", GoalState::Active),
    ]
}

pub fn live() -> LiveSession {
    let row = |from: Stamp| IntervalRow { from, length_ms: 300_000, ..IntervalRow::default() };
    let ranked =
        |(i, (nickname, display_id, diamonds, biggest)): (usize, &(&str, &str, i64, &str))| RankedGifter {
            rank: i as u32 + 1,
            display_id: (*display_id).to_owned(),
            nickname: (*nickname).to_owned(),
            biggest_gift_name: (*biggest).to_owned(),
            total: gifter(i as i64 + 100, *diamonds, if i == 3 { 320 } else { 0 }, i == 1),
        };
    LiveSession {
        id: SessionId(12),
        start: start(NOW - 72 * 60_000),
        ended_at: None,
        totals: totals(),
        bins: bins(180),
        interval: Some(row(NOW - 120_000)),
        interval_before: Some(row(NOW - 420_000)),
        top_gifters: NAMES.iter().enumerate().map(ranked).collect(),
        feed: feed(),
        last_gift: feed().pop(),
        gaps: vec![gap()],
        markers: markers(),
        answer: Some(Arc::new(answer())),
        usual: Some(usual()),
        battles: vec![battle()],
        coverage: 0.977,
        events_per_s: 44.0,
        event_lag_ms: 80,
    }
}

fn driver(driver: Driver, level: Level) -> DriverAnswer {
    let from = NOW - 1_001_000;
    let burst = Burst { from, to: from + 30_000, units: 1000.0, change: Some(38.0), hit: true };
    DriverAnswer {
        driver,
        verdict: if level.is_claim() { Verdict::Raises } else { Verdict::NoEvidence },
        level,
        shortage: (level == Level::Unclear).then_some(Shortage::Occasions { have: 3, need: 15 }),
        p_value: Some(0.001),
        q_value: Some(0.002),
        per_unit: None,
        per_burst: Some(Range { estimate: 12.0, low: 5.0, high: 19.0 }),
        lag_s: Some(60.0),
        bursts: 11,
        hits: 9,
        hits_by_chance: 3.2,
        moments: if driver == Driver::Gifts { vec![burst] } else { Vec::new() },
        evidence: None,
    }
}

/// Gifts before a rise, a rise out of nothing, a drop after likes and a count that jumped.
pub fn answer() -> Answer {
    let levels = [Level::None, Level::Strong, Level::Weak, Level::None, Level::Unclear];
    let window = |minutes_ago: i64, change, cause| {
        let from = NOW.floor_to(10_000) - minutes_ago * 60_000;
        WindowAnswer {
            from,
            to: from + 120_000,
            viewers: 900,
            change,
            cause,
            confidence: 0.72,
            occasion: None,
        }
    };
    let galaxy = Occasion { at: NOW.floor_to(10_000) - 1_000_000, units: 1, gift: Some(GiftId(5655)) };
    let rise = window(16, 38, Cause::Driver(Driver::Gifts));
    let likes = Occasion { at: NOW.floor_to(10_000) - 240_000, units: 412, gift: None };
    let drop = window(5, -24, Cause::Driver(Driver::Likes));
    Answer {
        at: NOW,
        basis: Basis::default(),
        drivers: Driver::ALL.map(|one| driver(one, levels[one.index()])),
        windows: vec![
            window(65, 51, Cause::None),
            window(25, 44, Cause::None),
            WindowAnswer { occasion: Some(galaxy), ..rise },
            WindowAnswer { to: NOW - 9 * 60_000, ..window(10, -30, Cause::Glitch) },
            WindowAnswer { occasion: Some(likes), ..drop },
        ],
        slopes: Vec::new(),
    }
}

/// An answer that knows of nothing.
pub fn unexplained() -> Answer {
    Answer { drivers: Driver::ALL.map(|one| driver(one, Level::None)), windows: Vec::new(), ..answer() }
}

pub fn markers() -> Vec<Marker> {
    let marker = |id, minutes_ago: i64, kind, note: &str| Marker {
        session: SessionId(12),
        id,
        at: NOW - minutes_ago * 60_000,
        kind,
        note: note.to_owned(),
    };
    vec![marker(1, 18, MarkerKind::AskedForLikes, ""), marker(2, 7, MarkerKind::NewGame, HOSTILE)]
}

pub fn explained() -> Explained {
    Explained { answer: Some(Arc::new(answer())), markers: markers(), ..Explained::default() }
}

pub fn usual() -> UsualInterval {
    let counts = IntervalMedians {
        likes: 640.0,
        comments: 300.0,
        gift_units: 20.0,
        diamonds: 400.0,
        ..IntervalMedians::default()
    };
    UsualInterval { sessions: 6, viewers: 980.0, counts }
}

pub fn snapshot(state: WatchState, session: Option<LiveSession>) -> Arc<Snapshot> {
    Arc::new(Snapshot {
        creator: creator(),
        nickname: "Mira Plays".to_owned(),
        state,
        since: NOW - 60_000,
        at: NOW,
        session: session.map(Arc::new),
        refused: None,
        version: 7,
    })
}

pub fn summary(id: i64, days_ago: i64, coverage: f64) -> SessionSummary {
    let from = NOW - days_ago * 86_400_000 - 72 * 60_000;
    SessionSummary {
        id: SessionId(id),
        start: start(from),
        ended_at: (days_ago > 0).then_some(from + 167 * 60_000 + 11_000),
        length_ms: if days_ago > 0 { 167 * 60_000 + 11_000 } else { 72 * 60_000 },
        totals: totals(),
        coverage,
        gaps: vec![Gap {
            from: from + 40 * 60_000,
            to: Some(from + 44 * 60_000 + 12_000),
            cause: GapCause::Asleep,
        }],
        notes: String::new(),
        earlier: Vec::new(),
    }
}

/// A session of the list.
pub fn listed(id: i64, days_ago: i64, coverage: f64) -> Listed {
    let SessionSummary { start, ended_at, length_ms, totals, .. } = summary(id, days_ago, coverage);
    let session = Outline {
        id: SessionId(id),
        creator: start.creator,
        origin: start.origin,
        continues: start.continues,
        from: start.recorded_from,
        ended_at,
        length_ms,
        coverage,
        peak: totals.viewers.peak,
        viewer_ms: totals.viewers.viewer_ms,
        known_ms: totals.viewers.known_ms,
        gift_units: totals.gift_units,
        diamonds_to_creator: totals.diamonds_to_creator,
        known: totals.known(),
        follows: totals.follows,
        has_gaps: true,
        notes: String::new(),
        tags: vec![Tag::parse(HOSTILE).expect("a tag")],
    };
    Listed {
        whole: Whole { session, earlier: Vec::new() },
        spark: (0..40).map(|i| (i % 17 != 9).then_some(700 + (i * i) % 230)).collect(),
        leading: Some((Driver::Likes, Level::Strong)),
    }
}

/// Three sessions of a month that did better than the one before.
pub fn past() -> Past {
    let mut listed = vec![listed(20, 0, 0.98), listed(19, 2, 0.884), listed(18, 4, 1.0)];
    listed[1].whole.session.notes = HOSTILE.to_owned();
    listed[1].leading = Some((Driver::Gifts, Level::None));
    listed[2].leading = None;
    listed[2].whole.earlier = vec![(SessionId(17), listed[2].whole.session.from - 3_600_000)];
    let days = Days::last(30, NOW, chrono_tz::Asia::Jakarta);
    let sums = |sessions, average: i64, diamonds| Sums {
        sessions,
        length_ms: sessions as i64 * 9_000_000,
        viewer_ms: average * sessions as i64 * 9_000_000,
        known_ms: sessions as i64 * 9_000_000,
        diamonds_to_creator: diamonds,
        known: Known { diamonds: [diamonds, 0, diamonds / 50, 0, 0], unpriced_units: 0 },
        follows: 1_338,
    };
    let quarter = |session, hours: i64, viewers: i64| QuarterHour {
        session: SessionId(session),
        from: (NOW - hours * 3_600_000).floor_to(900_000),
        viewer_ms: viewers * 900_000,
        known_ms: 900_000,
        diamonds: 2_140,
    };
    let quarters = [quarter(20, 0, 706), quarter(19, 7 * 24, 630), quarter(18, 1, 400)];
    Past {
        listed,
        page: 2,
        found: 53,
        any: true,
        tags: vec![Tag::parse(HOSTILE).expect("a tag")],
        days,
        sums: sums(9, 706, 71_840),
        before: days.before(),
        sums_before: sums(7, 630, 74_900),
        best_days: Days::last(90, NOW, chrono_tz::Asia::Jakarta),
        best: BestTimes::of(&quarters, Some, chrono_tz::Asia::Jakarta),
        left: Left { sessions: 1, archives: vec!["pasut-2026-08".to_owned()] },
    }
}

/// One of two sessions that are compared.
pub fn side(id: i64, days_ago: i64) -> Side {
    let SessionSummary { id, start, ended_at, length_ms, totals, coverage, gaps, .. } =
        summary(id, days_ago, 0.975);
    let step_ms = start.recorded_from.ms_since(NOW) + 1002 * 10_000;
    let moved = |bin: Bin| Bin { from: bin.from + step_ms, ..bin };
    Side {
        metrics: metrics(&totals, Some(120)),
        engaged: Some(120),
        gaps,
        bins: bins(1002).into_iter().map(moved).collect(),
        markers: markers().into_iter().map(|marker| Marker { note: HOSTILE.to_owned(), ..marker }).collect(),
        left: false,
        session: Session {
            id,
            counted_to: ended_at.unwrap_or(NOW),
            start,
            ended_at,
            duration_ms: length_ms,
            coverage,
            totals,
            notes: String::new(),
        },
    }
}

pub fn review() -> SessionReview {
    let mut summary = summary(9, 0, 0.975);
    summary.start = start(NOW - 167 * 60_000);
    summary.ended_at = Some(NOW);
    summary.length_ms = 167 * 60_000;
    summary.gaps = vec![gap()];
    let gift = |id, name: &str, diamonds, source, units: i64| GiftTotal {
        gift: GiftId(id),
        name: name.to_owned(),
        streakable: true,
        value: UnitValue { diamonds, source },
        units,
        diamonds: units * i64::from(diamonds),
        streaks: units / 3 + 1,
    };
    let interval = |i: i64| ReviewedInterval {
        row: IntervalRow {
            from: NOW - (33 - i) * 300_000,
            length_ms: 300_000,
            viewers: if i == 20 {
                BinViewers::default()
            } else {
                BinViewers { last: Some(700 + i * 11), min: 690, max: 1100, viewer_ms: 800, known_ms: 1 }
            },
            viewer_change: (i != 20 && i != 21 && i > 0).then_some(if i % 3 == 0 { -14 } else { 11 }),
            counts: Counts {
                comments: 180,
                likes: 890,
                gift_units: 21,
                diamonds: 260,
                follows: 9,
                shares: 3,
                ..Counts::default()
            },
            activity_score: Some(0.8 + i as f64 / 20.0),
            top_gifter: Some(UserId(100)),
        },
        top_gifter_name: NAMES[(i % 10) as usize].0.to_owned(),
    };
    SessionReview {
        summary,
        bins: bins(1002),
        rows: (0..33).map(interval).collect(),
        gifters: live().top_gifters,
        gifts: vec![
            gift(1, "Galaxy", 1000, ValueSource::Event, 6),
            gift(2, "Corgi", 299, ValueSource::Event, 21),
            gift(3, "Rose", 1, ValueSource::Learned, 1310),
            gift(4, "Hat and Mustache", 99, ValueSource::Estimate, 4),
            gift(8913, "", 0, ValueSource::Unknown, 2),
        ],
        battles: vec![battle()],
        pauses: vec![crate::domain::record::Pause { from: NOW - 60 * 60_000, to: Some(NOW - 58 * 60_000) }],
        methods: vec![("WebcastChatMessage".to_owned(), 6204), ("WebcastMemberMessage".to_owned(), 5210)],
    }
}

/// The people of the sample session.
pub fn crowd() -> Crowd {
    Crowd {
        people: Audience { seen: 4_100, engaged: 1_230 },
        returning: Some(1_640),
        before: Some((NOW - 26 * 3_600_000, GiftersBack { gifters: 80, back: 36 })),
    }
}

pub fn active() -> Active {
    let person = |comments, likes| PersonActivity {
        user: UserId(5),
        display_id: "ana".to_owned(),
        nickname: HOSTILE.to_owned(),
        comments,
        likes,
        ..PersonActivity::default()
    };
    let question = |number, answered| Question {
        number,
        at: NOW - 60_000,
        user: Some(UserId(5)),
        text: HOSTILE.to_owned(),
        answered,
    };
    Active {
        commenters: vec![person(31, 0)],
        likers: vec![person(0, 1_500)],
        questions: vec![(question(3, false), HOSTILE.to_owned()), (question(9, true), String::new())],
    }
}

pub fn lifts() -> HashMap<GiftId, Lift> {
    let around = Around { before: 700.0, after: 777.0, change: 0.11 };
    let lift = |known| Lift { times: known, known, around: Some(around), test: None };
    [(GiftId(1), lift(6)), (GiftId(2), lift(2))].into()
}

pub fn remarks() -> Remarks {
    Remarks {
        notes: HOSTILE.to_owned(),
        earlier_notes: Some(HOSTILE.to_owned()),
        tags: Tag::list("pk, <b>"),
        tiktok: TikTokFigures { diamonds: Some(10_000), ..TikTokFigures::default() },
    }
}
