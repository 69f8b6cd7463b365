//! Files read back: a workbook by another library, the rest by what reads it everywhere.

use super::request::{Format, Request, Scope, Section, Separator};
use super::{ExportError, estimate, write, write_limited};
use crate::analytics::battle::before_and_during;
use crate::commands::replay::{self, Given, Sink};
use crate::domain::answer::{Answer, Basis, DriverAnswer, Range};
use crate::domain::days::Days;
use crate::domain::driver::Driver;
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, RoomId, SessionId, UserId};
use crate::domain::money::Rates;
use crate::domain::record::Batch;
use crate::domain::session::{Gap, GapCause, Origin, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, BattleSideFacts, GifterTotal, PersonActivity};
use crate::reports::recount;
use crate::store::{Opening, Store};
use crate::words::Lang;
use bytes::Bytes;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// 2026-11-22, 10:00 in Jakarta.
const MORNING: Stamp = Stamp(1_795_316_400_000);
const HOUR_MS: i64 = 3_600_000;

/// What people call themselves to be run by somebody's spreadsheet.
const HOSTILE: [&str; 9] = [
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+62 812",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r\n=cmd|' /C calc'!A0",
    "a\u{0}b\u{1b}c",
    "\"; DROP, <b>&amp;_x0041_",
    "\u{1f469}\u{200d}\u{1f467} \u{202e}gnihton",
];

struct Recorder<'a>(&'a Store, SessionId, Stamp);

impl Sink for Recorder<'_> {
    async fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.2 = batch.counted_to;
        Ok(self.0.append(Batch { session: self.1, ..batch }).await?)
    }
}

/// A database with the three captures as sessions of one day, the hours apart.
struct Recorded {
    folder: TempDir,
    store: Store,
    sessions: Vec<SessionId>,
}

async fn recorded() -> Recorded {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
    let mut sessions = Vec::new();
    for (hour, name) in (0..).zip(["small", "hostile", "streaks"]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{name}.cap"));
        let capture = Bytes::from(std::fs::read(path).expect("a capture"));
        let told = replay::what_the_capture_tells(&capture).expect("a capture");
        let start = SessionStart {
            host: told.host,
            ..SessionStart::new(
                Handle::parse("mira").expect("a handle"),
                RoomId(hour),
                MORNING + hour * HOUR_MS,
                Origin::Capture,
            )
        };
        let session = store.begin_session(&start).await.expect("a session");
        let mut recorder = Recorder(&store, session, start.recorded_from);
        replay::replay(&capture, Given::default(), start.recorded_from, &mut recorder)
            .await
            .expect("a capture");
        let ended = recorder.2;
        store.finish_session(session, ended).await.expect("finished");
        sessions.push(session);
    }
    Recorded { folder, store, sessions }
}

impl Recorded {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("files").join(name)
    }

    async fn write(&self, name: &str, request: &Request) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(self.path("")).expect("a folder");
        let written = write(&self.store, request, &path, |_| {}, &CancellationToken::new()).await;
        let written = written.expect("written");
        assert_eq!(written.bytes, path.metadata().expect("it is there").len());
        path
    }

    async fn workbook(&self, request: &Request) -> Xlsx<BufReader<std::fs::File>> {
        open_workbook(self.write("book.xlsx", request).await).expect("a workbook")
    }

    async fn json(&self, request: &Request) -> (String, Value) {
        let request = Request { format: Format::Json, ..request.clone() };
        let text = std::fs::read_to_string(self.write("all.json", &request).await).expect("UTF-8");
        let value = serde_json::from_str(&text).expect("JSON");
        (text, value)
    }

    /// Somebody with each of [`HOSTILE`] as a name gave in the first session.
    async fn add_hostile_givers(&self) {
        let user = |number: usize| UserId(900 + number as i64);
        let people = HOSTILE.iter().enumerate().map(|(number, name)| PersonActivity {
            user: user(number),
            display_id: format!("@{number}"),
            nickname: (*name).to_owned(),
            first_at: MORNING,
            last_at: MORNING,
            ..PersonActivity::default()
        });
        let gifters = (0..HOSTILE.len()).map(|number| GifterTotal {
            user: user(number),
            units: 1,
            diamonds: 1,
            diamonds_to_creator: 1,
            gift_types: 1,
            biggest_diamonds: 1,
            biggest_gift: GiftId(5655),
            first_gift_at: MORNING,
            last_gift_at: MORNING,
            estimated: false,
        });
        let session = self.sessions[0];
        let totals = self.store.session(session).await.expect("read").expect("there").totals;
        let batch = Batch {
            session,
            counted_to: MORNING,
            totals,
            people: people.collect(),
            gifters: gifters.collect(),
            ..Batch::default()
        };
        self.store.append(batch).await.expect("stored");
    }
}

