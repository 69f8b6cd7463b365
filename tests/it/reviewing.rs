//! What the tabs of Review say, over HTTP, of sessions whose numbers are known.

use crate::served::{NOW, Served};
use pasut::domain::event::{Accounted, LiveEvent, Viewer, What};
use pasut::domain::handle::Handle;
use pasut::domain::ids::{BattleId, GiftId, RoomId, SessionId, UserId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::{
    BattleFacts, BattleSideFacts, Bin, BinViewers, Counts, GifterTotal, PersonActivity, SessionTotals,
    ViewerTotals,
};
use pasut::store::Store;
use serde_json::json;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";

fn person(user: i64, comments: i64, gift_units: i64) -> PersonActivity {
    PersonActivity {
        user: UserId(user),
        display_id: format!("user{user}"),
        comments,
        gift_units,
        joins: 1,
        ..PersonActivity::default()
    }
}

fn gifter(user: i64) -> GifterTotal {
    GifterTotal {
        user: UserId(user),
        units: 1,
        diamonds: 300,
        diamonds_to_creator: 300,
        gift_types: 1,
        biggest_diamonds: 300,
        biggest_gift: GiftId(1),
        first_gift_at: NOW,
        last_gift_at: NOW,
        estimated: false,
    }
}

async fn begun(store: &Store, room: i64, at: Stamp, batch: Batch) -> SessionId {
    let start = SessionStart {
        creator: Handle::parse("mira").expect("a handle"),
        room: RoomId(room),
        host: Some(UserId(900)),
        title: String::new(),
        live_since: None,
        recorded_from: at,
        continues: None,
        origin: Origin::Live,
    };
    let session = store.begin_session(&start).await.expect("begun");
    store.append(Batch { session, ..batch }).await.expect("written");
    store.finish_session(session, at + HOUR_MS).await.expect("finished");
    session
}

/// The `number`th question of a session that began at `at`.
fn question(number: u64, at: Stamp, text: &str) -> Accounted {
    let user = Some(Viewer { id: UserId(5), ..Viewer::default() });
    let what = What::Question { text: text.into() };
    let event = LiveEvent { created_at: None, user, what };
    Accounted { number, at: at + number as i64 * MINUTE_MS, msg_id: number as i64, event, added: None }
}

/// An hour of 60 viewers on average, a day after a session with two gifters who are both there again.
async fn two_evenings(store: &Store) -> SessionId {
    let earlier = vec![person(1, 0, 1), person(2, 0, 1), person(3, 1, 0)];
    let before = Batch { people: earlier, gifters: vec![gifter(1), gifter(2)], ..Batch::default() };
    begun(store, 1, NOW - 26 * HOUR_MS, before).await;
    let at = NOW - 2 * HOUR_MS;
    let asked = question(1, at, "<b>kapan PK?");
    let bin = |step: i64| {
        let viewers = if step < 12 { 100 } else { 150 };
        Bin {
            from: at + step * 10_000,
            viewers: BinViewers {
                last: Some(viewers),
                min: viewers,
                max: viewers,
                viewer_ms: viewers * 10_000,
                known_ms: 10_000,
            },
            counts: Counts { diamonds: 2, ..Counts::default() },
            likes_in_gap: 0,
        }
    };
    let side = |host: i64, score| BattleSideFacts {
        host: UserId(host),
        display_id: format!("host{host}"),
        score,
        ..BattleSideFacts::default()
    };
    let batch = Batch {
        events: vec![asked],
        bins: (0..24).map(bin).collect(),
        totals: SessionTotals {
            follows: 9,
            diamonds: 600,
            diamonds_to_creator: 600,
            unique_gifters: 1,
            people: 3,
            likes: 900,
            diamonds_by_source: [600, 0, 0, 0, 0],
            viewers: ViewerTotals {
                peak: Some(150),
                peak_at: Some(at + 2 * MINUTE_MS),
                total: 4_000,
                viewer_ms: 60 * HOUR_MS,
                known_ms: HOUR_MS,
                ..ViewerTotals::default()
            },
            ..SessionTotals::default()
        },
        people: vec![person(1, 0, 1), person(2, 0, 0), person(5, 7, 0)],
        gifters: vec![gifter(1)],
        battles: vec![BattleFacts {
            id: BattleId(4),
            started_at: at + 2 * MINUTE_MS,
            ended_at: Some(at + 4 * MINUTE_MS),
            sides: vec![side(900, 40), side(901, 70)],
        }],
        ..Batch::default()
    };
    begun(store, 2, at, batch).await
}

/// What can be read of a page, without its markup.
fn readable(body: &str) -> String {
    let text: String =
        body.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| format!("{text} "))).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn shown(served: &Served, path: &str) -> String {
    let page = served.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    readable(&page.body)
}

