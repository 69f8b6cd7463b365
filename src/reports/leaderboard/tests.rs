//! Boards over sessions in a real database.

use super::*;
use crate::domain::days::Days;
use crate::domain::gift::{UnitValue, ValueSource};
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, RoomId};
use crate::domain::record::Batch;
use crate::domain::session::{Origin, SessionStart};
use crate::domain::time::DAY_MS;
use crate::domain::totals::{GiftTotal, GifterTotal, GivenGift, PersonActivity};
use crate::store::Opening;
use chrono_tz::Asia::Jakarta;
use tempfile::TempDir;

/// Half past seven on a Sunday evening in Jakarta.
const NOW: Stamp = Stamp(1_795_350_600_000);

struct World {
    _folder: TempDir,
    store: Store,
    boards: Boards,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        Self { _folder: folder, store, boards: Boards::default() }
    }

    /// A session some days ago, in which people by number gave diamonds, all in one gift of that price.
    async fn session(&self, creator: &str, days_ago: i64, gave: &[(i64, i64)], ends: bool) -> SessionId {
        let from = NOW - days_ago * DAY_MS;
        let start =
            SessionStart::new(Handle::parse(creator).expect("a handle"), RoomId(from.0), from, Origin::Live);
        let session = self.store.begin_session(&start).await.expect("a session");
        let mut batch = Batch { session, counted_to: from, ..Batch::default() };
        for (user, diamonds) in gave {
            let (user, gift) = (UserId(*user), GiftId(*diamonds));
            batch.gifters.push(GifterTotal {
                user,
                units: 1,
                diamonds: *diamonds,
                diamonds_to_creator: *diamonds,
                gift_types: 1,
                biggest_diamonds: *diamonds,
                biggest_gift: gift,
                first_gift_at: from,
                last_gift_at: from,
                estimated: false,
            });
            batch.given.push(GivenGift { user, gift, units: 1, diamonds: *diamonds });
            batch.gifts.push(GiftTotal {
                gift,
                name: format!("Gift {diamonds}"),
                streakable: false,
                value: UnitValue { diamonds: *diamonds as u32, source: ValueSource::Event },
                units: 1,
                diamonds: *diamonds,
                streaks: 1,
            });
            batch.people.push(PersonActivity {
                user,
                display_id: format!("fan_{}", user.0),
                nickname: format!("Fan {}", 100 - user.0),
                first_at: from,
                last_at: from,
                ..PersonActivity::default()
            });
        }
        self.store.append(batch).await.expect("written");
        if ends {
            self.store.finish_session(session, from + 1000).await.expect("ended");
        }
        session
    }

    async fn ask(&self, question: &BoardQuestion) -> Leaderboard {
        leaderboard(&self.store, &self.boards, question, NOW).await.expect("answered")
    }
}

fn last_week() -> BoardQuestion {
    let days = Days::last(7, NOW, Jakarta);
    let stretch = |days: Days| {
        let (from, to) = days.stretch(Jakarta);
        BoardScope::Stretch { from, to, creator: None }
    };
    BoardQuestion { before: Some(stretch(days.before())), ..BoardQuestion::first_of(stretch(days), 50) }
}

fn users(board: &Leaderboard) -> Vec<i64> {
    board.entries.iter().map(|entry| entry.standing.user.0).collect()
}

#[tokio::test]
async fn a_week_is_ranked_against_the_week_before() {
    let world = World::new();
    world.session("mira", 8, &[(1, 50), (2, 900), (3, 10)], true).await;
    world.session("mira", 5, &[(1, 500), (2, 60)], true).await;
    world.session("budi", 2, &[(2, 40), (4, 100), (5, 7)], true).await;
    let board = world.ask(&last_week()).await;
    let ranked: Vec<_> =
        board.entries.iter().map(|it| (it.standing.user.0, it.standing.rank, it.movement)).collect();
    assert_eq!(
        ranked,
        [(1, 1, Movement::Up(1)), (2, 2, Movement::Down(1)), (4, 2, Movement::New), (5, 4, Movement::New),],
        "the same diamonds share a rank"
    );
    assert_eq!((board.gifters, board.sessions, board.diamonds, board.of_first_three), (4, 2, 707, 700));
    let alone = BoardQuestion { before: None, ..last_week() };
    assert!(world.ask(&alone).await.entries.iter().all(|entry| entry.movement == Movement::Unknown));
}

