//! An environment that breaks: a database that others hold, a folder that may not be written, a disk that
//! stays full, clocks that jump. Recording pauses loudly or goes on, and nothing is corrupt afterwards.

use crate::kills::{busy_room, figures, figures_of, stored, stored_whole};
use crate::program::{HeldDatabase, Running, check, pasut};
use crate::served::{Answer, ask};
use crate::studio::{Studio, handle};
use pasut::domain::ids::UserId;
use pasut::domain::session::{Gap, GapCause, Session};
use pasut::reports::recount;
use pasut::simulator::{Fault, Person};
use pasut::store::{Opening, Store};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const HOUR_MS: i64 = 3_600_000;

/// Waits until `wanted`, and says `what` if that never is.
async fn eventually(what: &str, wanted: impl AsyncFn() -> bool) {
    let waiting = async {
        while !wanted().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("never {what}"));
}

/// Waits until some of the session is in the database.
async fn eventually_stored(folder: &Path) {
    let holds_some = async || stored(folder).await.is_some_and(|session| session.totals.comments > 0);
    eventually("stored", holds_some).await;
}

async fn page_in(pasut: &Running, lang: &str) -> String {
    let head = format!("Host: {}\r\nAccept-Language: {lang}", pasut.address);
    ask(pasut.address, &format!("GET /live HTTP/1.0\r\n{head}\r\n\r\n")).await.body
}

/// Whether the page says in either language that nothing can be written.
async fn pages_that_say_so(pasut: &Running) -> [bool; 2] {
    let english = page_in(pasut, "en").await.contains("Nothing can be written");
    [english, page_in(pasut, "id").await.contains("Tidak bisa menulis")]
}

fn store(folder: &Path) -> Store {
    Store::open(&folder.join("pasut.db"), Opening::Beside).expect("a database")
}

async fn gaps(folder: &Path, session: &Session) -> Vec<Gap> {
    store(folder).gaps(session.id).await.expect("readable")
}

fn assert_sound(folder: &Path) {
    let checked = check(folder);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// Longer than any statement waits for a lock. The page, the address for monitors and the log say so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_program_holds_pauses_recording_loudly_and_nothing_is_missing() {
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut command = pasut();
    command.args(["serve", "--listen", "127.0.0.1:0", "--tiktok-url", simulator.url(), "--data-dir"]);
    command.arg(folder.path());
    let pasut = Running::start_telling(&mut command, File::create(&log).expect("a file").into());
    assert_eq!(pasut.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
    room.listened_to_by(1).await;
    eventually_stored(folder.path()).await;
    assert_eq!(pages_that_say_so(&pasut).await, [false, false]);

    let other = HeldDatabase::of(folder.path());
    eventually("loud", async || pasut.status("/readyz").await == 503).await;
    assert!(pasut.get("/readyz").await.contains("kept in memory"));
    assert_eq!(pages_that_say_so(&pasut).await, [true, true]);
    assert_eq!(pasut.status("/healthz").await, 200, "it lives");
    other.release();

    eventually("going on", async || pasut.status("/readyz").await == 200).await;
    assert_eq!(pages_that_say_so(&pasut).await, [false, false]);
    room.end().await;
    let session = stored_whole(folder.path()).await;
    assert_eq!(figures(&session), figures_of(&room.delivered()));
    assert_eq!(gaps(folder.path(), &session).await, []);
    let told = fs::read_to_string(&log).expect("a log");
    assert!(told.contains("Recording waits: Another program is using the database"), "{told}");
    assert!(told.contains("Recording goes on"), "{told}");
    pasut.kill();
    assert_sound(folder.path());
    lifecycle.stop();
    lifecycle.finished().await;
}

/// What has been acknowledged is not sent again. Here it waits in the queue, because memory is full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_stop_is_counted_though_it_still_waited() {
    let (studio, room) = Studio::live("mira").await;
    let other = HeldDatabase::of(studio.folder());
    let many = async || room.comments("ana", 7_000).await;
    tokio::join!(many(), many(), many(), many());
    for _ in 0..20 {
        room.comment("ana", "masih menunggu").await;
    }
    let acknowledged = async || {
        room.look_at_delivered(|delivered| delivered.events.get("chat").copied().unwrap_or(0)).acknowledged
    };
    eventually("acknowledged", async || acknowledged().await == 28_020).await;
    assert!(studio.session("mira").totals.comments < 28_020, "some wait");
    studio.app().recorder.stop_watching(&handle("mira")).await.expect("watched");
    let ended = studio.until_session("mira", "stopped", |session| session.ended_at.is_some()).await;
    assert_eq!(ended.totals.comments, 28_020);
    other.release();
    let whole = |stored: &Session| stored.totals.comments == 28_020 && stored.ended_at.is_some();
    studio.until_stored(ended.id, whole).await;
    studio.close().await;
}

