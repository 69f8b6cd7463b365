//! What else is done from a terminal: accounts, and earlier recordings of other programs.

use crate::program::{Running, check, outcome, pasut, replay_into, run};
use crate::served::ask;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

const PASSWORD: &str = "correct horse";

/// Runs the program to its end, with something piped in.
fn piped(arguments: &[&str], folder: &Path, input: &str) -> Output {
    let mut command = pasut();
    command.args(arguments).arg("--data-dir").arg(folder).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    // Where it is refused before it reads, nobody listens.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn add(name: &str, role: &str, folder: &Path) -> Output {
    piped(&["user", "add", name, "--role", role, "--password-stdin"], folder, &format!("{PASSWORD}\n"))
}

fn said(output: &Output) -> String {
    assert_eq!(outcome(output), (Some(0), String::new()));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What is said of a failure: one line.
fn refused(output: &Output) -> String {
    let (code, line) = outcome(output);
    assert_eq!((code, line.lines().count()), (Some(1), 1), "{line}");
    line
}

/// The status of a login, and where it leads.
async fn log_in(running: &Running, name: &str, password: &str) -> u16 {
    let (host, body) = (running.address, format!("name={name}&password={}", password.replace(' ', "+")));
    let head = format!(
        "Host: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}",
        body.len()
    );
    ask(host, &format!("POST /login HTTP/1.0\r\n{head}\r\n\r\n{body}")).await.status
}

#[tokio::test]
async fn an_owner_is_created_before_the_first_start_and_changes_reach_a_running_pasut() {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("new");
    assert_eq!(said(&add("Mira", "owner", &folder)), "mira may log in as owner.\n");

    let running = Running::serve(&folder, &[]);
    assert_eq!(log_in(&running, "mira", PASSWORD).await, 303);
    assert_eq!(said(&add("budi", "moderator", &folder)), "budi may log in as moderator.\n");
    assert_eq!(log_in(&running, "budi", PASSWORD).await, 303);
    let accounts = run(&["user", "list"], &folder);
    assert_eq!(said(&accounts), "budi\tmoderator\nmira\towner\n");

    let other = piped(&["user", "password", "budi", "--password-stdin"], &folder, "battery staple\n");
    assert_eq!(said(&other), "budi has another password, and is logged out everywhere.\n");
    assert_eq!(log_in(&running, "budi", PASSWORD).await, 401);
    assert_eq!(log_in(&running, "budi", "battery staple").await, 303);
    let gone = run(&["user", "remove", "budi"], &folder);
    assert_eq!(said(&gone), "budi may not log in any more, and is logged out everywhere.\n");
    assert_eq!(log_in(&running, "budi", "battery staple").await, 401);
}

#[test]
fn an_account_that_cannot_be_is_refused_and_leaves_nothing_behind() {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("new");
    let short = piped(&["user", "add", "mira", "--password-stdin"], &folder, "short\n");
    assert!(refused(&short).contains("Nothing was changed"), "{short:?}");
    let unasked = piped(&["user", "add", "mira"], &folder, "");
    assert!(refused(&unasked).contains("--password-stdin"), "{unasked:?}");
    for wrong in [
        &["user", "add", "mira", "--role", "guest"][..],
        &["user", "add", "no name"],
        &["user", "add"],
        &["user", "promote", "mira"],
    ] {
        assert_eq!(piped(wrong, &folder, PASSWORD).status.code(), Some(2), "{wrong:?}");
    }
    for nowhere in [&["user", "list"][..], &["user", "remove", "mira"]] {
        assert!(refused(&run(nowhere, &folder)).contains("There is no database"), "{nowhere:?}");
    }
    assert!(!folder.exists(), "nothing was made");

    said(&add("mira", "owner", &folder));
    assert!(refused(&add("mira", "moderator", &folder)).contains("an account mira already"));
    assert!(refused(&run(&["user", "remove", "mira"], &folder)).contains("the last owner"));
    assert!(refused(&run(&["user", "remove", "ana"], &folder)).contains("no account ana"));
    let unknown = piped(&["user", "password", "ana", "--password-stdin"], &folder, PASSWORD);
    assert!(refused(&unknown).contains("no account ana"), "{unknown:?}");
    assert_eq!(said(&run(&["user", "list"], &folder)), "mira\towner\n");
    said(&run(&["user", "remove", "mira", "--last-owner"], &folder));
    let nobody = run(&["user", "list"], &folder);
    assert_eq!((nobody.status.code(), nobody.stdout.len()), (Some(0), 0));
}

/// The events of a session of one Pasut, as it tells them to others.
async fn told(from: &Path) -> PathBuf {
    let running = Running::serve(from, &[]);
    let events = running.get("/api/v1/sessions/1/events?format=ndjson").await;
    let file = from.join("told.ndjson");
    std::fs::write(&file, events).expect("written");
    file
}

#[tokio::test]
async fn what_one_pasut_tells_another_imports_once_and_recounts() {
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    said(&replay_into(one.path(), "small.cap"));
    let events = told(one.path()).await;
    let events = events.to_str().expect("Unicode");

    let looked = said(&run(&["import", events, "--preview"], other.path()));
    assert!(looked.contains("@small from ") && !looked.contains("stored"), "{looked}");
    let taken = said(&run(&["import", events], other.path()));
    assert!(taken.starts_with(events) && taken.contains("stored as session "), "{taken}");
    assert!(said(&check(other.path())).starts_with("1 sessions checked"));

    let again = refused(&run(&["import", events], other.path()));
    assert!(again.contains("imported before"), "{again}");
    let sums = one.path().join("sums.json");
    let sums = sums.to_str().expect("Unicode");
    assert_eq!(run(&["export", "--session", "1", "--output", sums], one.path()).status.code(), Some(0));
    let refusal = refused(&run(&["import", sums], other.path()));
    assert!(refusal.contains("sums.json"), "{refusal}");
    assert!(refused(&run(&["import", "/nowhere.ndjson"], other.path())).contains("/nowhere.ndjson"));
    assert_eq!(run(&["import"], other.path()).status.code(), Some(2));
    for wrong in [["--zone", "Nowhere/Here"], ["--creator", "na-me"]] {
        let run = run(&["import", events, wrong[0], wrong[1]], other.path());
        assert_eq!(run.status.code(), Some(2), "{wrong:?}");
    }

    let running = Running::serve(other.path(), &[]);
    let beside = refused(&run(&["import", events], other.path()));
    assert!(beside.contains("Another Pasut uses") && beside.contains(&running.address.to_string()));
    let looked = refused(&run(&["import", events, "--preview"], other.path()));
    assert!(looked.contains("imported before"), "{looked}");
}