#[tokio::test]
async fn filters_keep_the_ranks_that_hold_among_all() {
    let world = World::new();
    world.session("mira", 1, &[(1, 500), (2, 60), (3, 1000), (4, 60)], true).await;
    let of = async |question: BoardQuestion| users(&world.ask(&question).await);
    assert_eq!(of(BoardQuestion { at_least: 100, ..last_week() }).await, [3, 1]);
    assert_eq!(of(BoardQuestion { tier: Some(Tier::Special), ..last_week() }).await, [1]);
    assert_eq!(of(BoardQuestion { search: "@FAN_2".to_owned(), ..last_week() }).await, [2]);
    assert_eq!(of(BoardQuestion { search: "n%".to_owned(), ..last_week() }).await, [] as [i64; 0]);
    let found = world.ask(&BoardQuestion { search: "fan_4".to_owned(), ..last_week() }).await;
    assert_eq!((found.entries[0].standing.rank, found.entries[0].place, found.found), (3, 4, 1));
    let chosen = world.ask(&BoardQuestion { at_least: 100, who: Some(UserId(2)), ..last_week() }).await;
    assert_eq!(chosen.chosen.expect("wherever they stand").standing.rank, 3);
}

#[tokio::test]
async fn every_column_sorts_both_ways_and_pages_cut() {
    let world = World::new();
    world.session("mira", 3, &[(1, 5)], true).await;
    world.session("mira", 1, &[(1, 50), (2, 60), (3, 1000)], true).await;
    for (sort, largest_first) in [
        (BoardColumn::Diamonds, [3, 2, 1]),
        (BoardColumn::Name, [1, 2, 3]),
        (BoardColumn::Gifts, [1, 3, 2]),
        (BoardColumn::GiftTypes, [1, 3, 2]),
        (BoardColumn::Biggest, [3, 2, 1]),
        (BoardColumn::Tier(Tier::Premium), [3, 2, 1]),
        (BoardColumn::Sessions, [1, 3, 2]),
        (BoardColumn::FirstGift, [3, 2, 1]),
    ] {
        let down = world.ask(&BoardQuestion { sort, ..last_week() }).await;
        assert_eq!(users(&down), largest_first, "{sort:?}");
    }
    let up = BoardQuestion { ascending: true, ..last_week() };
    assert_eq!(users(&world.ask(&up).await), [1, 2, 3]);
    let second = BoardQuestion { offset: 1, limit: 1, ..last_week() };
    let second = world.ask(&second).await;
    assert_eq!((users(&second), second.found), (vec![2], 3));
}

#[tokio::test]
async fn what_is_kept_follows_every_change_and_is_let_go() {
    let world = World::new();
    let first = world.session("mira", 3, &[(1, 5)], true).await;
    world.session("mira", 2, &[(1, 50), (2, 60)], true).await;
    let sums = |board: &Leaderboard| {
        board.entries.iter().map(|it| (it.standing.user.0, it.standing.diamonds)).collect::<Vec<_>>()
    };
    assert_eq!(sums(&world.ask(&last_week()).await), [(2, 60), (1, 55)]);
    assert_eq!(sums(&world.ask(&last_week()).await), [(2, 60), (1, 55)], "as it was kept");
    world.session("mira", 0, &[(3, 1000)], false).await;
    assert_eq!(sums(&world.ask(&last_week()).await), [(3, 1000), (2, 60), (1, 55)], "with who gives now");
    assert!(world.store.delete_session(first).await.expect("deleted"));
    assert_eq!(sums(&world.ask(&last_week()).await), [(3, 1000), (2, 60), (1, 50)]);
    assert!(world.boards.gifters_kept() > 0);
    world.boards.let_go(NOW + 10 * 60_000);
    assert_eq!(world.boards.gifters_kept(), 0);
}

#[tokio::test]
async fn a_session_is_compared_with_the_one_before_of_the_same_creator() {
    let world = World::new();
    let before = world.session("mira", 4, &[(1, 5)], true).await;
    world.session("budi", 3, &[(1, 5)], true).await;
    let session = world.session("mira", 2, &[(1, 5)], true).await;
    let found = session_before(&world.store, session).await.expect("read");
    assert_eq!(found, Some(BoardScope::Session(before)));
    assert_eq!(session_before(&world.store, before).await.expect("read"), None);
}
