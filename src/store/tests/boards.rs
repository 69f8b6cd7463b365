//! The packed boards of sessions against the tables they are made from.

use super::*;
use crate::domain::board::SessionBoard;
use crate::store::boards::{BoardScope, BoardSession};
use diesel::sqlite::SqliteConnection;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn ever() -> BoardScope {
    BoardScope::Stretch { from: Stamp(i64::MIN), to: Stamp(i64::MAX), creator: None }
}

async fn read(store: &Store, session: SessionId) -> SessionBoard {
    store.session_board(session).await.expect("readable")
}

async fn version(store: &Store, session: SessionId) -> Option<i64> {
    let found = store.board_sessions(&BoardScope::Session(session)).await.expect("readable");
    found.first().and_then(|session| session.version)
}

/// What somebody gave: person, gift from 0, units.
type Gave = (i64, i64, i64);

fn price(gift: i64) -> i64 {
    [1, 30, 199, 1500][gift as usize % 4]
}

/// The totals of a session in which everything up to now was `gave`.
fn totals(session: SessionId, gave: &[Gave]) -> Batch {
    let mut given: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (user, gift, units) in gave {
        *given.entry((*user, *gift)).or_default() += units;
    }
    let mut batch = Batch { session, counted_to: START, ..Batch::default() };
    for ((user, gift), units) in &given {
        let diamonds = units * price(*gift);
        batch.given.push(GivenGift { user: UserId(*user), gift: GiftId(*gift), units: *units, diamonds });
    }
    let users: std::collections::BTreeSet<i64> = given.keys().map(|(user, _)| *user).collect();
    for user in users {
        let mine: Vec<_> = given.iter().filter(|((of, _), _)| *of == user).collect();
        let biggest = mine.iter().map(|((_, gift), _)| *gift).max_by_key(|gift| price(*gift)).expect("one");
        let diamonds = mine.iter().map(|((_, gift), units)| price(*gift) * **units).sum();
        batch.gifters.push(GifterTotal {
            user: UserId(user),
            units: mine.iter().map(|(_, units)| **units).sum(),
            diamonds,
            diamonds_to_creator: if user % 3 == 0 { diamonds / 2 } else { diamonds },
            gift_types: mine.len() as i64,
            biggest_diamonds: price(biggest),
            biggest_gift: GiftId(biggest),
            first_gift_at: START + user,
            last_gift_at: START + user + 1000,
            estimated: user % 2 == 0,
        });
        batch.people.push(PersonActivity {
            user: UserId(user),
            display_id: format!("fan{user}"),
            nickname: format!("Fan {user}"),
            first_at: START,
            last_at: START + user + 5000,
            ..PersonActivity::default()
        });
    }
    let gifts: std::collections::BTreeSet<i64> = given.keys().map(|(_, gift)| *gift).collect();
    for gift in gifts {
        batch.gifts.push(GiftTotal {
            gift: GiftId(gift),
            name: format!("Gift {gift}"),
            streakable: true,
            value: UnitValue { diamonds: price(gift) as u32, source: ValueSource::Event },
            units: 1,
            diamonds: price(gift),
            streaks: 1,
        });
    }
    batch
}

async fn ended(store: &Store, room: i64, gave: &[Gave]) -> SessionId {
    let session = store.begin_session(&start(room)).await.expect("a session");
    store.append(totals(session, gave)).await.expect("written");
    store.finish_session(session, START + 60_000).await.expect("ended");
    session
}

/// The same session's board made from its tables alone.
async fn recounted(folder: &TempDir, store: &Store, session: SessionId) -> SessionBoard {
    let kept = read(store, session).await;
    change(folder, "DELETE FROM session_boards");
    let recounted = read(store, session).await;
    store.keep_board(session).await.expect("made again");
    assert_eq!(read(store, session).await, recounted, "packing and reading back changes nothing");
    assert_eq!(kept, recounted, "what was kept is what the tables say");
    recounted
}

/// As another program would change the file.
fn change(folder: &TempDir, sql: &str) {
    use diesel::connection::Connection as _;
    let path = folder.path().join("pasut.db");
    let mut connection = SqliteConnection::establish(path.to_str().expect("a path")).expect("a connection");
    connection.batch_execute(sql).expect(sql);
}

