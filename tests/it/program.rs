//! The program as people start it: what it prints, how it exits, and what it refuses.

use crate::captures::fixture_path;
use crate::served::ask;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use pasut::domain::access::AccountName;
use pasut::domain::time::Stamp;
use pasut::store::{Opening, Store};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program, not started yet. What is set in this shell does not reach it.
pub fn pasut() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pasut"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PASUT_") {
            command.env_remove(name);
        }
    }
    command
}

/// `pasut serve`, killed where the test ends.
pub struct Running {
    pub child: Child,
    pub address: SocketAddr,
}

impl Running {
    /// Starts `command` and waits for the line that says where it listens.
    pub fn start(command: &mut Command) -> Self {
        Self::start_telling(command, Stdio::null())
    }

    /// As [`Self::start`], with its log going to `log`.
    pub fn start_telling(command: &mut Command, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("Pasut is listening on http://").expect("an address");
        Self { address: address.parse().expect("an address"), child }
    }

    pub fn serve(folder: &Path, more: &[&str]) -> Self {
        let mut command = pasut();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).args(more);
        Self::start(&mut command)
    }

    /// As [`Self::serve`], on a disk that is almost full: no file may grow beyond 1 MiB, as a full disk would
    /// not let it. That is enough to begin with. Without the trap, the signal of the limit would end the program.
    #[cfg(target_os = "linux")]
    pub fn serve_on_a_small_disk(folder: &Path, more: &[&str]) -> Self {
        let limited = r#"trap '' XFSZ; ulimit -S -f 2048; exec "$0" "$@""#;
        let mut command = Command::new("sh");
        command.args(["-c", limited, env!("CARGO_BIN_EXE_pasut"), "serve", "--listen", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(folder).args(more);
        Self::start(&mut command)
    }

    /// Asks for a change as our own page does; returns the status.
    pub async fn change(&self, path: &str, body: &str) -> u16 {
        let (host, length) = (self.address, body.len());
        let form = "Content-Type: application/x-www-form-urlencoded";
        let head = format!("Host: {host}\r\nOrigin: http://{host}\r\n{form}\r\nContent-Length: {length}");
        ask(self.address, &format!("POST {path} HTTP/1.0\r\n{head}\r\n\r\n{body}")).await.status
    }

    /// What a page says.
    pub async fn get(&self, path: &str) -> String {
        ask(self.address, &format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)).await.body
    }

    pub async fn status(&self, path: &str) -> u16 {
        ask(self.address, &format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)).await.status
    }

    /// As `kill -9` does it.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program to its end.
pub fn run(arguments: &[&str], folder: &Path) -> Output {
    pasut().args(arguments).arg("--data-dir").arg(folder).output().expect("the program")
}

pub fn check(folder: &Path) -> Output {
    run(&["check"], folder)
}

pub fn replay_into(folder: &Path, capture: &str) -> Output {
    let mut command = pasut();
    command.arg("replay").arg(fixture_path(capture)).arg("--into").arg(folder);
    command.output().expect("the program")
}

