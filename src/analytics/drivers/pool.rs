//! Several sessions of one creator together.

use super::inference::{
    LOWERS_WEIGHT, RAISES_WEIGHT, SCALES_COUNT_AS, benjamini_hochberg, either, normal_tail,
};
use super::readings::BIN_S;
use super::response::SCALES_S;
use super::series;
use super::verdict::{level, range, verdict};
use crate::domain::answer::{Answer, DriverAnswer, Level, PooledAnswer, PooledDriver, Shortage, Slope};
use crate::domain::driver::Driver;

/// Few sessions tell little of the spread between them, so a pooled q-value counts as this many times as
/// large before it is compared with the limits of a session (docs/attribution.md).
const FEW_SESSIONS: f64 = 2.0;

/// From this many sessions the spread between them is worth telling.
const TELL_SPREAD_FROM: usize = 5;

/// A random-effects mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    pub mean: f64,
    pub se: f64,
    /// Standard deviation of the effect between sessions.
    pub tau: f64,
}

/// The random-effects mean of estimates with their standard errors (DerSimonian and Laird 1986).
/// `None` of none.
#[must_use]
pub fn random_effects(estimates: &[(f64, f64)]) -> Option<Pooled> {
    let usable: Vec<(f64, f64)> =
        estimates.iter().copied().filter(|(_, se)| *se > 0.0 && se.is_finite()).collect();
    if usable.is_empty() {
        return None;
    }
    let weighted = |tau2: f64| {
        let weights: Vec<f64> = usable.iter().map(|(_, se)| 1.0 / (se * se + tau2)).collect();
        let sum: f64 = weights.iter().sum();
        let mean = usable.iter().zip(&weights).map(|((b, _), w)| b * w).sum::<f64>() / sum;
        (weights, sum, mean)
    };
    let (weights, sum, fixed) = weighted(0.0);
    let q: f64 = usable.iter().zip(&weights).map(|((b, _), w)| w * (b - fixed) * (b - fixed)).sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    let spare = sum - squares / sum;
    let tau2 = if spare > 0.0 { ((q - (usable.len() - 1) as f64) / spare).max(0.0) } else { 0.0 };
    let (_, sum, mean) = weighted(tau2);
    Some(Pooled { mean, se: (1.0 / sum).sqrt(), tau: tau2.sqrt() })
}

/// Evidence for one direction: the scale with the largest z.
pub struct Direction {
    pub p: f64,
    pub pooled: Pooled,
    /// The scale it was found at, in seconds.
    pub scale_s: u32,
    /// Means over the sessions at that scale.
    per_unit: f64,
    /// Of the sessions that had bursts.
    per_burst: Option<f64>,
    lag_s: f64,
}

