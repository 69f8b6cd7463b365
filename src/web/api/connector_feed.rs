//! The feed in the connector's form. One task turns what is accounted into messages, once for all
//! readers, so that a streak is counted the same however often a reader comes and goes.

use super::connector_json::{self, Counted, Written};
use super::event_json::kind_name;
use crate::analytics::streak::SILENCE_MS;
use crate::clock::Clock;
use crate::domain::event::What;
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::time::Stamp;
use crate::lifecycle::Lifecycle;
use crate::recorder::shared::FeedEvent;
use crate::recorder::snapshot::OnAir;
use crate::recorder::supervisor::Recorder;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// How many messages wait for a slow reader before it misses some.
const WAITING: usize = 1024;

/// How often it is seen who is LIVE, and which streaks fell silent.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// With so many streaks open at once, a further one is told report by report.
const MOST_OPEN: usize = 20_000;

/// A message and what it is about, for the filters of readers.
#[derive(Debug)]
pub struct Told {
    /// `None` concerns everybody.
    pub creator: Option<Handle>,
    /// As the API names it; `None` for what every reader is told.
    pub kind: Option<&'static str>,
    /// Its place among all that was told or missed.
    place: u64,
    pub written: Written,
}

/// Up to where a reader has been told. It sees at the next message what was left out before it,
/// whether this reader was too slow or what turns events into messages was.
#[derive(Debug)]
pub struct Place(u64);

impl Place {
    /// How many were left out between the one before and this one.
    pub fn left_out_before(&mut self, told: &Told) -> u64 {
        let next = std::mem::replace(&mut self.0, told.place + 1);
        told.place.saturating_sub(next)
    }
}

/// What readers listen to. Clones share it.
#[derive(Clone)]
pub struct ConnectorFeed(Arc<Inner>);

struct Inner {
    recorder: Recorder,
    clock: Clock,
    told: broadcast::Sender<Arc<Told>>,
    /// The place of the next message. Changed only together with telling it.
    next: Mutex<u64>,
    /// Who is LIVE, as the readers were told. Changed only together with telling it.
    on_air: Mutex<BTreeMap<Handle, OnAir>>,
}

