//! What a test shows: a LIVE that never was, under the word TEST. It is made anew for each picture and goes
//! nowhere else.

use crate::domain::answer::{Answer, Basis, Cause, DriverAnswer, Level, Range, Verdict, WindowAnswer};
use crate::domain::driver::Driver;
use crate::domain::gift::{Tier, ValueSource};
use crate::domain::goal::{Goal, GoalKind, GoalPlan, GoalState};
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, RoomId, SessionId, UserId};
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::session::{Origin, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{
    BIN_MS, BattleFacts, BattleSideFacts, Bin, BinViewers, GifterTotal, RankedGifter, SessionTotals,
    ViewerTotals,
};
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{FeedRow, FeedWhat, LiveSession, Snapshot};
use crate::web::look::Look;
use std::sync::Arc;

const MINUTE_MS: i64 = 60_000;
/// As long as the line of viewers.
const HALF_AN_HOUR: i64 = 30 * MINUTE_MS / BIN_MS;
const GIFT: &str = "Rose";
/// What each of ten people gave.
const GIVEN: [i64; 10] = [1240, 830, 512, 340, 220, 140, 96, 58, 24, 9];

/// A LIVE of `creator` an hour in.
#[must_use]
pub fn snapshot(creator: &Handle, look: &Look, now: Stamp) -> Snapshot {
    Snapshot {
        creator: creator.clone(),
        nickname: String::new(),
        state: WatchState::Live,
        since: now - 60 * MINUTE_MS,
        at: now,
        session: Some(Arc::new(session(creator, look, now))),
        refused: None,
        version: 0,
    }
}

fn session(creator: &Handle, look: &Look, now: Stamp) -> LiveSession {
    let end = now.floor_to(BIN_MS);
    let bins: Vec<_> =
        (0..HALF_AN_HOUR).map(|step| bin(end - (HALF_AN_HOUR - step) * BIN_MS, step)).collect();
    let last = bins.last().and_then(|bin| bin.viewers.last);
    let viewers = ViewerTotals { last, last_at: Some(now), peak: last, ..ViewerTotals::default() };
    LiveSession {
        id: SessionId(0),
        start: SessionStart::new(creator.clone(), RoomId(0), now - 60 * MINUTE_MS, Origin::Demo),
        ended_at: None,
        totals: SessionTotals {
            viewers,
            likes: 6_200,
            follows: 62,
            shares: 31,
            comments: 620,
            gift_units: GIVEN.iter().sum(),
            diamonds: GIVEN.iter().sum(),
            diamonds_to_creator: GIVEN.iter().sum(),
            ..SessionTotals::default()
        },
        bins,
        interval: None,
        interval_before: None,
        top_gifters: (1..).zip(GIVEN).map(|(rank, given)| gifter(rank, given, look, now)).collect(),
        feed: Vec::new(),
        last_gift: Some(last_gift(look, now)),
        gaps: Vec::new(),
        battles: vec![battle(creator, look, now)],
        markers: vec![Marker {
            session: SessionId(0),
            id: 0,
            at: now - 6 * MINUTE_MS,
            kind: MarkerKind::NewGame,
            note: String::new(),
        }],
        answer: Some(Arc::new(answer(now))),
        usual: None,
        coverage: 1.0,
        events_per_s: 0.0,
        event_lag_ms: 0,
    }
}

fn bin(from: Stamp, step: i64) -> Bin {
    let viewers = 900 + step * 2 + (step * 7) % 40;
    let known = BinViewers { last: Some(viewers), min: viewers, max: viewers, ..BinViewers::default() };
    Bin { from, viewers: known, ..Bin::default() }
}

fn fan(n: u32, look: &Look) -> String {
    look.words().with("fan-number", [("n", i64::from(n).into())])
}

fn gifter(rank: u32, given: i64, look: &Look, now: Stamp) -> RankedGifter {
    RankedGifter {
        rank,
        display_id: String::new(),
        nickname: fan(rank, look),
        biggest_gift_name: GIFT.to_owned(),
        total: GifterTotal {
            user: UserId(i64::from(rank)),
            units: given,
            diamonds: given,
            diamonds_to_creator: given,
            gift_types: 1,
            biggest_diamonds: 1,
            biggest_gift: GiftId(0),
            first_gift_at: now,
            last_gift_at: now,
            estimated: false,
        },
    }
}

fn last_gift(look: &Look, now: Stamp) -> FeedRow {
    FeedRow {
        number: 0,
        changed: 0,
        at: now,
        user: Some(UserId(1)),
        display_id: String::new(),
        nickname: fan(1, look),
        what: FeedWhat::Gift {
            gift: GiftId(0),
            name: GIFT.to_owned(),
            units: 12,
            diamonds: 12,
            source: ValueSource::Event,
            tier: Tier::Standard,
            to_creator: true,
            open: true,
        },
    }
}

fn battle(creator: &Handle, look: &Look, now: Stamp) -> BattleFacts {
    let side = |host, nickname: String, score| BattleSideFacts {
        host: UserId(host),
        display_id: nickname.clone(),
        nickname,
        score,
    };
    BattleFacts {
        id: BattleId(0),
        started_at: now - 3 * MINUTE_MS - 7_000,
        ended_at: None,
        sides: vec![
            side(1, creator.to_string(), 1_240),
            side(2, look.words().t("overlay-opponent").into_owned(), 930),
        ],
    }
}

fn answer(now: Stamp) -> Answer {
    let of = |driver| {
        let strong = driver == Driver::Likes;
        DriverAnswer {
            driver,
            verdict: if strong { Verdict::Raises } else { Verdict::NoEvidence },
            level: if strong { Level::Strong } else { Level::None },
            shortage: None,
            p_value: None,
            q_value: None,
            per_unit: None,
            per_burst: Some(Range { estimate: 12.0, low: 6.0, high: 18.0 }),
            lag_s: Some(60.0),
            bursts: 11,
            hits: 9,
            hits_by_chance: 3.0,
            moments: Vec::new(),
            evidence: None,
        }
    };
    let rise = |minutes: i64, change, cause| WindowAnswer {
        from: now - minutes * MINUTE_MS,
        to: now - (minutes - 2) * MINUTE_MS,
        viewers: 900,
        change,
        cause,
        confidence: 0.8,
        occasion: None,
    };
    Answer {
        at: now,
        basis: Basis::default(),
        drivers: Driver::ALL.map(of),
        windows: vec![rise(14, 38, Cause::Driver(Driver::Likes)), rise(4, 52, Cause::Driver(Driver::Gifts))],
        slopes: Vec::new(),
    }
}

/// A goal that the example is on its way to.
#[must_use]
pub fn goal(creator: &Handle) -> Goal {
    let plan =
        GoalPlan { creator: creator.clone(), kind: GoalKind::Likes, target: 10_000, title: String::new() };
    Goal { id: 0, plan, state: GoalState::Active }
}