/// The answer over several sessions of one creator.
#[must_use]
pub fn pooled(answers: &[Answer]) -> PooledAnswer {
    let judged = |driver: Driver| {
        answers.iter().filter(|answer| answer.slopes.iter().any(|slope| slope.driver == driver)).count()
    };
    let directions = Driver::ALL.map(|driver| {
        let of_driver: Vec<&Slope> =
            answers.iter().flat_map(|answer| &answer.slopes).filter(|slope| slope.driver == driver).collect();
        let up = direction(&of_driver, |slope| (slope.raises, slope.raises_se))?;
        let down = direction(&of_driver, |slope| (slope.lowers, slope.lowers_se))?;
        Some((either(up.p, down.p), up, down))
    });
    let p_values: Vec<Option<f64>> =
        directions.iter().map(|found| found.as_ref().map(|(p, ..)| *p)).collect();
    let q_values = benjamini_hochberg(&p_values);
    let drivers = Driver::ALL.map(|driver| {
        let mut answer = DriverAnswer::empty(driver);
        let own = |value: fn(&DriverAnswer) -> f64| {
            answers.iter().map(|one| value(one.driver(driver))).sum::<f64>()
        };
        answer.bursts = own(|one| f64::from(one.bursts)) as u32;
        answer.hits = own(|one| f64::from(one.hits)) as u32;
        answer.hits_by_chance = own(|one| one.hits_by_chance);
        let mut tau = None;
        if let Some((p, up, down)) = &directions[driver.index()] {
            let q = q_values[driver.index()].unwrap_or(1.0);
            let is_up = is_up(up, down);
            let found = if is_up { up } else { down };
            let sign = if is_up { 1.0 } else { -1.0 };
            let size = |unit: f64| range(sign * found.pooled.mean * unit, found.pooled.se * unit);
            answer.p_value = Some(*p);
            answer.q_value = Some(q);
            answer.per_unit = Some(size(found.per_unit));
            answer.per_burst = found.per_burst.map(size);
            // An average of steps is told as the nearest step.
            answer.lag_s = Some((found.lag_s / BIN_S).round() * BIN_S);
            // Over several sessions a claim is never more than likely: their spread is known too coarsely.
            answer.level = level(q * FEW_SESSIONS, size(found.per_unit)).min(Level::Likely);
            answer.verdict = verdict(answer.level, is_up);
            tau = (judged(driver) >= TELL_SPREAD_FROM).then_some(found.pooled.tau * found.per_unit);
        } else {
            answer.shortage = Some(Shortage::Minutes { have: 0, need: 15 });
        }
        PooledDriver { answer, sessions: judged(driver), tau }
    });
    PooledAnswer { sessions: answers.iter().filter(|answer| !answer.slopes.is_empty()).count(), drivers }
}

/// Whether the more probable direction is up.
#[must_use]
pub fn is_up(up: &Direction, down: &Direction) -> bool {
    up.p / RAISES_WEIGHT <= down.p / LOWERS_WEIGHT
}

