//! Answers, markers and what is usual.

use super::*;
use crate::domain::answer::{
    Answer, Basis, Burst, Cause, DriverAnswer, Evidence, Level, Occasion, Range, Slope, Verdict, WindowAnswer,
};
use crate::domain::driver::Driver;
use crate::domain::marker::MarkerKind;
use crate::domain::totals::{IntervalMedians, UsualInterval};

/// An answer `minutes` after the start, with something in every member, where gifts have `level`.
fn answer(minutes: i64, level: Level) -> Answer {
    let at = START + minutes * 60_000;
    let range = Range { estimate: 0.1, low: 1.0 / 3.0, high: 2e-17 };
    let drivers = Driver::ALL.map(|driver| DriverAnswer {
        driver,
        verdict: if level.is_claim() { Verdict::Raises } else { Verdict::NoEvidence },
        level: if driver == Driver::Gifts { level } else { Level::None },
        shortage: None,
        p_value: Some(0.001),
        q_value: None,
        per_unit: Some(range),
        per_burst: None,
        lag_s: Some(62.5),
        bursts: 11,
        hits: 9,
        hits_by_chance: 3.25,
        moments: vec![Burst { from: START, to: at, units: 99.0, change: Some(12.0), hit: true }],
        evidence: Some(Evidence {
            lags: vec![0.125, -0.5],
            chance: 0.2,
            around: vec![vec![Some(0.1), None]],
            median: vec![None],
        }),
    });
    let occasion = Occasion { at: START + 5_000, units: 1, gift: Some(GiftId(9)) };
    let window = |from_s: i64, cause, occasion| WindowAnswer {
        from: START + from_s * 1000,
        to: START + from_s * 1000 + 120_000,
        viewers: 98,
        change: 38,
        cause,
        confidence: 0.7,
        occasion,
    };
    let slope = Slope {
        driver: Driver::Gifts,
        scale_s: 35,
        raises: 0.5,
        raises_se: 0.1,
        lowers: 0.0,
        lowers_se: 0.2,
        per_unit: 0.01,
        per_burst: 12.0,
        lag_s: 60.0,
    };
    Answer {
        at,
        basis: Basis { observed_ms: minutes * 60_000, joins: true, mean_viewers: 98.6, ..Basis::default() },
        drivers,
        windows: vec![
            window(10, Cause::Driver(Driver::Gifts), Some(occasion)),
            window(300, Cause::None, None),
            window(600, Cause::Glitch, None),
        ],
        slopes: vec![slope],
    }
}

/// The texts that a question of somebody's own gives, one column.
fn asked(folder: &TempDir, question: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let mut reader = connection::open_reader(&folder.path().join("pasut.db")).expect("a database");
    let rows: Vec<Row> = diesel::sql_query(question).load(&mut reader).expect(question);
    rows.into_iter().map(|row| row.text).collect()
}

#[tokio::test]
async fn an_answer_is_kept_as_it_was_given_through_a_restart() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let given = answer(30, Level::Likely);
    store.keep_answer(session, &given).await.expect("kept");
    drop(store);

    let store = open_store(&folder);
    assert_eq!(store.answer(session).await, Ok(Some(given)));
    assert_eq!(
        asked(
            &folder,
            "SELECT driver || ' ' || verdict || ' ' || level || ' ' || effect_per_unit || ' ' || lag_s \
             || ' ' || hits AS text FROM viewer_correlations WHERE driver = 'gifts'"
        ),
        ["gifts raises likely 0.1 62.5 9"]
    );
    assert_eq!(
        asked(
            &folder,
            "SELECT cause || viewer_change || coalesce(occasion_gift_id, '-') AS text FROM viewer_windows"
        ),
        ["gifts389", "none38-", "glitch38-"]
    );
}

#[tokio::test]
async fn history_has_every_change_of_the_claims_and_the_newest_answer() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let given = [
        (1, Level::Unclear),
        (20, Level::None),
        (25, Level::Weak),
        (30, Level::Likely),
        (35, Level::Likely),
        (40, Level::Likely),
        (45, Level::None),
    ];
    for (minutes, level) in given {
        store.keep_answer(session, &answer(minutes, level)).await.expect("kept");
    }
    let history = store.answer_history(session).await.expect("readable");
    let kept = [answer(1, Level::Unclear), answer(30, Level::Likely), answer(45, Level::None)];
    assert_eq!(history, kept, "what came between claimed nothing else");

    store.keep_answer(session, &answer(50, Level::Weak)).await.expect("kept");
    store.keep_answer(session, &answer(46, Level::Strong)).await.expect("too late to be kept");
    let history = store.answer_history(session).await.expect("readable");
    assert_eq!(history[..3], kept);
    assert_eq!(history[3..], [answer(50, Level::Weak)]);
    for (table, rows) in [("viewer_correlations", "20"), ("viewer_windows", "12"), ("answers", "4")] {
        assert_eq!(asked(&folder, &format!("SELECT count(*) || '' AS text FROM {table}")), [rows], "{table}");
    }
}

