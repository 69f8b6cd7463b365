//! The store against real files.

mod answers;
mod boards;
mod remarks;

use super::connection::MIGRATIONS;
use super::sessions::SessionFilter;
use super::*;
use crate::domain::creator::Creator;
use crate::domain::event::{Accounted, Kind, LiveEvent, Viewer, What};
use crate::domain::gift::{GiftAdded, GiftReport, UnitValue, ValueSource};
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, RoomId, SessionId, UserId};
use crate::domain::record::{Batch, LearnedValue, Pause};
use crate::domain::remark::Tag;
use crate::domain::session::{Gap, GapCause, Origin, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{
    BattleFacts, BattleSideFacts, Bin, BinViewers, Counts, GiftTotal, GifterTotal, GivenGift, IntervalRow,
    LikeCounterRange, MessageCounts, PersonActivity, SessionTotals, StreakKey, StreakState, StreakTotal,
    ViewerTotals,
};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel_migrations::MigrationHarness;
use tempfile::TempDir;

const START: Stamp = Stamp(1_790_000_000_000);

pub(super) fn new_store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open_store(&folder);
    (folder, store)
}

fn open_store(folder: &TempDir) -> Store {
    Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database")
}

fn mira() -> Handle {
    Handle::parse("mira").expect("a handle")
}

fn start(room: i64) -> SessionStart {
    SessionStart {
        creator: mira(),
        room: RoomId(room),
        host: Some(UserId(7_000_000_000_000_000_001)),
        title: "Malam minggu".to_owned(),
        live_since: Some(START - 60_000),
        recorded_from: START,
        continues: None,
        origin: Origin::Live,
    }
}

fn comment(number: u64) -> Accounted {
    let at = START + number as i64 * 100;
    Accounted {
        number,
        at,
        msg_id: 7_500_000_000_000_000_000 + number as i64 * 1_000_003,
        event: LiveEvent {
            created_at: Some(at - 700),
            user: Some(viewer(number % 300)),
            what: What::Comment { text: "halo kak".into() },
        },
        added: None,
    }
}

fn viewer(number: u64) -> Viewer {
    Viewer {
        id: UserId(6_800_000_000_000_000_000 + (number * 7_919_191_919) as i64),
        display_id: format!("penonton_{number}").as_str().into(),
        nickname: format!("Penonton {number} ✨").as_str().into(),
        follower: number.is_multiple_of(3),
        ..Viewer::default()
    }
}

fn comments(session: SessionId, numbers: std::ops::RangeInclusive<u64>) -> Batch {
    let events: Vec<Accounted> = numbers.map(comment).collect();
    let counted = events.last().map_or(0, |event| event.number as i64);
    let mut totals = SessionTotals { comments: counted, ..SessionTotals::default() };
    totals.events.set(Kind::Chat, counted);
    totals.messages.counted = counted;
    Batch { session, events, totals, ..Batch::default() }
}

