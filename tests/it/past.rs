//! The past at a glance and two sessions beside each other: every number is that of the API.

use crate::served::Served;
use pasut::domain::handle::Handle;
use pasut::domain::ids::{RoomId, SessionId, UserId};
use pasut::domain::record::Batch;
use pasut::domain::remark::Tag;
use pasut::domain::session::{Gap, GapCause, Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::{
    Bin, BinViewers, Counts, IntervalRow, PersonActivity, SessionTotals, ViewerTotals,
};
use serde_json::Value;

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// 2025-11-20T12:00:00Z: a Thursday evening, 19:00 in Jakarta, two days before the server's clock.
const THURSDAY: Stamp = Stamp(1_763_640_000_000);

struct Evening {
    from: Stamp,
    minutes: i64,
    viewers: i64,
    diamonds: i64,
    follows: i64,
    continues: Option<SessionId>,
    notes: &'static str,
}

/// A plain evening of an hour, so many days before Thursday.
fn evening(days_before: i64, viewers: i64) -> Evening {
    Evening {
        from: THURSDAY - days_before * DAY_MS,
        minutes: 60,
        viewers,
        diamonds: viewers * 2,
        follows: 3,
        continues: None,
        notes: "",
    }
}

/// Records an evening of mira that lost its connection for its last ten minutes.
async fn record(served: &Served, of: &Evening) -> SessionId {
    let start = SessionStart {
        creator: Handle::parse("mira").expect("valid"),
        room: RoomId(of.from.0),
        host: None,
        title: String::new(),
        live_since: None,
        recorded_from: of.from,
        continues: of.continues,
        origin: Origin::Live,
    };
    let id = served.store.begin_session(&start).await.expect("begun");
    let seen_ms = (of.minutes - 10) * MINUTE_MS;
    let viewers = |known_ms: i64| BinViewers {
        last: Some(of.viewers),
        min: of.viewers,
        max: of.viewers,
        viewer_ms: of.viewers * known_ms,
        known_ms,
    };
    let bins = (0..seen_ms / 10_000).map(|i| Bin {
        from: of.from + i * 10_000,
        viewers: viewers(10_000),
        ..Bin::default()
    });
    let rows = (0..seen_ms / 300_000).map(|i| IntervalRow {
        from: of.from + i * 300_000,
        length_ms: 300_000,
        viewers: viewers(300_000),
        counts: Counts { diamonds: of.diamonds * 300_000 / seen_ms, ..Counts::default() },
        viewer_change: None,
        activity_score: None,
        top_gifter: None,
    });
    let person = |user, comments| PersonActivity {
        user: UserId(user),
        display_id: format!("user{user}"),
        comments,
        joins: 1,
        first_at: of.from,
        last_at: of.from,
        ..PersonActivity::default()
    };
    let totals = SessionTotals {
        gift_units: 1,
        diamonds: of.diamonds + 1,
        diamonds_to_creator: of.diamonds,
        diamonds_by_source: [of.diamonds + 1, 0, 0, 0, 0],
        follows: of.follows,
        people: 4,
        unique_gifters: 1,
        viewers: ViewerTotals {
            peak: Some(of.viewers),
            peak_at: Some(of.from),
            viewer_ms: of.viewers * seen_ms,
            known_ms: seen_ms,
            ..ViewerTotals::default()
        },
        ..SessionTotals::default()
    };
    let batch = Batch {
        session: id,
        totals,
        bins: bins.collect(),
        rows: rows.collect(),
        gaps: vec![Gap { from: of.from + seen_ms, to: None, cause: GapCause::Disconnected }],
        people: vec![person(1, 2), person(2, 0), person(3, 0), person(4, 1)],
        ..Batch::default()
    };
    served.store.append(batch).await.expect("written");
    served.store.finish_session(id, of.from + of.minutes * MINUTE_MS).await.expect("finished");
    if !of.notes.is_empty() {
        served.store.set_session_notes(id, of.notes).await.expect("noted");
    }
    id
}

/// What can be read, with every run of spaces as one.
async fn readable(served: &Served, path: &str) -> String {
    let answer = served.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {} {}", answer.head, answer.body);
    let main = answer.body.split_once("<main").map_or("", |(_, main)| main).to_owned();
    let texts = main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address that an address leads to.
async fn leads_to(served: &Served, path: &str) -> String {
    let answer = served.get(path).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.body);
    answer.header("location").expect("an address").to_owned()
}

fn sum(sessions: &Value, of: impl Fn(&Value) -> f64) -> f64 {
    sessions["sessions"].as_array().expect("a list").iter().map(of).sum()
}

#[tokio::test]
async fn the_sums_are_those_of_the_sessions_and_of_as_many_days_before() {
    let served = Served::start().await;
    for (days_before, viewers) in [(0, 120), (1, 60), (7, 300), (40, 90), (45, 30)] {
        record(&served, &evening(days_before, viewers)).await;
    }
    let first = record(&served, &Evening { minutes: 30, ..evening(10, 80) }).await;
    let from = THURSDAY - 10 * DAY_MS + 35 * MINUTE_MS;
    record(&served, &Evening { from, continues: Some(first), ..evening(10, 40) }).await;

    // In Jakarta the last thirty days begin on 24 October, at 17:00 UTC of the day before.
    let (from, to) = ("2025-10-23T17:00:00Z", "2025-11-22T17:00:00Z");
    let sessions = served.json(&format!("/api/v1/sessions?from={from}&to={to}")).await;
    let number = |path: &'static str| {
        move |session: &Value| session.pointer(path).and_then(Value::as_f64).expect(path)
    };
    let diamonds = sum(&sessions, number("/diamonds/to_host"));
    let follows = sum(&sessions, number("/follows"));
    let viewer_hours = sum(&sessions, number("/viewers/viewer_hours"));
    let connected_hours = sum(&sessions, |session| {
        number("/viewers/viewer_hours")(session) / number("/viewers/average")(session)
    });
    assert_eq!((sessions["total"].as_i64(), diamonds, follows), (Some(5), 1_200.0, 15.0));

    let page = readable(&served, "/sessions").await;
    assert!(page.contains("24 Oct 2025 to 22 Nov 2025 WIB, against 24 Sep 2025 to 23 Oct 2025."), "{page}");
    assert!(page.contains("Sessions 4 4h 30m ▲ +100% before: 2, 2h 00m (24 Sep to 23 Oct)"), "{page}");
    let average = (viewer_hours / connected_hours).round();
    assert!(page.contains(&format!("Average viewers {average} ▲ ")), "{average}: {page}");
    assert!(page.contains("before: 60 (24 Sep to 23 Oct)"), "{page}");
    assert!(page.contains("diamonds 1,200 ◆ Estimated ≈ US$6 ▲ +400%"), "{page}");
    assert!(page.contains("Follows 15 ▲ +150% before: 6"), "{page}");
    assert!(
        page.contains("Too early to say: 4 sessions in these days, 2 in as many days before (30)."),
        "{page}"
    );
    assert!(page.contains("6 sessions Compare two"), "the list is not limited to those days: {page}");
    assert!(page.contains("Continues 19:00"), "a continued session is one row: {page}");

    let week = readable(&served, "/sessions?from=2025-11-13&to=2025-11-20").await;
    assert!(week.contains("Sessions 3 3h 00m ▲ +200% before: 1, 1h 30m (5 Nov to 12 Nov)"), "{week}");
}