/// A LIVE is found while nothing can be written: it is said, and recorded as soon as it can be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_that_cannot_be_begun_is_said_loudly_and_recorded_once_it_can() {
    let (studio, room) = Studio::live("mira").await;
    let first = studio.session("mira").id;
    room.end().await;
    studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    let other = HeldDatabase::of(studio.folder());
    room.restart();

    let ready = async || studio_says(&studio, "/readyz", "en").await;
    eventually("loud", async || ready().await.status == 503).await;
    let told = ready().await.body;
    assert!(told.contains("@mira is LIVE and not recorded"), "{told}");
    for (lang, words) in [("en", "This LIVE is not recorded yet"), ("id", "LIVE ini belum direkam")] {
        let page = studio_says(&studio, "/live", lang).await.body;
        assert!(page.contains(words) && !page.contains("Your data is safe"), "{page}");
    }
    let creators = studio_says(&studio, "/api/v1/creators", "en").await.body;
    assert!(creators.contains("This LIVE is not recorded yet"), "{creators}");
    other.release();

    eventually("going on", async || ready().await.status == 200).await;
    let second = studio.until_session("mira", "recorded", |session| session.id != first).await;
    assert_eq!(second.start.continues, Some(first));
    studio.close().await;
}

async fn studio_says(studio: &Studio, path: &str, lang: &str) -> Answer {
    let address = studio.app().address;
    let head = format!("Host: {address}\r\nAccept-Language: {lang}");
    ask(address, &format!("GET {path} HTTP/1.0\r\n{head}\r\n\r\n")).await
}

/// What waits in memory goes with the program; the restart says from when to when nothing was stored.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_disk_is_full_what_was_not_stored_is_a_gap() {
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let pasut = Running::serve_on_a_small_disk(folder.path(), &["--tiktok-url", simulator.url()]);
    assert_eq!(pasut.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
    eventually("loud", async || pasut.status("/readyz").await == 503).await;
    assert_eq!(pages_that_say_so(&pasut).await, [true, true]);
    pasut.kill();
    room.listened_to_by(0).await;
    assert_sound(folder.path());

    let pasut = Running::serve(folder.path(), &["--tiktok-url", simulator.url()]);
    room.listened_to_by(1).await;
    room.end().await;
    let session = stored_whole(folder.path()).await;
    let (kept, sent) = (session.totals.messages.counted, room.delivered().messages.counted);
    assert!(kept > 0 && kept < sent as i64, "{kept} of {sent}");
    let gaps = gaps(folder.path(), &session).await;
    assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::NotRunning]);
    assert!(session.coverage < 1.0);
    pasut.kill();
    assert_sound(folder.path());
    lifecycle.stop();
    lifecycle.finished().await;
}

/// Nobody of importance: whom a folder's rights hold back, as they do not the administrator.
#[cfg(unix)]
const NOBODY: u32 = 65_534;