fn request() -> Request {
    let day = "2026-11-22".parse().expect("a day");
    Request {
        scope: Scope::Days(Days::new(day, day).expect("one day")),
        creator: None,
        zone: chrono_tz::Asia::Jakarta,
        lang: Lang::En,
        format: Format::Xlsx,
        sections: Section::ALL.to_vec(),
        hide_names: false,
        money: true,
        rates: Some(Rates::default()),
        at: MORNING + 9 * HOUR_MS,
    }
}

/// The cells under a heading, over a sheet and those that it continues on.
fn column(book: &mut Xlsx<BufReader<std::fs::File>>, sheet: &str, heading: &str) -> Vec<Data> {
    let parts: Vec<String> = book.sheet_names().into_iter().filter(|name| name.starts_with(sheet)).collect();
    assert!(!parts.is_empty(), "there is no {sheet}: {:?}", book.sheet_names());
    let mut cells = Vec::new();
    for part in parts {
        let range = book.worksheet_range(&part).expect("a sheet");
        let headings = range.headers().expect("a heading in every sheet");
        let at = headings.iter().position(|found| found == heading);
        let at = at.unwrap_or_else(|| panic!("{part} has no {heading}: {headings:?}"));
        cells.extend(range.rows().skip(1).map(|row| row[at].clone()));
    }
    cells
}

fn sum(cells: &[Data]) -> i64 {
    cells.iter().filter_map(calamine::DataType::as_f64).sum::<f64>() as i64
}

fn json_sum(json: &Value, table: &str, member: &str) -> i64 {
    let rows = json[table].as_array().expect("a table");
    rows.iter().filter_map(|row| row.pointer(member).expect("in every row").as_i64()).sum()
}

