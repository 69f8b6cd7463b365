//! What the page says in each of its states.

use super::*;
use crate::domain::answer::{Burst, Evidence, PooledAnswer, Range, Shortage, Verdict};
use crate::domain::experiment::{Around as LiftAround, Retimed};
use crate::domain::marker::MarkerKind;
use crate::domain::session::{Origin, SessionStart};
use crate::domain::totals::SessionTotals;
use crate::domain::trial::{Arm, FlipTest, Judged, Outcome, Pair, Slot, Trial, TrialPlan, TrialState};
use crate::reports::trials::TrialReport;
use crate::store::archives::Left;
use crate::web::pages::samples::{self, NOW, creator, look, visit};
use crate::words::Lang;
use std::sync::Arc;

/// A driver with its drawings: inflow two minutes after the activity, and a rise after each burst.
fn driver(driver: Driver, level: Level) -> DriverAnswer {
    let mut lags = vec![0.02; 21];
    lags[12] = 0.34;
    let burst: Vec<Option<f32>> = (0..41).map(|i| Some(if i < 10 { 0.0 } else { 0.17 })).collect();
    let moment = |i: i64| Burst {
        from: NOW - 3_600_000 + i * 240_000,
        to: NOW - 3_600_000 + i * 240_000 + 30_000,
        units: 40.0,
        change: Some(9.0),
        hit: i % 4 != 0,
    };
    let unclear = level == Level::Unclear;
    DriverAnswer {
        verdict: if level.is_claim() { Verdict::Raises } else { Verdict::NoEvidence },
        level,
        shortage: unclear.then_some(Shortage::Occasions { have: 3, need: 15 }),
        p_value: (!unclear).then_some(0.2 / f64::from(level as u8 + 1)),
        per_burst: (!unclear).then_some(Range { estimate: 12.0, low: 5.0, high: 19.0 }),
        per_unit: (!unclear).then_some(Range { estimate: 0.3, low: 0.1, high: 0.5 }),
        lag_s: (!unclear).then_some(90.0),
        bursts: 11,
        hits: 9,
        hits_by_chance: 3.2,
        moments: (0..11).map(moment).collect(),
        evidence: (!unclear).then(|| Evidence {
            lags,
            chance: 0.1,
            around: vec![burst.clone(); 11],
            median: burst,
        }),
        ..DriverAnswer::empty(driver)
    }
}

fn answer() -> Answer {
    let levels = [Level::Strong, Level::Likely, Level::None, Level::Weak, Level::Unclear];
    let mut answer = samples::answer();
    answer.drivers = Driver::ALL.map(|one| driver(one, levels[one.index()]));
    answer.basis.excluded_ms = 100_000;
    answer
}

fn session() -> Session {
    Session {
        id: SessionId(12),
        start: SessionStart { origin: Origin::Live, ..samples::start(NOW - 72 * 60_000) },
        ended_at: None,
        counted_to: NOW,
        duration_ms: 72 * 60_000,
        coverage: 0.977,
        totals: SessionTotals::default(),
        notes: String::new(),
    }
}

fn lift(times: usize, change: f64, p_value: Option<f64>) -> Lift {
    Lift {
        times,
        known: times,
        around: Some(LiftAround { before: 918.0, after: 1046.0, change }),
        test: p_value.map(|p_value| Retimed { by_chance: 0.01, p_value }),
    }
}

fn plan() -> TrialPlan {
    TrialPlan { creator: creator(), prompt: Driver::Likes, window_ms: 300_000, pairs: 12, seed: 77 }
}

fn trial(state: TrialState, outcome: Option<Outcome>) -> TrialReport {
    let slot = |number: u32| Slot {
        number,
        session: SessionId(12),
        at: NOW - 600_000,
        arm: Arm::Prompt,
        shown_at: NOW - 600_000,
    };
    let trial = Trial { id: 1, plan: plan(), started_at: NOW - 3_600_000, state };
    TrialReport { trial, slots: (0..5).map(slot).collect(), outcome }
}