async fn all_events(store: &Store, session: SessionId, kinds: &[Kind]) -> Vec<Accounted> {
    let mut all: Vec<Accounted> = Vec::new();
    loop {
        let after = all.last().map_or(0, |event| event.number);
        let more = store.events(session, after, kinds).await.expect("readable events");
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// A batch with something in every member.
fn full_batch(session: SessionId) -> Batch {
    let gifter = UserId(6_800_000_000_000_000_001);
    let mut totals = SessionTotals {
        messages: MessageCounts {
            history_skipped: 1,
            duplicates_dropped: 2,
            decode_errors: 3,
            counted: 4,
            broken_frames: 5,
        },
        comments: 6,
        likes: 7,
        likes_seen: 8,
        like_counter: Some(LikeCounterRange { first: 9, max: 10, last: 11 }),
        gift_units: 12,
        diamonds: 13,
        diamonds_to_creator: 14,
        diamonds_by_source: [15, 16, 17, 18, 19],
        unpriced_units: 20,
        follows: 21,
        shares: 22,
        joins: 23,
        unique_commenters: 24,
        unique_gifters: 25,
        unique_joiners: 26,
        people: 27,
        viewers: ViewerTotals {
            last: Some(28),
            last_at: Some(START + 29),
            peak: Some(30),
            peak_at: Some(START + 31),
            total: 32,
            viewer_ms: 33_000,
            known_ms: 34,
        },
        ..SessionTotals::default()
    };
    for (count, kind) in (100..).zip(Kind::ALL) {
        totals.events.set(kind, count);
    }
    let viewers = BinViewers { last: Some(5), min: 3, max: 9, viewer_ms: 40_000, known_ms: 9_000 };
    let counts = Counts {
        comments: 1,
        likes: 2,
        likes_seen: 3,
        gift_units: 4,
        diamonds: 5,
        follows: 6,
        shares: 7,
        joins: 8,
    };
    let streak = StreakTotal {
        key: StreakKey { user: gifter, gift: GiftId(5655), group: 1_790_000_000_123, round: 1 },
        receiver: Some(UserId(77)),
        units: 12,
        diamonds: 13,
        state: StreakState::Ended,
        started_at: START + 1,
        updated_at: START + 2,
    };
    Batch {
        counted_to: START + 500,
        session,
        events: (1..=4).map(comment).collect(),
        totals,
        bins: vec![Bin { from: START, viewers, counts, likes_in_gap: 9 }],
        rows: vec![IntervalRow {
            from: START,
            length_ms: 300_000,
            viewers,
            viewer_change: Some(-4),
            counts,
            activity_score: Some(1.5),
            top_gifter: Some(gifter),
        }],
        gifters: vec![GifterTotal {
            user: gifter,
            units: 12,
            diamonds: 13,
            diamonds_to_creator: 9,
            gift_types: 1,
            biggest_diamonds: 5,
            biggest_gift: GiftId(5655),
            first_gift_at: START + 1,
            last_gift_at: START + 2,
            estimated: true,
        }],
        gifts: vec![GiftTotal {
            gift: GiftId(5655),
            name: "Rose".to_owned(),
            streakable: true,
            value: UnitValue { diamonds: 1, source: ValueSource::List },
            units: 12,
            diamonds: 13,
            streaks: 1,
        }],
        given: vec![GivenGift { user: gifter, gift: GiftId(5655), units: 12, diamonds: 13 }],
        streaks: vec![streak],
        people: vec![ana(gifter, "ana", START + 2)],
        battles: vec![BattleFacts {
            id: BattleId(99),
            started_at: START + 3,
            ended_at: None,
            sides: vec![
                BattleSideFacts { host: UserId(1), score: 10, ..BattleSideFacts::default() },
                BattleSideFacts { host: UserId(2), score: 20, ..BattleSideFacts::default() },
            ],
        }],
        pauses: vec![Pause { from: START + 4, to: None }],
        methods: vec![("WebcastChatMessage".to_owned(), 4)],
        learned: vec![LearnedValue { gift: GiftId(5655), name: "Rose".to_owned(), diamonds: 1, at: START }],
        gaps: vec![Gap { from: START + 100, to: Some(START + 200), cause: GapCause::Asleep }],
    }
}

fn ana(user: UserId, name: &str, at: Stamp) -> PersonActivity {
    PersonActivity {
        user,
        display_id: name.to_owned(),
        nickname: "Ana".to_owned(),
        avatar_url: "https://example.test/a.webp".to_owned(),
        follower: true,
        first_at: at,
        last_at: at,
        comments: 2,
        gift_units: 12,
        ..PersonActivity::default()
    }
}

#[tokio::test]
async fn everything_in_a_batch_reads_back_equal() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let batch = full_batch(session);
    store.append(batch.clone()).await.expect("written");

    let stored = store.session(session).await.expect("readable").expect("stored");
    assert_eq!(stored.start, start(1));
    assert_eq!(stored.totals, batch.totals);
    assert_eq!(stored.counted_to, START + 500);
    assert_eq!(stored.duration_ms, 400);
    assert_eq!(stored.coverage, 0.75);
    assert_eq!(all_events(&store, session, &[]).await, batch.events);
    assert_eq!(store.series(session, START, START + 10_000).await, Ok(batch.bins));
    assert_eq!(store.intervals(session).await, Ok(batch.rows));
    assert_eq!(store.gaps(session).await, Ok(batch.gaps));
    assert_eq!(store.pauses(session).await, Ok(batch.pauses));
    assert_eq!(store.battles(session).await, Ok(batch.battles));
    assert_eq!(store.gift_totals(session).await, Ok(batch.gifts));
    assert_eq!(store.streaks(session).await, Ok(batch.streaks.clone()));
    assert_eq!(store.given(session).await, Ok(batch.given.clone()));
    assert_eq!(store.streak(session, batch.streaks[0].key).await, Ok(Some(batch.streaks[0])));
    assert_eq!(store.methods(session).await, Ok(batch.methods));
    assert_eq!(store.session_people(session, 10).await, Ok(batch.people));
    let gifters = store.gifters(session, 10).await.expect("readable");
    assert_eq!(gifters[0].total, batch.gifters[0]);
    assert_eq!((gifters[0].display_id.as_str(), gifters[0].biggest_gift_name.as_str()), ("ana", "Rose"));
    let learned = store.gift_values().await.expect("readable");
    assert_eq!((learned[0].gift, learned[0].diamonds, learned[0].by_user), (GiftId(5655), 1, false));
    assert_eq!(store.integrity_errors().await, Ok(vec![]));
}

#[tokio::test]
async fn totals_replace_what_was_stored_and_activity_is_added_to_it() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let mut batch = full_batch(session);
    store.append(batch.clone()).await.expect("written");
    batch.events.clear();
    batch.totals.viewers.peak = None;
    batch.totals.comments += 1;
    batch.bins[0].viewers = BinViewers::default();
    batch.rows[0].viewer_change = None;
    store.append(batch.clone()).await.expect("written");

    let stored = store.session(session).await.expect("readable").expect("stored");
    assert_eq!(stored.totals, batch.totals);
    assert_eq!(store.series(session, START, START + 1).await, Ok(batch.bins));
    assert_eq!(store.intervals(session).await, Ok(batch.rows));
    let people = store.session_people(session, 10).await.expect("readable");
    assert_eq!((people[0].comments, people[0].gift_units), (4, 24));
}

