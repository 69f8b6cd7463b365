//! What takes something away: nothing is lost or repeated wherever it is stopped, and a check says so.

use crate::program::{self, Running};
use crate::recounts::recorded;
use crate::served::ask;
use crate::studio::Studio;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use pasut::domain::record::Batch;
use pasut::domain::session::Session;
use pasut::domain::time::Stamp;
use pasut::housekeeping::check::{self, Checked};
use pasut::housekeeping::pace::{Pace, Step};
use pasut::housekeeping::{Trouble, thinning};
use pasut::reports;
use pasut::store::thinned::Kept;
use pasut::store::{Opening, Store};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

const DAY_MS: i64 = 86_400_000;

/// A capture recorded as a session that is over, packed and explained.
async fn explained(name: &str) -> (TempDir, Store, Session) {
    let (folder, store, session) = recorded(name).await;
    reports::explain::answer(&store, &session).await.expect("explained");
    (folder, store, session)
}

/// Notes each step, and stops after so many.
pub fn stopping_after(steps: usize) -> (Pace, Arc<Mutex<Vec<Step>>>) {
    let (done, left) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(steps));
    let noted = Arc::clone(&done);
    let pace = Pace::while_told(move |step| {
        noted.lock().expect("no panic").push(step);
        left.fetch_sub(1, Ordering::Relaxed) > 1
    });
    (pace, done)
}

pub fn never_stopping() -> Pace {
    Pace::while_told(|_| true)
}

async fn checked(store: &Store) -> (Checked, String) {
    let mut told = String::new();
    let mut tell = |line: &str| {
        told += line;
        told += "\n";
        Ok(())
    };
    let checked = check::check(store, Path::new("there are none"), &mut tell).await.expect("readable");
    (checked, told)
}

async fn assert_sound(store: &Store, when: &str) {
    let (checked, told) = checked(store).await;
    assert!(checked.is_sound(), "{when}: {told}");
}

async fn stored(store: &Store, session: &Session) -> Batch {
    store.stored(session.id).await.expect("readable").expect("stored")
}

fn sqlite(folder: &Path) -> SqliteConnection {
    SqliteConnection::establish(&folder.join("pasut.db").display().to_string()).expect("the database")
}

/// Rows of a table.
fn rows(folder: &Path, table: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }
    let question = format!("SELECT count(*) AS rows FROM {table}");
    diesel::sql_query(question).get_result::<Count>(&mut sqlite(folder)).expect("readable").rows
}

/// A copy of a data folder whose store is closed.
fn copied(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    std::fs::copy(folder.join("pasut.db"), copy.path().join("pasut.db")).expect("a copy");
    copy
}

fn open(folder: &Path) -> Store {
    Store::open(&folder.join("pasut.db"), Opening::Owner).expect("a database")
}

#[tokio::test]
async fn thinning_killed_after_any_step_goes_on_where_it_was() {
    let (folder, store, session) = explained("streaks").await;
    let before = stored(&store, &session).await;
    drop(store);
    let ended = session.ended_at.expect("over");
    let (cutoff, now) = (ended + 1, ended + 30 * DAY_MS);

    let whole = copied(folder.path());
    let store = open(whole.path());
    let (pace, steps) = stopping_after(usize::MAX);
    let done = thinning::thin(&store, cutoff, now, &pace).await.expect("thinned");
    assert_eq!((done.done, done.left_alone), (1, 0));
    assert_eq!(rows(whole.path(), "event_segments"), 0);
    assert_eq!(store.events(session.id, 0, &[]).await, Ok(Vec::new()));
    let steps = steps.lock().expect("no panic").clone();
    assert!(steps.starts_with(&[Step::Recounted, Step::Thinned]), "{steps:?}");

    for killed_after in 1..=steps.len() {
        let copy = copied(folder.path());
        let store = open(copy.path());
        let stopped = thinning::thin(&store, cutoff, now, &stopping_after(killed_after).0).await;
        assert!(matches!(stopped, Err(Trouble::Stopped)), "after {killed_after}");
        drop(store);
        let store = open(copy.path());
        let when = format!("killed after {:?}", steps[killed_after - 1]);
        assert_sound(&store, &when).await;
        thinning::thin(&store, cutoff, now, &never_stopping()).await.expect(&when);
        assert_sound(&store, &when).await;
        assert_eq!(stored(&store, &session).await, before, "{when}");
        let counted = before.totals.messages.counted;
        assert_eq!(store.kept(session.id).await, Ok(Some(Kept::Thinned { at: now, events: counted })));
        assert_eq!(rows(copy.path(), "event_segments"), 0, "{when}");
    }
}