#[tokio::test]
async fn every_table_of_a_workbook_adds_up_to_what_was_counted_and_to_a_recount() {
    let recorded = recorded().await;
    let mut book = recorded.workbook(&request()).await;
    let (_, json) = recorded.json(&request()).await;
    let (mut diamonds, mut gifts, mut likes, mut comments) = (0, 0, 0, 0);
    // Some senders have no id, so nobody's row has what they gave.
    let (mut of_people, mut gifts_of_people) = (0, 0);
    for id in &recorded.sessions {
        let session = recorded.store.session(*id).await.expect("read").expect("there");
        let recount = recount::recount(&recorded.store, &session).await.expect("read").expect("there");
        assert_eq!(recount.differences(), Vec::<String>::new(), "what is stored is a recount");
        diamonds += session.totals.diamonds;
        gifts += session.totals.gift_units;
        likes += session.totals.likes;
        comments += session.totals.comments;
        for gifter in recorded.store.gifters(*id, usize::MAX).await.expect("read") {
            of_people += gifter.total.diamonds;
            gifts_of_people += gifter.total.units;
        }
    }
    assert!(diamonds > 1_000_000_000 && gifts > 0 && likes > 0 && comments > 0);
    for sheet in ["Sessions", "Analytics", "Minutes", "Gifts"] {
        assert_eq!(sum(&column(&mut book, sheet, "Diamonds")), diamonds, "{sheet}");
        assert_eq!(sum(&column(&mut book, sheet, "Gifts")), gifts, "{sheet}");
    }
    assert!(of_people > 0 && of_people <= diamonds);
    for sheet in ["Contributions", "Global leaderboard"] {
        assert_eq!(sum(&column(&mut book, sheet, "Diamonds")), of_people, "{sheet}");
        assert_eq!(sum(&column(&mut book, sheet, "Gifts")), gifts_of_people, "{sheet}");
    }
    for sheet in ["Sessions", "Analytics", "Minutes"] {
        assert_eq!(sum(&column(&mut book, sheet, "Likes")), likes, "{sheet}");
        assert_eq!(sum(&column(&mut book, sheet, "Comments")), comments, "{sheet}");
    }
    for (table, member, total) in [
        ("sessions", "/diamonds/total", diamonds),
        ("intervals", "/diamonds", diamonds),
        ("minutes", "/diamonds", diamonds),
        ("gifts", "/diamonds", diamonds),
        ("contributions", "/diamonds", of_people),
        ("leaderboard", "/diamonds", of_people),
    ] {
        assert_eq!(json_sum(&json, table, member), total, "{table}");
    }
    assert_eq!(json["export"]["diamonds"]["total"], diamonds);
    let summary = book.worksheet_range("Summary").expect("the first sheet");
    let fact = |name: &str| {
        let mut rows = summary.rows();
        rows.find(|row| row[0] == Data::String(name.to_owned())).expect("a fact")[1].clone()
    };
    assert_eq!(book.sheet_names()[0], "Summary");
    assert_eq!((fact("Diamonds"), fact("Likes")), (Data::Float(diamonds as f64), Data::Float(likes as f64)));
    assert_eq!(fact("Time zone"), Data::String("Asia/Jakarta".to_owned()));
}

#[tokio::test]
async fn ranks_and_names_are_those_of_the_leaderboard() {
    let recorded = recorded().await;
    let (_, json) = recorded.json(&request()).await;
    for id in &recorded.sessions {
        let gifters = recorded.store.gifters(*id, usize::MAX).await.expect("read");
        let rows = json["contributions"].as_array().expect("rows").iter();
        let rows: Vec<_> = rows.filter(|row| row["session_id"] == id.to_string()).collect();
        assert_eq!(rows.len(), gifters.len());
        for (row, gifter) in rows.iter().zip(&gifters) {
            assert_eq!(row["user_id"], gifter.total.user.to_string());
            assert_eq!(row["nickname"].as_str().unwrap_or_default(), gifter.nickname);
            assert_eq!(row["diamonds"], gifter.total.diamonds);
            assert_eq!(row["gift_types"], gifter.total.gift_types);
            assert_eq!(row["biggest_gift"].as_str().unwrap_or_default(), gifter.biggest_gift_name);
            let better = gifters.iter().filter(|other| other.total.diamonds > gifter.total.diamonds).count();
            assert_eq!(row["rank"], better + 1, "ties share a rank");
        }
    }
}