#[tokio::test]
async fn every_metric_is_there_with_its_meaning() {
    let served = Served::start().await;
    let id = two_evenings(&served.store).await;
    let page = shown(&served, &format!("/sessions/{id}")).await;
    for (name, value) in [
        ("Average viewers", "60"),
        ("Peak", "150"),
        ("Viewer-hours", "60"),
        ("Engaged viewers", "66.7% 2 of 3"),
        ("Follows per 1,000 viewer-minutes", "2.5 9 follows"),
        ("Gifter conversion", "33.3% 1 of 3"),
        ("Diamonds per viewer-hour", "10"),
        ("New · Returning", "1 · 2"),
        ("Gifters who came back", "100% 2 of 2 gifters of Fri 21 Nov"),
        ("Recorded", "100%"),
    ] {
        let after = page.split(&format!("{name} i ")).nth(1).unwrap_or_else(|| panic!("no {name} in {page}"));
        let (meaning, said) = after.split_at(after.find(". ").expect("a sentence says what it means") + 2);
        let rest = after.contains(&format!(". {value} "));
        assert!(rest && meaning.len() > 10, "{name} should be {value}, not {said:.80}");
    }
    assert!(page.contains("of the peak of 150 viewers were watching"), "{page}");
    let first =
        served.store.sessions(&Default::default(), 5).await.expect("readable").pop().expect("the first");
    let page = shown(&served, &format!("/sessions/{}?tab=people", first.id)).await;
    assert!(page.contains("– no earlier session within 30 days"), "new to whom? {page}");
}

#[tokio::test]
async fn a_battle_stands_beside_the_time_before_it() {
    let served = Served::start().await;
    let id = two_evenings(&served.store).await;
    let page = shown(&served, &format!("/sessions/{id}?tab=battles")).await;
    assert!(page.contains("@host900 40 @host901 70 lost 100 → 150 (+50%) 12 → 12 (0%)"), "{page}");
    assert!(page.contains("This shows what came before, not proof of cause."), "{page}");
    let timeline = shown(&served, &format!("/sessions/{id}")).await;
    assert!(timeline.contains("Battles 1"), "the tab says how many");
}

#[tokio::test]
async fn a_question_is_ticked_off_and_opened_again() {
    let served = Served::start().await;
    let id = two_evenings(&served.store).await;
    let people = format!("/sessions/{id}?tab=people");
    let page = served.get(&people).await.body;
    assert!(page.contains("&#60;b&#62;kapan PK?") && page.contains("1 unanswered"), "{page}");
    assert!(readable(&page).contains("user5 @user5 7"), "the most active commenter");
    for (answered, said) in [("yes", "all answered"), ("no", "1 unanswered")] {
        let path = format!("/sessions/{id}/questions/1");
        let ticked = served.change_with("POST", &path, FORM, &format!("answered={answered}")).await;
        assert_eq!((ticked.status, ticked.header("location")), (303, Some(&*format!("{people}#questions"))));
        assert!(shown(&served, &people).await.contains(said), "{answered}");
    }
    let path = format!("/sessions/{id}/questions/2");
    assert_eq!(served.change_with("POST", &path, FORM, "answered=yes").await.status, 404);
}