#[tokio::test]
async fn a_board_is_kept_when_its_session_ends_and_not_before() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    store.append(totals(session, &[(6, 0, 3), (7, 3, 1)])).await.expect("written");
    assert_eq!(version(&store, session).await, None);
    assert_eq!(read(&store, session).await.gifters.len(), 2, "a running session is read from the tables");
    store.keep_board(session).await.expect("nothing to do");
    assert_eq!(version(&store, session).await, None);

    store.finish_session(session, START + 60_000).await.expect("ended");
    let first = version(&store, session).await.expect("kept");
    let board = recounted(&folder, &store, session).await;
    assert_eq!(board.gifters[1].total.diamonds_to_creator, 1, "half went to a guest");
    assert_eq!(board.gifters[1].last_seen, START + 5006);
    let first_two = store.gifters(session, 2).await.expect("readable");
    let places: Vec<_> = board.gifters.iter().map(|gifter| gifter.total).collect();
    assert_eq!(
        first_two.iter().map(|gifter| gifter.total).collect::<Vec<_>>(),
        places,
        "most diamonds first"
    );
    assert_eq!(store.gifters(session, 1).await.expect("readable"), first_two[..1]);
    assert_ne!(version(&store, session).await, Some(first), "made again under another version");
}

#[tokio::test]
async fn any_change_of_a_finished_session_drops_its_board() {
    let (folder, store) = new_store();
    let session = ended(&store, 1, &[(6, 0, 3), (7, 1, 1)]).await;
    let other = ended(&store, 2, &[(6, 1, 3)]).await;
    for sql in [
        "UPDATE gift_contributions SET total_value = 90 WHERE session_id = '1' AND user_id = '7'",
        "UPDATE gifter_gifts SET diamonds = 90 WHERE session_id = '1' AND user_id = '7'",
        "UPDATE session_gifts SET diamond_value = 90 WHERE session_id = '1' AND gift_id = '1'",
        "DELETE FROM gifter_gifts WHERE session_id = '1' AND user_id = '7'",
        "DELETE FROM gift_contributions WHERE session_id = '1' AND user_id = '7'",
        "INSERT INTO session_gifts VALUES ('1', '8', 'New', 1, 5, 'event', 1, 5, 1)",
    ] {
        change(&folder, sql);
        assert_eq!(version(&store, session).await, None, "{sql}");
        assert!(version(&store, other).await.is_some(), "{sql}");
        store.keep_board(session).await.expect("made again");
        recounted(&folder, &store, session).await;
        store.keep_board(other).await.expect("made again");
    }
    assert!(store.delete_session(session).await.expect("deleted"));
    let left: Vec<_> = store.board_sessions(&ever()).await.expect("readable");
    assert_eq!(left.iter().map(|BoardSession { id, .. }| *id).collect::<Vec<_>>(), [other]);
}

#[tokio::test]
async fn the_first_gifters_of_many_are_the_beginning_of_all_of_them() {
    let (folder, store) = new_store();
    let gave: Vec<Gave> = (1..=130).flat_map(|user| [(user, user % 4, user), (user, 1, 2)]).collect();
    let session = ended(&store, 1, &gave).await;
    let all = recounted(&folder, &store, session).await.gifters;
    assert_eq!(all.len(), 130);
    for most in [0, 1, 49, 50, 51, 129, 130, usize::MAX] {
        let first = store.gifters(session, most).await.expect("readable");
        let totals: Vec<_> = first.iter().map(|gifter| gifter.total).collect();
        let expected: Vec<_> = all.iter().take(most).map(|gifter| gifter.total).collect();
        assert_eq!(totals, expected, "the first {most}");
    }

    change(&folder, "UPDATE session_boards SET other_gifters = x''");
    assert!(store.gifters(session, 50).await.is_ok(), "nothing of the others is needed");
    assert!(store.session_board(session).await.is_err(), "fewer than it says are not passed off as all");
}

#[tokio::test]
async fn a_session_that_goes_on_is_read_from_the_tables_again() {
    let (_folder, store) = new_store();
    let session = ended(&store, 1, &[(6, 0, 3)]).await;
    assert_eq!(store.begin_session(&start(1)).await.expect("the same room"), session);
    let mut seen = totals(session, &[(6, 0, 3)]);
    seen.gifters.clear();
    seen.given.clear();
    seen.gifts.clear();
    seen.people[0].last_at = START + 70_000;
    store.append(seen).await.expect("written");
    assert_eq!(read(&store, session).await.gifters[0].last_seen, START + 70_000);
    store.finish_session(session, START + 80_000).await.expect("ended");
    assert_eq!(read(&store, session).await.gifters[0].last_seen, START + 70_000);
}