#[tokio::test]
async fn a_person_keeps_earlier_names() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    for (name, at) in [("ana", START + 1), ("", START + 2), ("anna", START + 3)] {
        let people = vec![ana(UserId(5), name, at)];
        store.append(Batch { session, people, ..Batch::default() }).await.expect("written");
    }
    let known = store.people(&[UserId(5), UserId(6)]).await.expect("readable");
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].display_id.as_str(), known[0].last_seen), ("anna", START + 3));
    let earlier = store.earlier_names(UserId(5)).await.expect("readable");
    assert_eq!(earlier, [("ana".to_owned(), "Ana".to_owned(), START + 2)]);
}

#[tokio::test]
async fn an_older_recording_tells_a_picture_that_is_missing_and_no_name() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let newest = PersonActivity { avatar_url: String::new(), ..ana(UserId(5), "anna", START + 9) };
    for people in [vec![newest], vec![ana(UserId(5), "ana", START + 1)]] {
        store.append(Batch { session, people, ..Batch::default() }).await.expect("written");
    }
    let known = store.people(&[UserId(5)]).await.expect("readable");
    assert_eq!(
        (known[0].display_id.as_str(), known[0].avatar_url.as_str()),
        ("anna", "https://example.test/a.webp")
    );
    assert_eq!(store.earlier_names(UserId(5)).await, Ok(vec![]));
}

#[tokio::test]
async fn a_person_without_names_in_a_batch_keeps_those_told_before() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let told = ana(UserId(5), "ana", START + 1);
    let untold = PersonActivity {
        display_id: String::new(),
        nickname: String::new(),
        avatar_url: String::new(),
        ..ana(UserId(5), "", START + 50)
    };
    for people in [vec![told.clone()], vec![untold]] {
        store.append(Batch { session, people, ..Batch::default() }).await.expect("written");
    }
    store.finish_session(session, START + 100).await.expect("finished");
    let known = store.people(&[UserId(5)]).await.expect("readable");
    assert_eq!((known[0].display_id.as_str(), known[0].nickname.as_str()), ("ana", "Ana"));
    assert_eq!((&known[0].avatar_url, known[0].last_seen), (&told.avatar_url, START + 50));
    assert_eq!(store.earlier_names(UserId(5)).await, Ok(vec![]));
}

