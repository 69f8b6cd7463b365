//! Random sessions through the accounting, with everything a wire and a computer do to them: each
//! gift counts once, and whatever is kept adds up.

use crate::hostile::targets::book::Book;
use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::{Admission, Tally};
use pasut::domain::event::{Accounted, Battle, BattlePhase, BattleSide, Control, LiveEvent, Viewer, What};
use pasut::domain::gift::GiftReport;
use pasut::domain::ids::{BattleId, GiftId, SessionId, UserId};
use pasut::domain::session::GapCause;
use pasut::domain::time::Stamp;
use pasut::domain::totals::IntervalMedians;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

const CREATOR: UserId = UserId(900);
const GUEST: UserId = UserId(901);
const MINUTE: i64 = 60_000;
/// What the gifts cost; the last one is in no list and never says its price.
const PRICES: [Option<u32>; 4] = [Some(1), Some(99), Some(30_000), None];

/// Something that people do; a streak is many messages.
#[derive(Clone, Debug)]
enum Act {
    Streak {
        user: i64,
        gift: usize,
        to_guest: bool,
        growth: Vec<u32>,
        ends: bool,
        late: bool,
    },
    Single {
        user: i64,
        gift: usize,
        to_guest: bool,
        count: u32,
    },
    Like {
        user: i64,
        count: u32,
        growth: i64,
    },
    Comment {
        user: i64,
        without_id: bool,
    },
    Join {
        user: i64,
        viewers: i64,
    },
    Viewers(i64),
    /// Of the creator, or of a guest.
    Follow {
        user: i64,
        guest: bool,
    },
    Share(i64),
    BattleScore(i64),
    Pause,
    Resume,
}

/// What the wire and the computer do.
#[derive(Clone, Debug)]
enum Fault {
    /// This message is lost.
    Lose,
    /// It changes places with the next one, unless one of them ends a streak or comes after an end.
    Swap,
    /// It comes again, this many messages later.
    Repeat(usize),
    /// The connection is away: this many messages are lost in as many seconds, then as many come
    /// again as the last number says, and old ones that are marked as history.
    Away(usize, usize),
    /// Pasut is stopped and started again, or killed: then it lost what was not written.
    Restart {
        killed: bool,
        away_ms: i64,
    },
    Write,
    /// The user sets the length of intervals, in minutes.
    Interval(i64),
}

#[derive(Clone, Debug)]
struct Message {
    id: i64,
    /// Ends a streak, or comes after its end.
    last: bool,
    late: bool,
    event: LiveEvent,
}

fn act() -> impl Strategy<Value = Act> {
    let user = 1i64..7;
    let gift = 0usize..PRICES.len();
    let growth = proptest::collection::vec(1u32..40, 1..8);
    prop_oneof![
        4 => (user.clone(), gift.clone(), any::<bool>(), growth, any::<bool>(), any::<bool>()).prop_map(
            |(user, gift, to_guest, growth, ends, late)| Act::Streak { user, gift, to_guest, growth, ends, late }
        ),
        2 => (user.clone(), gift, any::<bool>(), 0u32..4)
            .prop_map(|(user, gift, to_guest, count)| Act::Single { user, gift, to_guest, count }),
        3 => (user.clone(), 1u32..15, -200i64..400).prop_map(|(user, count, growth)| Act::Like { user, count, growth }),
        2 => (user.clone(), any::<bool>()).prop_map(|(user, without_id)| Act::Comment { user, without_id }),
        2 => (user.clone(), 0i64..300).prop_map(|(user, viewers)| Act::Join { user, viewers }),
        3 => (0i64..300).prop_map(Act::Viewers),
        1 => (user.clone(), any::<bool>()).prop_map(|(user, guest)| Act::Follow { user, guest }),
        1 => user.prop_map(Act::Share),
        1 => (0i64..5_000).prop_map(Act::BattleScore),
        1 => Just(Act::Pause),
        1 => Just(Act::Resume),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::Lose),
        6 => Just(Fault::Swap),
        4 => (0usize..30).prop_map(Fault::Repeat),
        2 => (0usize..20, 0usize..20).prop_map(|(lost, again)| Fault::Away(lost, again)),
        2 => (any::<bool>(), 0i64..20 * MINUTE).prop_map(|(killed, away_ms)| Fault::Restart { killed, away_ms }),
        4 => Just(Fault::Write),
        2 => (1i64..=10).prop_map(Fault::Interval),
    ]
}

/// What happens, and the time until the next.
type Paced = (Act, i64);