fn outcome(effect: f64, p_two_sided: f64) -> Outcome {
    let pair = |number| Pair {
        number,
        prompt: Judged { change: 14.0, units: 300 },
        control: Judged { change: 2.0, units: 150 },
    };
    let range = Some(Range { estimate: effect, low: effect - 6.0, high: effect + 6.0 });
    Outcome {
        pairs: (0..11).map(pair).collect(),
        left_out: 1,
        viewers: FlipTest { effect, range, p_up: p_two_sided / 2.0, p_two_sided },
        asked_for: FlipTest { effect: 150.0, range: None, p_up: 0.0005, p_two_sided: 0.001 },
    }
}

fn insights(found: Found) -> Insights {
    let answer = Arc::new(answer());
    let rise = answer.windows[0];
    Insights {
        found,
        outside: vec![Outside {
            session: SessionId(12),
            recorded_from: NOW - 72 * 60_000,
            rise,
            then: Some(Afterwards::GoneAfter { minutes: 6 }),
        }],
        tried: vec![
            (MarkerKind::AskedForLikes, lift(6, 0.13, Some(0.02))),
            (MarkerKind::Giveaway, lift(2, 0.22, None)),
        ],
        tried_days: 30,
        tiers: [lift(1002, 0.01, Some(0.6)), lift(38, 0.06, Some(0.01)), lift(2, 0.12, None)],
        trend: vec![(session(), Arc::clone(&answer)), (session(), answer)],
        trials: Vec::new(),
        left: Left::default(),
    }
}

fn in_session(answer: Option<Answer>) -> Insights {
    insights(Found::InSession { session: Box::new(session()), answer: answer.map(Arc::new) })
}

fn page(look: Look, insights: Option<&Insights>, chosen: Option<Driver>) -> String {
    let creator = creator();
    let page = InsightsPage::new(&visit(look, &[], &creator), &creator, insights, chosen);
    page.render().expect("renders")
}

fn english(insights: &Insights) -> String {
    page(look(Lang::En), Some(insights), None)
}

/// Where each of `texts` begins, in their order.
fn in_order(page: &str, texts: &[&str]) -> bool {
    let places: Vec<_> =
        texts.iter().map(|text| page.find(text).unwrap_or_else(|| panic!("{text}"))).collect();
    places.is_sorted()
}