#[tokio::test]
async fn a_session_whose_recount_differs_keeps_its_events() {
    let (folder, store, session) = explained("small").await;
    sqlite(folder.path()).batch_execute("UPDATE sessions SET total_comments = 999").expect("damage");
    let end = session.ended_at.expect("over") + 1;
    let done = thinning::thin(&store, end, end, &never_stopping()).await.expect("looked at");
    assert_eq!((done.done, done.left_alone), (0, 1));
    assert!(
        matches!(store.kept(session.id).await, Ok(Some(Kept::Events { counted, stored })) if counted == stored)
    );
    let (checked, _) = checked(&store).await;
    assert_eq!(checked.repairable, [session.id]);
    assert_eq!(check::repair(&store, session.id).await, Ok(true));
    assert_sound(&store, "repaired").await;
}

#[tokio::test]
async fn a_session_that_runs_or_is_young_or_unexplained_is_not_thinned() {
    let (_folder, store, session) = recorded("small").await;
    let end = session.ended_at.expect("over");
    assert_eq!(store.to_be_thinned(end + 1).await, Ok(Vec::new()), "nobody explained it");
    reports::explain::answer(&store, &session).await.expect("explained");
    assert_eq!(store.to_be_thinned(end).await, Ok(Vec::new()), "it is young");
    assert_eq!(store.to_be_thinned(end + 1).await, Ok(vec![session.id]));
}

#[tokio::test]
async fn what_changes_in_a_thinned_session_is_found_and_never_rebuilt() {
    for (damage, found) in [
        ("UPDATE streaks SET units = units + 1", "checksum: "),
        ("UPDATE sessions SET total_comments = total_comments + 1", "comments of all intervals: "),
        ("UPDATE gift_contributions SET total_value = total_value + 1", "diamonds of all gifters: "),
    ] {
        let (folder, store, session) = explained("streaks").await;
        let end = session.ended_at.expect("over") + 1;
        thinning::thin(&store, end, end, &never_stopping()).await.expect("thinned");
        assert_sound(&store, "untouched").await;
        sqlite(folder.path()).batch_execute(damage).expect("damage");
        let damaged = stored(&store, &session).await;
        let (checked, told) = checked(&store).await;
        assert!(told.contains(found), "{damage}: {told}");
        assert_eq!((checked.repairable.len(), checked.others), (0, 1), "{damage}");
        assert_eq!(check::repair(&store, session.id).await, Ok(false));
        assert_eq!(stored(&store, &session).await, damaged, "a repair never touches what has no raw events");
    }
}

#[tokio::test]
async fn events_that_are_missing_for_no_reason_are_found_and_nothing_is_rebuilt_from_the_rest() {
    let (folder, store, session) = explained("small").await;
    let before = stored(&store, &session).await;
    sqlite(folder.path()).batch_execute("DELETE FROM event_segments").expect("damage");
    let (checked, told) = checked(&store).await;
    assert!(told.contains("raw events: 0 of "), "{told}");
    assert_eq!((checked.repairable.len(), checked.others), (0, 1));
    assert_eq!(check::repair(&store, session.id).await, Ok(false));
    assert_eq!(stored(&store, &session).await, before);
    let end = session.ended_at.expect("over") + 1;
    thinning::thin(&store, end, end, &never_stopping()).await.expect("looked at");
    assert!(matches!(store.kept(session.id).await, Ok(Some(Kept::Events { .. }))), "nothing vouches for it");
}

