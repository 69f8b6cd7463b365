//! Backups: made while Pasut records, restored, refused, and killed at every step.

use crate::captures::fixture_path;
use crate::kills::{busy_room, stored_whole};
use crate::program::{Running, check, pasut, run};
use crate::served::{Answer, Served, ask};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use pasut::domain::access::{AccountName, Opens, SecretHash};
use pasut::domain::time::Stamp;
use pasut::housekeeping::Progress;
use pasut::housekeeping::backup::{self, Request};
use pasut::housekeeping::restore::{self, Place};
use pasut::store::copy::{Contents, inspect};
use pasut::store::tokens::NewToken;
use pasut::store::{Opening, Store};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use tempfile::TempDir;

/// Set for a copy of a test that is to be killed at the step of this number.
const KILL_AT: &str = "KILL_AT_STEP";

fn text(path: &Path) -> &str {
    path.to_str().expect("readable")
}

/// A data folder with these captures as sessions.
fn recorded(captures: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for capture in captures {
        let mut replay = pasut();
        replay.arg("replay").arg(fixture_path(capture)).arg("--into").arg(folder.path());
        assert!(replay.output().expect("the program").status.success(), "{capture}");
    }
    folder
}

fn database(folder: &Path) -> PathBuf {
    folder.join("pasut.db")
}

