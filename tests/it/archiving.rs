//! Sessions that leave for an archive: nothing is lost or repeated wherever it is killed, only what was read
//! back is deleted, and an archive holds no secrets.

use crate::housekeeping::{never_stopping, stopping_after};
use crate::pushing;
use crate::recounts::{record, recount_of};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use flate2::read::GzDecoder;
use pasut::disk::FLOOR_BYTES;
use pasut::domain::erasure::Erasure;
use pasut::domain::ids::{SessionId, UserId};
use pasut::domain::machine::{Room, RoomReader};
use pasut::domain::marker::MarkerKind;
use pasut::domain::session::Session;
use pasut::domain::time::Stamp;
use pasut::housekeeping::archive::{self, Shelf, book_path, raw_path};
use pasut::housekeeping::check;
use pasut::housekeeping::pace::{Pace, Step};
use pasut::housekeeping::schedule::Done;
use pasut::housekeeping::{Trouble, thinning};
use pasut::imports::file::NotTaken;
use pasut::imports::taking::{Given, ImportError, import};
use pasut::reports;
use pasut::reports::compare;
use pasut::reports::past::{self, Wanted};
use pasut::store::archives::Left;
use pasut::store::boards::BoardScope;
use pasut::store::leaving::Holding;
use pasut::store::thinned::Kept;
use pasut::store::{Opening, Store};
use pasut::words::Lang;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const DAY_MS: i64 = 86_400_000;
const NOW: Stamp = Stamp(4_000_000_000_000);

/// Two sessions that are to leave, one of them thinned, and one that is young.
struct House {
    folder: TempDir,
    leaving: Vec<Session>,
    held: Vec<Holding>,
}

impl House {
    async fn built() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path());
        let mut leaving = Vec::new();
        for name in ["small", "streaks", "small"] {
            let session = record(&store, name).await;
            reports::explain::answer(&store, &session).await.expect("explained");
            leaving.push(session);
        }
        let young = leaving.pop().expect("the last");
        store.set_setting("tiktok.cookie", Some("sessionid=very-secret")).await.expect("written");
        sqlite(folder.path())
            .batch_execute(&format!(
                "UPDATE sessions SET end_time = {} WHERE session_id = '{}'",
                NOW.0, young.id
            ))
            .expect("younger");
        let thinned = leaving[0].ended_at.expect("over") + 1;
        thinning::thin(&store, thinned, NOW - 60 * DAY_MS, &never_stopping()).await.expect("thinned");
        let ids: Vec<_> = leaving.iter().map(|session| session.id).collect();
        let held = store.holdings(&ids).await.expect("readable");
        assert!(held.iter().any(|held| held.events == 0) && held.iter().any(|held| held.events > 0));
        drop(store);
        Self { folder, leaving, held }
    }

    fn copied(&self) -> TempDir {
        let copy = tempfile::tempdir().expect("a folder");
        fs::copy(self.folder.path().join("pasut.db"), copy.path().join("pasut.db")).expect("a copy");
        copy
    }
}

fn open(folder: &Path) -> Store {
    Store::open(&folder.join("pasut.db"), Opening::Owner).expect("a database")
}

fn shelf(folder: &Path) -> Shelf {
    let room = RoomReader::default();
    Shelf { folder: folder.join("archives"), lang: Lang::Id, zone: chrono_tz::Asia::Jakarta, room }
}

async fn archived(store: &Store, folder: &Path, pace: &Pace) -> Result<Done, Trouble> {
    let before = Some(NOW - 90 * DAY_MS);
    archive::archive(store, &shelf(folder), before, NOW, pace, &CancellationToken::new()).await
}

async fn differences(store: &Store, folder: &Path) -> Vec<String> {
    let mut told = Vec::new();
    let mut tell = |line: &str| {
        told.push(line.to_owned());
        Ok(())
    };
    check::check(store, &folder.join("archives"), &mut tell).await.expect("readable");
    told
}

