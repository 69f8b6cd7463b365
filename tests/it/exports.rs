//! `pasut export` beside a running server: the file says what the server says.

use crate::captures::fixture_path;
use crate::program::{Running, pasut, run};
use crate::served::ask;
use calamine::{DataType as _, Reader as _, Xlsx, open_workbook};
use serde_json::Value;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// A data folder with one session of 22 November 2026, evening in Jakarta.
fn recorded() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = pasut();
    command.arg("replay").arg(fixture_path("streaks.cap")).arg("--into").arg(folder.path());
    let replayed = command.args(["--started-at", "2026-11-22T12:00:00Z"]).output().expect("the program");
    assert!(replayed.status.success(), "{}", said(&replayed));
    folder
}

fn export(folder: &Path, arguments: &[&str]) -> Output {
    run(&[&["export"], arguments].concat(), folder)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn get(server: &Running, path: &str) -> Value {
    let answer =
        ask(server.address, &format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", server.address)).await;
    serde_json::from_str(&answer.body).expect("JSON")
}

#[tokio::test]
async fn a_file_made_beside_a_running_server_has_the_servers_numbers() {
    let folder = recorded();
    let server = Running::serve(folder.path(), &[]);
    let (path, folder_path) = (folder.path().join("book.xlsx"), folder.path().to_owned());
    let (xlsx, json) = tokio::task::spawn_blocking(move || {
        let day = ["--from", "2026-11-22", "--to", "2026-11-22"];
        let output = path.to_str().expect("Unicode").to_owned();
        let made = export(&folder_path, &[&day[..], &["--output", &output]].concat());
        assert_eq!(made.status.code(), Some(0), "{}", said(&made));
        assert!(made.stdout.is_empty(), "what is said goes to standard error");
        let printed = export(&folder_path, &[&day[..], &["--format", "json", "--output", "-"]].concat());
        assert_eq!(printed.status.code(), Some(0), "{}", said(&printed));
        (path, serde_json::from_slice::<Value>(&printed.stdout).expect("only JSON on standard output"))
    })
    .await
    .expect("no panic");
    let session = get(&server, "/api/v1/sessions/1").await;
    let board = get(&server, "/api/v1/sessions/1/leaderboard?limit=10000").await;
    for member in ["/diamonds/total", "/diamonds/to_host", "/likes/room_growth", "/comments", "/viewers/max"]
    {
        assert_eq!(json["sessions"][0].pointer(member), session.pointer(member), "{member}");
        assert!(session.pointer(member).is_some_and(Value::is_number), "{member}");
    }
    let (rows, gifters) = (json["contributions"].as_array(), board["leaderboard"].as_array());
    let (rows, gifters) = (rows.expect("rows"), gifters.expect("rows"));
    assert!(rows.len() == gifters.len() && rows.len() > 10);
    for (row, gifter) in rows.iter().zip(gifters) {
        for member in
            ["rank", "user_id", "display_id", "nickname", "diamonds", "gifts", "gift_types", "last_gift_at"]
        {
            assert_eq!(row[member], gifter[member], "{member} of {gifter}");
        }
    }
    let intervals = get(&server, "/api/v1/sessions/1/intervals").await;
    for (row, interval) in json["intervals"]
        .as_array()
        .expect("rows")
        .iter()
        .zip(intervals["intervals"].as_array().expect("rows"))
    {
        for member in ["t", "viewers", "viewers_avg", "likes", "comments", "diamonds", "activity_score"] {
            assert_eq!(row[member], interval[member], "{member} of {interval}");
        }
    }
    let mut book: Xlsx<_> = open_workbook(xlsx).expect("a workbook");
    let names = [
        "Summary",
        "Sessions",
        "Analytics",
        "Contributions",
        "Correlations",
        "Global leaderboard",
        "Gifts",
        "Moments",
        "Markers",
        "Battles",
        "Gaps",
        "Data quality",
    ];
    assert_eq!(book.sheet_names(), names);
    let sheet = book.worksheet_range("Contributions").expect("a sheet");
    let headings = sheet.headers().expect("a heading");
    let at = headings.iter().position(|heading| heading == "Diamonds").expect("a column");
    let sum: f64 = sheet.rows().skip(1).filter_map(|row| row[at].as_f64()).sum();
    assert_eq!(Some(sum as i64), gifters.iter().map(|gifter| gifter["diamonds"].as_i64()).sum());
}

#[test]
fn a_report_is_written_where_the_name_ends_so() {
    let folder = recorded();
    let path = folder.path().join("evening.html");
    let output = path.to_str().expect("Unicode");
    let made = export(folder.path(), &["--session", "1", "--output", output, "--zone", "Asia/Jakarta"]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    let page = std::fs::read_to_string(&path).expect("text");
    assert!(page.starts_with("<!doctype html>") && page.contains("22 Nov 2026, 19:00"), "{page}");
}

#[test]
fn a_file_that_is_there_stays_unless_it_may_be_replaced() {
    let folder = recorded();
    let path = folder.path().join("kept.json");
    std::fs::write(&path, "mine").expect("written");
    let output = path.to_str().expect("Unicode");
    let refused = export(folder.path(), &["--session", "1", "--output", output]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("--replace"), "{}", said(&refused));
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "mine");
    let replaced = export(folder.path(), &["--session", "1", "--output", output, "--replace"]);
    assert_eq!(replaced.status.code(), Some(0), "{}", said(&replaced));
    let written = std::fs::read_to_string(&path).expect("there");
    let json: Value = serde_json::from_str(&written).expect("the name says that it is JSON");
    assert_eq!(json["export"]["session_id"], "1");
}

#[test]
fn what_cannot_be_meant_is_refused_with_two_and_what_is_not_there_with_one() {
    let folder = recorded();
    let output = folder.path().join("never.csv");
    let output = output.to_str().expect("Unicode");
    for (arguments, code) in [
        (&["--output", output][..], 2),
        (&["--from", "yesterday", "--output", output], 2),
        (&["--from", "2026-11-23", "--to", "2026-11-22", "--output", output], 2),
        (&["--from", "2026-11-22", "--zone", "Jakarta", "--output", output], 2),
        (&["--session", "1", "--section", "all", "--output", output], 2),
        (&["--session", "9", "--output", output], 1),
        (&["--session", "1", "--output", "/no/such/folder/file.csv"], 1),
    ] {
        let refused = export(folder.path(), arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {}", said(&refused));
    }
    assert!(!Path::new(output).exists());
}