#[tokio::test]
async fn no_name_is_ever_a_formula() {
    let recorded = recorded().await;
    recorded.add_hostile_givers().await;
    let mut book = recorded.workbook(&request()).await;
    let names: BTreeSet<String> =
        column(&mut book, "Contributions", "Name").into_iter().map(|name| name.to_string()).collect();
    for hostile in &HOSTILE[..6] {
        // A carriage return is a line's end to whoever reads XML.
        let text = hostile.replace("\r\n", "\n");
        assert!(names.contains(&text) || names.contains(*hostile), "{hostile:?} is kept as text");
    }
    assert!(names.contains("a\u{fffd}b\u{fffd}c"), "what XML cannot hold is visible");
    assert!(names.contains(HOSTILE[7]) && names.contains(HOSTILE[8]));
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).expect("a sheet");
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{sheet} has a formula");
    }

    let one = Request {
        format: Format::Csv(Separator::Comma),
        sections: vec![Section::Contributions],
        ..request()
    };
    let csv = std::fs::read_to_string(recorded.write("one.csv", &one).await).expect("UTF-8");
    assert!(csv.starts_with("\u{feff}Session,Creator,Rank,"), "{}", &csv[..80]);
    for fields in csv_rows(&csv, ',') {
        let starts = |field: &String| {
            field.trim_start().starts_with(['=', '+', '-', '@']) || field.starts_with(char::is_control)
        };
        assert!(!fields.iter().any(starts), "{fields:?}");
    }
    let rows = csv_rows(&csv, ',');
    let kept = |name: &str| rows.iter().any(|row| row.contains(&name.to_owned()));
    assert!(HOSTILE[..6].iter().all(|name| kept(&format!("'{name}"))) && kept(HOSTILE[7]));
    let (_, json) = recorded.json(&request()).await;
    let rows = json["contributions"].as_array().expect("rows");
    assert!(
        HOSTILE.iter().all(|name| rows.iter().any(|row| row["nickname"] == *name)),
        "JSON needs no guard"
    );
}

/// Reads CSV as RFC 4180 has it.
fn csv_rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c if c == separator && !quoted => row.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    let width = rows.first().map_or(0, Vec::len);
    assert!(
        rows.iter().all(|row: &Vec<String>| row.len() == width),
        "every row has a field for each heading"
    );
    rows
}

#[tokio::test]
async fn a_text_that_no_cell_holds_is_cut_with_a_mark() {
    let recorded = recorded().await;
    let notes = "é😀".repeat(20_000);
    recorded.store.set_session_notes(recorded.sessions[1], &notes).await.expect("stored");
    let mut book = recorded.workbook(&request()).await;
    let cell = column(&mut book, "Sessions", "Notes")[1].to_string();
    assert!(
        cell.ends_with("[…]") && cell.encode_utf16().count() <= 32_767,
        "{} units",
        cell.encode_utf16().count()
    );
    let (_, json) = recorded.json(&request()).await;
    assert_eq!(json["sessions"][1]["notes"], notes, "JSON has no such limit");
}

#[tokio::test]
async fn a_sheet_that_is_full_continues_on_another_with_its_heading() {
    let recorded = recorded().await;
    let path = recorded.folder.path().join("small.xlsx");
    let cancel = CancellationToken::new();
    let whole = {
        let mut book = recorded.workbook(&request()).await;
        column(&mut book, "Contributions", "User id")
    };
    let written = write_limited(&recorded.store, &request(), &path, Box::new(|_| {}), &cancel, 20).await;
    written.expect("written");
    let mut book: Xlsx<_> = open_workbook(&path).expect("a workbook");
    let names = book.sheet_names();
    let first = names.iter().position(|name| name == "Contributions").expect("there");
    assert_eq!(names[first + 1], "Contributions 2", "{names:?}");
    assert_eq!(book.worksheet_range("Contributions").expect("a sheet").height(), 20);
    assert_eq!(column(&mut book, "Contributions", "User id"), whole, "nothing is lost or twice");
}