#[tokio::test]
async fn somebody_erased_from_a_thinned_session_leaves_its_checksum_right() {
    let (folder, store, session) = explained("streaks").await;
    let end = session.ended_at.expect("over") + 1;
    thinning::thin(&store, end, end, &never_stopping()).await.expect("thinned");
    let giver = stored(&store, &session).await.gifters[0].user;
    let erasure = store.request_erasure(giver, pasut::domain::ids::UserId(-5)).await.expect("asked for");
    store.erase(&erasure.expect("known")).await.expect("erased");
    let gifters = stored(&store, &session).await.gifters;
    assert!(gifters.iter().all(|gifter| gifter.user != giver));
    assert_sound(&store, "erased").await;
    drop(folder);
}

#[tokio::test]
async fn a_room_that_comes_back_after_it_was_thinned_begins_a_session_that_continues_it() {
    let (_folder, store, session) = explained("small").await;
    let end = session.ended_at.expect("over") + 1;
    thinning::thin(&store, end, end, &never_stopping()).await.expect("thinned");
    let origin = pasut::domain::session::Origin::Live;
    let live = pasut::domain::session::SessionStart { origin, ..session.start.clone() };
    let first = store.begin_session(&live).await.expect("begun");
    assert_ne!(first, session.id);
    store.finish_session(first, Stamp(end.0)).await.expect("over");
    assert_eq!(store.begin_session(&live).await, Ok(first), "a room is one session");
}