#[tokio::test]
async fn of_many_questions_the_first_are_shown_and_all_on_demand_where_a_tick_keeps_its_place() {
    let served = Served::start().await;
    let at = NOW - HOUR_MS;
    let events = (1..=13).map(|number| question(number, at, &format!("nomor {number}?"))).collect();
    let id = begun(&served.store, 1, at, Batch { events, ..Batch::default() }).await;
    let people = format!("/sessions/{id}?tab=people");
    let numbers = |page: &str| -> Vec<u64> {
        page.split("nomor ").skip(1).filter_map(|rest| rest.split('?').next()?.parse().ok()).collect()
    };
    let ticked =
        served.change_with("POST", &format!("/sessions/{id}/questions/2"), FORM, "answered=yes").await;
    assert_eq!(ticked.status, 303);
    let page = served.get(&people).await.body;
    assert_eq!(numbers(&page), [1, 3, 4, 5, 6, 7, 8, 9, 10, 11], "the open ones");
    let all = format!("{people}&questions=all");
    assert!(page.contains(&format!("href=\"{}#questions\">3 more questions<", all.replace('&', "&#38;"))));
    assert_eq!(numbers(&served.get(&all).await.body), Vec::from_iter(1..=13), "in their order");
    let path = format!("/sessions/{id}/questions/12");
    let ticked = served.change_with("POST", &path, FORM, "answered=yes&questions=all").await;
    assert_eq!(ticked.header("location"), Some(&*format!("{all}#question-12")));
}

#[tokio::test]
async fn tiktoks_own_figures_are_kept_and_compared() {
    let served = Served::start().await;
    let id = two_evenings(&served.store).await;
    let path = format!("/sessions/{id}/tiktok");
    let saved = served.change_with("POST", &path, FORM, "diamonds=1.200&likes=&viewers_total=5,000").await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = shown(&served, &format!("/sessions/{id}?tab=quality")).await;
    for row in ["Diamonds for the creator 600 50%", "Likes 900 –", "Viewers in total 4,000 80%"] {
        assert!(page.contains(row), "{row} in {page}");
    }
    let refused = served.change_with("POST", &path, FORM, "diamonds=many").await;
    assert_eq!(refused.status, 400);
    let kept = served.store.remarks(id).await.expect("readable").expect("a session").tiktok;
    assert_eq!((kept.diamonds, kept.likes, kept.viewers_total), (Some(1_200), None, Some(5_000)));
}

#[tokio::test]
async fn notes_and_tags_are_kept_by_page_and_by_program() {
    let served = Served::start().await;
    let id = two_evenings(&served.store).await;
    let api = format!("/api/v1/sessions/{id}/notes");
    let put = served.change("PUT", &api, r#"{"notes": " first\r\nsecond "}"#).await;
    assert_eq!(put.status, 200, "{}", put.body);
    let saved =
        served.change_with("POST", &format!("/sessions/{id}/notes"), FORM, "notes=%3Cb%3E+better").await;
    assert_eq!((saved.status, saved.header("location")), (303, Some(&*format!("/sessions/{id}?tab=notes"))));
    let path = format!("/api/v1/sessions/{id}/tags");
    assert_eq!(served.change("PUT", &path, r#"{"tags": ["PK", "pk", "Late"]}"#).await.status, 200);
    let kept = served.json(&api).await;
    let expected = json!({
        "session_id": id.to_string(), "notes": "<b> better", "earlier_notes": "first\nsecond",
        "tags": ["late", "pk"],
    });
    assert_eq!(kept, expected);
    let page = served.get(&format!("/sessions/{id}?tab=notes")).await.body;
    assert!(page.contains("&#60;b&#62; better</textarea>") && page.contains("late, pk"), "{page}");
    assert_eq!(served.change_with("POST", &format!("/sessions/{id}/notes/undo"), FORM, "").await.status, 303);
    assert_eq!(served.json(&api).await["notes"], "first\nsecond");
    for (method, path, body, status) in [
        ("PUT", api.as_str(), r#"{"note": ""}"#, 400),
        ("PUT", "/api/v1/sessions/77/notes", r#"{"notes": ""}"#, 404),
        ("PUT", "/api/v1/sessions/77/tags", r#"{"tags": []}"#, 404),
        ("GET", "/api/v1/sessions/77/notes", "", 404),
    ] {
        assert_eq!(served.change(method, path, body).await.status, status, "{method} {path}");
    }
    let foreign =
        served.change_with("PUT", &api, "Origin: http://evil.example\r\n", r#"{"notes": ""}"#).await;
    assert_eq!(foreign.status, 403);
}