#[tokio::test]
async fn a_stopped_export_leaves_nothing_and_changes_nothing() {
    let recorded = recorded().await;
    let path = recorded.path("kept.xlsx");
    std::fs::create_dir_all(recorded.path("")).expect("a folder");
    std::fs::write(&path, "an older file").expect("written");
    for format in [Format::Xlsx, Format::Csv(Separator::Comma), Format::Json] {
        let request = Request { format, ..request() };
        let stopped = CancellationToken::new();
        stopped.cancel();
        let later = CancellationToken::new();
        let stop = later.clone();
        for cancel in [stopped, later] {
            let stop = stop.clone();
            let wrote = write(&recorded.store, &request, &path, move |_| stop.cancel(), &cancel).await;
            assert!(matches!(wrote, Err(ExportError::Cancelled)), "{format:?}: {wrote:?}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(recorded.path("")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "an older file");
}

#[tokio::test]
async fn hidden_names_are_numbers_that_stay_throughout_the_file() {
    let recorded = recorded().await;
    let (open, before) = recorded.json(&request()).await;
    let (text, hidden) = recorded.json(&Request { hide_names: true, ..request() }).await;
    for (index, row) in before["contributions"].as_array().expect("rows").iter().enumerate() {
        let id = row["user_id"].as_str().expect("an id");
        assert!(open.contains(id) && !text.contains(id), "{id} is hidden");
        let handle = row["display_id"].as_str().unwrap_or_default();
        assert!(handle.len() < 4 || !text.contains(&format!("\"{handle}\"")), "{handle} is hidden");
        let now = &hidden["contributions"][index];
        assert!(now["nickname"].as_str().expect("a number").starts_with("Fan #"), "{now}");
        assert_eq!(now["diamonds"], row["diamonds"], "the order is the same");
    }
    // Whoever gave in several sessions, and leads the board, has one number.
    let leader = &before["leaderboard"][0];
    let same = before["contributions"].as_array().expect("rows").iter();
    let places = same.enumerate().filter(|(_, row)| row["user_id"] == leader["user_id"]);
    for (place, _) in places {
        assert_eq!(hidden["contributions"][place]["nickname"], hidden["leaderboard"][0]["nickname"]);
    }
}

#[tokio::test]
async fn without_money_no_diamond_is_in_the_file() {
    let recorded = recorded().await;
    let gifts = DriverAnswer {
        per_unit: Some(Range { estimate: 0.123_456_7, low: 0.1, high: 0.2 }),
        ..DriverAnswer::empty(Driver::Gifts)
    };
    let mut drivers = Driver::ALL.map(DriverAnswer::empty);
    drivers[Driver::Gifts.index()] = gifts;
    let ended = recorded.store.session(recorded.sessions[0]).await.expect("read").expect("there").ended_at;
    let answer = Answer {
        at: ended.expect("ended"),
        basis: Basis::default(),
        drivers,
        windows: Vec::new(),
        slopes: Vec::new(),
    };
    recorded.store.keep_answer(recorded.sessions[0], &answer).await.expect("kept");
    let (with, _) = recorded.json(&request()).await;
    let (text, json) = recorded.json(&Request { money: false, ..request() }).await;
    assert!(with.contains("0.1234567") && !text.contains("0.1234567"), "viewers per diamond");
    let members = text.split('"').skip(1).step_by(2);
    let money: BTreeSet<&str> =
        members.filter(|name| name.contains("diamond") && !name.contains(' ')).collect();
    assert!(money.is_empty(), "{money:?}");
    assert!(with.contains("diamond_usd") && !text.contains("_usd") && !text.contains("_idr"));
    assert!(json["sessions"][0]["value_rate"].is_null() && json["gifts"][0]["value_source"].is_null());
    let mut book = recorded.workbook(&Request { money: false, ..request() }).await;
    for sheet in book.sheet_names() {
        let headings = book.worksheet_range(&sheet).expect("a sheet").headers().unwrap_or_default();
        assert!(!headings.iter().any(|heading| heading.contains("iamond")), "{sheet}: {headings:?}");
    }
}

#[tokio::test]
async fn the_summary_says_at_which_rates_money_was_estimated() {
    let recorded = recorded().await;
    let rates = Rates {
        diamond_microdollars: 4000,
        rupiah_per_dollar: Some(16_350),
        rupiah_on: "2026-11-20".parse().ok(),
    };
    let (_, json) = recorded.json(&request()).await;
    let diamonds = json["export"]["diamonds"]["to_host"].as_f64().expect("a number");
    let usd = json["export"]["money"]["estimated_usd"].as_f64().expect("a number");
    assert!(diamonds > 0.0 && (usd / (diamonds * 0.005) - 1.0).abs() < 0.005, "{usd} for {diamonds}");
    let (_, json) = recorded.json(&Request { rates: Some(rates), ..request() }).await;
    let money = &json["export"]["money"];
    assert_eq!(
        (&money["diamond_usd"], &money["idr_per_usd"], &money["idr_date"], &money["estimated_usd"]),
        (&0.004.into(), &16_350.into(), &"2026-11-20".into(), &Value::Null)
    );
    let idr = money["estimated_idr"].as_f64().expect("a number");
    assert!((idr / (diamonds * 0.004 * 16_350.0) - 1.0).abs() < 0.005, "{idr} for {diamonds}");
}

#[tokio::test]
async fn a_gap_is_empty_and_never_a_zero() {
    let recorded = recorded().await;
    let session = recorded.store.session(recorded.sessions[2]).await.expect("read").expect("there");
    let from = session.start.recorded_from;
    let (gap_from, gap_to) = (from.floor_to(60_000) + 60_000, from.floor_to(60_000) + 120_000);
    let gap = Gap { from: gap_from, to: Some(gap_to), cause: GapCause::Asleep };
    let batch = Batch {
        session: session.id,
        counted_to: session.counted_to,
        totals: session.totals,
        gaps: vec![gap],
        ..Batch::default()
    };
    recorded.store.append(batch).await.expect("stored");
    let (_, json) = recorded.json(&request()).await;
    let minutes = json["minutes"].as_array().expect("rows");
    let of_session: Vec<_> =
        minutes.iter().filter(|row| row["session_id"] == session.id.to_string()).collect();
    assert_eq!((&of_session[1]["likes"], &of_session[1]["coverage"]), (&Value::Null, &0.0.into()));
    assert!(of_session[0]["likes"].is_number() && of_session[2]["likes"].is_number());
    assert_eq!(json["gaps"][0]["reason"], "asleep");
    let mut book = recorded.workbook(&request()).await;
    assert_eq!(column(&mut book, "Gaps", "Reason"), [Data::String("this computer slept".to_owned())]);
}

#[tokio::test]
async fn a_battle_has_viewers_and_diamonds_before_and_during_it_as_its_page_does() {
    let recorded = recorded().await;
    let session = recorded.store.session(recorded.sessions[2]).await.expect("read").expect("there");
    let from = session.start.recorded_from + 60_000;
    let side = BattleSideFacts { host: UserId(1), score: 7, ..BattleSideFacts::default() };
    let battle =
        BattleFacts { id: BattleId(5), started_at: from, ended_at: Some(from + 60_000), sides: vec![side] };
    let batch = Batch {
        session: session.id,
        counted_to: session.counted_to,
        totals: session.totals,
        battles: vec![battle],
        ..Batch::default()
    };
    recorded.store.append(batch).await.expect("stored");
    let bins = recorded.store.series(session.id, Stamp(0), Stamp(i64::MAX)).await.expect("read");
    let (before, during) = before_and_during(&bins, from, from + 60_000).expect("viewers are known");
    let the_battle = |json: &Value| -> Value {
        let rows = json["battles"].as_array().expect("rows");
        rows.iter().find(|row| row["battle_id"] == "5").expect("it is there").clone()
    };
    let (_, json) = recorded.json(&request()).await;
    let row = the_battle(&json);
    for (member, figure) in [
        ("viewers_before", before.viewers),
        ("viewers_during", during.viewers),
        ("diamonds_per_min_before", before.diamonds_per_min),
        ("diamonds_per_min_during", during.diamonds_per_min),
    ] {
        let shown = row[member].as_f64().unwrap_or_else(|| panic!("no {member} in {row}"));
        assert!((shown - figure).abs() < 0.01, "{member}: {shown} is not {figure}");
    }
    assert!(during.diamonds_per_min > 0.0, "somebody gave meanwhile");
    let (_, json) = recorded.json(&Request { money: false, ..request() }).await;
    assert!(the_battle(&json)["viewers_before"].is_number());
    assert_eq!(the_battle(&json).get("diamonds_per_min_before"), None);
}

#[tokio::test]
async fn indonesian_files_open_in_indonesian_spreadsheets() {
    let recorded = recorded().await;
    let indonesian = Request { lang: Lang::Id, format: Format::Csv(Separator::usual(Lang::Id)), ..request() };
    let mut archive = zip::ZipArchive::new(
        std::fs::File::open(recorded.write("all.zip", &indonesian).await).expect("a file"),
    )
    .expect("an archive");
    assert_eq!(archive.len(), Section::ALL.len() + 1, "a file for each table, and the summary");
    let mut csv = String::new();
    archive.by_name("sessions.csv").expect("there").read_to_string(&mut csv).expect("UTF-8");
    let rows = csv_rows(&csv, ';');
    assert_eq!(&rows[0][..4], ["Sesi", "Kreator", "Keadaan", "Direkam sejak (Asia/Jakarta)"]);
    let average = rows[0].iter().position(|heading| heading == "Rata-rata penonton").expect("a column");
    assert!(rows[1][average].contains(',') && !rows[1][average].contains('.'), "{}", rows[1][average]);
    assert_eq!((rows[1][3].as_str(), rows[1][4].as_str()), ("2026-11-22 10:00:00", "2026-11-22 03:00:00"));
}

#[tokio::test]
async fn times_are_real_times_in_the_zone_and_in_utc() {
    let recorded = recorded().await;
    let mut book = recorded.workbook(&request()).await;
    let time = |cells: &[Data]| {
        let at = calamine::DataType::as_datetime(&cells[0]).expect("a time");
        at.and_utc().timestamp_millis()
    };
    let local = column(&mut book, "Sessions", "Recorded from (Asia/Jakarta)");
    let utc = column(&mut book, "Sessions", "Recorded from (UTC)");
    assert!(matches!(local[0], Data::DateTime(_)), "{:?}", local[0]);
    assert_eq!(time(&utc), MORNING.0);
    assert_eq!(time(&local), MORNING.0 + 7 * HOUR_MS);
}

#[tokio::test]
async fn an_estimate_is_about_what_is_written() {
    let recorded = recorded().await;
    for format in [Format::Xlsx, Format::Csv(Separator::Comma), Format::Json] {
        let request = Request { format, ..request() };
        // What was not explained before is explained while it is written.
        recorded.write("first", &request).await;
        let told = estimate(&recorded.store, &request).await.expect("told");
        let cancel = CancellationToken::new();
        let path = recorded.path("second");
        let (news, heard) = std::sync::mpsc::channel();
        let progress = move |progress| news.send(progress).expect("heard");
        let written = write(&recorded.store, &request, &path, progress, &cancel).await.expect("written");
        assert_eq!(told.sessions, 3);
        assert!(told.rows.abs_diff(written.rows) <= 5, "{told:?} {written:?}");
        assert!((0.4..2.5).contains(&(told.bytes as f64 / written.bytes as f64)), "{told:?} {written:?}");
        assert!(heard.try_iter().all(|news: super::Progress| (0.0..=1.0).contains(&news.share)));
    }
}

#[tokio::test]
async fn a_session_that_is_not_there_is_said() {
    let recorded = recorded().await;
    let request = Request { scope: Scope::Session(SessionId(77)), ..request() };
    let cancel = CancellationToken::new();
    let wrote =
        write(&recorded.store, &request, &recorded.folder.path().join("no.xlsx"), |_| {}, &cancel).await;
    assert!(matches!(wrote, Err(ExportError::NoSession(SessionId(77)))), "{wrote:?}");
}