fn sqlite(folder: &Path) -> SqliteConnection {
    SqliteConnection::establish(&folder.join("pasut.db").display().to_string()).expect("the database")
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

fn lines(connection: &mut SqliteConnection, question: &str) -> Vec<String> {
    let lines: Vec<Line> = diesel::sql_query(question).load(connection).expect(question);
    lines.into_iter().map(|line| line.line).collect()
}

/// Every row of every table but those that number archives.
fn everything(folder: &Path) -> Vec<String> {
    let mut connection = sqlite(folder);
    let tables = lines(
        &mut connection,
        "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'archive%' \
         AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    let mut all = Vec::new();
    for table in tables {
        let columns = lines(
            &mut connection,
            &format!(
                "SELECT group_concat('quote(' || name || ')', ' || '','' || ') AS line FROM pragma_table_info('{table}')"
            ),
        );
        let rows = lines(&mut connection, &format!("SELECT {} AS line FROM {table} ORDER BY 1", columns[0]));
        all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    all
}

/// What the archives in a folder hold, read back from the files.
async fn on_the_shelf(store: &Store, folder: &Path) -> Vec<Holding> {
    let mut held = Vec::new();
    for archive in store.archives().await.expect("readable") {
        assert!(archive.made_at.is_some(), "{} is not finished", archive.name);
        let opened =
            archive::read(&raw_path(&folder.join("archives"), &archive.name)).await.expect("an archive");
        held.extend(opened.store.holdings(&archive.sessions).await.expect("readable"));
    }
    held.sort_unstable_by_key(|held| held.session);
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_pasut_counts_what_an_archive_still_has_the_events_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let mut recorded = Vec::new();
    for name in ["small", "streaks"] {
        let id = pushing::record(&store, name).await;
        let session = store.session(id).await.expect("readable").expect("stored");
        reports::explain::answer(&store, &session).await.expect("explained");
        recorded.push(session);
    }
    let [thinned, whole] = &recorded[..] else { panic!("two") };
    let before = thinned.ended_at.expect("over") + 1;
    thinning::thin(&store, before, NOW - 60 * DAY_MS, &never_stopping()).await.expect("thinned");
    archived(&store, folder.path(), &never_stopping()).await.expect("archived");
    let archive = store.archives().await.expect("readable").remove(0);
    let file = raw_path(&folder.path().join("archives"), &archive.name);
    let given = Given { creator: None, zone: chrono_tz::Asia::Jakarta };
    let again =
        import(&store, RoomReader::default(), &file, &given).await.expect_err("it has these sessions");
    assert!(matches!(again, ImportError::Recorded), "{again}");

    let other = tempfile::tempdir().expect("a folder");
    let store = open(other.path());
    let found = import(&store, RoomReader::default(), &file, &given).await.expect("taken");
    let reasons: Vec<_> = found.named.iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, [&NotTaken::Sums(thinned.id)], "of what was thinned nothing can be counted again");
    let [one] = &found.sessions[..] else { panic!("{found:?}") };
    let imported = store.session(one.session.expect("stored")).await.expect("readable").expect("there");
    let sums = |session: &Session| {
        let totals = &session.totals;
        (
            totals.diamonds,
            totals.gift_units,
            totals.comments,
            totals.likes,
            totals.follows,
            totals.viewers.peak,
        )
    };
    assert_eq!(sums(&imported), sums(whole));
    assert_eq!(recount_of(&store, &imported).await.differences(), Vec::<String>::new());
    let left = file.parent().expect("a folder").read_dir().expect("readable").count();
    assert_eq!(left, 2, "what was unpacked is gone: the archive and its workbook");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_any_step_nothing_is_lost_and_nothing_repeated() {
    let house = House::built().await;
    let whole = house.copied();
    let store = open(whole.path());
    let (pace, steps) = stopping_after(usize::MAX);
    let done = archived(&store, whole.path(), &pace).await.expect("archived");
    assert_eq!((done.done, done.left_alone), (2, 0));
    assert_eq!(on_the_shelf(&store, whole.path()).await, house.held);
    assert_eq!(differences(&store, whole.path()).await, Vec::<String>::new());
    drop(store);
    let expected = Arc::new(everything(whole.path()));
    let steps = steps.lock().expect("no panic").clone();
    for step in [
        Step::Chosen,
        Step::RawWritten,
        Step::BookWritten,
        Step::Verified,
        Step::Left,
        Step::RowsRemoved,
        Step::PeopleRemoved,
    ] {
        assert!(steps.contains(&step), "{step:?} never happened");
    }

    let mut killed = JoinSet::new();
    for (index, step) in steps.into_iter().enumerate() {
        let (copy, held, expected) = (house.copied(), house.held.clone(), Arc::clone(&expected));
        killed.spawn(async move { killed_after(index + 1, step, copy, held, &expected).await });
    }
    while let Some(done) = killed.join_next().await {
        done.expect("as without the kill");
    }
}

/// Killed after so many steps and begun again, it ends as without the kill.
async fn killed_after(steps: usize, last: Step, copy: TempDir, held: Vec<Holding>, expected: &[String]) {
    let when = format!("killed after step {steps}, {last:?}");
    let store = open(copy.path());
    let stopped = archived(&store, copy.path(), &stopping_after(steps).0).await;
    assert!(matches!(stopped, Err(Trouble::Stopped)), "{when}");
    drop(store);
    // What a kill in the middle of a write leaves.
    fs::write(copy.path().join("archives/.pasut-half"), "half a fi").expect("written");
    let store = open(copy.path());
    assert_eq!(differences(&store, copy.path()).await, Vec::<String>::new(), "{when}");
    archived(&store, copy.path(), &never_stopping()).await.expect(&when);
    assert_eq!(on_the_shelf(&store, copy.path()).await, held, "{when}");
    drop(store);
    assert_eq!(everything(copy.path()), expected, "{when}");
    let files = fs::read_dir(copy.path().join("archives")).expect("a folder").count();
    assert_eq!(files, 2, "a workbook and a raw archive: {when}");
}

#[tokio::test]
async fn what_stays_of_a_session_that_left_are_its_totals() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    archived(&store, folder, &never_stopping()).await.expect("archived");
    for session in &house.leaving {
        let now = store.session(session.id).await.expect("readable").expect("still listed");
        assert_eq!(now, *session);
        assert_eq!(store.kept(session.id).await, Ok(Some(Kept::Left { at: NOW })));
        assert!(store.intervals(session.id).await.expect("readable").is_empty());
        let archive = store.archive_of(session.id).await.expect("readable").expect("there is one");
        assert!(archive.sessions.contains(&session.id));
        assert_eq!(reports::explain::answer(&store, &now).await.expect("nothing to answer from"), None);
    }
    let opened = store.archives().await.expect("readable");
    let opened =
        archive::read(&raw_path(&folder.join("archives"), &opened[0].name)).await.expect("an archive");
    let streaks = &house.leaving[1];
    assert!(!opened.store.events(streaks.id, 0, &[]).await.expect("readable").is_empty());
    let gifters = opened.store.gifters(streaks.id, 5).await.expect("readable");
    assert!(gifters.iter().any(|gifter| !gifter.nickname.is_empty()), "people keep their names");
    let again = archived(&store, folder, &never_stopping()).await.expect("nothing to do");
    assert_eq!(again, Done::default());
}

#[tokio::test]
async fn whatever_adds_up_sessions_knows_which_of_them_left_and_for_which_archive() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    let scope = BoardScope::Stretch { from: Stamp(0), to: NOW, creator: None };
    assert_eq!(store.left(&scope).await, Ok(Left::default()), "nothing left yet");
    archived(&store, folder, &never_stopping()).await.expect("archived");
    let names = store.archives().await.expect("readable").into_iter().rev().map(|archive| archive.name);
    let left = Left { sessions: 2, archives: names.collect() };
    assert_eq!(store.left(&scope).await, Ok(left.clone()));
    let past = past::past(&store, &Wanted::default(), chrono_tz::UTC, NOW).await.expect("readable");
    assert_eq!(past.found, 3, "the list has them all");
    let session = &house.leaving[0];
    let of_one = store.left(&BoardScope::Session(session.id)).await.expect("readable");
    assert_eq!((of_one.sessions, of_one.archives.len()), (1, 1));
    let creator = Some(session.start.creator.clone());
    let of_creator = BoardScope::Stretch { from: Stamp(0), to: NOW, creator };
    assert!(store.left(&of_creator).await.expect("readable").sessions >= 1);
    let side = compare::side(&store, session.id).await.expect("readable").expect("there");
    assert!(side.left && side.bins.is_empty());
}

#[tokio::test]
async fn without_room_for_an_archive_nothing_is_written_and_nothing_leaves() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    let full = RoomReader(|_| Some(Room { disk: "/".into(), free_bytes: FLOOR_BYTES }));
    let before = Some(NOW - 90 * DAY_MS);
    let (pace, stop) = (never_stopping(), CancellationToken::new());
    let refused = archive::archive(&store, &Shelf { room: full, ..shelf(folder) }, before, NOW, &pace, &stop)
        .await
        .expect_err("there is only what has to stay free");
    assert!(matches!(&refused, Trouble::NoRoom(_)), "{refused}");
    assert!(store.archives().await.expect("readable").is_empty());
    assert_eq!(fs::read_dir(folder.join("archives")).expect("the folder").count(), 0);
    let ids: Vec<_> = house.leaving.iter().map(|session| session.id).collect();
    assert_eq!(store.holdings(&ids).await.expect("readable"), house.held);
    archived(&store, folder, &pace).await.expect("with room it goes on");
    assert_eq!(store.archives().await.expect("readable").len(), 1);
}