#[tokio::test]
async fn questions_envelopes_subscriptions_and_guests_are_found_without_reading_events() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let envelope = |hidden| What::Envelope {
        envelope_id: "e1".into(),
        sender_id: None,
        sender_name: "Budi".into(),
        diamonds: 100,
        winners: 10,
        hidden,
    };
    let to_guest = || What::Gift(GiftReport { receiver: Some(UserId(77)), ..GiftReport::default() });
    let long = "tanya ".repeat(1000);
    let said: Vec<What> = vec![
        What::Question { text: long.as_str().into() },
        envelope(true),
        envelope(false),
        envelope(false),
        What::Subscribe { months: 3 },
        to_guest(),
        to_guest(),
    ];
    let mut events: Vec<Accounted> = (1..)
        .zip(said)
        .map(|(number, what)| {
            let mut event = comment(number);
            event.event.what = what;
            event
        })
        .collect();
    let value = UnitValue { diamonds: 5, source: ValueSource::Event };
    for event in &mut events[5..] {
        event.added = Some(GiftAdded { units: 2, diamonds: 10, to_creator: false, value });
    }
    for event in events.clone() {
        store.append(Batch { session, events: vec![event], ..Batch::default() }).await.expect("written");
    }

    let user = |index: usize| events[index].event.user.as_ref().map(|viewer| viewer.id);
    let questions = store.questions(session).await.expect("readable");
    assert_eq!((questions.len(), questions[0].number, questions[0].user), (1, 1, user(0)));
    assert_eq!(questions[0].text, long[..2000]);
    let stored = all_events(&store, session, &[Kind::Question]).await;
    assert_eq!(stored[0].event.what, What::Question { text: long[..2000].into() });
    let envelopes = store.envelopes(session).await.expect("readable");
    assert_eq!(envelopes.len(), 1);
    assert_eq!((envelopes[0].at, envelopes[0].diamonds, envelopes[0].winners), (events[2].at, 100, 10));
    let subscriptions = store.subscriptions(session).await.expect("readable");
    assert_eq!((subscriptions[0].number, subscriptions[0].months, subscriptions[0].user), (5, 3, user(4)));
    let guest = facts::GuestTotal { user: UserId(77), units: 4, diamonds: 20, last_at: events[6].at };
    assert_eq!(store.guests(session).await, Ok(vec![guest]));
    let gift = |event: &Accounted| match (&event.event.what, event.added) {
        (What::Gift(report), Some(added)) => Some((report.gift, event.at, added.units)),
        _ => None,
    };
    let times: Vec<_> = events.iter().filter_map(gift).collect();
    assert_eq!(times.len(), 2);
    assert_eq!(store.gift_times(session).await, Ok(times));
}

#[tokio::test]
async fn a_room_is_one_session_and_numbers_are_not_given_out_twice() {
    let (_folder, store) = new_store();
    let first = store.begin_session(&start(1)).await.expect("a session");
    assert_eq!(store.begin_session(&start(1)).await, Ok(first));
    store.finish_session(first, START + 1000).await.expect("finished");
    assert_eq!(store.open_sessions().await, Ok(vec![]));
    assert_eq!(store.begin_session(&start(1)).await, Ok(first));
    assert_eq!(store.open_sessions().await.expect("readable").len(), 1);

    let second = store.begin_session(&start(2)).await.expect("a session");
    assert_eq!(store.delete_session(second).await, Ok(true));
    let third = store.begin_session(&start(3)).await.expect("a session");
    assert!(third > second, "{third} follows {second}");
}

#[tokio::test]
async fn the_same_capture_is_refused_twice() {
    let (_folder, store) = new_store();
    let start = SessionStart { origin: Origin::Capture, ..start(1) };
    let first = store.begin_session(&start).await.expect("a session");
    let second = store.begin_session(&start).await.expect("another session");
    store.set_capture(first, "abc").await.expect("new");
    assert_eq!(store.set_capture(second, "abc").await, Err(StoreError::KnownCapture(first)));
    assert_eq!(store.session_by_capture("abc").await, Ok(Some(first)));
    assert_eq!(store.session_by_capture("abd").await, Ok(None));
}

#[tokio::test]
async fn a_session_is_taken_up_again_after_a_restart() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    store.append(comments(session, 1..=900)).await.expect("written");
    drop(store);

    let store = open_store(&folder);
    assert_eq!(store.last_event_number(session).await, Ok(900));
    assert_eq!(store.begin_session(&start(1)).await, Ok(session));
    store.append(comments(session, 901..=1500)).await.expect("written");
    let expected: Vec<Accounted> = (1..=1500).map(comment).collect();
    assert_eq!(all_events(&store, session, &[]).await, expected);
}

#[tokio::test]
async fn an_append_that_fails_changes_nothing() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    store.append(comments(session, 1..=10)).await.expect("written");
    let before = store.session(session).await.expect("readable");

    let overlapping = comments(session, 5..=20);
    assert!(matches!(store.append(overlapping).await, Err(StoreError::Other(_))));
    assert_eq!(store.session(session).await.expect("readable"), before);
    store.append(comments(session, 11..=20)).await.expect("written");
    assert_eq!(all_events(&store, session, &[]).await, (1..=20).map(comment).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_bad_batch_does_not_spoil_those_committed_with_it() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let (good, bad) =
        tokio::join!(store.append(comments(session, 1..=10)), store.append(comments(SessionId(99), 1..=10)));
    assert_eq!(good, Ok(()));
    assert!(matches!(bad, Err(StoreError::Other(_))), "{bad:?}");
    assert_eq!(store.last_event_number(session).await, Ok(10));
}

