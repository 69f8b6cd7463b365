//! Bytes as a recording: events with any numbers in them, repetitions, gaps, restarts and writes.

use super::book::Book;
use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::{Admission, Tally};
use pasut::domain::event::{Accounted, Battle, BattlePhase, BattleSide, Control, LiveEvent, Viewer, What};
use pasut::domain::gift::GiftReport;
use pasut::domain::ids::{BattleId, GiftId, SessionId, UserId};
use pasut::domain::session::GapCause;
use pasut::domain::time::Stamp;
use pasut::domain::totals::IntervalMedians;
use std::collections::{HashMap, HashSet};

const CREATOR: UserId = UserId(1);
const MINUTE: i64 = 60_000;
const INTERVAL_MS: i64 = 5 * MINUTE;

/// Numbers at which something may overflow or change its sign.
const EXTREMES: [i64; 12] = [
    i64::MAX,
    i64::MIN,
    -1,
    u32::MAX as i64,
    u32::MAX as i64 + 1,
    i32::MAX as i64,
    i64::MAX / 2,
    i64::MAX - 1,
    1 << 53,
    100_000_000_000,
    1_790_000_000_000,
    48 * 60 * MINUTE,
];

/// Hands out bytes as what is wanted; zeros after the end.
struct Dice<'a>(&'a [u8]);

impl Dice<'_> {
    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    /// Mostly small, at times extreme.
    fn number(&mut self) -> i64 {
        match self.byte() {
            small @ 0..200 => i64::from(small),
            extreme @ 200..224 => EXTREMES[usize::from(extreme) % EXTREMES.len()],
            _ => (0..8).fold(0, |number, _| number << 8 | i64::from(self.byte())),
        }
    }

    fn count(&mut self) -> u32 {
        u32::try_from(self.number().max(0)).unwrap_or(u32::MAX)
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 != 0
    }

    fn user(&mut self) -> UserId {
        UserId(i64::from(self.byte() % 5))
    }
}

/// A recording and everything that was delivered to it.
struct Recording {
    tally: Tally,
    book: Book,
    at: Stamp,
    unsaved: Vec<Accounted>,
    next_id: i64,
    /// What was counted, by definition, of what is written and of what is not.
    delivered: Vec<(i64, LiveEvent)>,
    written: usize,
}

pub fn check(bytes: &[u8]) {
    let mut dice = Dice(bytes);
    let mut recording = Recording {
        tally: Tally::new(Some(CREATOR), INTERVAL_MS, IntervalMedians::default()),
        book: Book::default(),
        at: Stamp(1_790_000_000_000),
        unsaved: Vec::new(),
        next_id: 1,
        delivered: Vec::new(),
        written: 0,
    };
    while !dice.0.is_empty() {
        recording.step(&mut dice);
    }
    recording.tally.end_at(recording.at);
    recording.write();
    recording.book.assert_adds_up();
    recording.book.assert_recounts(Some(CREATOR));
    recording.assert_each_gift_counts_once();
}

impl Recording {
    fn step(&mut self, dice: &mut Dice) {
        let what = match dice.byte() % 20 {
            0..5 => What::Gift(GiftReport {
                gift: GiftId(i64::from(dice.byte() % 4)),
                name: "Rose".into(),
                unit_diamonds: dice.flag().then(|| dice.count()),
                streakable: dice.flag(),
                repeat_count: dice.count(),
                repeat_end: dice.flag(),
                group: i64::from(dice.byte() % 4),
                receiver: dice.flag().then(|| dice.user()),
                ..GiftReport::default()
            }),
            5 => What::Like { count: dice.count(), total: dice.number() },
            6 => What::Comment { text: "hi".into() },
            7 => What::Join { viewers: dice.number().max(0), source: "".into() },
            8 => What::Viewers { viewers: dice.number().max(0), total_viewers: dice.number().max(0) },
            9 => What::Follow { target: dice.flag().then(|| dice.user()) },
            10 => What::Share,
            11 => What::Control(Control::from_action(dice.number())),
            12 => self.battle(dice),
            13 => return self.write(),
            14 => return self.restart(i64::from(dice.byte()) * MINUTE),
            15 => return self.away(dice.number().max(0)),
            16 => return self.pass(dice.number().max(0)),
            17 => return self.tally.set_interval(i64::from(dice.byte() % 10 + 1) * MINUTE),
            18 => return self.again(usize::from(dice.byte())),
            _ => What::Subscribe { months: dice.number() },
        };
        let id = if dice.byte().is_multiple_of(8) { 0 } else { self.next_id };
        self.next_id += 1;
        let user = dice.user();
        let viewer =
            (user != UserId(0)).then(|| Viewer { id: user, display_id: "ana".into(), ..Viewer::default() });
        self.deliver(id, LiveEvent { created_at: None, user: viewer, what });
    }