#[tokio::test]
async fn an_archive_holds_no_settings_and_is_readable_by_its_owner_only() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    archived(&store, folder, &never_stopping()).await.expect("archived");
    let name = store.archives().await.expect("readable").remove(0).name;
    let raw = raw_path(&folder.join("archives"), &name);
    let mut plain = Vec::new();
    GzDecoder::new(fs::File::open(&raw).expect("there")).read_to_end(&mut plain).expect("gzip");
    assert!(plain.starts_with(b"SQLite format 3\0"));
    assert!(!plain.windows(11).any(|bytes| bytes == b"very-secret"));
    #[cfg(unix)]
    for file in [raw, book_path(&folder.join("archives"), &name)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file).expect("there").permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_session_that_changed_after_it_was_archived_is_archived_again() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    let verified = Pace::while_told(|step| step != Step::Verified);
    assert!(matches!(archived(&store, folder, &verified).await, Err(Trouble::Stopped)));
    let marked = house.leaving[1].id;
    store.add_marker(marked, Stamp(1_000), MarkerKind::NewGame, "late").await.expect("marked");
    archived(&store, folder, &never_stopping()).await.expect("archived");
    assert_eq!(store.kept(marked).await, Ok(Some(Kept::Left { at: NOW })));
    let archive = store.archive_of(marked).await.expect("readable").expect("there is one");
    assert_eq!(archive.sessions, [marked], "the other left with the first archive");
    let opened = archive::read(&raw_path(&folder.join("archives"), &archive.name)).await.expect("an archive");
    assert_eq!(opened.store.markers(marked).await.expect("readable").len(), 1);
}