#[tokio::test]
async fn recording_resumes_after_the_disk_was_full() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    store.append(comments(session, 1..=100)).await.expect("written");
    limit_pages(&store, 1).await;
    assert_eq!(store.append(comments(session, 101..=5000)).await, Err(StoreError::Full));
    assert_eq!(store.append(comments(session, 101..=5000)).await, Err(StoreError::Full));
    assert_eq!(store.last_event_number(session).await, Ok(100));

    limit_pages(&store, 1_000_000).await;
    store.append(comments(session, 101..=5000)).await.expect("there is room again");
    assert_eq!(all_events(&store, session, &[]).await, (1..=5000).map(comment).collect::<Vec<_>>());
    assert_eq!(store.integrity_errors().await, Ok(vec![]));
}

#[tokio::test]
async fn a_locked_database_is_said_to_be_locked_and_written_later() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    pragma(&store, "busy_timeout = 1").await;
    let mut other = connection::open(&folder.path().join("pasut.db"), Opening::Beside).expect("open");
    other.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    assert_eq!(store.append(comments(session, 1..=5)).await, Err(StoreError::Locked));
    other.batch_execute("COMMIT").expect("released");
    store.append(comments(session, 1..=5)).await.expect("free again");
    assert_eq!(store.last_event_number(session).await, Ok(5));
}

#[tokio::test]
async fn a_loss_of_power_at_any_point_leaves_whole_batches() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    for batch in 0..12 {
        store.append(comments(session, batch * 40 + 1..=batch * 40 + 40)).await.expect("written");
    }
    let log = std::fs::read(folder.path().join("pasut.db-wal")).expect("a write-ahead log");
    let mut seen = std::collections::BTreeSet::new();
    for kept in (0..=24).map(|part| log.len() * part / 24) {
        let after = tempfile::tempdir().expect("a temporary folder");
        let path = after.path().join("pasut.db");
        std::fs::copy(folder.path().join("pasut.db"), &path).expect("a copy");
        std::fs::write(after.path().join("pasut.db-wal"), &log[..kept]).expect("a torn log");
        let store = Store::open(&path, Opening::Owner).expect("it opens");
        assert_eq!(store.integrity_errors().await, Ok(vec![]));
        let Some(found) = store.session(session).await.expect("readable") else { continue };
        let events = all_events(&store, session, &[]).await;
        assert_eq!(events, (1..=events.len() as u64).map(comment).collect::<Vec<_>>());
        assert_eq!(events.len() % 40, 0);
        assert_eq!(found.totals.comments, events.len() as i64);
        seen.insert(events.len());
    }
    assert!(seen.len() > 5 && seen.contains(&480), "torn at different batches: {seen:?}");
}

#[tokio::test]
async fn the_database_keeps_the_rules_it_was_made_with() {
    type Rules = (String, i64, i64, i64);
    fn rules(connection: &mut SqliteConnection) -> Result<Rules, StoreError> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            journal_mode: String,
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            synchronous: i64,
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            foreign_keys: i64,
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            auto_vacuum: i64,
        }
        let question = "SELECT * FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, \
             pragma_auto_vacuum";
        let row: Row = diesel::sql_query(question).get_result(connection)?;
        Ok((row.journal_mode, row.synchronous, row.foreign_keys, row.auto_vacuum))
    }
    let (_folder, store) = new_store();
    // synchronous: 2 is FULL; auto_vacuum: 2 is INCREMENTAL.
    let expected = Ok(("wal".to_owned(), 2, 1, 2));
    assert_eq!(store.read(rules).await, expected);
    assert_eq!(store.write(|writing| rules(writing.connection)).await, expected);
}

#[tokio::test]
async fn what_lasts_until_the_end_ends_with_the_session() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let gap = |from, to| Gap { from: START + from, to, cause: GapCause::Disconnected };
    let gaps = vec![gap(250, None), gap(1000, None)];
    let pauses = vec![Pause { from: START + 100, to: None }];
    store.append(Batch { session, gaps, pauses, ..Batch::default() }).await.expect("written");
    store.finish_session(session, START + 1000).await.expect("finished");
    let end = Some(START + 1000);
    assert_eq!(store.gaps(session).await, Ok(vec![gap(250, end)]));
    assert_eq!(store.pauses(session).await, Ok(vec![Pause { from: START + 100, to: end }]));
    let stored = store.session(session).await.expect("readable").expect("stored");
    assert_eq!((stored.ended_at, stored.duration_ms, stored.coverage), (end, 1000, 0.25));
}

/// SQLite raises a limit below the present size to that size: the file cannot grow any more.
async fn limit_pages(store: &Store, pages: u32) {
    pragma(store, &format!("max_page_count = {pages}")).await;
}

/// Changes a rule of the writer's connection.
async fn pragma(store: &Store, rule: &str) {
    let rule = format!("PRAGMA {rule}");
    let change = move |writing: &mut Writing<'_>| Ok(writing.connection.batch_execute(&rule)?);
    store.write(change).await.expect("a changed rule");
}