/// A fault, and the message at which it strikes.
type Strike = (prop::sample::Index, Fault);

/// Acts with the time until the next, and faults with the message at which they strike.
fn session() -> impl Strategy<Value = (Vec<Paced>, Vec<Strike>)> {
    // Mostly seconds, at times a quarter of an hour: longer than a viewer count is believed.
    let pace = prop_oneof![9 => 0i64..20_000, 1 => 0i64..15 * MINUTE];
    (
        proptest::collection::vec((act(), pace), 1..60),
        proptest::collection::vec((any::<prop::sample::Index>(), fault()), 0..30),
    )
}

/// Writes the acts out as messages, each with the time until the next. Streaks run side by side.
fn messages(acts: &[(Act, i64)]) -> Vec<(Message, i64)> {
    let mut at = 0;
    let mut timed: Vec<(i64, Message)> = Vec::new();
    let mut likes = 5_000;
    let mut groups: HashMap<(i64, usize), i64> = HashMap::new();
    for (act, pace) in acts {
        match act {
            Act::Streak { user, gift, to_guest, growth, ends, late } => {
                // Other people choose the same group ids.
                let group = groups.entry((*user, *gift)).or_default();
                *group += 1;
                let report = |repeat_count, repeat_end| {
                    What::Gift(GiftReport {
                        group: *group,
                        streakable: true,
                        repeat_end,
                        ..report(*gift, *to_guest, repeat_count)
                    })
                };
                let (mut count, mut at) = (0, at);
                for more in growth {
                    count += more;
                    timed.push((at, said(*user, report(count, false))));
                    at += 3_000;
                }
                if *ends {
                    timed.push((at, Message { last: true, ..said(*user, report(count, true)) }));
                    if *late {
                        let tick = said(*user, report(count + 5, false));
                        timed.push((at + 1, Message { last: true, late: true, ..tick }));
                    }
                }
            }
            Act::Single { user, gift, to_guest, count } => {
                timed.push((at, said(*user, What::Gift(report(*gift, *to_guest, *count)))));
            }
            Act::Like { user, count, growth } => {
                likes += growth;
                timed.push((at, said(*user, What::Like { count: *count, total: likes })));
            }
            Act::Comment { user, without_id } => {
                let comment = said(*user, What::Comment { text: "hi".into() });
                timed.push((at, Message { id: i64::from(!without_id), ..comment }));
            }
            Act::Join { user, viewers } => {
                timed.push((at, said(*user, What::Join { viewers: *viewers, source: "".into() })));
            }
            Act::Viewers(viewers) => {
                timed.push((at, said(0, What::Viewers { viewers: *viewers, total_viewers: 1_000 })));
            }
            Act::Follow { user, guest } => {
                timed.push((
                    at,
                    said(*user, What::Follow { target: Some(if *guest { GUEST } else { CREATOR }) }),
                ));
            }
            Act::Share(user) => {
                timed.push((at, said(*user, What::Share)));
            }
            Act::BattleScore(score) => {
                let side = BattleSide { host: CREATOR, score: Some(*score), ..BattleSide::default() };
                let battle = Battle {
                    id: BattleId(7),
                    phase: BattlePhase::Open,
                    sides: vec![side],
                    ..Battle::default()
                };
                timed.push((at, said(0, What::BattleScores(battle))));
            }
            Act::Pause => {
                timed.push((at, said(0, What::Control(Control::Paused))));
            }
            Act::Resume => {
                timed.push((at, said(0, What::Control(Control::Resumed))));
            }
        }
        at += pace;
    }
    timed.sort_by_key(|(at, _)| *at);
    let until_next: Vec<i64> = timed.windows(2).map(|pair| pair[1].0 - pair[0].0).chain([0]).collect();
    let numbered = |(index, ((_, mut message), until)): (usize, ((i64, Message), i64))| {
        if message.id != 0 {
            message.id = 1 + index as i64;
        }
        (message, until)
    };
    timed.into_iter().zip(until_next).enumerate().map(numbered).collect()
}

/// What a user says; 0 is nobody.
fn said(user: i64, what: What) -> Message {
    let user = (user != 0).then(|| viewer(user));
    Message { id: 1, last: false, late: false, event: LiveEvent { created_at: None, user, what } }
}

fn viewer(id: i64) -> Viewer {
    Viewer { id: UserId(id), display_id: format!("user{id}").into(), ..Viewer::default() }
}

