//! What may arrive is not what a room would say.

use super::room::{BEGAN, GIFT, Heard, Room, What, observed};
use crate::analytics::drivers::observations::Observations;
use crate::analytics::drivers::{explain, pool, what_changed};
use crate::domain::answer::Answer;
use crate::domain::driver::Driver;
use crate::domain::time::Stamp;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Debug;

fn is_finite(answer: &impl Debug) -> bool {
    let text = format!("{answer:?}");
    !text.contains("NaN") && !text.contains("inf")
}

/// Finite everywhere, and read as it was kept.
fn is_sound(answer: &Answer) -> bool {
    let kept = serde_json::to_string(answer).expect("an answer is JSON");
    let read: Answer = serde_json::from_str(&kept).expect("and can be read");
    is_finite(answer) && read == *answer
}

fn what() -> impl Strategy<Value = What> {
    let count = prop_oneof![Just(0), 1u32..100, Just(u32::MAX)];
    let viewers = prop_oneof![Just(0), 0i64..500, Just(i64::MAX), Just(i64::MIN)];
    let diamonds = prop_oneof![Just(0), 1i64..5_000, Just(i64::MAX), Just(-1)];
    prop_oneof![
        viewers.prop_map(What::Viewers),
        Just(What::Join),
        (0usize..Driver::ALL.len(), count)
            .prop_map(|(index, count)| What::Activity(Driver::ALL[index], count)),
        diamonds.prop_map(|diamonds| What::Gift(GIFT, diamonds)),
    ]
}

fn heard() -> impl Strategy<Value = Vec<Heard>> {
    let ms = prop_oneof![8 => 0i64..1_500_000, 1 => Just(-1_000_000), 1 => Just(1_499_999)];
    vec((ms, what()).prop_map(|(ms, what)| Heard { ms, what }), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn whatever_arrives_the_answer_is_finite_and_kept_as_it_was_given(
        strange in heard(),
        beside_a_room: bool,
        joins: bool,
    ) {
        let room = Room { seed: 1, minutes: 20, viewers: 30.0, pull: None, huge_gift: None };
        let mut all = if beside_a_room { room.heard() } else { Vec::new() };
        all.retain(|one| joins || !matches!(one.what, What::Join));
        all.extend(strange);
        all.sort_by_key(|one| one.ms);
        let observed = observed(&all);
        let end = BEGAN + 1_500_000;
        let answer = explain(&observed, end, &[]);
        prop_assert!(is_sound(&answer), "{answer:?}");
        let past = vec![answer.slopes.clone(); 4];
        prop_assert!(is_sound(&explain(&observed, end, &past)));
        prop_assert!(is_finite(&pool(&[answer.clone(), answer])));
        prop_assert!(is_finite(&what_changed(&observed, &past, BEGAN + 300_000, BEGAN + 900_000)));
    }
}

#[test]
fn a_session_of_nothing_or_hardly_anything_has_a_sound_answer() {
    let mut sessions = vec![Observations::new(BEGAN, None); 5];
    sessions[1].viewers(BEGAN, 5);
    for bin in 0..400 {
        let at = BEGAN + bin * 5_000;
        sessions[2].message(at);
        sessions[3].viewers(at, 0);
        sessions[3].add(at, Driver::Likes, 0);
        sessions[4].viewers(at, i64::MAX);
        sessions[4].add(at, Driver::Likes, u32::MAX);
        sessions[4].gift(at, GIFT, u32::MAX, i64::MAX, i64::MAX);
    }
    for (index, observed) in sessions.iter().enumerate() {
        for now in [BEGAN - 1, BEGAN, BEGAN + 2_000_000, BEGAN + 9_000_000] {
            let answer = explain(observed, now, &[]);
            assert!(is_sound(&answer), "{index} at {now:?}: {answer:?}");
            assert_eq!(answer.claims(), [None; 5], "{index} at {now:?}");
        }
        for (from, to) in [(0, 600_000), (600_000, 0), (-5, -1), (i64::MIN, i64::MAX)] {
            let changed = what_changed(observed, &[], BEGAN + from, BEGAN + to);
            assert!(is_finite(&changed), "{index} from {from} to {to}: {changed:?}");
        }
    }
    assert_eq!(pool(&[]).sessions, 0);
    assert!(is_finite(&pool(&[])));
}

#[test]
fn a_clock_that_runs_away_does_not_make_a_session_of_centuries() {
    let room = Room { seed: 1, minutes: 20, viewers: 30.0, pull: None, huge_gift: None };
    let (observed, end) = (room.observed(), room.end() + 120_000);
    let (far, near) = (explain(&observed, Stamp(i64::MAX), &[]), explain(&observed, end, &[]));
    assert_eq!((far.drivers, far.windows), (near.drivers, near.windows));
}