#[tokio::test]
async fn finished_events_are_packed_and_found_by_kind() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let mut expected = Vec::new();
    for number in 1..=9000 {
        let mut event = comment(number);
        if number % 3000 == 0 {
            event.event.what = What::Share;
        }
        expected.push(event);
    }
    for events in expected.chunks(500) {
        store.append(Batch { session, events: events.to_vec(), ..Batch::default() }).await.expect("written");
    }
    let shares = async || {
        let shares = all_events(&store, session, &[Kind::Share]).await;
        shares.iter().map(|event| event.number).collect::<Vec<_>>()
    };
    assert_eq!(all_events(&store, session, &[]).await, expected);
    assert_eq!(shares().await, [3000, 6000, 9000], "also across many rows without any");
    store.finish_session(session, START + 900_000).await.expect("finished");
    assert_eq!(store.unpacked_sessions().await, Ok(vec![]));

    expected[..8000].iter_mut().for_each(|event| event.msg_id = 0);
    assert_eq!(all_events(&store, session, &[]).await, expected);
    assert_eq!(shares().await, [3000, 6000, 9000]);

    assert_eq!(store.begin_session(&start(1)).await, Ok(session));
    store.append(comments(session, 9001..=9100)).await.expect("the room is back");
    store.finish_session(session, START + 910_000).await.expect("finished again");
    let events = all_events(&store, session, &[]).await;
    assert_eq!(events.len(), 9100);
    assert_eq!(events.iter().position(|event| event.msg_id != 0), Some(8000), "the newest keep their ids");
    assert_eq!(store.integrity_errors().await, Ok(vec![]));
}

#[tokio::test]
async fn an_event_takes_few_bytes() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let events = busy_room(20_000);
    let empty = segment_bytes(&store).await;
    for some in events.chunks(70) {
        store.append(Batch { session, events: some.to_vec(), ..Batch::default() }).await.expect("written");
    }
    let open = (segment_bytes(&store).await - empty) as f64 / events.len() as f64;
    store.finish_session(session, START + 3_600_000).await.expect("finished");
    let finished = (segment_bytes(&store).await - empty) as f64 / events.len() as f64;
    println!("{open:.1} bytes per event while it runs, {finished:.1} once finished");
    assert!(open <= 60.0, "{open}");
    assert!(finished <= 14.0, "{finished}");
}

/// Pages of all tables, whole, as the file holds them.
async fn segment_bytes(store: &Store) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Bytes {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        bytes: i64,
    }
    let question = "SELECT (SELECT page_count FROM pragma_page_count) * 4096 \
         - (SELECT freelist_count FROM pragma_freelist_count) * 4096 AS bytes";
    store
        .read(move |connection| {
            let found: Bytes = diesel::sql_query(question).get_result(connection)?;
            Ok(found.bytes)
        })
        .await
        .expect("readable")
}