#[tokio::test]
async fn an_hour_of_the_week_shows_the_average_of_its_sessions() {
    let served = Served::start().await;
    for (days_before, viewers) in [(0, 120), (7, 300), (1, 50)] {
        record(&served, &evening(days_before, viewers)).await;
    }
    let page = served.get("/sessions").await.body;
    assert!(page.contains("<title>Thu 19:00, average 210 viewers, 2 sessions</title>"), "{page}");
    assert!(page.contains("<title>Wed 19:00, only 1 session</title>"), "{page}");
    assert!(!page.contains("<title>Fri"), "hours without a session are one shape: {page}");
    // 240 and 600 diamonds over 100 and 250 viewer-hours.
    let page = served.get("/sessions?heat=value").await.body;
    assert!(page.contains("<title>Thu 19:00, 2.4 diamonds per viewer-hour, 2 sessions</title>"), "{page}");
    assert!(page.contains("href=\"/best-times.png?heat=value\""), "{page}");
    let saved = served.get("/best-times.csv?heat=value").await.body;
    assert!(saved.contains("\r\nThu,19,2.4,2\r\n") && saved.contains("\r\nWed,19,,1\r\n"), "{saved}");
    let picture = served.get("/best-times.png").await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert_eq!(served.get("/best-times.png?from=2020-01-01&to=2020-01-02").await.status, 404);
}