#[tokio::test]
async fn the_sessions_of_a_creator_come_oldest_first_with_their_newest_answers() {
    let (_folder, store) = new_store();
    let mut sessions = Vec::new();
    for room in 1..=4 {
        let began = SessionStart { recorded_from: START + room * 1000, ..start(room) };
        sessions.push(store.begin_session(&began).await.expect("a session"));
    }
    for minutes in [20, 30] {
        store.keep_answer(sessions[1], &answer(minutes, Level::Likely)).await.expect("kept");
    }
    let answers = store.answers_of(&mira(), START + 2000, START + 4000).await.expect("readable");
    let found: Vec<_> = answers.into_iter().map(|(session, answer)| (session.id, answer)).collect();
    assert_eq!(found, [(sessions[1], Some(answer(30, Level::Likely))), (sessions[2], None)]);
}

#[tokio::test]
async fn an_answer_or_a_marker_without_a_session_is_refused() {
    let (_folder, store) = new_store();
    assert!(store.keep_answer(SessionId(5), &answer(1, Level::None)).await.is_err());
    assert!(store.add_marker(SessionId(5), START, MarkerKind::Pk, "").await.is_err());
}

#[tokio::test]
async fn markers_stay_through_a_restart_until_they_are_removed() {
    let (folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let other = store.begin_session(&start(2)).await.expect("a session");
    let later = store.add_marker(session, START + 9, MarkerKind::Giveaway, "<b>50</b>").await.expect("added");
    let first = store.add_marker(session, START + 2, MarkerKind::AskedForLikes, "").await.expect("added");
    let elsewhere = store.add_marker(other, START + 5, MarkerKind::Pk, "").await.expect("added");
    drop(store);

    let store = open_store(&folder);
    assert_eq!(store.markers(session).await, Ok(vec![first.clone(), later.clone()]));
    let of = store.markers_of(&mira(), START + 2, START + 9).await;
    assert_eq!(of, Ok(vec![first.clone(), elsewhere.clone()]));
    assert_eq!(store.remove_marker(other, later.id).await, Ok(false), "it is another session's");
    assert_eq!(store.remove_marker(session, later.id).await, Ok(true));
    assert_eq!(store.remove_marker(session, later.id).await, Ok(false));
    let new = store.add_marker(session, START, MarkerKind::Other, "").await.expect("added");
    assert!(new.id > elsewhere.id, "a number is not given out twice");
    assert_eq!(store.delete_session(session).await, Ok(true));
    assert_eq!(store.markers_of(&mira(), START, START + 99).await, Ok(vec![elsewhere]));
}

#[tokio::test]
async fn usual_are_the_medians_of_sessions_that_lasted_through_the_interval() {
    const MINUTE_MS: i64 = 60_000;
    let (_folder, store) = new_store();
    // Began some minutes apart, so that their intervals lie differently in them.
    for (room, lasted_minutes, likes, viewers) in [
        (1, 30, 10, Some(100)),
        (2, 30, 20, Some(50)),
        (3, 30, 90, None),
        (4, 10, 70, Some(70)),
        (5, 40, 60, Some(90)),
    ] {
        let began = START.floor_to(5 * MINUTE_MS) + room * MINUTE_MS;
        let session = store
            .begin_session(&SessionStart { recorded_from: began, ..start(room) })
            .await
            .expect("a session");
        let row = |interval: i64| IntervalRow {
            from: START.floor_to(5 * MINUTE_MS) + interval * 5 * MINUTE_MS,
            length_ms: 5 * MINUTE_MS,
            viewers: BinViewers {
                last: viewers,
                viewer_ms: viewers.unwrap_or(0) * 1000,
                known_ms: viewers.map_or(0, |_| 1000),
                ..BinViewers::default()
            },
            counts: Counts { likes: likes + interval, ..Counts::default() },
            ..IntervalRow::default()
        };
        let rows = (0..lasted_minutes / 5 + 1).map(row).collect();
        store.append(Batch { session, rows, ..Batch::default() }).await.expect("written");
        if room != 5 {
            store.finish_session(session, began + lasted_minutes * MINUTE_MS).await.expect("finished");
        }
    }
    let usual = store.usual_interval(&mira(), 5 * MINUTE_MS, 10 * MINUTE_MS).await.expect("readable");
    let likes = IntervalMedians { likes: 17.0, ..IntervalMedians::default() };
    assert_eq!(usual, Some(UsualInterval { sessions: 2, viewers: 75.0, counts: likes }));
    for (length_ms, age_ms) in [(MINUTE_MS, 10 * MINUTE_MS), (5 * MINUTE_MS, 60 * MINUTE_MS)] {
        assert_eq!(store.usual_interval(&mira(), length_ms, age_ms).await, Ok(None));
    }
}