fn contents(folder: &Path) -> Contents {
    inspect(&database(folder)).expect("a sound database")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

#[track_caller]
fn fails(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    let line = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

/// Reads an entry of a backup as anyone can.
fn entry(backup: &Path, name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs::File::open(backup).expect("a file")).expect("a ZIP");
    let mut bytes = Vec::new();
    archive.by_name(name).expect(name).read_to_end(&mut bytes).expect("readable");
    bytes
}

fn holds(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_recording_is_of_one_moment_and_the_recording_goes_on() {
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let server = Running::serve(folder.path(), &["--tiktok-url", simulator.url()]);
    assert_eq!(server.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
    room.listened_to_by(1).await;
    for number in 0..3 {
        let file = elsewhere.path().join(format!("{number}.zip"));
        let made = succeeds(&run(&["backup", text(&file)], folder.path()));
        let restored = tempfile::tempdir().expect("a folder");
        let told = succeeds(&run(&["restore", text(&file)], restored.path()));
        assert!(told.starts_with(made.lines().next().expect("a line")), "{told}");
        let checked = check(restored.path());
        assert!(checked.status.success(), "backup {number}: {}", said(&checked));
    }
    room.end().await;
    let session = stored_whole(folder.path()).await;
    let file = elsewhere.path().join("whole.zip");
    succeeds(&run(&["backup", text(&file)], folder.path()));
    server.kill();
    let restored = tempfile::tempdir().expect("a folder");
    let into = restored.path().join("empty");
    succeeds(&run(&["restore", text(&file)], &into));
    let store = Store::open(&database(&into), Opening::Beside).expect("a database");
    assert_eq!(store.session(session.id).await.expect("readable"), Some(session));
    lifecycle.stop();
    lifecycle.finished().await;
}

#[test]
fn what_is_there_is_shown_and_only_replaced_if_that_is_said_and_then_kept() {
    let (source, there) = (recorded(&["small.cap", "streaks.cap"]), recorded(&["hostile.cap"]));
    let file = source.path().join("backup.zip");
    let made = succeeds(&run(&["backup", text(&file)], source.path()));
    assert!(made.contains("2 sessions of"), "{made}");
    let again = fails(&run(&["backup", text(&file)], source.path()));
    assert!(again.contains("--replace"), "{again}");
    succeeds(&run(&["backup", text(&file), "--replace"], source.path()));

    let before = contents(there.path());
    let preview = succeeds(&run(&["restore", text(&file), "--preview"], there.path()));
    assert!(preview.contains("2 sessions of") && preview.contains("every page is sound"), "{preview}");
    let refused = fails(&run(&["restore", text(&file)], there.path()));
    assert!(refused.contains("(1 sessions with") && refused.contains("--replace"), "{refused}");
    assert_eq!(contents(there.path()), before);
    assert!(!names(there.path()).iter().any(|name| name.ends_with(".part")), "{:?}", names(there.path()));

    let told = succeeds(&run(&["restore", text(&file), "--replace"], there.path()));
    assert!(told.contains("pasut.db.before-restore.bak"), "{told}");
    assert_eq!(contents(there.path()), contents(source.path()));
    assert_eq!(inspect(&there.path().join("pasut.db.before-restore.bak")), Ok(before));
    succeeds(&check(there.path()));
}

#[test]
fn a_running_pasut_is_not_replaced_under_its_feet() {
    let folder = recorded(&["small.cap"]);
    let file = folder.path().join("backup.zip");
    succeeds(&run(&["backup", text(&file)], folder.path()));
    let running = Running::serve(folder.path(), &[]);
    let preview = succeeds(&run(&["restore", text(&file), "--preview"], folder.path()));
    assert!(preview.contains("every page is sound"), "to look disturbs nobody: {preview}");
    assert!(names(folder.path()).iter().all(|name| !name.starts_with('.')), "and leaves nothing");
    let line = fails(&run(&["restore", text(&file), "--replace"], folder.path()));
    assert!(line.contains("Another Pasut uses") && line.contains(&running.address.to_string()), "{line}");
    running.kill();
    let open = Store::open(&database(folder.path()), Opening::Beside).expect("a database");
    let line = fails(&run(&["restore", text(&file), "--replace"], folder.path()));
    assert!(line.contains("Another program is using the database"), "{line}");
    drop(open);
    succeeds(&run(&["restore", text(&file), "--replace"], folder.path()));
}

#[tokio::test]
async fn what_gives_access_stays_out_unless_a_passphrase_encrypts_it() {
    let folder = recorded(&["small.cap"]);
    let store = Store::open(&database(folder.path()), Opening::Owner).expect("a database");
    for (key, secret) in [("tiktok.cookie", "sessionid=c00kie"), ("tiktok.proxy", "http://me:pr0xy@10.0.0.1")]
    {
        store.set_secret(key, Some(secret)).await.expect("written");
    }
    let settings = "tiktok.sign_api_key = 's1gn-key'\nsession.interval = 1\n";
    fs::write(folder.path().join("pasut.toml"), settings).expect("written");
    let (open, sealed) = (folder.path().join("open.zip"), folder.path().join("sealed.zip"));
    let phrase = folder.path().join("phrase");
    fs::write(&phrase, "correct horse\n").expect("written");
    let with = ["--passphrase-file", text(&phrase)];
    succeeds(&run(&["backup", text(&open)], folder.path()));
    succeeds(&run(&["backup", text(&sealed), with[0], with[1]], folder.path()));
    let secrets = ["c00kie", "pr0xy", "s1gn-key"];
    for backup in [&open, &sealed] {
        for name in ["pasut.db", "pasut.toml", "manifest.json"] {
            let bytes = entry(backup, name);
            assert!(secrets.iter().all(|secret| !holds(&bytes, secret)), "{name} of {}", backup.display());
        }
    }
    assert!(secrets.iter().all(|secret| !holds(&entry(&sealed, "secrets"), secret)));

    let restored = tempfile::tempdir().expect("a folder");
    let told = succeeds(&run(&["restore", text(&open)], restored.path()));
    assert!(told.contains("were left out"), "{told}");
    let found = Store::open(&database(restored.path()), Opening::Beside).expect("a database");
    assert!(found.secrets().await.expect("readable").is_empty());
    drop(found);
    let file = fs::read_to_string(restored.path().join("pasut.toml")).expect("restored");
    assert_eq!(file, "session.interval = \"1\"\n");

    let wrong = folder.path().join("wrong");
    fs::write(&wrong, "incorrect horse").expect("written");
    let restore = ["restore", text(&sealed), "--replace", "--passphrase-file"];
    let line = fails(&run(&[&restore[..], &[text(&wrong)]].concat(), restored.path()));
    assert!(line.contains("does not open the backup"), "{line}");
    succeeds(&run(&[&restore[..], &[text(&phrase)]].concat(), restored.path()));
    let found = Store::open(&database(restored.path()), Opening::Beside).expect("a database");
    assert_eq!(found.secrets().await, store.secrets().await);
    let file = fs::read_to_string(restored.path().join("pasut.toml")).expect("restored");
    assert!(file.contains("s1gn-key"), "{file}");
    drop(found);

    // Those of this computer stay where the backup brings none.
    succeeds(&run(&["restore", text(&open), "--replace"], restored.path()));
    let found = Store::open(&database(restored.path()), Opening::Beside).expect("a database");
    assert_eq!(found.secrets().await, store.secrets().await);
}

#[tokio::test]
async fn who_may_log_in_is_in_no_backup_and_stays_with_its_computer() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(folder.path()), Opening::Owner).expect("a new database");
    let mira = AccountName::parse("mira").expect("valid");
    store.add_first_owner(&mira, "h4sh", Stamp(1)).await.expect("written");
    let opens = Opens::Metrics;
    let new =
        NewToken { hash: SecretHash([7; 32]), opens, label: "t0ken".into(), expires_at: None, pin: None };
    store.add_token(new, Stamp(1)).await.expect("written");
    let backup = folder.path().join("open.zip");
    succeeds(&run(&["backup", text(&backup)], folder.path()));
    let bytes = entry(&backup, "pasut.db");
    assert!(["h4sh", "t0ken"].iter().all(|secret| !holds(&bytes, secret)));

    let elsewhere = tempfile::tempdir().expect("a folder");
    succeeds(&run(&["restore", text(&backup)], elsewhere.path()));
    let found = Store::open(&database(elsewhere.path()), Opening::Beside).expect("a database");
    assert!(!found.admitted().await.expect("readable").has_owner);
    drop(found);

    let (accounts, tokens) = (store.accounts().await, store.tokens().await);
    drop(store);
    succeeds(&run(&["restore", text(&backup), "--replace"], folder.path()));
    let found = Store::open(&database(folder.path()), Opening::Beside).expect("a database");
    assert_eq!((found.accounts().await, found.tokens().await), (accounts, tokens));
}

#[cfg(unix)]
#[test]
fn a_backup_and_what_is_restored_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, restored) = (recorded(&["small.cap"]), tempfile::tempdir().expect("a folder"));
    fs::write(folder.path().join("pasut.toml"), "session.interval = 1\n").expect("written");
    let file = folder.path().join("backup.zip");
    succeeds(&run(&["backup", text(&file)], folder.path()));
    succeeds(&run(&["restore", text(&file)], restored.path()));
    let restored = restored.path();
    for path in [&file, &database(folder.path()), &database(restored), &restored.join("pasut.toml")] {
        let mode = fs::metadata(path).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
    }
}

