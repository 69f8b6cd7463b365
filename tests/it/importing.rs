//! Earlier recordings of other programs, taken into the database of the whole app.

use crate::api::{START, start};
use crate::pushing::{comparable, record, recounts, totals};
use crate::served::Served;
use crate::studio::{Studio, handle};
use chrono_tz::Tz;
use pasut::domain::machine::RoomReader;
use pasut::domain::session::{Origin, SessionStart};
use pasut::imports::file::NotTaken;
use pasut::imports::log::NotLogged;
use pasut::imports::taking::{Given, ImportError, import, preview};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use tempfile::NamedTempFile;

fn given(creator: Option<&str>) -> Given {
    Given { creator: creator.map(handle), zone: Tz::Asia__Jakarta }
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

async fn events(served: &Served, session: impl std::fmt::Display) -> String {
    served.get(&format!("/api/v1/sessions/{session}/events?format=ndjson")).await.body
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_pasut_recorded_another_imports_with_the_same_totals() {
    for name in ["small", "streaks"] {
        let (one, other) = (Served::start().await, Served::start().await);
        let recorded = record(&one.store, name).await;
        let told = file(&events(&one, recorded).await);
        let looked = preview(&other.store, RoomReader::default(), told.path(), &given(None))
            .await
            .expect("understood");
        assert_eq!((looked.sessions.len(), looked.refused), (1, 0), "{looked:?}");
        assert!(other.store.open_sessions().await.expect("readable").is_empty());
        assert_eq!(other.json("/api/v1/sessions").await["total"], 0, "looking changes nothing");

        let found =
            import(&other.store, RoomReader::default(), told.path(), &given(None)).await.expect("taken");
        assert_eq!(found.events(), looked.events());
        let session = found.sessions[0].session.expect("stored");
        let (imported, original) = (totals(&other, session).await, totals(&one, recorded).await);
        assert_eq!(comparable(imported), comparable(original), "{name}");
        assert_eq!(other.json(&format!("/api/v1/sessions/{session}")).await["origin"], "import");
        assert!(other.get("/sessions?from=2025-11-01&to=2025-11-30").await.body.contains("Imported"));
        assert!(other.get(&format!("/sessions/{session}")).await.body.contains("Imported"));
        recounts(&other.store, session).await;

        let again = import(&other.store, RoomReader::default(), told.path(), &given(None))
            .await
            .expect_err("the same file");
        assert!(matches!(again, ImportError::Known(known) if known == session), "{again}");
        let more = file(&format!("{}\n\n", events(&one, recorded).await));
        let overlapping = import(&other.store, RoomReader::default(), more.path(), &given(None))
            .await
            .expect_err("the same time");
        assert!(matches!(overlapping, ImportError::Recorded), "{overlapping}");
        assert_eq!(other.json("/api/v1/sessions").await["total"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_parted_into_lives_and_what_is_recorded_already_is_left_out() {
    let served = Served::start().await;
    let chat = |id: i64, minute: i64| {
        json!({"event": "chat", "data": {"msgId": id.to_string(), "createTime": (1_736_822_400_000 + minute * 60_000).to_string(),
               "comment": "=1+1", "uniqueId": "ana", "userId": "71"}})
    };
    let log = |lines: &[Value]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let evening =
        file(&log(&[chat(1, 0), chat(2, 30), chat(2, 30), json!({"type": "weather"}), chat(3, 200)]));
    let refused = import(&served.store, RoomReader::default(), evening.path(), &given(None))
        .await
        .expect_err("nobody's");
    assert!(matches!(refused, ImportError::NoCreator), "{refused}");
    let found = import(&served.store, RoomReader::default(), evening.path(), &given(Some("mira")))
        .await
        .expect("taken");
    let lengths: Vec<_> = found.sessions.iter().map(|live| live.to.ms_since(live.from) / 60_000).collect();
    assert_eq!((lengths, found.sessions[0].duplicates), (vec![30, 0], 1));
    assert_eq!(found.named, [(4, NotTaken::Log(NotLogged::Kind("weather".to_owned())))]);

    let longer = file(&log(&[chat(8, -20), chat(1, 0), chat(9, 15), chat(10, 40)]));
    let found = import(&served.store, RoomReader::default(), longer.path(), &given(Some("mira")))
        .await
        .expect("taken");
    let [live] = &found.sessions[..] else { panic!("{found:?}") };
    assert_eq!((live.kinds["comment"], live.left_out), (2, 2));
    let session = live.session.expect("stored");
    let gaps = served.store.gaps(session).await.expect("readable");
    assert_eq!(gaps.iter().map(|gap| gap.ms(gap.from) / 60_000).collect::<Vec<_>>(), [60]);
    recounts(&served.store, session).await;

    let sums = file("Session,Diamonds\n1,500\n");
    let nothing = import(&served.store, RoomReader::default(), sums.path(), &given(Some("mira")))
        .await
        .expect_err("sums");
    assert!(nothing.to_string().contains("Files of sums"), "{nothing}");
    assert!(import(&served.store, RoomReader::default(), Path::new("/nowhere"), &given(None)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_brought_looked_at_and_taken_on_the_page() {
    let (one, served) = (Served::start().await, Served::start().await);
    let told = events(&one, record(&one.store, "small").await).await;
    let form = |name: &str, content: &str| {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"creator\"\r\n\r\nmira\r\n--x\r\nContent-Disposition: \
             form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
        )
    };
    let bring = async |body: String| {
        let headers =
            format!("Origin: http://{}\r\nContent-Type: multipart/form-data; boundary=x\r\n", served.host());
        served.change_with("POST", "/import", &headers, &body).await
    };
    assert_eq!(bring(form("<b>mira.ndjson", &told)).await.status, 303);
    served.eventually("/f/imports", "nothing is changed yet").await;
    let page = served.get("/import").await.body;
    assert!(page.contains("&#60;b&#62;mira.ndjson") && page.contains("@mira"), "{page}");
    let id =
        page.split("/import/").nth(1).and_then(|rest| rest.split('/').next()).expect("a file").to_owned();
    assert_eq!(served.json("/api/v1/sessions").await["total"], 0);
    assert_eq!(served.change("POST", &format!("/import/{id}/take"), "").await.status, 303);
    served.eventually("/f/imports", "imported:").await;
    assert_eq!(served.json("/api/v1/sessions").await["total"], 1);
    assert_eq!(served.change("POST", &format!("/import/{id}/remove"), "").await.status, 303);
    assert!(!served.get("/import").await.body.contains("mira.ndjson"));

    assert_eq!(bring(form("again.ndjson", &told)).await.status, 303);
    served.eventually("/f/imports", "imported before").await;
    let in_indonesian = served.get_with("/import", "Accept-Language: id\r\n").await.body;
    assert!(in_indonesian.contains("File ini sudah pernah diimpor"), "{in_indonesian}");
    assert_eq!(bring(form("", "")).await.status, 400);
    assert_eq!(bring("--x\r\nbroken".to_owned()).await.status, 400);
    for place in 0..4 {
        assert_eq!(bring(form(&format!("{place}.csv"), "x")).await.status, 303);
    }
    let many = bring(form("many.csv", "x")).await;
    assert!(many.status == 400 && many.body.contains("files wait already"), "{}", many.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_is_gone_at_the_next_start() {
    let mut studio = Studio::open().await;
    studio.watch("mira").await;
    let half = SessionStart { origin: Origin::Import, ..start("mira", 1, START) };
    let session = studio.app().store.begin_session(&half).await.expect("begun");
    studio.stop_app().await;
    studio.start_app().await;
    assert_eq!(studio.app().store.session(session).await.expect("readable"), None);
    studio.close().await;
}
