//! What is said of the drivers.

use super::room::{BEGAN, Heard, Room, What, observed};
use crate::analytics::drivers::{explain, pool, what_changed};
use crate::domain::answer::{Answer, Level, Shortage, Verdict};
use crate::domain::driver::Driver;
use crate::domain::time::Stamp;

const HOUR: Room = Room { seed: 1, minutes: 60, viewers: 60.0, pull: None, huge_gift: None };

fn answer(room: &Room) -> Answer {
    explain(&room.observed(), room.end(), &[])
}

fn p_values(answer: &Answer) -> [Option<f64>; Driver::ALL.len()] {
    answer.drivers.each_ref().map(|driver| driver.p_value)
}

/// The answers that are worded as such.
fn claims(answer: &Answer) -> Vec<(Driver, Verdict)> {
    let claims = answer.drivers.iter().filter(|driver| driver.level.is_claim());
    claims.map(|driver| (driver.driver, driver.verdict)).collect()
}

#[test]
fn what_brings_people_in_is_named_and_nothing_else_is() {
    for (driver, pull) in [(Driver::Gifts, 1.0), (Driver::Comments, 0.7), (Driver::Likes, 0.15)] {
        let answer = answer(&Room { pull: Some((driver, pull)), minutes: 90, ..HOUR });
        assert_eq!(claims(&answer), [(driver, Verdict::Raises)], "{driver:?}");
        let found = answer.driver(driver);
        let size = found.per_unit.expect("it was found");
        assert!(size.low > 0.0 && size.low < size.estimate && size.estimate < size.high, "{size:?}");
        assert!(found.hits > found.bursts / 2 && f64::from(found.hits) > found.hits_by_chance, "{found:?}");
        assert!((15.0..150.0).contains(&found.lag_s.expect("it was found")), "{:?}", found.lag_s);
    }
}

#[test]
fn what_drives_people_off_is_named() {
    let answer = answer(&Room { pull: Some((Driver::Comments, -0.5)), minutes: 90, ..HOUR });
    assert_eq!(claims(&answer), [(Driver::Comments, Verdict::Lowers)]);
    let size = answer.driver(Driver::Comments).per_unit.expect("it was found");
    assert!(size.high < 0.0, "{size:?}");
}

/// People who come evenly over seven bins, and of whom a part of 0.02 leaves in each, are most at the end.
#[test]
fn the_size_of_an_effect_is_found_also_where_few_joins_are_announced() {
    let room = Room { pull: Some((Driver::Comments, 0.7)), minutes: 120, ..HOUR };
    let truth = 0.7 * (0..7).map(|bin| 0.98f64.powi(bin)).sum::<f64>() / 7.0;
    let heard = room.heard();
    let mut joins = 0;
    let mut one_in_three = heard.clone();
    one_in_three.retain(|one| {
        joins += usize::from(matches!(one.what, What::Join));
        !matches!(one.what, What::Join) || joins % 3 == 0
    });
    for heard in [heard, one_in_three] {
        let answer = explain(&observed(&heard), room.end(), &[]);
        let size = answer.driver(Driver::Comments).per_unit.expect("it was found");
        assert!(size.low < truth && truth < size.high, "{size:?} for {truth}");
        assert!((size.estimate / truth - 1.0).abs() < 0.4, "{size:?} for {truth}");
        assert!(answer.basis.joins && answer.basis.reporting_delay_s <= 15.0, "{:?}", answer.basis);
    }
}