    fn battle(&self, dice: &mut Dice) -> What {
        let side = BattleSide { host: dice.user(), score: Some(dice.number()), ..BattleSide::default() };
        let phase =
            [BattlePhase::Open, BattlePhase::Finished, BattlePhase::Other][usize::from(dice.byte() % 3)];
        let id = BattleId(i64::from(dice.byte() % 3));
        What::Battle(Battle { id, phase, sides: vec![side], ..Battle::default() })
    }

    fn deliver(&mut self, id: i64, event: LiveEvent) {
        self.delivered.push((id, event.clone()));
        if self.tally.admit(id, false) == Admission::Count {
            let accounted = self.tally.count(self.at, id, b"Webcast", event, &LearnedPrices::default());
            self.unsaved.push(accounted);
        }
    }

    /// An earlier message comes once more, and history that is marked.
    fn again(&mut self, back: usize) {
        let Some(index) = self.delivered.len().checked_sub(back + 1) else { return };
        let (id, event) = self.delivered[index].clone();
        assert_eq!(self.tally.admit(id, true), Admission::Skip, "history does not count");
        if id != 0 {
            self.deliver(id, event);
        }
    }

    fn pass(&mut self, ms: i64) {
        self.at = self.at + ms.min(7 * 24 * 60 * MINUTE);
    }

    fn away(&mut self, ms: i64) {
        self.tally.begin_gap(self.at, GapCause::Disconnected);
        // Nobody is back within the same millisecond.
        self.pass(ms.max(1));
        self.tally.end_gap(self.at);
    }

    fn write(&mut self) {
        self.tally.pass_to(self.at);
        let events = std::mem::take(&mut self.unsaved);
        let batch = self.tally.take_batch(SessionId(1), self.at, events);
        self.book.write(batch);
        self.written = self.delivered.len();
    }

    /// As a recorder takes up a session that it finds in the database after it was killed.
    fn restart(&mut self, away_ms: i64) {
        self.unsaved.clear();
        self.delivered.truncate(self.written);
        self.pass(away_ms.max(1));
        self.tally = self.book.taken_up(CREATOR, INTERVAL_MS, self.at);
    }

    /// A streak that has a group counts as its highest count up to its end; another gift each time.
    fn assert_each_gift_counts_once(&self) {
        let (mut seen, mut units) = (HashSet::new(), 0_i64);
        let mut streaks: HashMap<_, (u32, bool)> = HashMap::new();
        for (_, event) in self.delivered.iter().filter(|(id, _)| *id == 0 || seen.insert(*id)) {
            let What::Gift(report) = &event.what else { continue };
            if !report.streakable {
                units += i64::from(report.repeat_count.max(1));
            } else if report.group != 0 {
                let user = event.user.as_ref().map(|user| user.id).unwrap_or_default();
                let (count, ended) = streaks.entry((user, report.gift, report.group)).or_default();
                if !*ended {
                    *count = report.repeat_count.max(*count);
                    *ended = report.repeat_end;
                }
            }
        }
        units += streaks.values().map(|(count, _)| i64::from(*count)).sum::<i64>();
        // Streaks without a group follow one another under one key.
        let without_group = self.book.streaks.values().filter(|streak| streak.key.group == 0);
        units += without_group.map(|streak| streak.units).sum::<i64>();
        assert_eq!(self.book.totals.gift_units, units, "each gift counts once");
    }
}
