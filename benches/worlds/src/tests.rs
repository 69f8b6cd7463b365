//! What must hold of every world, whatever is tuned in it.

use crate::families::{FAMILIES, Family, Room};
use crate::host::Script;
use crate::kind::Kind;
use crate::observe::{Observed, observe};
use crate::truth::{live, present, session};
use crate::world::World;

fn family(name: &str) -> &'static Family {
    FAMILIES.iter().find(|family| family.name == name).expect("a family of this name")
}

/// A room of a family, cut to 25 minutes and a hundred viewers, so that many can be run.
fn small_room(name: &str, seed: u64) -> Room {
    Room { duration_s: 1500, before_s: 300, viewers: 100.0, ..family(name).room(seed, 0, 0) }
}

#[test]
fn hiding_the_acts_of_a_kind_without_a_pull_changes_nothing() {
    for name in ["null_contagion", "gifts_likes"] {
        let room = small_room(name, 5);
        let script = Script::of(&room);
        let fact = present(&live(&room, &script, None));
        for kind in [Kind::Comments, Kind::Follows, Kind::Shares] {
            let mut world = World::new(&room, &script, Some(kind));
            world.hide(kind, 0..1500);
            let without: Vec<f64> = (0..1500).map(|_| f64::from(world.step().present)).collect();
            assert!(fact == without, "{name} without {kind:?}");
        }
    }
}

#[test]
fn a_pull_that_is_switched_off_changes_who_is_there() {
    for (name, kind) in
        [("gifts_come", Kind::Gifts), ("likes_feed", Kind::Likes), ("gifts_hold", Kind::Gifts)]
    {
        let room = small_room(name, 5);
        let script = Script::of(&room);
        let fact = present(&live(&room, &script, None));
        assert_ne!(fact, present(&live(&room, &script, Some(kind))), "{name}");
    }
}

/// The difference of two runs with the same random numbers must be, on average, the difference of runs with others:
/// sharing them may lower the noise, never move the answer.
#[test]
fn the_true_effect_is_the_mean_difference_over_many_seeds() {
    for (name, kind, sign) in [
        ("shares_link", Kind::Shares, 1.0),
        ("likes_feed", Kind::Likes, 1.0),
        ("comments_flood", Kind::Comments, -1.0),
    ] {
        let run = |seed: u64, without| {
            let mut room = small_room(name, 1);
            room.seed = seed;
            let script = Script::of(&room);
            present(&live(&room, &script, without)).iter().sum::<f64>() / 1500.0
        };
        let (mut paired, mut apart) = (Vec::new(), Vec::new());
        for seed in 0..300 {
            let with = run(seed, None);
            paired.push(with - run(seed, Some(kind)));
            apart.push(with - run(seed + 1_000_000, Some(kind)));
        }
        let ((paired, paired_error), (apart, apart_error)) = (mean(&paired), mean(&apart));
        assert!(sign * paired > 3.0 * paired_error, "{name}: {paired} +- {paired_error}");
        assert!(paired_error < apart_error, "{name}: shared numbers must pay: {paired_error}, {apart_error}");
        let error = paired_error.hypot(apart_error);
        assert!((paired - apart).abs() < 3.0 * error, "{name}: {paired} against {apart} +- {error}");
    }
}

fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn flaps_and_silences_change_what_is_told_and_never_who_is_there() {
    let calm = small_room("null", 8);
    let mut wild = calm.clone();
    wild.seen.flaps_per_h = 40.0;
    let script = Script::of(&calm);
    let (seconds, again) = (live(&calm, &script, None), live(&wild, &script, None));
    assert!(present(&seconds) == present(&again));
    let (told, wildly) = (observe(&calm, &seconds), observe(&wild, &again));
    let counts = |lines: &[crate::session::Line]| -> Vec<(i64, u32)> {
        lines.iter().filter(|line| line.kind == "viewers").map(|line| (line.t_ms, line.count)).collect()
    };
    let (told_counts, wild_counts) = (counts(&told.lines), counts(&wildly.lines));
    let in_flap =
        |t_ms: i64| told.flaps.iter().chain(&wildly.flaps).any(|flap| flap.contains(t_ms as f64 / 1000.0));
    let outside = |counts: &[(i64, u32)]| -> Vec<(i64, u32)> {
        counts.iter().filter(|(t_ms, _)| !in_flap(*t_ms)).copied().collect()
    };
    assert!(told_counts != wild_counts);
    assert!(outside(&told_counts) == outside(&wild_counts), "a count is wrong outside every flap");
    assert!(outside(&wild_counts).len() < wild_counts.len(), "some counts were told in a flap");
}

#[test]
fn after_a_reconnect_the_last_six_comments_are_told_once_more() {
    let mut room = small_room("null", 9);
    room.seen.reconnects_per_h = 60.0;
    let script = Script::of(&room);
    let observed = observe(&room, &live(&room, &script, None));
    let comments: Vec<_> = observed.lines.iter().filter(|line| line.kind == "comment").collect();
    let mut checked = 0;
    for silence in observed.silences.iter().filter(|silence| silence.to < 1490.0) {
        let back_ms = (silence.to * 1000.0) as i64;
        let before = comments.iter().filter(|line| line.t_ms < back_ms && !is_again(line.t_ms, &observed));
        let before: Vec<_> = before.map(|line| &line.user).collect();
        let again = comments.iter().filter(|line| (back_ms + 20..=back_ms + 80).contains(&line.t_ms));
        let again: Vec<_> = again.map(|line| &line.user).collect();
        if before.len() >= 6 && again.len() == 6 {
            assert_eq!(again, before[before.len() - 6..], "after {} s", silence.to);
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked} reconnects were seen");
}

fn is_again(t_ms: i64, observed: &Observed) -> bool {
    observed.silences.iter().any(|silence| (20..=80).contains(&(t_ms - (silence.to * 1000.0) as i64)))
}

#[test]
fn the_same_seed_tells_the_same_session_and_another_seed_another() {
    let told = |seed| session(family("gifts_short"), seed, 0, 0);
    assert_eq!(told(3), told(3));
    assert_ne!(told(3).0, told(4).0);
}

#[test]
fn null_families_are_null_and_pulls_are_named_in_the_truth() {
    let (_, null) = session(family("null_tiny"), 2, 0, 0);
    assert!(null.is_null && null.top_driver == "none");
    assert!(null.windows.iter().all(|window| window.cause == "none"));
    let (lines, gifts) = session(family("gifts_short"), 2, 0, 0);
    assert_eq!((gifts.is_null, gifts.top_driver.as_str()), (false, "gifts"));
    assert_eq!(gifts.drivers[1].verdict, "raises");
    assert!(gifts.drivers[1].effect_per_unit > 0.0);
    assert!(lines.iter().any(|line| line.kind == "gift" && line.value.is_some_and(|diamonds| diamonds > 0)));
}

#[test]
fn a_room_without_joins_tells_none_and_a_huge_one_few() {
    let (lines, truth) = session(family("likes_nojoin"), 2, 0, 0);
    assert!(lines.iter().all(|line| line.kind != "join") && truth.mean_viewers > 0.0);
    let mut room = small_room("null_huge", 2);
    room.viewers = 5000.0;
    let script = Script::of(&room);
    let seconds = live(&room, &script, None);
    let arrived: usize = seconds.iter().map(|second| second.arrivals.len()).sum();
    let told = observe(&room, &seconds).lines.iter().filter(|line| line.kind == "join").count();
    assert!(told * 4 < arrived && told < 1500 * 7, "{told} of {arrived}");
}