#[test]
fn rooms_in_which_nothing_brings_people_in_get_no_answer() {
    let told: Vec<_> = (1..=8)
        .map(|seed| claims(&answer(&Room { seed, minutes: 40, ..HOUR })))
        .filter(|claims| !claims.is_empty())
        .collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn ten_times_the_viewers_and_arrivals_are_ten_times_the_effect() {
    let room = Room { pull: Some((Driver::Gifts, 1.0)), ..HOUR };
    let heard = room.heard();
    let tenfold: Vec<Heard> = heard
        .iter()
        .flat_map(|one| match one.what {
            What::Viewers(viewers) => vec![Heard { what: What::Viewers(10 * viewers), ..*one }],
            What::Join => vec![*one; 10],
            _ => vec![*one],
        })
        .collect();
    let (once, ten) =
        (explain(&observed(&heard), room.end(), &[]), explain(&observed(&tenfold), room.end(), &[]));
    for driver in Driver::ALL {
        let (once, ten) = (once.driver(driver), ten.driver(driver));
        let size = |of: &crate::domain::answer::DriverAnswer| of.per_unit.expect("it was judged").estimate;
        assert!((size(ten) / size(once) / 10.0 - 1.0).abs() < 0.02, "{} and {}", size(once), size(ten));
        assert!((ten.p_value.expect("judged") - once.p_value.expect("judged")).abs() < 0.01, "{driver:?}");
    }
}

#[test]
fn a_kind_that_hardly_happens_changes_nothing_for_the_others() {
    let heard = HOUR.heard();
    let without: Vec<Heard> =
        heard.iter().filter(|one| !matches!(one.what, What::Activity(Driver::Shares, _))).copied().collect();
    let mut twice = without.clone();
    twice.extend([600_000, 1_800_000].map(|ms| Heard { ms, what: What::Activity(Driver::Shares, 1) }));
    let (without, twice) =
        (explain(&observed(&without), HOUR.end(), &[]), explain(&observed(&twice), HOUR.end(), &[]));
    assert_eq!(p_values(&without), p_values(&twice));
    assert_eq!(without.driver(Driver::Shares).p_value, None);
    let q = |answer: &Answer| answer.driver(Driver::Likes).q_value.expect("likes were judged");
    assert_eq!(q(&without), q(&twice), "five kinds are looked at, also where one is empty");
}

#[test]
fn a_gap_never_creates_evidence() {
    for seed in 1..=2 {
        let room = Room { seed, minutes: 50, ..HOUR };
        let heard = room.heard();
        let gap = |one: &&Heard| !(1_000_000..1_600_000).contains(&one.ms);
        let heard: Vec<Heard> = heard.iter().filter(gap).copied().collect();
        let with_gap = explain(&observed(&heard), room.end(), &[]);
        assert_eq!(claims(&with_gap), [], "nothing was heard for ten minutes, room {seed}");
        assert!((600_000..=620_000).contains(&with_gap.basis.excluded_ms), "{:?}", with_gap.basis);

        let counted = |one: &&Heard| gap(one) || !matches!(one.what, What::Viewers(_));
        let heard: Vec<Heard> = room.heard().iter().filter(counted).copied().collect();
        let blind = explain(&observed(&heard), room.end(), &[]);
        assert_eq!(claims(&blind), [], "no viewer count for ten minutes, room {seed}");
    }
}

#[test]
fn an_effect_is_found_around_a_gap() {
    let room = Room { pull: Some((Driver::Gifts, 1.0)), minutes: 90, ..HOUR };
    let heard: Vec<Heard> =
        room.heard().into_iter().filter(|one| !(1_000_000..1_600_000).contains(&one.ms)).collect();
    assert_eq!(claims(&explain(&observed(&heard), room.end(), &[])), [(Driver::Gifts, Verdict::Raises)]);
}

#[test]
fn the_same_session_always_has_the_same_answer() {
    let room = Room { pull: Some((Driver::Comments, 0.5)), minutes: 30, ..HOUR };
    assert_eq!(answer(&room), answer(&room));
    assert_eq!(
        what_changed(&room.observed(), &[], BEGAN, room.end()),
        what_changed(&room.observed(), &[], BEGAN, room.end())
    );
}

#[test]
fn what_is_missing_is_said_before_anything_else() {
    let level =
        |answer: &Answer, driver: Driver| (answer.driver(driver).level, answer.driver(driver).shortage);
    let observed = HOUR.observed();
    for (minutes, have) in [(0, 0), (9, 9), (12, 12)] {
        let early = explain(&observed, BEGAN + minutes * 60_000, &[]);
        let shortage = Some(Shortage::Minutes { have, need: 15 });
        for driver in Driver::ALL {
            assert_eq!(level(&early, driver), (Level::Unclear, shortage), "{driver:?} at {minutes}");
        }
    }
    let enough = explain(&observed, BEGAN + 20 * 60_000, &[]);
    assert_eq!(level(&enough, Driver::Likes).1, None);

    let few: Vec<Heard> =
        HOUR.heard().into_iter().filter(|one| !matches!(one.what, What::Gift(..))).collect();
    let (mut few, gifts) = (few, 5);
    few.extend((1..=gifts).map(|n| Heard { ms: n * 300_000, what: What::Gift(super::room::GIFT, 10) }));
    let few = explain(&super::room::observed(&few), HOUR.end(), &[]);
    assert_eq!(level(&few, Driver::Gifts), (Level::Unclear, Some(Shortage::Occasions { have: 5, need: 8 })));

    let empty = answer(&Room { viewers: 3.0, ..HOUR });
    let viewers = Some(Shortage::Viewers { have: empty.basis.mean_viewers as u32, need: 5 });
    assert!(Driver::ALL.iter().any(|driver| level(&empty, *driver).1 == viewers), "{:?}", empty.basis);
    assert!(claims(&empty).is_empty());
}

#[test]
fn several_evenings_of_one_creator_say_more_than_one() {
    let evening = |seed: u64| answer(&Room { seed, minutes: 40, pull: Some((Driver::Gifts, 0.35)), ..HOUR });
    let answers: Vec<Answer> = (1..=6).map(evening).collect();
    let alone = answers.iter().filter(|answer| !claims(answer).is_empty()).count();
    let pooled = pool(&answers);
    let gifts = &pooled.drivers[Driver::Gifts.index()];
    assert!(alone < 5, "{alone} of 6 evenings see it by themselves");
    assert_eq!((gifts.answer.verdict, gifts.sessions), (Verdict::Raises, 6));
    for driver in [Driver::Likes, Driver::Comments, Driver::Follows, Driver::Shares] {
        assert_eq!(pooled.drivers[driver.index()].answer.verdict, Verdict::NoEvidence, "{driver:?}");
    }
}

/// Simpson's paradox: on big evenings there is more of everything.
#[test]
fn evenings_of_different_size_without_an_effect_are_none_together() {
    let evening = |seed: u64| answer(&Room { seed, minutes: 40, viewers: 25.0 * seed as f64, ..HOUR });
    let pooled = pool(&(1..=5).map(evening).collect::<Vec<_>>());
    for driver in &pooled.drivers {
        assert_eq!(driver.answer.verdict, Verdict::NoEvidence, "{:?}", driver.answer.driver);
    }
}

#[test]
fn the_answer_at_a_moment_does_not_know_what_came_later() {
    let room = Room { pull: Some((Driver::Gifts, 1.0)), ..HOUR };
    let until = Stamp(BEGAN.0 + 30 * 60_000);
    let heard: Vec<Heard> = room.heard().into_iter().filter(|one| one.ms <= 30 * 60_000).collect();
    assert_eq!(
        p_values(&explain(&room.observed(), until, &[])),
        p_values(&explain(&observed(&heard), until, &[]))
    );
}

#[test]
fn the_drawings_show_people_after_the_activity_and_not_before() {
    let answer = answer(&Room { pull: Some((Driver::Gifts, 1.0)), minutes: 90, ..HOUR });
    let drawn = answer.driver(Driver::Gifts).evidence.as_ref().expect("gifts were judged");
    assert_eq!((drawn.lags.len(), drawn.median.len()), (21, 41));
    let strongest = (0..21).max_by(|a, b| drawn.lags[*a].total_cmp(&drawn.lags[*b])).expect("21 lags");
    assert!((10..=11).contains(&strongest) && drawn.lags[strongest] > drawn.chance, "{:?}", drawn.lags);
    let step = |step: usize| drawn.median[step].expect("most bursts have a before and an after");
    assert_eq!(step(10), 0.0, "against viewers when a burst began");
    let level = |steps: std::ops::Range<usize>| steps.clone().map(step).sum::<f32>() / steps.len() as f32;
    assert!(level(11..21) > 0.05 && level(0..10).abs() < 0.02, "{:?}", drawn.median);
    let bursts = answer.driver(Driver::Gifts).bursts as usize;
    assert!(bursts > 5 && drawn.around.len() == bursts.min(40), "{bursts}");
}
