//! Sessions that a foreign connector feeds, through the API of the whole app.

use crate::captures::fixture;
use crate::served::{Answer, NOW, Served};
use crate::studio::{Studio, handle};
use bytes::Bytes;
use pasut::commands::replay::{self, Sink};
use pasut::domain::ids::{RoomId, SessionId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::reports::recount;
use pasut::store::Store;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Half an hour before the server's now.
const BEGIN: Stamp = Stamp(NOW.0 - 30 * 60_000);

fn at(ms: i64) -> String {
    let at = chrono::DateTime::from_timestamp_millis(BEGIN.0 + ms).expect("a time");
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn comment(id: i64, ms: i64) -> Value {
    json!({"event_id": id.to_string(), "t": at(ms), "kind": "comment", "text": "=1+1",
           "user": {"id": "7", "display_id": "ana", "nickname": "Ana"}})
}

fn gift(id: i64, ms: i64, members: &Value) -> Value {
    let mut gift = json!({"id": "5655", "name": "Rose", "diamond_count": 1});
    gift.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    json!({"event_id": id.to_string(), "t": at(ms), "kind": "gift", "gift": gift,
           "user": {"id": "7", "display_id": "ana", "nickname": "Ana"}})
}

fn lines(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

async fn begin(served: &Served) -> SessionId {
    let answer = served.change("POST", "/api/v1/sessions", r#"{"creator": "mira", "source": "push"}"#).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let session: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&session["origin"], &session["state"]), (&json!("push"), &json!("live")));
    session["session_id"].as_str().expect("an id").parse().expect("a number")
}

async fn push(served: &Served, session: SessionId, body: &str) -> Answer {
    served.change("POST", &format!("/api/v1/sessions/{session}/events"), body).await
}

async fn pushed(served: &Served, session: SessionId, events: &[Value]) -> Value {
    let answer = push(served, session, &lines(events)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

async fn end(served: &Served, session: SessionId) -> Value {
    let answer = served.change("POST", &format!("/api/v1/sessions/{session}/end"), "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// What a session came to, without what differs because it is another session.
pub async fn totals(served: &Served, session: SessionId) -> Value {
    let mut one = served.json(&format!("/api/v1/sessions/{session}")).await;
    let members = one.as_object_mut().expect("an object");
    for name in ["session_id", "origin", "creator", "room_id", "by_method", "messages", "continues", "title"]
    {
        members.remove(name);
    }
    // What says nothing of the LIVE is not told, and battles are told as one kind.
    members["events"].as_object_mut().expect("an object").retain(|kind, _| {
        !["member_other", "social_other", "other", "unknown", "battle", "battle_armies"]
            .contains(&kind.as_str())
    });
    let board = served.json(&format!("/api/v1/sessions/{session}/leaderboard?limit=500")).await;
    let series = served.json(&format!("/api/v1/sessions/{session}/intervals")).await;
    json!({"session": one, "board": board["gifters"], "intervals": series["intervals"]})
}

/// Totals without what hangs on when a session began and ended: one that is told begins with its first line and
/// ends with its last.
pub fn comparable(mut totals: Value) -> Value {
    for member in ["recorded_from", "ended_at", "duration_ms", "people", "viewers", "unpriced_units"] {
        totals["session"].as_object_mut().expect("an object").remove(member);
    }
    for row in totals["intervals"].as_array_mut().into_iter().flatten() {
        let row = row.as_object_mut().expect("an object");
        row.retain(|member, _| !member.contains("viewers") && member != "activity_score");
    }
    totals
}

pub async fn recounts(store: &Store, session: SessionId) {
    let stored = store.session(session).await.expect("readable").expect("stored");
    let recount = recount::recount(store, &stored).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_line_is_refused_with_its_place_and_the_rest_is_kept() {
    let served = Served::start().await;
    let session = begin(&served).await;
    let body = format!(
        "{}\nnonsense\n\n{}\n{}\n{}\n{}\n{}\n",
        comment(1, 0),
        json!({"event_id": "2", "kind": "wave"}),
        json!({"event_id": "3", "kind": "share", "creator": "budi"}),
        json!({"event_id": "4", "kind": "share", "session_id": "99"}),
        comment(1, 0),
        comment(5, 20_000),
    );
    let answer: Value = serde_json::from_str(&push(&served, session, &body).await.body).expect("JSON");
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(2), &json!(1)), "{answer}");
    let refused: Vec<_> = answer["refused"].as_array().expect("a list").iter().collect();
    let place = |refused: &&Value| refused["line"].as_i64().expect("a number");
    assert_eq!(refused.iter().map(place).collect::<Vec<_>>(), [2, 4, 5, 6]);
    assert_eq!(refused[1]["reason"], "is of the kind wave, which is not known");
    assert_eq!(refused[2]["reason"], "is of @budi; this session is of @mira");
    assert_eq!(answer["refused_in_all"], 4);

    let late = pushed(&served, session, &[comment(6, 9_000), comment(7, 10_500)]).await;
    assert_eq!(late["accepted"], 1, "ten seconds late is not too late");
    assert!(
        late["refused"][0]["reason"].as_str().expect("text").contains("lines may come 10 s late"),
        "{late}"
    );
    let ahead = json!({"event_id": "8", "kind": "share", "t": "2025-11-22T12:01:01Z"});
    let refused = pushed(&served, session, &[ahead]).await;
    assert!(
        refused["refused"][0]["reason"].as_str().expect("text").contains("ahead of the clock"),
        "{refused}"
    );

    let ended = end(&served, session).await;
    assert_eq!((&ended["state"], &ended["comments"]), (&json!("ended"), &json!(3)));
    assert_eq!((&ended["recorded_from"], &ended["ended_at"]), (&json!(at(0)), &json!(at(20_000))));
    end(&served, session).await;
    assert_eq!(push(&served, session, &lines(&[comment(9, 30_000)])).await.problem()["status"], 409);
    recounts(&served.store, session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gifts_are_counted_once_whether_their_teller_knows_streaks_or_not() {
    let served = Served::start().await;
    let session = begin(&served).await;
    let events = [
        // A streak in three ticks, one of them twice under two ids.
        gift(1, 0, &json!({"group_id": "99", "streakable": true, "repeat_count": 1, "repeat_end": false})),
        gift(2, 500, &json!({"group_id": "99", "streakable": true, "repeat_count": 4, "repeat_end": false})),
        gift(3, 600, &json!({"group_id": "99", "streakable": true, "repeat_count": 4, "repeat_end": false})),
        gift(4, 900, &json!({"group_id": "99", "streakable": true, "repeat_count": 6, "repeat_end": true})),
        // Two of three each by somebody who knows no streaks.
        gift(5, 1_000, &json!({"repeat_count": 3, "repeat_end": true})),
        gift(6, 1_100, &json!({"repeat_count": 3, "repeat_end": true})),
        gift(7, 1_200, &json!({"repeat_count": 3, "repeat_end": true, "streakable": true})),
        gift(8, 1_300, &json!({"repeat_count": 3, "repeat_end": true, "streakable": true})),
        // A streak without a group, and its end.
        gift(9, 1_400, &json!({"id": "5", "repeat_count": 1, "repeat_end": false})),
        gift(10, 1_500, &json!({"id": "5", "repeat_count": 2, "repeat_end": true})),
        // A gift without a price: the built-in list knows a rose.
        gift(11, 1_600, &json!({"id": "5655", "diamond_count": null, "repeat_count": 1})),
    ];
    let answer = pushed(&served, session, &events).await;
    assert_eq!((&answer["accepted"], &answer["refused_in_all"]), (&json!(11), &json!(0)));
    let one = served.json(&format!("/api/v1/sessions/{session}")).await;
    assert_eq!(one["gift_units"], 6 + 3 + 3 + 3 + 3 + 2 + 1);
    assert_eq!(one["diamonds"]["total"], 21);
    assert_eq!(one["diamonds"]["to_host"], 21, "a gift that names nobody is the creator's");
    recounts(&served.store, session).await;
}

/// A room with every kind that is counted, in order of time.
fn room() -> Vec<Value> {
    let mut events = Vec::new();
    for step in 0..40i64 {
        let (id, ms) = (step * 10, step * 700);
        events.push(json!({"event_id": id.to_string(), "t": at(ms), "kind": "like", "count": 3,
                           "total": 500 + step * 5, "user": {"id": (step % 5 + 1).to_string()}}));
        events.push(comment(id + 1, ms + 100));
        let tick = json!({"group_id": (step / 4 + 1).to_string(), "streakable": true,
                          "repeat_count": step % 4 + 1, "repeat_end": step % 4 == 3});
        events.push(gift(id + 2, ms + 200, &tick));
        events.push(json!({"event_id": (id + 3).to_string(), "t": at(ms + 300), "kind": "follow"}));
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_split_repetition_and_mild_disorder_counts_the_same(
        late in proptest::collection::vec(0i64..9_000, 160),
        repeats in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
        cuts in proptest::collection::vec(1usize..40, 8..30),
    ) {
        let mut arrivals: Vec<(i64, Value)> = room().into_iter().zip(&late).enumerate()
            .map(|(place, (event, late))| (place as i64 / 4 * 700 + late, event)).collect();
        for repeat in repeats {
            let (arrives, event) = arrivals[repeat.index(arrivals.len())].clone();
            arrivals.push((arrives + 1, event));
        }
        arrivals.sort_by_key(|(arrives, _)| *arrives);
        let mut events: Vec<Value> = arrivals.into_iter().map(|(_, event)| event).collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let (counted, expected) = runtime.block_on(async {
            let served = Served::start().await;
            let session = begin(&served).await;
            // Whoever is late at the very beginning finds a session that begins with the first line.
            pushed(&served, session, &[json!({"event_id": "first", "t": at(0), "kind": "share"})]).await;
            for cut in cuts {
                let rest = events.split_off(cut.min(events.len()));
                pushed(&served, session, &std::mem::replace(&mut events, rest)).await;
            }
            let answer = pushed(&served, session, &events).await;
            assert_eq!(answer["refused_in_all"], 0, "{answer}");
            end(&served, session).await;
            recounts(&served.store, session).await;
            let one = served.json(&format!("/api/v1/sessions/{session}")).await;
            let counted = [&one["comments"], &one["gift_units"], &one["diamonds"]["total"], &one["likes"]["total"],
                           &one["follows"], &one["unique_gifters"], &one["likes"]["max_reported_total"]]
                .map(|number| number.as_i64().expect("a number"));
            (counted, [40, 40, 40, 120, 40, 1, 695])
        });
        prop_assert_eq!(counted, expected);
    }
}

/// Takes a capture into a database as a session that began at `BEGIN`.
struct Into<'s>(&'s Store, SessionId, Stamp);

impl Sink for Into<'_> {
    async fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.2 = batch.counted_to;
        Ok(self.0.append(Batch { session: self.1, ..batch }).await?)
    }
}

pub async fn record(store: &Store, name: &str) -> SessionId {
    let capture = Bytes::from(fixture(&format!("{name}.cap")));
    let told = replay::what_the_capture_tells(&capture).expect("a capture");
    let start = SessionStart {
        creator: handle("mira"),
        room: RoomId(1),
        host: told.host,
        title: String::new(),
        live_since: None,
        recorded_from: BEGIN,
        continues: None,
        origin: Origin::Capture,
    };
    let session = store.begin_session(&start).await.expect("begun");
    let mut into = Into(store, session, BEGIN);
    replay::replay(&capture, replay::Given::default(), BEGIN, &mut into).await.expect("replayed");
    store.finish_session(session, into.2).await.expect("finished");
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_pasut_tells_another_counts_the_same() {
    let (one, other) = (Served::start().await, Served::start().await);
    for name in ["small", "streaks"] {
        let recorded = record(&one.store, name).await;
        let told = one.get(&format!("/api/v1/sessions/{recorded}/events?format=ndjson")).await.body;
        let told: Vec<Value> = told
            .lines()
            .map(|line| {
                let mut event: Value = serde_json::from_str(line).expect("JSON");
                let members = event.as_object_mut().expect("an object");
                members.remove("session_id");
                event
            })
            .collect();
        let session = begin(&other).await;
        for some in told.chunks(150) {
            let answer = pushed(&other, session, some).await;
            assert_eq!(
                (&answer["accepted"], &answer["refused_in_all"]),
                (&json!(some.len()), &json!(0)),
                "{answer}"
            );
        }
        end(&other, session).await;
        let (pushed, recorded) = (totals(&other, session).await, totals(&one, recorded).await);
        assert_eq!(comparable(pushed), comparable(recorded), "{name}");
        recounts(&other.store, session).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_session_stands_beside_our_own_and_survives_a_restart() {
    let (mut studio, _room) = Studio::live("budi").await;
    let ask = |studio: &Studio, path: &str, body: &str| {
        let address = studio.app().address;
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        async move { crate::served::ask(address, &request).await }
    };
    let recorded = ask(&studio, "/api/v1/sessions", r#"{"creator": "budi", "source": "push"}"#).await;
    assert_eq!(recorded.status, 409, "one running session of a creator: {}", recorded.body);

    let begun = ask(&studio, "/api/v1/sessions", r#"{"creator": "mira", "source": "push"}"#).await;
    let session: Value = serde_json::from_str(&begun.body).expect("JSON");
    let session: SessionId = session["session_id"].as_str().expect("an id").parse().expect("a number");
    let events = format!("/api/v1/sessions/{session}/events");
    let share = |id: i64| json!({"event_id": id.to_string(), "kind": "share"});
    let mut feed = studio.app().recorder.subscribe();
    let first = lines(&[share(1), share(2)]);
    assert_eq!(ask(&studio, &events, &first).await.status, 200);
    let heard = std::iter::from_fn(|| feed.try_recv().ok()).filter(|event| event.creator == handle("mira"));
    assert_eq!(heard.count(), 2, "whoever listens to the feed hears what is pushed");
    let shown = studio.until("mira", "live", |watch| watch.state.as_str() == "live").await;
    assert_eq!(shown.running().expect("it runs").totals.shares, 2);

    studio.stop_app().await;
    studio.start_app().await;
    let again = ask(&studio, "/api/v1/sessions", r#"{"creator": "mira", "source": "push"}"#).await;
    assert_eq!(again.status, 200, "the same session goes on: {}", again.body);
    let repeated = ask(&studio, &events, &lines(&[share(1), share(2), share(3)])).await;
    let answer: Value = serde_json::from_str(&repeated.body).expect("JSON");
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(1), &json!(2)), "{answer}");
    let gaps = studio.app().store.gaps(session).await.expect("readable");
    assert_eq!(gaps.len(), 1, "while Pasut was not running nothing was heard");
    assert!(gaps[0].to.is_some());

    assert_eq!(ask(&studio, &format!("/api/v1/sessions/{session}/end"), "").await.status, 200);
    let stored = studio.app().store.session(session).await.expect("readable").expect("stored");
    assert!(stored.ended_at.is_some() && stored.totals.shares == 3);
    recounts(&studio.app().store, session).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pusher_that_falls_silent_leaves_a_gap_and_then_an_end() {
    let setup = crate::studio::Setup { speed: 120.0, ..crate::studio::Setup::default() };
    let studio = Studio::with(setup).await;
    let new = pasut::recorder::supervisor::NewPush {
        creator: handle("mira"),
        host: None,
        room: None,
        title: String::new(),
    };
    let (session, is_new) = studio.app().recorder.begin_push(new).await.expect("begun");
    assert!(is_new);
    let line = pasut::imports::event_line::read(br#"{"event_id": "1", "kind": "share"}"#).expect("a line");
    let pushed = studio.app().recorder.push(session, vec![(1, line.told)], None).await.expect("taken");
    assert_eq!(pushed.accepted, 1);
    studio.until("mira", "in a gap", |watch| watch.state.as_str() == "reconnecting").await;
    let gap = studio.session("mira").gaps.first().expect("a gap").clone();
    assert_eq!(gap.cause.as_str(), "silent");
    let over = studio.until_stored(session, |stored| stored.ended_at.is_some()).await;
    assert_eq!(over.ended_at, Some(gap.from), "it ended where the last line was");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_at_once_is_told_when_to_try_again() {
    let served = Served::start().await;
    let session = begin(&served).await;
    let share = |id: i64| json!({"event_id": id.to_string(), "t": at(0), "kind": "share"});
    let many: Vec<Value> = (1..=9_900).map(share).collect();
    pushed(&served, session, &many).await;
    pushed(&served, session, &many).await;
    // The server's clock stands still.
    let refused = push(&served, session, &lines(&many)).await;
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert_eq!(refused.header("retry-after"), Some("5"), "{}", refused.head);
}