fn report(gift: usize, to_guest: bool, repeat_count: u32) -> GiftReport {
    GiftReport {
        gift: gift_id(gift),
        unit_diamonds: PRICES[gift],
        repeat_count,
        receiver: to_guest.then_some(GUEST),
        ..GiftReport::default()
    }
}

fn gift_id(gift: usize) -> GiftId {
    GiftId(9_000_000_000 + gift as i64)
}

/// A recording of the random session.
struct Recording {
    tally: Tally,
    book: Book,
    at: Stamp,
    interval_ms: i64,
    unsaved: Vec<Accounted>,
    /// Everything that was delivered and kept, history aside, and how much of it is written.
    delivered: Vec<Message>,
    written: usize,
}

impl Recording {
    fn start() -> Self {
        let interval_ms = 5 * MINUTE;
        Self {
            tally: Tally::new(Some(CREATOR), interval_ms, IntervalMedians::default()),
            book: Book::default(),
            at: Stamp(1_700_000_123_456),
            interval_ms,
            unsaved: Vec::new(),
            delivered: Vec::new(),
            written: 0,
        }
    }

    fn deliver(&mut self, message: &Message) {
        self.delivered.push(message.clone());
        if self.tally.admit(message.id, false) == Admission::Skip {
            return;
        }
        let event = message.event.clone();
        let accounted = self.tally.count(self.at, message.id, b"Webcast", event, &LearnedPrices::default());
        self.unsaved.push(accounted);
    }

    fn write(&mut self) {
        self.tally.pass_to(self.at);
        let events = std::mem::take(&mut self.unsaved);
        let batch = self.tally.take_batch(SessionId(1), self.at, events);
        self.book.write(batch);
        self.written = self.delivered.len();
    }

    /// As a recorder takes up a session that it finds in the database.
    fn restart(&mut self, away_ms: i64) {
        self.unsaved.clear();
        self.delivered.truncate(self.written);
        self.at = self.at + away_ms;
        self.tally = self.book.taken_up(CREATOR, self.interval_ms, self.at);
    }

    fn away(&mut self, ms: i64) {
        self.tally.begin_gap(self.at, GapCause::Disconnected);
        self.at = self.at + ms;
        self.tally.end_gap(self.at);
    }
}

fn record(acts: &[(Act, i64)], faults: &[(prop::sample::Index, Fault)]) -> Recording {
    let mut stream = messages(acts);
    let mut strikes: HashMap<usize, Vec<&Fault>> = HashMap::new();
    for (index, fault) in faults {
        strikes.entry(index.index(stream.len())).or_default().push(fault);
    }
    let strike = |index: usize| strikes.get(&index).into_iter().flatten().copied();
    for index in 1..stream.len() {
        let may_swap = !stream[index - 1].0.last && !stream[index].0.last;
        if may_swap && strike(index).any(|fault| matches!(fault, Fault::Swap)) {
            let (before, after) = stream.split_at_mut(index);
            std::mem::swap(&mut before[index - 1].0, &mut after[0].0);
        }
    }
    let mut recording = Recording::start();
    let mut again: Vec<(usize, Message)> = Vec::new();
    let mut lost_until = 0;
    for (index, (message, until_next)) in stream.iter().enumerate() {
        let mut lost = index < lost_until;
        for fault in strike(index) {
            match fault {
                Fault::Lose => lost = true,
                Fault::Swap => {}
                Fault::Repeat(later) => again.push((index + later, message.clone())),
                Fault::Away(lost, resent) if index >= lost_until => {
                    recording.away(*lost as i64 * 1_000);
                    lost_until = index + lost;
                    let newest = recording.delivered.len().saturating_sub(*resent);
                    let resent = recording.delivered[newest..].to_vec();
                    for old in resent {
                        recording.tally.admit(old.id, true);
                        if old.id != 0 {
                            recording.deliver(&old);
                        }
                    }
                }
                Fault::Away(..) => {}
                Fault::Restart { killed, away_ms } => {
                    if !killed {
                        recording.write();
                    }
                    recording.restart(*away_ms);
                }
                Fault::Write => recording.write(),
                Fault::Interval(minutes) => {
                    recording.interval_ms = minutes * MINUTE;
                    recording.tally.set_interval(recording.interval_ms);
                }
            }
        }
        lost |= index < lost_until;
        if !lost {
            recording.deliver(message);
        }
        let due = again.iter().filter(|(due, _)| *due == index).map(|(_, message)| message);
        // A repeat is a message that arrived before.
        let arrived: HashSet<i64> = recording.delivered.iter().map(|message| message.id).collect();
        for repeated in due.filter(|message| arrived.contains(&message.id)) {
            recording.deliver(repeated);
        }
        recording.at = recording.at + *until_next;
    }
    recording.tally.end_at(recording.at);
    recording.write();
    recording
}