/// A room as they are: mostly likes and joins, every text different, some regulars and many
/// passers-by.
fn busy_room(events: u64) -> Vec<Accounted> {
    let words = ["halo", "kak", "spill", "dong", "semangat", "gift", "wkwk", "cantik", "lagu", "apa", "ini"];
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |below: u64| {
        // xorshift64 (Marsaglia 2003): the same room in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut at = START;
    (1..=events)
        .map(|number| {
            at = at + random(140) as i64;
            let person = if random(2) == 0 { random(60) } else { random(4000) };
            let what = match random(20) {
                0..=6 => What::Like { count: 1 + random(15) as u32, total: 50_000 + number as i64 * 9 },
                7..=12 => What::Join { viewers: 900 + random(50) as i64, source: "homepage_hot".into() },
                13..=16 => {
                    let text: Vec<&str> = (0..1 + random(6)).map(|_| words[random(11) as usize]).collect();
                    What::Comment { text: text.join(" ").as_str().into() }
                }
                17 => {
                    What::Viewers { viewers: 900 + random(50) as i64, total_viewers: 40_000 + number as i64 }
                }
                18 => What::Follow { target: None },
                _ => What::Gift(GiftReport {
                    gift: GiftId(5655 + random(20) as i64),
                    name: "Rose".into(),
                    unit_diamonds: Some(1),
                    streakable: true,
                    repeat_count: 1 + random(20) as u32,
                    group: at.0 - random(9000) as i64,
                    group_count: 1,
                    ..GiftReport::default()
                }),
            };
            let added = matches!(what, What::Gift(_)).then_some(GiftAdded {
                units: 1,
                diamonds: 1,
                to_creator: true,
                value: UnitValue { diamonds: 1, source: ValueSource::Event },
            });
            let user = (!matches!(what, What::Viewers { .. })).then(|| viewer(person));
            let msg_id = (at.0 << 22) + random(1 << 22) as i64;
            let created_at = Some(at - 400 - random(300) as i64);
            Accounted { number, at, msg_id, event: LiveEvent { created_at, user, what }, added }
        })
        .collect()
}

#[tokio::test]
async fn sessions_are_found_by_creator_and_time() {
    let (_folder, store) = new_store();
    let mut ids = Vec::new();
    for room in 1..=3 {
        let start = SessionStart { recorded_from: START + room * 1000, ..start(room) };
        ids.push(store.begin_session(&start).await.expect("a session"));
    }
    let any = SessionFilter::default();
    let found = |filter: SessionFilter| {
        let store = store.clone();
        async move {
            let found = store.sessions(&filter, 10).await.expect("readable");
            assert_eq!(store.count_sessions(&filter).await, Ok(found.len() as i64));
            found.into_iter().map(|session| session.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(found(any.clone()).await, [ids[2], ids[1], ids[0]]);
    assert_eq!(found(SessionFilter { from: Some(START + 2000), ..any.clone() }).await, [ids[2], ids[1]]);
    assert_eq!(found(SessionFilter { to: Some(START + 2000), ..any.clone() }).await, [ids[0]]);
    let nobody = Handle::parse("nobody").expect("a handle");
    assert_eq!(found(SessionFilter { creator: Some(nobody), ..any.clone() }).await, []);
    let after = Some((START + 3000, ids[2]));
    let rest = store.sessions(&SessionFilter { after, ..any }, 1).await.expect("readable");
    assert_eq!(rest[0].id, ids[1]);
    assert_eq!(store.last_session_of(&mira()).await.expect("readable").expect("one").id, ids[2]);
}

#[tokio::test]
async fn medians_come_from_finished_sessions_of_the_same_interval() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let row = |number: i64, length_ms, comments| IntervalRow {
        from: START + number * 300_000,
        length_ms,
        counts: Counts { comments, ..Counts::default() },
        ..IntervalRow::default()
    };
    let rows = vec![
        row(0, 300_000, 4),
        row(1, 300_000, 9),
        row(2, 300_000, 5),
        row(3, 300_000, 8),
        row(4, 60_000, 99),
    ];
    store.append(Batch { session, rows, ..Batch::default() }).await.expect("written");
    assert_eq!(store.interval_medians(&mira(), 300_000).await, Ok(None));
    store.finish_session(session, START + 1_500_000).await.expect("finished");
    let medians = store.interval_medians(&mira(), 300_000).await.expect("readable").expect("some");
    assert_eq!((medians.comments, medians.likes), (6.5, 0.0));
}

#[tokio::test]
async fn creators_and_settings_are_kept() {
    let (folder, store) = new_store();
    let creator = Creator {
        handle: mira(),
        user: None,
        nickname: String::new(),
        zone: "Asia/Jakarta".to_owned(),
        added_at: START,
        stopped_room: None,
    };
    assert_eq!(store.add_creator(&creator).await, Ok(true));
    assert_eq!(store.add_creator(&creator).await, Ok(false));
    store.set_creator_account(&mira(), UserId(8), "Mira").await.expect("written");
    store.set_stopped_room(&mira(), Some(RoomId(3))).await.expect("written");
    store.set_setting("language", Some("en")).await.expect("written");
    store.set_setting("language", Some("id")).await.expect("written");
    store.set_setting("theme", Some("dark")).await.expect("written");
    store.set_setting("theme", None).await.expect("written");
    drop(store);

    let store = open_store(&folder);
    let known = Creator {
        user: Some(UserId(8)),
        nickname: "Mira".to_owned(),
        stopped_room: Some(RoomId(3)),
        ..creator
    };
    assert_eq!(store.creators().await, Ok(vec![known]));
    assert_eq!(store.setting("language").await, Ok(Some("id".to_owned())));
    assert_eq!(store.settings().await.expect("readable").len(), 1);
    assert_eq!(store.remove_creator(&mira()).await, Ok(true));
    assert_eq!(store.creators().await, Ok(vec![]));
}

#[test]
fn migrations_run_up_down_and_up_again() {
    let (folder, store) = new_store();
    drop(store);
    let mut connection = connection::open(&folder.path().join("pasut.db"), Opening::Owner).expect("open");
    let tables = |connection: &mut SqliteConnection| {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            tables: i64,
        }
        let question = "SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__diesel%'";
        let found: Count = diesel::sql_query(question).get_result(connection).expect("readable");
        found.tables
    };
    let all = tables(&mut connection);
    connection.revert_all_migrations(MIGRATIONS).expect("every migration can be undone");
    assert_eq!(tables(&mut connection), 0);
    connection.run_pending_migrations(MIGRATIONS).expect("and done again");
    assert_eq!(tables(&mut connection), all);
}

#[tokio::test]
async fn a_database_of_a_newer_pasut_is_refused_and_left_alone() {
    let (folder, store) = new_store();
    drop(store);
    let path = folder.path().join("pasut.db");
    let mut connection = connection::open(&path, Opening::Owner).expect("open");
    connection
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')")
        .expect("written");
    drop(connection);
    let refused = Store::open(&path, Opening::Owner).err();
    assert!(matches!(refused, Some(StoreError::NewerDatabase { found, .. }) if found == "29991231000001"));
}

#[tokio::test]
async fn an_upgrade_makes_a_backup_first() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    drop(store);
    let path = folder.path().join("pasut.db");
    let mut connection = connection::open(&path, Opening::Owner).expect("open");
    connection.revert_last_migration(MIGRATIONS).expect("an older database");
    drop(connection);

    assert_eq!(Store::open(&path, Opening::Beside).err(), Some(StoreError::OlderDatabase));
    let elsewhere = folder.path().join("elsewhere.db");
    assert!(matches!(Store::open(&elsewhere, Opening::Beside).err(), Some(StoreError::Missing(_))));
    let store = open_store(&folder);
    assert!(store.session(session).await.expect("readable").is_some());
    store.set_setting("language", Some("id")).await.expect("the upgraded table");
    let backups: Vec<_> = std::fs::read_dir(folder.path())
        .expect("readable")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "bak"))
        .collect();
    assert_eq!(backups.len(), 1);
    let mut backup = connection::open_reader(&backups[0]).expect("a database");
    let applied = backup.applied_migrations().expect("readable");
    let known = diesel::migration::MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS);
    assert_eq!(applied.len() + 1, known.expect("embedded").len());
}