#[derive(Clone, Debug)]
enum Step {
    Give { room: i64, gave: Vec<Gave> },
    End { room: i64 },
    Price { gift: i64, diamonds: i64 },
    Rename { user: i64 },
    Delete { room: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let room = 1_i64..4;
    let gave = prop::collection::vec((1_i64..9, 0_i64..6, 1_i64..20), 1..6);
    let step = prop_oneof![
        4 => (room.clone(), gave).prop_map(|(room, gave)| Step::Give { room, gave }),
        2 => room.clone().prop_map(|room| Step::End { room }),
        1 => (0_i64..6, 1_i64..3000).prop_map(|(gift, diamonds)| Step::Price { gift, diamonds }),
        1 => (1_i64..9).prop_map(|user| Step::Rename { user }),
        1 => room.prop_map(|room| Step::Delete { room }),
    ];
    prop::collection::vec(step, 1..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn kept_boards_equal_a_recount_whatever_happens_to_sessions(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let (folder, store) = new_store();
            let mut running: BTreeMap<i64, (SessionId, Vec<Gave>)> = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Give { room, gave } => {
                        let session = store.begin_session(&start(room)).await.expect("a session");
                        let entry = running.entry(room).or_insert((session, Vec::new()));
                        if entry.0 != session {
                            *entry = (session, Vec::new());
                        }
                        entry.1.extend(gave);
                        store.append(totals(session, &entry.1)).await.expect("written");
                    }
                    Step::End { room } => {
                        if let Some((session, _)) = running.get(&room) {
                            store.finish_session(*session, START + 90_000).await.expect("ended");
                        }
                    }
                    Step::Price { gift, diamonds } => change(&folder, &format!(
                        "UPDATE session_gifts SET diamond_value = {diamonds} WHERE gift_id = '{gift}'; \
                         UPDATE gifter_gifts SET diamonds = units * {diamonds} WHERE gift_id = '{gift}'"
                    )),
                    Step::Rename { user } => change(&folder, &format!(
                        "UPDATE people SET nickname = 'New' WHERE user_id = '{user}'"
                    )),
                    Step::Delete { room } => {
                        if let Some((session, _)) = running.remove(&room) {
                            store.delete_session(session).await.expect("deleted");
                        }
                    }
                }
            }
            for session in store.board_sessions(&ever()).await.expect("readable") {
                recounted(&folder, &store, session.id).await;
            }
        });
    }
}

#[tokio::test]
async fn a_search_finds_those_who_gave_by_any_name_they_had_and_nobody_who_only_watched() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let found = async |text: &str| {
        let mut found: Vec<i64> =
            store.find_gifters(text).await.expect("readable").into_iter().map(|user| user.0).collect();
        found.sort_unstable();
        found
    };
    let mut batch = totals(session, &[(1, 0, 1), (2, 0, 1), (3, 1, 2)]);
    // The third gave before any message said a name, and a fourth only watches.
    let late = batch.people.pop().expect("the third");
    batch.people.push(PersonActivity { user: UserId(4), ..late.clone() });
    store.append(batch).await.expect("written");
    assert_eq!(found("FAN").await, [1, 2]);
    let renamed = PersonActivity { display_id: "rani".to_owned(), last_at: START + 9000, ..named(2) };
    let people = vec![late, renamed];
    store.append(Batch { session, people, ..Batch::default() }).await.expect("written");
    assert_eq!(found("fan").await, [1, 2, 3]);
    assert_eq!((found("an2").await, found("rani").await), (vec![2], vec![2]));
    assert_eq!((found("fan_").await, found("an4").await), (vec![], vec![]));

    let gave = totals(session, &[(4, 0, 1)]).gifters;
    store.append(Batch { session, gifters: gave, ..Batch::default() }).await.expect("written");
    assert_eq!(found("fan").await, [1, 2, 3, 4]);
}

/// What a person of [`totals`] is called.
fn named(user: i64) -> PersonActivity {
    totals(SessionId(1), &[(user, 0, 1)]).people.remove(0)
}