/// What was delivered, by definition: a message once, a streak its final count once.
#[derive(Debug, Default, PartialEq, Eq)]
struct Truth {
    units: i64,
    diamonds: i64,
    diamonds_to_creator: i64,
    units_by_user: BTreeMap<UserId, i64>,
    comments: i64,
    likes: i64,
    likes_seen: i64,
    follows: i64,
    shares: i64,
    joins: i64,
}

impl Truth {
    fn of(delivered: &[Message]) -> Self {
        let mut truth = Self::default();
        let mut seen = HashSet::new();
        let mut streaks: HashMap<_, Vec<(&GiftReport, bool)>> = HashMap::new();
        let mut like_totals = Vec::new();
        for message in delivered.iter().filter(|message| message.id == 0 || seen.insert(message.id)) {
            let user = message.event.user.as_ref().map(|user| user.id).unwrap_or_default();
            match &message.event.what {
                What::Gift(report) if report.streakable => {
                    streaks
                        .entry((user, report.gift, report.group))
                        .or_default()
                        .push((report, message.late));
                }
                What::Gift(report) => truth.add_gift(user, report, report.repeat_count.max(1)),
                What::Comment { .. } => truth.comments += 1,
                What::Like { count, total } => {
                    truth.likes_seen += i64::from(*count);
                    like_totals.push(*total);
                }
                What::Follow { target } => truth.follows += i64::from(*target == Some(CREATOR)),
                What::Share => truth.shares += 1,
                What::Join { .. } => truth.joins += 1,
                _ => {}
            }
        }
        for ((user, ..), reports) in streaks {
            let ended = reports.iter().any(|(report, _)| report.repeat_end);
            let in_time = reports.iter().filter(|(_, late)| !(ended && *late)).map(|(report, _)| report);
            let count = in_time.map(|report| report.repeat_count).max().unwrap_or(0);
            truth.add_gift(user, reports[0].0, count);
        }
        let like_totals: Vec<i64> = like_totals.into_iter().filter(|total| *total > 0).collect();
        truth.likes = like_totals.iter().max().map_or(0, |max| max - like_totals[0]);
        truth
    }

    fn add_gift(&mut self, user: UserId, report: &GiftReport, units: u32) {
        let units = i64::from(units);
        let diamonds = units * i64::from(report.unit_diamonds.unwrap_or(0));
        self.units += units;
        self.diamonds += diamonds;
        if report.receiver.is_none() {
            self.diamonds_to_creator += diamonds;
        }
        *self.units_by_user.entry(user).or_default() += units;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_gift_counts_once_whatever_the_wire_and_the_computer_do((acts, faults) in session()) {
        let recording = record(&acts, &faults);
        let totals = &recording.book.totals;
        let counted = Truth {
            units: totals.gift_units,
            diamonds: totals.diamonds,
            diamonds_to_creator: totals.diamonds_to_creator,
            units_by_user: recording.book.gifters.iter().map(|(user, gifter)| (*user, gifter.units)).collect(),
            comments: totals.comments,
            likes: totals.likes,
            likes_seen: totals.likes_seen,
            follows: totals.follows,
            shares: totals.shares,
            joins: totals.joins,
        };
        prop_assert_eq!(counted, Truth::of(&recording.delivered));
    }

    #[test]
    fn what_is_kept_adds_up_to_the_totals((acts, faults) in session()) {
        let Recording { book, .. } = record(&acts, &faults);
        book.assert_adds_up();
        // Everyone has an id here, so the lists of people hold whatever was given and said.
        let totals = &book.totals;
        let gifters = book.gifters.values().fold((0, 0, 0), |sum, one| {
            (sum.0 + one.units, sum.1 + one.diamonds, sum.2 + one.diamonds_to_creator)
        });
        prop_assert_eq!(gifters, (totals.gift_units, totals.diamonds, totals.diamonds_to_creator), "gifters");
        prop_assert_eq!(book.comments_by_people, totals.comments, "comments of people");
    }

    #[test]
    fn a_recount_of_the_recorded_events_equals_what_is_kept((acts, faults) in session()) {
        let Recording { book, .. } = record(&acts, &faults);
        book.assert_recounts(Some(CREATOR));
    }
}