#[tokio::test]
async fn the_list_is_sorted_and_filtered_by_its_address() {
    let served = Served::start().await;
    assert!(readable(&served, "/sessions").await.contains("No sessions yet."));
    let small = record(&served, &Evening { notes: "Main bareng Raka", ..evening(2, 10) }).await;
    let large = record(&served, &evening(5, 900)).await;
    let middle = record(&served, &Evening { diamonds: 0, ..evening(9, 300) }).await;
    let order = |page: &str| -> Vec<String> {
        page.split("<tr id=\"s-").skip(1).filter_map(|row| row.split('"').next()).map(str::to_owned).collect()
    };
    let ids = |ids: &[SessionId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (path, expected) in [
        ("/sessions", &[small, large, middle][..]),
        ("/sessions?sort=start", &[middle, large, small]),
        ("/sessions?sort=-peak", &[large, middle, small]),
        ("/sessions?sort=average", &[small, middle, large]),
        ("/sessions?q=RAKA", &[small]),
        ("/sessions?from=2025-11-12&to=2025-11-15", &[large]),
        ("/sessions?gaps=1&creator=mira&sort=-diamonds", &[large, small, middle]),
        ("/sessions?creator=nobody", &[]),
    ] {
        let page = served.get(path).await;
        assert_eq!((page.status, order(&page.body)), (200, ids(expected)), "{path}");
    }
    let sorted = served.get("/sessions?sort=-peak").await.body;
    let head = sorted.split("<th ").find(|head| head.contains("sort-peak")).expect("a head");
    assert!(
        head.contains("aria-sort=\"descending\"") && head.contains("href=\"/sessions?sort=peak\""),
        "{head}"
    );
    assert_eq!(leads_to(&served, "/sessions?creator=&q=&sort=-start&page=1").await, "/sessions");
    assert_eq!(leads_to(&served, "/sessions?q=raka&gifts=yes&sort=").await, "/sessions?q=raka");
}

#[tokio::test]
async fn two_sessions_beside_each_other_show_the_numbers_of_each() {
    let served = Served::start().await;
    let before = record(&served, &Evening { minutes: 90, ..evening(7, 300) }).await;
    let last = record(&served, &evening(0, 120)).await;
    let path = format!("/compare?a={last}&b={before}");
    for path in [path.clone(), format!("{path}&align=clock"), format!("{path}&interval=30m")] {
        let page = readable(&served, &path).await;
        let mut shown = Vec::new();
        for id in [last, before] {
            let session = served.json(&format!("/api/v1/sessions/{id}")).await;
            let viewers = &session["viewers"];
            shown.push(
                [viewers["average"].as_f64(), viewers["max"].as_f64(), viewers["viewer_hours"].as_f64()]
                    .map(|n| n.expect("a number")),
            );
            let share = format!("{:.1}%", session["coverage"].as_f64().expect("a number") * 100.0);
            assert!(page.contains(&share.replace(".0%", "%")), "{share}: {page}");
        }
        let [a, b] = [&shown[0], &shown[1]];
        assert!(page.contains(&format!("A {} B {} ▼ −180 −60%", a[0], b[0])), "{a:?} {b:?}: {page}");
        assert!(page.contains(&format!("A {} B {} ▼ −300 −75%", a[2], b[2])), "{a:?} {b:?}: {page}");
        assert!(page.contains("A 25% 1 of 4 people B 25% 1 of 4 people ● 0% "), "gifter conversion: {page}");
        assert!(page.contains("A 50% 2 of 4 people B 50% 2 of 4 people"), "engaged: {page}");
        assert!(page.contains("50m of 1h 00m") && page.contains("1h 20m of 1h 30m"), "recorded: {page}");
    }
    let page = readable(&served, &path).await;
    assert!(page.contains("0:00 120 300 −180 100% 100%"), "the table repeats the drawing: {page}");
    assert!(page.contains("0:55 – 300 – – 100%"), "what was not seen is no zero: {page}");
    assert!(page.contains("19:50 No data 10m"), "the gap is told: {page}");
    let csv = served.get(&path.replace("/compare", "/compare.csv")).await.body;
    assert!(csv.contains("\r\n0:00,120,300,1,1\r\n") && csv.contains("\r\n0:55,,300,,1\r\n"), "{csv}");
    let picture = served.get(&path.replace("/compare", "/compare.png")).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert_eq!(served.get("/compare.png?a=1&b=999").await.status, 404);
    assert!(
        page.contains("Previous session, Thu 13 Nov") && page.contains("Same weekday last week, Thu 13 Nov"),
        "{page}"
    );
}

#[tokio::test]
async fn ticked_sessions_become_a_and_b_and_any_other_number_is_asked_again() {
    let served = Served::start().await;
    assert!(readable(&served, "/compare").await.contains("Nothing to compare yet."));
    let older = record(&served, &evening(7, 300)).await;
    assert!(readable(&served, "/compare").await.contains("Two sessions are needed"));
    let newer = record(&served, &evening(0, 120)).await;
    let address = format!("/compare?a={newer}&b={older}");
    assert_eq!(leads_to(&served, &format!("/compare?s={older}&s={newer}")).await, address);
    assert_eq!(leads_to(&served, "/compare").await, address, "the newest and the one before");
    assert_eq!(leads_to(&served, &format!("/compare?a={newer}&b={newer}&interval=7m")).await, address);
    let third = record(&served, &evening(3, 50)).await;
    let three = readable(&served, &format!("/compare?s={older}&s={newer}&s={third}")).await;
    assert!(three.contains("Tick exactly two sessions to compare them; 3 were ticked."), "{three}");
    let one = readable(&served, &format!("/compare?s={older}")).await;
    assert!(one.contains("1 was ticked."), "{one}");
}

#[tokio::test]
async fn a_tag_narrows_the_list_and_its_sums() {
    let served = Served::start().await;
    let tagged = record(&served, &evening(2, 10)).await;
    record(&served, &evening(3, 20)).await;
    let pk = Tag::parse("PK malam").expect("a tag");
    served.store.set_session_tags(tagged, &[pk]).await.expect("kept");
    let page = readable(&served, "/sessions?tag=pk+malam").await;
    assert!(page.contains("1 session Start") || page.contains("1 session Sessions"), "{page}");
    assert!(page.contains("Sessions 1 1h 00m") && page.contains("Average viewers 10"), "{page}");
    assert_eq!(leads_to(&served, "/sessions?tag=%23PK++malam").await, "/sessions?tag=pk+malam");
    assert!(
        served.store.driver_levels(&[tagged]).await.expect("readable").is_empty(),
        "it was never answered"
    );
}