/// Otherwise SQLite plans what has a `LIMIT ?` anew each time it is run; only how it was built can say so.
#[test]
fn a_prepared_statement_stays_as_it_was_planned() {
    let mut connection = connection::connect(Path::new(":memory:")).expect("a database");
    let kept = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(
        "sqlite_compileoption_used('ENABLE_QPSG')",
    ));
    assert!(kept.get_result::<bool>(&mut connection).expect("SQLite knows"), "see .cargo/config.toml");
}

#[tokio::test]
async fn the_database_is_one_file_after_closing() {
    let (folder, store) = new_store();
    store.set_setting("language", Some("id")).await.expect("written");
    assert_eq!(store.setting("language").await, Ok(Some("id".to_owned())));
    drop(store);
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name())
        .collect();
    assert_eq!(files, ["pasut.db"]);
}

#[test]
fn people_who_query_it_find_the_columns_they_were_promised() {
    let (folder, store) = new_store();
    drop(store);
    let mut connection = connection::open_reader(&folder.path().join("pasut.db")).expect("a database");
    for (table, columns) in [
        (
            "sessions",
            "session_id, account_username, room_id, start_time, end_time, total_duration, peak_viewers, \
             avg_viewers, total_comments, total_likes, total_gifts, total_gifts_value, total_follows, \
             total_shares, total_joins, coverage, session_notes",
        ),
        (
            "session_analytics",
            "session_id, timestamp, viewers, comments_count, likes_count, gifts_count, gifts_value, \
             follows_count, shares_count, joins_count, viewer_change, activity_score, top_gifter",
        ),
        (
            "gift_contributions",
            "session_id, user_id, username, nickname, total_gifts, total_value, gift_types, last_gift_time",
        ),
        (
            "viewer_correlations",
            "session_id, timestamp, driver, verdict, level, effect_per_unit, effect_low, effect_high, lag_s, \
             p_value, bursts, hits, hits_by_chance",
        ),
        (
            "viewer_windows",
            "session_id, timestamp, from_ms, to_ms, viewers, viewer_change, cause, confidence, occasion_at, \
             occasion_units, occasion_gift_id",
        ),
        ("markers", "id, session_id, at, kind, note"),
        ("answers", "session_id, timestamp, body"),
        ("gift_values", "gift_id, gift_name, diamond_value, source, last_updated"),
        (
            "performance_logs",
            "timestamp, cpu_percent, memory_percent, disk_percent, analytics_interval, data_size_mb, \
             event_lag_ms, queue",
        ),
    ] {
        diesel::sql_query(format!("SELECT {columns} FROM {table}")).execute(&mut connection).expect(table);
    }
}
