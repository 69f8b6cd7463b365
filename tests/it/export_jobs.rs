//! Exports that are asked for by the page's form and by programs: made, listed, fetched, removed.

use crate::api::recorded;
use crate::served::Served;
use pasut::domain::ids::SessionId;
use serde_json::{Value, json};
use std::io::{Cursor, Read as _};

const DAY: &str = r#"{"from": "2025-11-22", "to": "2025-11-22", "money": true, "format": "json"}"#;

const FORM: &str = "application/x-www-form-urlencoded";

async fn served() -> (Served, SessionId) {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    (served, id)
}

/// Asks for an export and waits until it is there. Returns what the API says of it.
async fn made(served: &Served, wishes: &str) -> Value {
    let asked = served.change("POST", "/api/v1/exports", wishes).await;
    assert_eq!(asked.status, 202, "{}", asked.body);
    let asked: Value = serde_json::from_str(&asked.body).expect("JSON");
    let path = format!("/api/v1/exports/{}", asked["id"].as_str().expect("text"));
    served.eventually(&path, r#""state":"done""#).await;
    served.json(&path).await
}

fn text<'a>(export: &'a Value, member: &str) -> &'a str {
    export[member].as_str().unwrap_or_else(|| panic!("no {member} in {export}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_makes_an_export_fetches_it_and_removes_it() {
    let (served, session) = served().await;
    assert_eq!(served.json("/api/v1/exports").await, json!({ "exports": [] }));
    let export = made(&served, DAY).await;
    assert_eq!((&export["progress"], &export["sessions"]), (&json!(1.0), &json!(1)), "{export}");
    assert_eq!(text(&export, "expires_at"), "2025-11-23T12:00:00.000Z", "a day later");
    assert_eq!(served.json("/api/v1/exports").await, json!({ "exports": [export] }));

    let file = served.get(text(&export, "file")).await;
    assert_eq!(file.status, 200, "{}", file.body);
    assert_eq!(file.header("content-type"), Some("application/json"));
    let disposition = format!("attachment; filename=\"{}\"", text(&export, "name"));
    assert_eq!(file.header("content-disposition"), Some(disposition.as_str()));
    assert_eq!(file.header("content-length"), Some(export["bytes"].to_string().as_str()));
    let content: Value = serde_json::from_str(&file.body).expect("JSON");
    let told = served.json(&format!("/api/v1/sessions/{session}")).await;
    assert_eq!(content["sessions"][0]["diamonds"]["total"], told["diamonds"]["total"]);
    assert_eq!(content["sessions"][0]["comments"], told["comments"]);

    let one = format!("/api/v1/exports/{}", text(&export, "id"));
    assert_eq!(served.change("DELETE", &one, "").await.status, 204);
    for (method, path) in [("DELETE", one.as_str()), ("GET", &one), ("GET", text(&export, "file"))] {
        let gone = served.change(method, path, "").await;
        assert_eq!(gone.status, 404, "{method} {path}");
        assert!(gone.body.contains("It may have expired"), "{method} {path}: {}", gone.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_of_a_file_says_what_it_is_and_is_safe_everywhere() {
    let (served, session) = served().await;
    let of_session = format!(r#"{{"session": "{session}"}}"#);
    for (wishes, name, kind) in [
        (of_session.as_str(), format!("pasut-session-{session}.xlsx"), "spreadsheetml"),
        (
            r#"{"from": "2025-11-01", "to": "2025-11-22", "creator": "mira", "format": "csv"}"#,
            "pasut-mira-2025-11-01-to-2025-11-22.zip".to_owned(),
            "application/zip",
        ),
        (
            r#"{"from": "2025-11-22", "format": "csv", "sections": ["gifts"]}"#,
            "pasut-2025-11-22-to-2025-11-22.csv".to_owned(),
            "text/csv",
        ),
    ] {
        let export = made(&served, wishes).await;
        assert_eq!(text(&export, "name"), name);
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c)));
        let file = served.get(text(&export, "file")).await;
        assert!(file.header("content-type").is_some_and(|found| found.contains(kind)), "{}", file.head);
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(file.body.starts_with("PK"), kind != "text/csv", "{name}");
    }
}

/// The names and texts of the files in an archive.
fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let files = 0..archive.len();
    let read = |number| {
        let mut file = archive.by_index(number).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("reads");
        (file.name().expect("Unicode").into_owned(), bytes)
    };
    files.map(read).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_and_a_chart_are_made_of_one_session_or_of_each() {
    let (served, session) = served().await;
    let folder = served.folder.path().join("exports");
    let file = |export: &Value| std::fs::read(folder.join(text(export, "id"))).expect("a file");
    for (format, start) in [("html", &b"<!doctype html>"[..]), ("png", b"\x89PNG\r\n\x1a\n")] {
        let one = made(&served, &format!(r#"{{"session": "{session}", "format": "{format}"}}"#)).await;
        assert_eq!(text(&one, "name"), format!("pasut-session-{session}.{format}"));
        assert_eq!((&one["sessions"], &one["rows"]), (&json!(1), &json!(1)), "{one}");
        assert!(file(&one).starts_with(start), "{format}");

        let day = format!(r#"{{"from": "2025-11-22", "to": "2025-11-22", "format": "{format}"}}"#);
        let all = made(&served, &day).await;
        assert_eq!(text(&all, "name"), "pasut-2025-11-22-to-2025-11-22.zip");
        let files = unpacked(&file(&all));
        let [(name, bytes)] = &files[..] else { panic!("{} files", files.len()) };
        assert!(
            name.starts_with("pasut-mira-2025-11-22-") && name.ends_with(&format!("-{session}.{format}"))
        );
        assert!(bytes.starts_with(start), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_names_nobody_and_tells_no_money_unless_it_was_asked_to() {
    let (served, session) = served().await;
    let report = async |wishes: &str| {
        let wishes = format!(r#"{{"session": "{session}", "format": "html"{wishes}}}"#);
        let export = made(&served, &wishes).await;
        served.get(text(&export, "file")).await.body
    };
    let told = report(r#", "money": true"#).await;
    assert!(told.contains("Ana") && told.contains('◆'), "{told}");
    let hidden = report(r#", "hide_names": true"#).await;
    assert!(hidden.contains("Fan #1") && !hidden.contains("Ana") && !hidden.contains("user4"), "{hidden}");
    assert!(!hidden.contains('◆') && !hidden.contains("US$"), "{hidden}");
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_and_nothing_is_started() {
    let (served, _) = served().await;
    for (wishes, parameter) in [
        ("not json", "body"),
        (r#"{"format": "xlsx", "colour": "red"}"#, "body"),
        (r#"{"format": "docx"}"#, "format"),
        (r#"{"separator": "tab"}"#, "separator"),
        (r#"{"from": "yesterday"}"#, "from"),
        (r#"{"from": "2025-11-23", "to": "2025-11-22"}"#, "from"),
        (r#"{"zone": "Mars/Olympus"}"#, "zone"),
        (r#"{"sections": ["gifts", "secrets"]}"#, "sections"),
        (r#"{"creator": "<script>"}"#, "creator"),
    ] {
        let refused = served.change("POST", "/api/v1/exports", wishes).await;
        assert_eq!(refused.status, 400, "{wishes}");
        let problem = refused.problem();
        assert_eq!(problem["parameter"], parameter, "{wishes}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 15), "{problem}");
    }
    for session in ["77", "x"] {
        let wishes = format!(r#"{{"session": "{session}"}}"#);
        let refused = served.change("POST", "/api/v1/exports", &wishes).await;
        assert_eq!(refused.status, 404, "{session}: {}", refused.body);
        let form = format!("session={session}&format=xlsx");
        let headers = format!("Origin: http://{}\r\nContent-Type: {FORM}\r\n", served.host());
        let refused = served.change_with("POST", "/exports", &headers, &form).await;
        assert_eq!(refused.status, 404, "{session}: {}", refused.body);
    }
    let foreign = "Origin: http://elsewhere.example\r\n";
    for (path, body) in [("/api/v1/exports", DAY), ("/exports", "format=json")] {
        assert_eq!(served.change_with("POST", path, foreign, body).await.status, 403, "{path}");
    }
    assert_eq!(served.json("/api/v1/exports").await, json!({ "exports": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_erasure_files_that_may_hold_the_name_are_named_with_their_end() {
    let (served, _) = served().await;
    let told = "/leaderboards?told=erased";
    assert!(!served.get(told).await.body.contains("pasut-2025-11-22"));
    made(&served, DAY).await;
    let page = served.get(told).await.body;
    assert!(page.contains("pasut-2025-11-22-to-2025-11-22.json (an export, removed by itself on "), "{page}");
    assert!(page.contains("23 Nov"), "{page}");
}

#[tokio::test]
async fn a_leaderboard_is_saved_in_the_order_and_with_the_filters_of_its_page() {
    let (served, _) = served().await;
    let page = served.get("/leaderboards?sort=gifts").await.body;
    assert!(page.contains("href=\"/leaderboards.csv?sort=gifts\""), "{page}");
    let file = served.get("/leaderboards.csv?sort=gifts").await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").is_some_and(|name| name.ends_with(".csv\"")), "{}", file.head);
    let diamonds = |csv: &str| {
        let mut rows =
            csv.trim_start_matches('\u{feff}').lines().map(|row| row.split(',').collect::<Vec<_>>());
        let heads = rows.next().expect("headings");
        let at = heads.iter().position(|head| *head == "Diamonds").expect("a column");
        rows.map(|row| row[at].parse::<i64>().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(diamonds(&file.body), [5, 10, 10], "{}", file.body);
    assert_eq!(diamonds(&served.get("/leaderboards.csv?min=6").await.body), [10, 10]);
    assert!(file.body.contains("user43"));
    let hidden = served.get("/leaderboards.csv?hide=1").await.body;
    assert!(hidden.contains("Fan #1") && !hidden.contains("user4") && !hidden.contains("Ana"), "{hidden}");
}