impl ConnectorFeed {
    /// Listens to what is accounted, as long as Pasut runs.
    #[must_use]
    pub fn start(recorder: Recorder, clock: Clock, lifecycle: &Lifecycle) -> Self {
        let feed = Self(Arc::new(Inner {
            recorder,
            clock,
            told: broadcast::channel(WAITING).0,
            next: Mutex::default(),
            on_air: Mutex::default(),
        }));
        let (telling, stop) = (feed.clone(), lifecycle.stop_signal());
        let events = feed.0.recorder.subscribe();
        lifecycle.spawn("feed for games", async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = telling.tell(events) => {}
            }
        });
        feed
    }

    /// What a reader of `creator`, or of all, has to know before; then what is told from now on, and from where.
    #[must_use]
    pub fn listen(&self, creator: Option<&Handle>) -> (Vec<Written>, broadcast::Receiver<Arc<Told>>, Place) {
        let mut on_air = self.on_air();
        self.tell_new(self.0.recorder.on_air(), &mut on_air);
        let now = match creator {
            None => on_air.values().map(connector_json::connected).collect(),
            Some(creator) => match on_air.get(creator) {
                Some(room) => vec![connector_json::connected(room)],
                None => vec![connector_json::disconnected(creator, None, &self.why_not(creator))],
            },
        };
        let next = self.next();
        (now, self.0.told.subscribe(), Place(*next))
    }

    fn why_not(&self, creator: &Handle) -> String {
        if self.0.recorder.is_watched(creator) {
            format!("@{creator} is not LIVE, or not recorded. A reader that stays is told when that changes.")
        } else {
            format!("Pasut does not watch @{creator}. Add the creator on its page Creators.")
        }
    }

    async fn tell(&self, mut events: broadcast::Receiver<Arc<FeedEvent>>) {
        let mut streaks = Streaks::default();
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                received = events.recv() => match received {
                    Ok(event) => self.tell_event(&event, &mut streaks),
                    Err(RecvError::Lagged(missed)) => self.leave_out(missed),
                    Err(RecvError::Closed) => return,
                },
                _ = look.tick() => {
                    let on_air = self.0.recorder.on_air();
                    // What was accounted before a session ended comes before its end.
                    self.tell_rest(&mut events, &mut streaks);
                    self.look(on_air, &mut streaks);
                    for (event, units) in streaks.settle(self.0.clock.wall()) {
                        self.tell_settled(&event, units);
                    }
                }
            }
        }
    }

    fn tell_rest(&self, events: &mut broadcast::Receiver<Arc<FeedEvent>>, streaks: &mut Streaks) {
        for _ in 0..events.len() {
            match events.try_recv() {
                Ok(event) => self.tell_event(&event, streaks),
                Err(TryRecvError::Lagged(missed)) => self.leave_out(missed),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn tell_event(&self, event: &Arc<FeedEvent>, streaks: &mut Streaks) {
        if !self.is_on_air(event) {
            self.look(self.0.recorder.on_air(), streaks);
        }
        let counted = streaks.count(event);
        if let What::Control(control) = &event.accounted.event.what
            && control.is_end()
        {
            self.settle_all(event.session, streaks);
        }
        // Nobody is written for when nobody reads.
        if self.0.told.receiver_count() == 0 {
            return;
        }
        let kind = kind_name(event.accounted.event.what.kind());
        for written in connector_json::event(event, counted) {
            self.send(Some(&event.creator), kind, written);
        }
    }

    fn is_on_air(&self, event: &FeedEvent) -> bool {
        self.on_air().get(&event.creator).is_some_and(|room| room.session == event.session)
    }

    /// Tells which LIVEs ended and began since the last look.
    fn look(&self, now: Vec<OnAir>, streaks: &mut Streaks) {
        let mut on_air = self.on_air();
        let runs = |session| now.iter().any(|room| room.session == session);
        for (creator, room) in on_air.extract_if(.., |_, room| !runs(room.session)) {
            self.settle_all(room.session, streaks);
            let reason = format!("The LIVE of @{creator} is over, or no longer recorded.");
            let written = connector_json::disconnected(&creator, Some(room.session), &reason);
            self.send(Some(&creator), None, written);
        }
        self.tell_new(now, &mut on_air);
    }

    /// Tells which LIVEs began. One that takes the place of another waits until the other's end was told.
    fn tell_new(&self, now: Vec<OnAir>, on_air: &mut BTreeMap<Handle, OnAir>) {
        for room in now {
            if let Entry::Vacant(place) = on_air.entry(room.creator.clone()) {
                self.send(Some(&room.creator), None, connector_json::connected(&room));
                place.insert(room);
            }
        }
    }

    fn settle_all(&self, session: SessionId, streaks: &mut Streaks) {
        for (event, units) in streaks.end(session) {
            self.tell_settled(&event, units);
        }
    }

    fn tell_settled(&self, event: &FeedEvent, units: u32) {
        if let Some(written) = connector_json::settled(event, units) {
            self.send(Some(&event.creator), Some("gift"), written);
        }
    }

    /// Leaves places free: a message that says so could itself be missed.
    fn leave_out(&self, missed: u64) {
        *self.next() += missed;
    }

    fn send(&self, creator: Option<&Handle>, kind: Option<&'static str>, written: Written) {
        let mut next = self.next();
        let told = Told { creator: creator.cloned(), kind, place: *next, written };
        *next += 1;
        // An error only says that nobody reads.
        drop(self.0.told.send(Arc::new(told)));
    }

    fn next(&self) -> MutexGuard<'_, u64> {
        self.0.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_air(&self) -> MutexGuard<'_, BTreeMap<Handle, OnAir>> {
        self.0.on_air.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The streaks that run, as the library's users count them: a gift when its streak ends, and then
/// as many as were sent since the last end that was told. So what a game counts is what Pasut does,
/// whether an end is repeated, never comes, or is followed by more.
#[derive(Debug, Default)]
struct Streaks(FxHashMap<(SessionId, UserId, GiftId, i64), Open>);

#[derive(Debug)]
struct Open {
    units: u32,
    /// Its newest report.
    last: Arc<FeedEvent>,
}

impl Streaks {
    /// How this report counts; `None` if there is nothing new in it, or it is no gift.
    fn count(&mut self, event: &Arc<FeedEvent>) -> Option<Counted> {
        let accounted = &event.accounted;
        let (What::Gift(report), Some(added)) = (&accounted.event.what, accounted.added) else { return None };
        let told = |units, ended| (units > 0).then_some(Counted { units, ended });
        if !report.streakable {
            return told(added.units, true);
        }
        let sender = accounted.event.user.as_ref().map_or(UserId::default(), |viewer| viewer.id);
        let key = (event.session, sender, report.gift, report.group);
        let before = self.0.remove(&key).map_or(0, |open| open.units);
        let units = before.saturating_add(added.units);
        if report.repeat_end || self.0.len() >= MOST_OPEN {
            return told(units, true);
        }
        if units > 0 {
            self.0.insert(key, Open { units, last: Arc::clone(event) });
        }
        told(units, false).filter(|_| added.units > 0)
    }

    /// Ends the streaks that have been silent, with what they came to.
    fn settle(&mut self, now: Stamp) -> Vec<(Arc<FeedEvent>, u32)> {
        self.end_where(|_, open| now.ms_since(open.last.accounted.at) > SILENCE_MS)
    }

    /// Ends the streaks of a session that is over.
    fn end(&mut self, session: SessionId) -> Vec<(Arc<FeedEvent>, u32)> {
        self.end_where(|of, _| of == session)
    }

    fn end_where(&mut self, ends: impl Fn(SessionId, &Open) -> bool) -> Vec<(Arc<FeedEvent>, u32)> {
        let ended = self.0.extract_if(|(session, ..), open| ends(*session, open));
        let mut ended: Vec<_> = ended.map(|(_, open)| (open.last, open.units)).collect();
        ended.sort_by_key(|(event, _)| (event.session, event.accounted.number));
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Accounted, LiveEvent, Viewer};
    use crate::domain::gift::{GiftAdded, GiftReport, UnitValue, ValueSource};
    use proptest::prelude::*;

    /// A report of a gift that Pasut counted as `added` more.
    fn report(at: i64, streakable: bool, end: bool, added: u32) -> Arc<FeedEvent> {
        let value = UnitValue { diamonds: 5, source: ValueSource::Event };
        let what = What::Gift(GiftReport {
            gift: GiftId(5655),
            streakable,
            repeat_end: end,
            group: 9,
            ..GiftReport::default()
        });
        let viewer = Viewer { id: UserId(40), ..Viewer::default() };
        Arc::new(FeedEvent {
            creator: Handle::parse("mira").expect("valid"),
            session: SessionId(1),
            host: None,
            accounted: Accounted {
                number: 1,
                at: Stamp(at),
                msg_id: 0,
                event: LiveEvent { created_at: None, user: Some(viewer), what },
                added: Some(GiftAdded { units: added, diamonds: 0, to_creator: true, value }),
            },
        })
    }

    fn told(units: u32, ended: bool) -> Option<Counted> {
        Some(Counted { units, ended })
    }

    fn units(ended: &[(Arc<FeedEvent>, u32)]) -> Vec<u32> {
        ended.iter().map(|(_, units)| *units).collect()
    }

    #[test]
    fn what_is_left_out_is_seen_at_the_next_message_once() {
        let told = |place| Told { creator: None, kind: None, place, written: connector_json::missed(1) };
        let mut place = Place(3);
        for (at, left_out) in [(3, 0), (4, 0), (9, 4), (10, 0)] {
            assert_eq!(place.left_out_before(&told(at)), left_out, "before {at}");
        }
    }

    #[test]
    fn a_streak_counts_up_and_ends_once() {
        let mut streaks = Streaks::default();
        for (report, expected) in [
            (report(0, true, false, 1), told(1, false)),
            (report(1, true, false, 4), told(5, false)),
            (report(2, true, false, 0), None), // a repetition
            (report(3, true, true, 2), told(7, true)),
            (report(4, true, true, 0), None), // its end again
        ] {
            assert_eq!(streaks.count(&report), expected);
        }
        assert!(streaks.0.is_empty());
    }

    #[test]
    fn a_gift_that_is_no_streak_is_told_as_ended() {
        assert_eq!(Streaks::default().count(&report(0, false, false, 3)), told(3, true));
        assert_eq!(Streaks::default().count(&report(0, true, true, 1)), told(1, true));
    }

    #[test]
    fn a_streak_whose_end_never_comes_ends_in_silence_and_what_follows_counts_from_there() {
        let mut streaks = Streaks::default();
        streaks.count(&report(0, true, false, 3));
        assert!(streaks.settle(Stamp(SILENCE_MS)).is_empty());
        assert_eq!(units(&streaks.settle(Stamp(SILENCE_MS + 1))), [3]);
        assert_eq!(streaks.count(&report(60_000, true, false, 2)), told(2, false));
        assert_eq!(units(&streaks.end(SessionId(2))), [0; 0]);
        assert_eq!(units(&streaks.end(SessionId(1))), [2]);
        assert_eq!(streaks.count(&report(60_001, true, true, 0)), None);
    }

    #[test]
    fn a_flood_of_streaks_is_told_report_by_report_and_not_kept() {
        let mut streaks = Streaks::default();
        let last = report(0, true, false, 1);
        for group in 0..MOST_OPEN as i64 {
            let key = (SessionId(1), UserId(1), GiftId(1), group);
            streaks.0.insert(key, Open { units: 1, last: Arc::clone(&last) });
        }
        assert_eq!(streaks.count(&report(0, true, false, 4)), told(4, true));
        assert_eq!(streaks.0.len(), MOST_OPEN);
    }

    proptest! {
        /// As the users of the library count: a streak when it ends, any other gift at once.
        #[test]
        fn whatever_comes_the_librarys_rule_counts_what_pasut_counted(
            reports in prop::collection::vec((0..40_000_i64, any::<bool>(), any::<bool>(), 0..5_u32), 0..60),
        ) {
            let (mut streaks, mut now, mut counted) = (Streaks::default(), 0, 0);
            for (passed_ms, streakable, end, added) in &reports {
                now += passed_ms;
                counted += streaks.settle(Stamp(now)).iter().map(|(_, units)| units).sum::<u32>();
                // Without a streak every report adds something.
                let added = if *streakable { *added } else { added + 1 };
                if let Some(Counted { units, ended: true }) = streaks.count(&report(now, *streakable, *end, added)) {
                    counted += units;
                }
            }
            counted += units(&streaks.end(SessionId(1))).iter().sum::<u32>();
            let truth: u32 = reports.iter().map(|(_, streakable, _, added)| added + u32::from(!streakable)).sum();
            prop_assert_eq!(counted, truth);
        }
    }
}