#[test]
fn a_session_shows_five_drivers_strongest_first_with_what_each_rests_on() {
    let page = english(&in_session(Some(answer())));
    let ids = ["id=\"likes\"", "id=\"gifts\"", "id=\"follows\"", "id=\"comments\"", "id=\"shares\""];
    assert!(in_order(&page, &ids), "strong, likely, weak, none, unclear");
    for said in [
        "When <b>likes</b> jump, viewers usually rise by about +12 within 90 s.",
        "9 of 11 times (by chance: about 3)",
        "likely range +5 to +19",
        "Anything above +19 per burst is unlikely.",
        "Too early to say: 3 of 15 <b>shares</b> so far.",
        "still running",
        "This shows what came before, not proof of cause. 1m 40s without connection",
        ">−2 min</text>",
        "n = 11",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert_eq!(
        page.matches("class=\"plot-svg\"").count(),
        8,
        "two drawings of each driver that is not too early"
    );
    assert!(page.contains("Waiting for more shares."), "in their place");
}

#[test]
fn the_table_shows_the_numbers_of_the_drawings() {
    let page = english(&in_session(Some(answer())));
    let row = "<tr><th scope=\"row\">−2</th><td class=\"num\">+34</td><td class=\"num\">+34</td>";
    assert!(page.contains(row), "activity two minutes before the viewers");
    assert!(page.contains("<th scope=\"row\">By chance</th><td class=\"num\">±10</td>"));
    assert!(page.contains("<tr><th scope=\"row\">+15</th><td class=\"num\">+17%</td>"));
}

#[test]
fn moments_lead_to_their_place_and_a_chosen_driver_shows_all_of_them() {
    let some = english(&in_session(Some(answer())));
    assert!(some.contains("/insights?scope=session:12&#38;driver=likes#likes\">all 11</a>"), "{some}");
    assert!(some.contains("href=\"/sessions/12?t=32m"), "of the newest six the first is 32 minutes in");
    assert!(!some.contains("href=\"/sessions/12?t=12m"), "the oldest is not shown");
    let all = page(look(Lang::En), Some(&in_session(Some(answer()))), Some(Driver::Likes));
    assert!(all.contains("href=\"/sessions/12?t=12m") && all.contains("data-s=\"likes\" data-chosen"));
}

#[test]
fn what_was_tried_is_coloured_only_beyond_chance_and_too_early_stays_visible() {
    let page = english(&in_session(Some(answer())));
    for said in [
        "Asked for likes</th><td class=\"num\">6</td><td class=\"num low\">918</td><td class=\"num low\">1,046</td><td class=\"num up\"><span aria-hidden=\"true\">▲</span> +13%",
        "+1% <small>p 2%</small>",
        "Giveaway</th><td class=\"num\">2</td>",
        "<td class=\"num \">+22%</td><td class=\"num muted\">too early</td>",
        "standard</th><td class=\"num\">1,002</td><td class=\"num \">+1%</td>",
        "premium</th><td class=\"num\">2</td><td class=\"num \">+12%</td><td class=\"num muted\">too early</td>",
        "gone after 6 min",
        "Viewers rose +51 with nothing unusual in the room before it.",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
}

#[test]
fn over_several_sessions_the_page_says_how_many_and_how_much_they_differ() {
    let pooled = PooledAnswer {
        sessions: 6,
        drivers: Driver::ALL.map(|one| {
            let level = if one == Driver::Likes { Level::Likely } else { Level::None };
            let answer = DriverAnswer { evidence: None, moments: Vec::new(), ..driver(one, level) };
            PooledDriver { answer, sessions: 6, tau: Some(0.05) }
        }),
    };
    let over = |sessions| Found::Over {
        from: NOW - 30 * 86_400_000,
        each: (0..sessions).map(|_| (session(), Arc::new(answer()))).collect(),
        pooled: Box::new(pooled.clone()),
    };
    let page = english(&insights(over(8)));
    assert!(page.contains("8 sessions from Fri 23 Oct 2026 to Sun 22 Nov 2026, 6 of them"), "{page}");
    assert!(page.contains("<span class=\"level\" data-level=\"3\">Likely</span></div>"));
    assert!(page.contains("often come before a rise: about +12 per burst, likely a real lift."));
    assert!(
        page.contains("Judged in 6 sessions. It differs between sessions by about ±2 viewers per burst.")
    );
    assert_eq!(page.matches("class=\"stack forest\"").count(), 4, "shares could be judged in no session");
    assert!(page.contains("newest, n = 8</text>") && !page.contains("Waiting for"));
    assert!(page.contains("<td class=\"num\">+12 (+5 to +19)</td>"), "the same in the table");
    assert!(!page.contains("class=\"state\""), "it is not empty");
    assert!(page.contains("aria-current=\"true\">30 days</a>"));
    let none = english(&insights(over(0)));
    assert!(none.contains("No session in these days."), "{none}");
}

#[test]
fn before_there_is_anything_to_say_the_page_says_so_and_a_trial_can_still_be_planned() {
    let nothing = page(look(Lang::En), None, None);
    assert!(nothing.contains("No sessions yet."), "{nothing}");
    assert!(nothing.contains("action=\"/insights/trial/start\""));
    let uncomputed = english(&in_session(None));
    assert!(uncomputed.contains("Nothing can be said of this session yet."));
    assert!(!uncomputed.contains("class=\"driver\""));
}

#[test]
fn a_running_trial_shows_how_far_it_is_and_nothing_of_its_result() {
    let mut running = in_session(Some(answer()));
    running.trials = vec![trial(TrialState::Running, None)];
    let page = english(&running);
    assert!(page.contains("Asking for likes: 24 slots of 5 minutes"), "{page}");
    assert!(page.contains("5 of 24 slots so far"));
    assert!(page.contains("action=\"/insights/trial/stop\"") && !page.contains("/insights/trial/start"));
    assert!(!page.contains("Seed of the draw"), "it would tell which slots ask");
}

#[test]
fn a_finished_trial_says_what_asking_did_and_what_that_rests_on() {
    let finished = TrialState::Finished { at: NOW - 60_000 };
    let said = |outcome, state| {
        let mut insights = in_session(Some(answer()));
        insights.trials = vec![trial(state, outcome)];
        english(&insights)
    };
    let up = said(Some(outcome(12.0, 0.004)), finished);
    for text in [
        "Slots that asked for likes ended with +12 viewers more than slots that did not.",
        "Likely range +6 to +18 viewers.",
        "Chance alone gives as large a difference in 0.4% of draws.",
        "The slots that asked had +100% likes against the others",
        "11 pairs of slots count, 1 left out.",
        "Seed of the draw: 77",
    ] {
        assert!(up.contains(text), "{text}\n{up}");
    }
    let none = said(Some(outcome(2.0, 0.4)), finished);
    assert!(none.contains("made no difference that chance does not make too: +2 viewers."), "{none}");
    let down = said(Some(outcome(-8.0, 0.02)), finished);
    assert!(down.contains("ended with fewer viewers than slots that did not: −8."), "{down}");
    assert!(said(None, finished).contains("No pair of slots could be judged"));
    let stopped = said(None, TrialState::Abandoned { at: NOW });
    assert!(stopped.contains("Stopped after 5 of 24 slots. A stopped trial has no result."));
    for page in [up, none, down] {
        assert!(
            !page.contains("caused") && page.contains("/insights/trial/start"),
            "a new one can be started"
        );
    }
}

#[test]
fn in_indonesian_nothing_is_left_in_english() {
    let mut insights = in_session(Some(answer()));
    insights.trials = vec![
        trial(TrialState::Running, None),
        trial(TrialState::Finished { at: NOW }, Some(outcome(12.0, 0.004))),
    ];
    let page = page(look(Lang::Id), Some(&insights), None);
    for english in [
        "viewers",
        "Viewers",
        "likes",
        "session",
        "Session",
        "by chance",
        "By chance",
        "slots",
        "minutes",
        "Table",
        "This shows",
        "draw ",
        "trial<",
        "too early",
    ] {
        let said = page.replace("/insights?scope=session", "").replace("id=\"likes\"", "");
        let said: String =
            said.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
        assert!(!said.contains(english), "{english}: {said}");
    }
    assert!(
        page.contains("Kenapa penonton berubah?")
            && page.contains("9 dari 11 kali (kalau kebetulan: sekitar 3)")
    );
}

#[test]
fn scopes_of_addresses_are_read_and_nonsense_is_the_newest_session() {
    assert_eq!(Asked::parse("session:12"), Asked::Session(Some(SessionId(12))));
    assert_eq!(Asked::parse("30d"), Asked::Days(30));
    for nonsense in ["", "31d", "session:", "session:x", "<script>"] {
        assert_eq!(Asked::parse(nonsense), Asked::Session(None), "{nonsense}");
    }
}

#[test]
fn an_arrow_agrees_with_the_sign_beside_it() {
    let arrow = |change| lift_row(String::new(), 0, &lift(9, change, Some(0.01)), &look(Lang::En)).direction;
    // By chance it is +1%.
    let found: Vec<_> = [0.06, 0.008, 0.002, -0.002, -0.06].into_iter().map(arrow).collect();
    assert_eq!(found, ["up", "", "", "", "down"]);
}