/// The exit code, and the one line on stderr where there is one.
pub fn outcome(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A database that another program holds, so that nobody else can read or write it.
pub struct HeldDatabase(SqliteConnection);

impl HeldDatabase {
    /// Waits until whoever writes into `folder` at the moment has written.
    pub fn of(folder: &Path) -> Self {
        let database = folder.join("pasut.db").display().to_string();
        let mut holder = SqliteConnection::establish(&database).expect("the database");
        holder.batch_execute("PRAGMA busy_timeout = 30000; BEGIN EXCLUSIVE").expect("the lock");
        Self(holder)
    }

    pub fn release(mut self) {
        self.0.batch_execute("ROLLBACK").expect("released");
    }
}

#[tokio::test]
async fn where_pasut_listens_already_its_address_is_said_again() {
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let first = Running::serve(folders[0].path(), &[]);
    let address = first.address.to_string();
    let second =
        tokio::task::spawn_blocking(move || run(&["serve", "--listen", &address], folders[1].path()));
    let second = second.await.expect("no panic");
    assert_eq!(second.status.code(), Some(0));
    let said = String::from_utf8_lossy(&second.stdout).into_owned();
    assert_eq!(said, format!("Pasut is listening on http://{}\n", first.address));
}

#[test]
fn a_port_that_another_program_has_is_refused_with_what_to_do() {
    // It takes connections and never answers.
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = other.local_addr().expect("bound").to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let (code, line) = outcome(&run(&["serve", "--listen", &address], folder.path()));
    assert_eq!(code, Some(1));
    assert!(line.contains("taken by another program") && line.contains("--listen"), "{line}");
    assert!(!folder.path().join("pasut.db").exists(), "nothing was started");
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_listened_on_only_with_an_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    let everywhere = ["serve", "--listen", "0.0.0.0:0"];
    let (code, line) = outcome(&run(&everywhere, folder.path()));
    assert_eq!(code, Some(1));
    assert!(
        line.contains("can be reached from other computers") && line.contains("pasut user add"),
        "{line}"
    );

    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
    let name = AccountName::parse("mira").expect("a name");
    assert!(store.add_first_owner(&name, "hash", Stamp(0)).await.expect("kept"));
    drop(store);
    let mut command = pasut();
    command.args(everywhere).arg("--data-dir").arg(folder.path());
    let running = Running::start(&mut command);
    let here = SocketAddr::from(([127, 0, 0, 1], running.address.port()));
    let answer = ask(here, &format!("GET /healthz HTTP/1.0\r\nHost: {here}\r\n\r\n")).await;
    assert_eq!(answer.status, 200);
}

#[test]
fn wrong_usage_is_told_from_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(&["serve", "--no-such-flag"], folder.path()).status.code(), Some(2));
    let (code, line) = outcome(&check(folder.path()));
    assert_eq!(code, Some(1));
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("There is no database"), "{line}");
}

#[test]
fn one_pasut_at_a_time_changes_a_data_folder_and_looking_works_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::serve(folder.path(), &[]);
    for refused in
        [run(&["serve", "--listen", "127.0.0.1:0"], folder.path()), replay_into(folder.path(), "small.cap")]
    {
        let (code, line) = outcome(&refused);
        assert_eq!(code, Some(1));
        assert!(line.contains("Another Pasut uses") && line.contains(&running.address.to_string()), "{line}");
    }
    assert_eq!(outcome(&check(folder.path())), (Some(0), String::new()));
    running.kill();
    assert_eq!(
        replay_into(folder.path(), "small.cap").status.code(),
        Some(0),
        "the lock went with its holder"
    );
}

#[test]
fn a_capture_is_recorded_once_and_recounts() {
    let folder = tempfile::tempdir().expect("a folder");
    for capture in ["small.cap", "streaks.cap", "hostile.cap"] {
        assert_eq!(outcome(&replay_into(folder.path(), capture)), (Some(0), String::new()), "{capture}");
    }
    let (code, line) = outcome(&replay_into(folder.path(), "small.cap"));
    assert_eq!(code, Some(1));
    assert!(line.contains("recorded before"), "{line}");
    let checked = check(folder.path());
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
    assert!(String::from_utf8_lossy(&checked.stdout).starts_with("3 sessions checked"));
}

#[test]
fn a_database_that_was_changed_by_hand_is_found_by_check() {
    let folder = tempfile::tempdir().expect("a folder");
    replay_into(folder.path(), "small.cap");
    change(folder.path(), "UPDATE gift_contributions SET total_value = total_value + 1");
    let checked = check(folder.path());
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("gifter"));
    assert_eq!(String::from_utf8_lossy(&checked.stderr).lines().count(), 1);
}

#[test]
fn a_database_of_a_newer_pasut_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    replay_into(folder.path(), "small.cap");
    change(folder.path(), "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')");
    for command in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let (code, line) = outcome(&run(command, folder.path()));
        assert_eq!(code, Some(1), "{command:?}");
        assert!(line.contains("made by a newer Pasut"), "{line}");
    }
    let (code, line) = outcome(&replay_into(folder.path(), "streaks.cap"));
    assert_eq!(code, Some(1));
    assert!(line.contains("made by a newer Pasut"), "{line}");
}

/// Changes the database behind Pasut's back.
fn change(folder: &Path, sql: &str) {
    let database = folder.join("pasut.db").display().to_string();
    let mut connection = SqliteConnection::establish(&database).expect("the database");
    connection.batch_execute(sql).expect("changed");
}