/// What a page says, once it says `text`.
async fn eventually(running: &Running, path: &str, text: &str) -> String {
    let shown = async {
        loop {
            let body = running.get(path).await;
            if body.contains(text) {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let shown = tokio::time::timeout(Duration::from_secs(60), shown).await;
    shown.unwrap_or_else(|_| panic!("{path} never says {text}"))
}

#[tokio::test]
async fn chores_that_are_asked_for_run_and_are_remembered_after_a_restart() {
    let (folder, store, session) = recorded("streaks").await;
    let giver = store.gifters(session.id, 1).await.expect("readable").remove(0);
    drop(store);
    let running = Running::serve(folder.path(), &[]);
    let page = running.get("/settings/data").await;
    assert!(page.contains("value=\"90\"") && page.contains("No archives yet."), "{page}");
    eventually(&running, "/settings/data", "1 session explained").await;
    for (field, status) in
        [("data.retention_days=1", 303), ("data.raw_days=1", 303), ("data.retention_days=soon", 400)]
    {
        assert_eq!(running.change("/settings/data", field).await, status, "{field}");
    }
    let page = running.get("/settings/data").await;
    assert!(page.contains("value=\"1\"") && page.contains("one session will be archived"), "{page}");
    let review = format!("/sessions/{}", session.id);
    let events = format!("/api/v1/sessions/{}/events", session.id);
    assert_eq!(running.status(&events).await, 200);

    assert_eq!(running.change("/settings/data/run", "chore=thin").await, 303);
    eventually(&running, "/settings/data", "1 session thinned").await;
    assert!(running.get(&review).await.contains("The raw events of this session were removed"));
    assert_eq!(running.status(&events).await, 410);

    assert_eq!(running.change("/settings/data/run", "chore=archive").await, 303);
    eventually(&running, "/settings/data", "1 session archived").await;
    assert!(running.get(&review).await.contains("Details are in an archive"));
    for page in ["/exports", review.as_str()] {
        assert!(running.get(page).await.contains("/archives/1/workbook"), "{page}");
    }
    for (file, status) in [("1/workbook", 200), ("1/raw", 200), ("1/keys", 404), ("2/raw", 404)] {
        assert_eq!(running.status(&format!("/archives/{file}")).await, status, "{file}");
    }
    for part in ["series", "intervals", "leaderboard", "drivers", "windows", "events"] {
        let path = format!("/api/v1/sessions/{}/{part}", session.id);
        assert_eq!(running.status(&path).await, 410, "{part}: nothing must look like zeros");
    }
    assert_eq!(running.status(&format!("{review}/chart.csv")).await, 410);
    for (format, status) in [("html", 410), ("png", 410), ("json", 303)] {
        let form = format!("session={}&format={format}", session.id);
        assert_eq!(running.change("/exports", &form).await, status, "{format}");
    }
    let board = running.get("/api/v1/leaderboard?from=1960-01-01T00:00:00Z&to=2200-01-01T00:00:00Z").await;
    assert!(board.contains("\"sessions_left\":1"), "{board}");
    let board = running.get(&format!("/leaderboards?scope=session&session={}", session.id)).await;
    assert!(board.contains("The details of one session of this time are in an archive"), "{board}");

    // Nothing but the archive names them now.
    let sought = running.get(&format!("/settings/data/person?q={}", giver.total.user)).await;
    assert!(sought.contains("One person in the archive") && sought.contains(&giver.nickname), "{sought}");
    let nobody = running.get("/settings/data/person?q=nobody-at-all").await;
    assert!(nobody.contains("Nobody in the archives has this id or exact name."), "{nobody}");
    let erase = format!("/people/{}/erase", giver.total.user);
    assert_eq!(running.change(&erase, "typed=whoever").await, 404, "known only with the archive");
    assert_eq!(running.change(&erase, "archive=1&typed=whoever").await, 400);
    let handle = &giver.display_id;
    assert_eq!(running.change(&erase, &format!("archive=1&typed={handle}")).await, 303);
    assert_eq!(running.change("/settings/data/run", "chore=erase").await, 303);
    eventually(&running, "/settings/data", "1 person erased").await;
    let again = running.get(&format!("/settings/data/person?q={handle}")).await;
    assert!(again.contains("Nobody in the archives has this id or exact name."), "{again}");
    assert_eq!(running.change("/settings/data/run", "chore=dishes").await, 400);
    running.kill();

    let checked = program::check(folder.path());
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && said.contains("The details of 1 left for archives."), "{said}");
    let running = Running::serve(folder.path(), &[]);
    let page = running.get("/settings/data").await;
    assert!(page.contains("1 session thinned") && page.contains("1 session archived"), "{page}");
    let totals = running.get(&format!("/api/v1/sessions/{}", session.id)).await;
    assert!(totals.contains(&format!("\"total\":{}", session.totals.diamonds)), "{totals}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_somebody_is_live_the_database_is_compacted_only_if_that_was_confirmed() {
    let (studio, room) = Studio::live("mira").await;
    room.comment("ben", "halo").await;
    studio.until("mira", "a session", |watch| watch.session.is_some()).await;
    let address = studio.app().address;
    let post = async |body: &str| {
        let head = format!("Host: {address}\r\nOrigin: http://{address}\r\nContent-Length: {}", body.len());
        let form = "Content-Type: application/x-www-form-urlencoded";
        ask(address, &format!("POST /settings/data/run HTTP/1.0\r\n{head}\r\n{form}\r\n\r\n{body}"))
            .await
            .head
    };
    assert!(post("chore=compact").await.contains("/settings/data?busy=1"));
    assert!(post("chore=compact&confirmed=1").await.contains("/settings/data#chores"));
    let page =
        async || ask(address, &format!("GET /settings/data HTTP/1.0\r\nHost: {address}\r\n\r\n")).await.body;
    let compacted = async {
        while !page().await.contains("B to ") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), compacted).await.expect("compacted");
    assert!(page().await.contains("Also while LIVE"));
    studio.close().await;
}