/// The program as somebody whom rights hold back.
#[cfg(unix)]
fn pasut_of_nobody(folder: &Path) -> Command {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let is_administrator = fs::metadata("/proc/self").expect("Linux").uid() == 0;
    if !is_administrator {
        return pasut();
    }
    chown(folder, Some(NOBODY), Some(NOBODY)).expect("an administrator may");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_pasut")]);
    command
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_may_not_be_written_is_refused_with_what_to_do_and_works_again_afterwards() {
    use std::os::unix::fs::PermissionsExt as _;
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let serve = || {
        let mut command = pasut_of_nobody(folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0", "--tiktok-url", simulator.url(), "--data-dir"]);
        command.arg(folder.path());
        command
    };
    let run = |name: &str| -> Output {
        let mut command = pasut_of_nobody(folder.path());
        command.arg(name).arg("--data-dir").arg(folder.path()).output().expect("the program")
    };
    let allow = |folder_mode: u32, file_mode: u32| {
        for entry in fs::read_dir(folder.path()).expect("a folder") {
            let entry = entry.expect("readable");
            if entry.file_type().expect("readable").is_file() {
                fs::set_permissions(entry.path(), fs::Permissions::from_mode(file_mode)).expect("ours");
            }
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(folder_mode)).expect("ours");
    };
    let pasut = Running::start(&mut serve());
    assert_eq!(pasut.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
    room.listened_to_by(1).await;
    eventually_stored(folder.path()).await;
    pasut.kill();
    room.listened_to_by(0).await;

    allow(0o555, 0o444);
    let refused = serve().stdout(Stdio::null()).output().expect("the program");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!((refused.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("check its permissions") && said.contains("Nothing was changed"), "{said}");

    allow(0o755, 0o444);
    let refused = serve().stdout(Stdio::null()).output().expect("the program");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!((refused.status.code(), said.lines().count()), (Some(1), 1), "{said}");

    allow(0o755, 0o644);
    assert!(run("check").status.success());
    let pasut = Running::start(&mut serve());
    room.listened_to_by(1).await;
    room.end().await;
    let session = stored_whole(folder.path()).await;
    assert_eq!(gaps(folder.path(), &session).await.len(), 1);
    pasut.kill();
    assert!(run("check").status.success());
    lifecycle.stop();
    lifecycle.finished().await;
}

#[test]
fn a_file_in_place_of_the_folder_is_refused_and_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data");
    fs::write(&file, "mine").expect("written");
    let refused = crate::program::run(&["serve", "--listen", "127.0.0.1:0"], &file);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "it is wrong usage");
    assert!(said.contains("Nothing was started") && said.contains("Not a directory"), "{said}");
    assert_eq!(fs::read_to_string(&file).expect("still there"), "mine");
}

async fn assert_recounts(studio: &Studio, session: &Session) {
    let recount = recount::recount(&studio.app().store, session).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
}

/// TikTok's clock is one of another computer's: alone it moves nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_clock_of_tiktok_makes_no_gap_of_hours() {
    let (studio, room) = Studio::live("mira").await;
    room.comment("ana", "satu").await;
    studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    room.set_fault(Fault::ClockSkew(5 * HOUR_MS));
    room.drop_connections();
    studio.until("mira", "reconnecting", |watch| watch.state.as_str() == "reconnecting").await;
    room.listened_to_by(1).await;
    let said = |now_ms: i64| now_ms + 5 * HOUR_MS;
    room.tell(|pen, now_ms| pen.comment(said(now_ms), &Person::named("ana"), "dua")).await;
    let session = studio.until_session("mira", "two", |session| session.totals.comments == 2).await;
    let gaps: Vec<_> = session.gaps.iter().map(|gap| gap.cause).collect();
    assert_eq!(gaps, [GapCause::Disconnected]);
    let stored = studio.until_stored(session.id, |stored| stored.totals.comments == 2).await;
    assert!(stored.duration_ms < 60_000, "{} ms", stored.duration_ms);
    studio.close().await;
}

/// As on a small computer without a battery for its clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_on_in_order_after_a_restart_with_the_clock_set_back() {
    let mut studio = Studio::open().await;
    studio.clock.shift_wall(5 * HOUR_MS);
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    room.viewers(100, 1_000).await;
    room.comment("ana", "satu").await;
    let first = studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    let before = studio.until_stored(first.id, |stored| stored.totals.comments == 1).await;
    studio.stop_app().await;
    room.listened_to_by(0).await;

    studio.clock.shift_wall(-5 * HOUR_MS);
    studio.start_app().await;
    room.listened_to_by(1).await;
    room.comment("ana", "dua").await;
    room.viewers(90, 1_000).await;
    let session = studio.until_session("mira", "two", |session| session.totals.comments == 2).await;
    assert_eq!(session.id, first.id);
    room.end().await;
    let stored = studio.until_stored(session.id, |stored| stored.ended_at.is_some()).await;
    assert!(stored.ended_at >= Some(before.counted_to), "{stored:?} after {before:?}");
    assert!((0..60_000).contains(&stored.duration_ms), "{} ms", stored.duration_ms);
    let events = studio.app().store.events(session.id, 0, &[]).await.expect("readable");
    assert!(events.is_sorted_by_key(|event| event.at), "{events:?}");
    let gaps = studio.app().store.gaps(session.id).await.expect("readable");
    assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::NotRunning]);
    assert_recounts(&studio, &stored).await;
    studio.close().await;
}

/// What is done every few seconds does not wait for the hours to come round again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chores_go_on_when_the_clock_is_set_back() {
    let (studio, room) = Studio::live("mira").await;
    room.comment("ana", "halo").await;
    let session = studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    room.end().await;
    studio.until_stored(session.id, |stored| stored.ended_at.is_some()).await;
    studio.clock.shift_wall(-5 * HOUR_MS);
    let store = &studio.app().store;
    let events = store.events(session.id, 0, &[]).await.expect("readable");
    let ana = events.iter().find_map(|event| event.event.user.as_ref()).expect("somebody").id;
    store.request_erasure(ana, UserId(-7)).await.expect("asked").expect("somebody");
    eventually("erased", async || store.erasures().await.is_ok_and(|waiting| waiting.is_empty())).await;
    studio.close().await;
}