/// The backup with one entry made another.
fn changed(backup: &Path, name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> PathBuf {
    let mut archive = zip::ZipArchive::new(fs::File::open(backup).expect("a file")).expect("a ZIP");
    let path = backup.with_extension("changed.zip");
    let mut to = zip::ZipWriter::new(fs::File::create(&path).expect("a file"));
    for index in 0..archive.len() {
        let mut from = archive.by_index(index).expect("an entry");
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("readable");
        let is_it = from.name().expect("a name") == name;
        to.start_file(from.name().expect("a name"), zip::write::SimpleFileOptions::default())
            .expect("started");
        to.write_all(&if is_it { change(bytes) } else { bytes }).expect("written");
    }
    to.finish().expect("written");
    path
}

fn said_otherwise(from: &'static str, to: &'static str) -> impl Fn(Vec<u8>) -> Vec<u8> {
    move |bytes| {
        let text = String::from_utf8(bytes).expect("JSON");
        assert!(text.contains(from), "{text}");
        text.replace(from, to).into_bytes()
    }
}

#[test]
fn a_file_that_is_damaged_or_lies_is_refused_and_nothing_is_left_behind() {
    let folder = recorded(&["small.cap"]);
    let file = folder.path().join("backup.zip");
    succeeds(&run(&["backup", text(&file)], folder.path()));
    let whole = fs::read(&file).expect("readable");
    let refused = |path: &Path, reason: &str| {
        let target = tempfile::tempdir().expect("a folder");
        let line = fails(&run(&["restore", text(path)], target.path()));
        assert!(line.contains(reason), "{reason}: {line}");
        let left = names(target.path());
        assert!(left.iter().all(|name| !name.starts_with("pasut.db")), "{reason}: {left:?}");
    };
    let bad = folder.path().join("bad.zip");
    fs::write(&bad, "PK of nothing").expect("written");
    refused(&bad, "is not a backup of Pasut");
    fs::write(&bad, &whole[..whole.len() / 2]).expect("written");
    refused(&bad, "is not a backup of Pasut");
    let mut spoilt = whole.clone();
    spoilt[whole.len() / 3] ^= 0x55;
    fs::write(&bad, spoilt).expect("written");
    refused(&bad, "it is damaged");
    refused(&folder.path().join("missing.zip"), "No such file");

    let longer = |mut bytes: Vec<u8>| {
        bytes.resize(bytes.len() + 50_000_000, 0);
        bytes
    };
    refused(&changed(&file, "pasut.db", longer), "it is damaged");
    refused(&changed(&file, "manifest.json", |_| vec![b' '; 2_000_000]), "is not a backup of Pasut");
    let newer = said_otherwise("\"format\": 1", "\"format\": 2");
    refused(&changed(&file, "manifest.json", newer), "made by a newer Pasut, as format 2");
    let archives = |name: &'static str| said_otherwise("\"archives\": []", name);
    let outside = r#""archives": [{"name": "../x.xlsx", "file": {"bytes": 1, "sha256": ""}}]"#;
    refused(&changed(&file, "manifest.json", archives(outside)), "it is damaged");
    let missing = r#""archives": [{"name": "x.xlsx", "file": {"bytes": 1, "sha256": ""}}]"#;
    refused(&changed(&file, "manifest.json", archives(missing)), "it is damaged");
    let more = said_otherwise("\"sessions\": 1", "\"sessions\": 2");
    refused(&changed(&file, "manifest.json", more), "it is damaged");
}

/// The backup of a database on which `sql` was run.
fn of_another_pasut(backup: &Path, sql: &str) -> PathBuf {
    let folder = tempfile::tempdir().expect("a folder");
    let database = database(folder.path());
    fs::write(&database, entry(backup, "pasut.db")).expect("written");
    let mut connection = SqliteConnection::establish(text(&database)).expect("the database");
    connection.batch_execute(sql).expect("changed");
    drop(connection);
    let bytes = fs::read(&database).expect("readable");
    let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut manifest: Value = serde_json::from_slice(&entry(backup, "manifest.json")).expect("JSON");
    manifest["database"] = json!({ "bytes": bytes.len(), "sha256": digest });
    let with_database = changed(backup, "pasut.db", |_| bytes.clone());
    changed(&with_database, "manifest.json", |_| manifest.to_string().into_bytes())
}

#[test]
fn a_backup_of_a_newer_pasut_is_refused_and_one_of_an_older_is_brought_up_to_date() {
    let folder = recorded(&["small.cap"]);
    let file = folder.path().join("backup.zip");
    succeeds(&run(&["backup", text(&file)], folder.path()));
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')";
    let into = tempfile::tempdir().expect("a folder");
    let line = fails(&run(&["restore", text(&of_another_pasut(&file, newer))], into.path()));
    assert!(line.contains("made by a newer Pasut"), "{line}");
    let without = include_str!("../../migrations/2026-11-22-000009_review/down.sql");
    let older = format!("{without} DELETE FROM __diesel_schema_migrations WHERE version = '20261122000009'");
    succeeds(&run(&["restore", text(&of_another_pasut(&file, &older))], into.path()));
    assert_eq!(contents(into.path()), contents(folder.path()));
    succeeds(&check(into.path()));
}

/// Sends a form as our own page does.
async fn post(server: &Running, path: &str, form: &str) -> Answer {
    let (host, length) = (server.address, form.len());
    let head = format!("Host: {host}\r\nOrigin: http://{host}\r\nContent-Length: {length}\r\n");
    let kind = "Content-Type: application/x-www-form-urlencoded";
    ask(server.address, &format!("POST {path} HTTP/1.0\r\n{head}{kind}\r\n\r\n{form}")).await
}

async fn get(server: &Running, path: &str) -> Answer {
    ask(server.address, &format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", server.address)).await
}

/// The page as it is now. While Pasut stops for a restore, who was connected already may get none.
async fn page_of_backups(address: SocketAddr) -> Option<String> {
    let asking = move || {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        write!(stream, "GET /settings/backup HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
        let mut page = String::new();
        stream.read_to_string(&mut page).ok()?;
        Some(page)
    };
    tokio::task::spawn_blocking(asking).await.expect("no panic")
}

/// Waits until the page of backups says `said`.
async fn says(server: &Running, said: &str) -> String {
    let waiting = async {
        loop {
            let page = page_of_backups(server.address).await.unwrap_or_default();
            if page.contains(said) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .unwrap_or_else(|_| panic!("never said {said}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_page_a_backup_is_made_looked_at_fetched_and_restored_also_while_somebody_is_live() {
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = recorded(&["small.cap"]);
    let server = Running::serve(folder.path(), &["--tiktok-url", simulator.url()]);
    let before = contents(folder.path());
    // One is due, because there is none.
    says(&server, "-auto.zip is there").await;
    assert_eq!(post(&server, "/settings/backup/make", "passphrase=").await.status, 303);
    says(&server, "on request").await;
    let shelf = folder.path().join("backups");
    let name = names(&shelf).into_iter().find(|name| !name.contains("auto")).expect("a backup");
    let preview = get(&server, &format!("/settings/backup?backup={name}")).await.body;
    assert!(preview.contains("Restore this backup") && !preview.contains("Somebody is LIVE"), "{preview}");
    let fetched = get(&server, &format!("/settings/backup/file?backup={name}")).await;
    assert_eq!(
        fetched.header("content-length"),
        Some(&*fs::metadata(shelf.join(&name)).expect("a file").len().to_string())
    );
    for path in ["/settings/backup/file?backup=../pasut.db", "/settings/backup/file?backup=pasut.toml"] {
        assert_eq!(get(&server, path).await.status, 404, "{path}");
    }

    assert_eq!(server.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
    room.listened_to_by(1).await;
    let preview = get(&server, &format!("/settings/backup?backup={name}")).await.body;
    assert!(preview.contains("Somebody is LIVE"), "{preview}");
    let refused = post(&server, "/settings/backup/restore", &format!("backup={name}&typed=yes")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("was not typed as it stands there"), "{}", refused.body);

    let wanted = post(&server, "/settings/backup/restore", &format!("backup={name}&typed={name}")).await;
    assert_eq!(wanted.status, 303, "{}", wanted.body);
    let told = says(&server, "is restored").await;
    assert!(told.contains("pasut.db.before-restore.bak"), "{told}");
    let creators = get(&server, "/api/v1/creators").await.body;
    assert!(!creators.contains("mira"), "{creators}");
    assert_eq!(server.change("/api/v1/creators", r#"{"username": "rio"}"#).await, 201, "it works as before");
    server.kill();
    let after = contents(folder.path());
    assert_eq!(
        (after.sessions, after.events, after.diamonds),
        (before.sessions, before.events, before.diamonds)
    );
    let aside = inspect(&folder.path().join("pasut.db.before-restore.bak")).expect("whole");
    assert_eq!((aside.sessions, aside.creators), (before.sessions + 1, 1), "what was recorded is kept");
    succeeds(&check(folder.path()));
    lifecycle.stop();
    lifecycle.finished().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_cannot_be_used_changes_nothing_and_says_why() {
    let served = Served::start().await;
    let headers =
        format!("Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\n", served.host());
    let page = async |path: &str, form: &str| served.change_with("POST", path, &headers, form).await;
    for (path, form, said) in [
        ("/settings/backup", "folder=backups&every_days=1&keep=7", "Write the whole path"),
        (
            "/settings/backup",
            "folder=%2Ftmp&every_days=400&keep=7",
            "every_days must be a whole number from 0 to 365",
        ),
        (
            "/settings/backup",
            "folder=%2Ftmp&every_days=1&keep=0",
            "keep must be a whole number from 1 to 100",
        ),
        ("/settings/backup/make", "passphrase=short", "8 characters at least"),
    ] {
        let answer = page(path, form).await;
        assert_eq!(answer.status, 400, "{form}");
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    assert_eq!(page("/settings/backup/restore", "backup=x.zip").await.status, 404);
    assert_eq!(page("/settings/backup/remove", "backup=..%2Fpasut.db").await.status, 404);
    assert!(served.store.settings().await.expect("readable").is_empty());
    assert_eq!(page("/settings/backup/make", "").await.status, 303);
    served.eventually("/settings/backup", "and was read back").await;
}

/// Runs the test `name` once more, as a process that kills itself at the step `number` in `folder`.
/// Returns at which step that was; `None` if it got to its end.
fn killed(name: &str, number: usize, folder: &Path) -> Option<String> {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", &format!("backups::{name}"), "--nocapture"]);
    let output = command.env(KILL_AT, number.to_string()).current_dir(folder).output().expect("started");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let step = out.lines().find_map(|line| line.split_once("killed at ")).map(|(_, step)| step.to_owned());
    assert_ne!(step.is_some(), output.status.success(), "{out}{}", said(&output));
    step
}

/// What a process that is to be killed tells its steps to.
fn kills_at(number: usize) -> impl FnMut(&dyn std::fmt::Debug) {
    let mut steps = 0;
    move |step| {
        if steps == number {
            println!("killed at {step:?}");
            std::io::stdout().flush().expect("a pipe");
            std::process::abort();
        }
        steps += 1;
    }
}

/// The number of the step at which this process is to be killed, if it was started for that.
fn to_be_killed_at() -> Option<usize> {
    std::env::var(KILL_AT).ok().map(|number| number.parse().expect("a number"))
}

#[tokio::test]
async fn a_backup_killed_at_any_step_leaves_the_one_before_and_the_database_whole() {
    if let Some(number) = to_be_killed_at() {
        let store = Store::open(Path::new("data/pasut.db"), Opening::Beside).expect("a database");
        let request = Request { to: "backup.zip".into(), replace: true, ..Request::default() };
        let mut kill = kills_at(number);
        backup::make(&store, request, move |progress| kill(&progress.step)).await.expect("made");
        return;
    }
    let folder = recorded(&["small.cap"]);
    let there = tempfile::tempdir().expect("a folder");
    let file = there.path().join("backup.zip");
    succeeds(&run(&["backup", text(&file)], folder.path()));
    let one = contents(folder.path());
    let two = recorded(&["small.cap", "streaks.cap"]);
    let data = there.path().join("data");
    fs::rename(two.path(), &data).expect("moved");
    let both = contents(&data);

    let mut steps = BTreeSet::new();
    let mut finished_at = None;
    for number in 0.. {
        let killed = killed(
            "a_backup_killed_at_any_step_leaves_the_one_before_and_the_database_whole",
            number,
            there.path(),
        );
        let manifest = restore::preview(&file).expect("a whole backup");
        let is_new = manifest.contents == both;
        assert!(is_new || manifest.contents == one, "{killed:?}");
        succeeds(&check(&data));
        assert_eq!(contents(&data), both);
        match killed {
            Some(step) => steps.insert(step),
            None => {
                assert!(is_new);
                finished_at = Some(number);
                break;
            }
        };
    }
    assert!(finished_at > Some(8), "also in the midst of packing and of reading back");
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    assert_eq!(steps, ["Copying", "Naming", "Packing", "ReadingBack"]);
    assert_eq!(names(there.path()), BTreeSet::from(["backup.zip".to_owned(), "data".to_owned()]));
    assert!(names(&data).iter().all(|name| !name.ends_with(".part")), "{:?}", names(&data));
}

#[tokio::test]
async fn a_restore_killed_at_any_step_leaves_the_old_or_the_new_and_done_again_the_new_beside_the_old() {
    if let Some(number) = to_be_killed_at() {
        let place = Place {
            database: "data/pasut.db".into(),
            settings: "data/pasut.toml".into(),
            archives: "data/archives".into(),
            replace_settings: true,
        };
        let mut kill = kills_at(number);
        let mut kill = |progress: Progress<restore::Step>| kill(&progress.step);
        let staged = restore::stage(Path::new("backup.zip"), place, None, &mut kill).expect("whole");
        staged.put_in_place(&mut kill).expect("restored");
        return;
    }
    let (source, old) = (recorded(&["small.cap", "streaks.cap"]), recorded(&["hostile.cap"]));
    fs::write(source.path().join("pasut.toml"), "session.interval = 1\n").expect("written");
    let archive = "archives/2026-W30.pasut-archive";
    fs::create_dir(source.path().join("archives")).expect("a new folder");
    fs::write(source.path().join(archive), "what left").expect("written");
    let there = tempfile::tempdir().expect("a folder");
    let (file, data) = (there.path().join("backup.zip"), there.path().join("data"));
    succeeds(&run(&["backup", text(&file)], source.path()));
    let (before, after) = (contents(old.path()), contents(source.path()));

    let mut steps = BTreeSet::new();
    for number in 0.. {
        fs::create_dir(&data).expect("a new folder");
        fs::copy(database(old.path()), database(&data)).expect("copied");
        fs::create_dir(data.join("archives")).expect("a new folder");
        fs::write(data.join(archive), "what is").expect("written");
        let killed = killed(
            "a_restore_killed_at_any_step_leaves_the_old_or_the_new_and_done_again_the_new_beside_the_old",
            number,
            there.path(),
        );
        let found = contents(&data);
        assert!(found == before || found == after, "{killed:?}: {found:?}");
        succeeds(&check(&data));
        let Some(step) = killed else {
            assert_eq!(found, after);
            break;
        };
        steps.insert(step);
        succeeds(&run(&["restore", text(&file), "--replace"], &data));
        succeeds(&check(&data));
        assert_eq!(contents(&data), after);
        assert_eq!(
            fs::read_to_string(data.join("pasut.toml")).expect("restored"),
            "session.interval = \"1\"\n"
        );
        assert_eq!(fs::read_to_string(data.join(archive)).expect("restored"), "what left");
        let aside = format!("{archive}.before-restore.bak");
        assert_eq!(fs::read_to_string(data.join(aside)).expect("kept"), "what is");
        let kept: Vec<_> =
            names(&data).into_iter().filter(|name| name.contains(".db.before-restore")).collect();
        assert!(kept.iter().any(|name| inspect(&data.join(name)) == Ok(before.clone())), "{kept:?}");
        assert!(names(&data).iter().all(|name| !name.ends_with(".part")), "{:?}", names(&data));
        fs::remove_dir_all(&data).expect("removed");
    }
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let all = [
        "Archives",
        "Checking",
        "Done",
        "Keeping",
        "Opening",
        "Replacing",
        "Secrets",
        "Settings",
        "Settling",
        "Unpacking",
    ];
    assert_eq!(steps, all);
}