/// Evidence for one direction over `slopes` of one kind in several sessions.
#[must_use]
pub fn direction(slopes: &[&Slope], read: impl Fn(&Slope) -> (f64, f64)) -> Option<Direction> {
    let (z, scale_s, pooled) = SCALES_S
        .iter()
        .filter_map(|scale_s| {
            let at_scale: Vec<(f64, f64)> = slopes
                .iter()
                .filter(|slope| slope.scale_s == *scale_s as u32)
                .map(|slope| read(slope))
                .collect();
            let pooled = random_effects(&at_scale)?;
            Some((pooled.mean / pooled.se, *scale_s as u32, pooled))
        })
        .max_by(|(a, ..), (b, ..)| a.total_cmp(b))?;
    let here: Vec<&&Slope> = slopes.iter().filter(|slope| slope.scale_s == scale_s).collect();
    let mean =
        |value: fn(&Slope) -> f64| here.iter().map(|slope| value(slope)).sum::<f64>() / here.len() as f64;
    let bursts: Vec<f64> = here.iter().map(|slope| slope.per_burst).filter(|size| *size > 0.0).collect();
    Some(Direction {
        p: 1.0 - (1.0 - normal_tail(z)).powf(SCALES_COUNT_AS),
        pooled,
        scale_s,
        per_unit: mean(|slope| slope.per_unit),
        per_burst: (!bursts.is_empty()).then(|| series::mean(&bursts)),
        lag_s: mean(|slope| slope.lag_s),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;
    use crate::domain::answer::{Basis, Verdict};
    use crate::domain::time::Stamp;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 5e-4
    }

    #[test]
    fn sessions_that_agree_have_no_spread() {
        let pooled = random_effects(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]).expect("three");
        assert_eq!((pooled.mean, pooled.tau), (2.0, 0.0));
        assert!(near(pooled.se, 1.0 / 3f64.sqrt()), "{pooled:?}");
    }

    /// By hand: Q = 32 with 2 degrees of freedom, C = 3 − 3/3, so τ² = 30/2.
    #[test]
    fn sessions_that_differ_beyond_chance_have_a_spread() {
        let pooled = random_effects(&[(0.0, 1.0), (4.0, 1.0), (8.0, 1.0)]).expect("three");
        assert!(near(pooled.mean, 4.0) && near(pooled.tau, 15f64.sqrt()), "{pooled:?}");
        assert!(near(pooled.se, (16.0f64 / 3.0).sqrt()), "{pooled:?}");
    }

    /// Thirteen trials of the BCG vaccine (Colditz et al. 1994), log relative risks and variances; DerSimonian
    /// and Laird's estimate as published with the data in R's metafor.
    #[test]
    fn the_worked_example_of_the_literature_comes_out() {
        let trials = [
            (-0.8893, 0.3256),
            (-1.5854, 0.1946),
            (-1.3481, 0.4154),
            (-1.4416, 0.0200),
            (-0.2175, 0.0512),
            (-0.7861, 0.0069),
            (-1.6209, 0.2230),
            (0.0120, 0.0040),
            (-0.4694, 0.0564),
            (-1.3713, 0.0730),
            (-0.3394, 0.0124),
            (0.4459, 0.5325),
            (-0.0173, 0.0714),
        ];
        let pooled = random_effects(&trials.map(|(b, v): (f64, f64)| (b, v.sqrt()))).expect("thirteen");
        assert!(near(pooled.mean, -0.7141) && near(pooled.se, 0.1787), "{pooled:?}");
        assert!(near(pooled.tau * pooled.tau, 0.3088), "{pooled:?}");
    }

    #[test]
    fn what_has_no_error_tells_nothing() {
        assert_eq!(random_effects(&[]), None);
        assert_eq!(random_effects(&[(5.0, 0.0), (5.0, f64::NAN), (5.0, f64::INFINITY)]), None);
        let alone = random_effects(&[(5.0, 0.5), (9.0, 0.0)]).expect("one");
        assert_eq!((alone.mean, alone.tau), (5.0, 0.0));
        assert!(near(alone.se, 0.5));
    }

    proptest! {
        #[test]
        fn the_mean_lies_between_the_estimates_whatever_their_order(
            estimates in vec((-50.0f64..50.0, 0.01f64..5.0), 1..12),
            turn in 0usize..12,
        ) {
            let mut turned = estimates.clone();
            turned.rotate_left(turn % estimates.len());
            turned.reverse();
            let (a, b) = (random_effects(&estimates).expect("some"), random_effects(&turned).expect("some"));
            prop_assert!((a.mean - b.mean).abs() < 1e-9 && (a.se - b.se).abs() < 1e-9);
            prop_assert!((a.tau - b.tau).abs() < 1e-6);
            let values = || estimates.iter().map(|(b, _)| *b);
            prop_assert!(values().fold(f64::INFINITY, f64::min) <= a.mean + 1e-9);
            prop_assert!(values().fold(f64::NEG_INFINITY, f64::max) >= a.mean - 1e-9);
        }
    }

    /// The answer of one session that saw `raises` ± `se` for gifts.
    fn answer(raises: f64, se: f64) -> Answer {
        let slopes = SCALES_S.map(|scale_s| Slope {
            driver: Driver::Gifts,
            scale_s: scale_s as u32,
            raises,
            raises_se: se,
            lowers: -raises,
            lowers_se: se,
            per_unit: 0.5,
            per_burst: 20.0,
            lag_s: 40.0,
        });
        let mut drivers = Driver::ALL.map(DriverAnswer::empty);
        drivers[Driver::Gifts.index()].bursts = 7;
        drivers[Driver::Gifts.index()].hits = 5;
        Answer {
            at: Stamp(0),
            basis: Basis::default(),
            drivers,
            windows: Vec::new(),
            slopes: slopes.to_vec(),
        }
    }

    #[test]
    fn hints_of_several_sessions_together_are_an_answer() {
        let mut dice = Dice::new(1);
        let nights: Vec<Answer> = (0..9).map(|_| answer(1.0 + 0.1 * dice.normal(), 0.5)).collect();
        let (one, all) = (pooled(&nights[..1]), pooled(&nights));
        let gifts = &all.drivers[Driver::Gifts.index()];
        assert!(one.drivers[Driver::Gifts.index()].answer.verdict == Verdict::NoEvidence);
        assert_eq!((gifts.answer.verdict, gifts.sessions, all.sessions), (Verdict::Raises, 9, 9));
        assert_eq!((gifts.answer.bursts, gifts.answer.hits), (63, 45));
        assert!((gifts.answer.per_unit.expect("it was judged").estimate - 0.5).abs() < 0.05);
        assert!(all.drivers[Driver::Likes.index()].answer.shortage.is_some(), "likes were never judged");
    }

    #[test]
    fn the_order_of_sessions_does_not_matter_and_the_spread_is_told_from_five() {
        let mut nights: Vec<Answer> = (0..5).map(|night| answer(f64::from(night), 0.5)).collect();
        let gifts = |answers: &[Answer]| {
            let gifts = pooled(answers).drivers[Driver::Gifts.index()].clone();
            (gifts.answer.per_unit.expect("it was judged").estimate, gifts.tau)
        };
        let (forth, tau) = gifts(&nights);
        nights.reverse();
        assert!((gifts(&nights).0 - forth).abs() < 1e-12);
        assert!(tau.expect("five sessions") > 0.5);
        assert_eq!(gifts(&nights[..4]).1, None);
    }

    /// Simpson's paradox: two nights, in each of which nothing happened, cannot make an answer because one
    /// of them had more of everything.
    #[test]
    fn sessions_are_never_put_end_to_end() {
        let together = pooled(&[answer(-0.01, 0.2), answer(0.02, 2.0)]);
        let gifts = &together.drivers[Driver::Gifts.index()].answer;
        assert_eq!(gifts.verdict, Verdict::NoEvidence);
        let estimate = gifts.per_unit.expect("it was judged").estimate.abs();
        assert!(estimate <= 0.02 * 0.5, "between those of the nights: {estimate}");
    }

    /// A session whose likes had `slope`, and bursts that would bring `per_burst` viewers for a slope of 1.
    fn session(slope: f64, per_burst: f64) -> Answer {
        let at_scale = |(i, scale): (usize, &f64)| Slope {
            driver: Driver::Likes,
            scale_s: *scale as u32,
            raises: slope,
            raises_se: 0.1 + i as f64,
            lowers: -slope,
            lowers_se: 0.1 + i as f64,
            per_unit: 0.5,
            per_burst,
            lag_s: if per_burst > 0.0 { 70.0 } else { 75.0 },
        };
        Answer {
            at: Stamp(0),
            basis: Basis::default(),
            drivers: Driver::ALL.map(DriverAnswer::empty),
            windows: Vec::new(),
            slopes: SCALES_S.iter().enumerate().map(at_scale).collect(),
        }
    }

    #[test]
    fn however_clear_a_claim_over_several_sessions_is_likely_and_no_more() {
        let pooled = pooled(&vec![session(1.0, 20.0); 8]);
        let likes = &pooled.drivers[Driver::Likes.index()];
        assert!(likes.answer.q_value.is_some_and(|q| q < 1e-6), "{likes:?}");
        assert_eq!((likes.answer.level, pooled.sessions), (Level::Likely, 8));
    }

    #[test]
    fn only_sessions_with_bursts_say_how_much_a_burst_brings() {
        let bursts = |answers: &[Answer]| pooled(answers).drivers[Driver::Likes.index()].answer.per_burst;
        let size =
            bursts(&[session(1.0, 20.0), session(1.0, 0.0), session(1.0, 10.0)]).expect("two sessions");
        assert!((size.estimate - 15.0).abs() < 1e-9, "{size:?}");
        assert_eq!(bursts(&[session(1.0, 0.0), session(1.0, 0.0)]), None);
    }

    #[test]
    fn the_delay_over_several_sessions_is_a_whole_step() {
        let answers = [session(1.0, 20.0), session(1.0, 20.0), session(1.0, 0.0)];
        assert_eq!(pooled(&answers).drivers[Driver::Likes.index()].answer.lag_s, Some(70.0));
    }
}