#[tokio::test]
async fn an_archive_that_is_damaged_or_gone_is_found() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    archived(&store, folder, &never_stopping()).await.expect("archived");
    let name = store.archives().await.expect("readable").remove(0).name;
    let raw = raw_path(&folder.join("archives"), &name);
    let bytes = fs::read(&raw).expect("there");
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    fs::write(&raw, &damaged).expect("written");
    assert!(differences(&store, folder).await[0].contains("is not what it was"));
    assert!(matches!(archive::read(&raw).await, Err(Trouble::Unreadable { .. })));
    fs::remove_file(&raw).expect("removed");
    assert!(differences(&store, folder).await[0].contains("cannot be read"));
    fs::write(&raw, &bytes).expect("put back");
    sqlite(folder).batch_execute("UPDATE sessions SET total_comments = total_comments + 1").expect("damage");
    let told = differences(&store, folder).await.join("\n");
    assert!(told.contains("differ from what left"), "{told}");
}

#[tokio::test]
async fn kept_for_ever_nothing_leaves() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    let verified = Pace::while_told(|step| step != Step::Verified);
    assert!(archived(&store, folder, &verified).await.is_err(), "stopped before anything was deleted");
    let shelf = shelf(folder);
    let done =
        archive::archive(&store, &shelf, None, NOW, &never_stopping(), &CancellationToken::new()).await;
    assert_eq!(done.expect("nothing to do"), Done::default());
    let ids: Vec<SessionId> = house.leaving.iter().map(|session| session.id).collect();
    assert_eq!(store.holdings(&ids).await.expect("readable"), house.held);
}

#[tokio::test]
async fn somebody_erased_is_in_no_archive_either() {
    let house = House::built().await;
    let (folder, store) = (house.folder.path(), open(house.folder.path()));
    let streaks = house.leaving[1].id;
    let given = store.gifters(streaks, 1).await.expect("readable").remove(0);
    let (giver, name) = (given.total.user, given.nickname);
    assert!(name.len() > 3);
    archived(&store, folder, &never_stopping()).await.expect("archived");
    let shelf = shelf(folder);
    let raw = raw_path(&shelf.folder, &store.archives().await.expect("readable")[0].name);
    assert!(unpacked(&raw).contains(&name), "the archive holds them");

    let erasure = Erasure { user: giver, anonymous: UserId(-5), names: vec![name.clone()] };
    let stop = CancellationToken::new();
    assert_eq!(archive::erase(&store, &shelf, &erasure, NOW, &stop).await.expect("erased"), 1);
    assert!(!unpacked(&raw).contains(&name), "not even in free pages");
    assert_eq!(differences(&store, folder).await, Vec::<String>::new());
    let opened = archive::read(&raw).await.expect("an archive");
    let gifters = opened.store.gifters(streaks, 1_000).await.expect("readable");
    assert!(gifters.iter().any(|gifter| gifter.total.user == UserId(-5)), "what was given stays");
    assert!(gifters.iter().all(|gifter| gifter.total.user != giver));
    assert_eq!(archive::erase(&store, &shelf, &erasure, NOW, &stop).await.expect("nothing to do"), 0);

    // Killed after the files were replaced and before that was written down.
    sqlite(folder).batch_execute("UPDATE archives SET raw_sha256 = 'before'").expect("written");
    assert_eq!(archive::erase(&store, &shelf, &erasure, NOW, &stop).await.expect("ended"), 1);
    assert_eq!(differences(&store, folder).await, Vec::<String>::new());
}

/// A raw archive as text, as far as it is one.
fn unpacked(raw: &Path) -> String {
    let mut plain = Vec::new();
    GzDecoder::new(fs::File::open(raw).expect("there")).read_to_end(&mut plain).expect("gzip");
    String::from_utf8_lossy(&plain).into_owned()
}
