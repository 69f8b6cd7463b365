//! From viewer counts to people who come and people who leave.

use super::linear::{Cholesky, gram, huber};
use super::readings::BIN_S;
use super::series::{mean, median};

/// The block, in bins, over which coming and leaving are balanced: a minute.
const BLOCK: usize = 12;

/// Fewer blocks than this tell nothing.
const FEWEST_BLOCKS: usize = 5;

/// With more joins than this in a bin, TikTok may show no more of them however many people come.
const CROWDED_JOINS: f64 = 8.0;

/// Joins of a crowded room track the gains of its viewers if their slope is this many standard errors.
const TRACKING: f64 = 4.0;

/// How people come and go in one session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turnover {
    /// Viewers for each announced join; TikTok announces only some in big rooms.
    pub viewers_per_join: f64,
    /// The part of the audience that leaves within a bin.
    pub leaving: f64,
    /// Whether joins tell how many people come. In big rooms their rate can sit at TikTok's limit; then they
    /// only add noise and hide the inflow.
    pub joins_track: bool,
}

/// Fits ΔV = c·joins − h·V over blocks of a minute.
#[must_use]
pub fn turnover(joins: &[f64], viewers: &[f64], ok: &[bool], viewers_ok: &[bool]) -> Turnover {
    let (mut come, mut stay, mut change, mut weights) = (vec![], vec![], vec![], vec![]);
    for from in (0..joins.len().saturating_sub(BLOCK)).step_by(BLOCK) {
        let block = from..from + BLOCK;
        if ok[block.clone()].iter().all(|ok| *ok) && viewers_ok[from..=from + BLOCK].iter().all(|ok| *ok) {
            let crowd: f64 = viewers[block.clone()].iter().sum();
            come.push(joins[block].iter().sum());
            stay.push(-crowd);
            change.push(viewers[from + BLOCK] - viewers[from]);
            weights.push(1.0 / (crowd / BLOCK as f64).max(1.0));
        }
    }
    let columns: [&[f64]; 2] = [&come, &stay];
    let fitted = if change.len() < FEWEST_BLOCKS { None } else { huber(&columns, &change, &weights) };
    let tracking = fitted.as_ref().map_or(0.0, |fitted| first_in_errors(&columns, &change, &weights, fitted));
    let (per_join, leaving) = fitted.map_or((1.0, BIN_S / 200.0), |fitted| (fitted[0], fitted[1]));
    Turnover {
        viewers_per_join: per_join.clamp(0.5, 1e5),
        leaving: leaving.clamp(BIN_S / 1500.0, BIN_S / 40.0),
        joins_track: mean(joins) <= CROWDED_JOINS || tracking >= TRACKING,
    }
}

/// People who came in each bin as the viewer count tells: its growth, and who left meanwhile.
#[must_use]
pub fn inflow(viewers: &[f64], leaving: f64) -> Vec<f64> {
    let last = viewers.len().saturating_sub(1);
    (0..viewers.len()).map(|t| viewers[(t + 1).min(last)] - viewers[t] + leaving * viewers[t]).collect()
}

/// The first coefficient in its standard errors, with a robust scale.
fn first_in_errors(columns: &[&[f64]], outcome: &[f64], weights: &[f64], fitted: &[f64]) -> f64 {
    let Some(factor) = Cholesky::of(&gram(columns, weights), columns.len()) else { return 0.0 };
    let mut sizes: Vec<f64> = (0..outcome.len())
        .map(|t| {
            let explained: f64 = fitted.iter().zip(columns).map(|(b, column)| b * column[t]).sum();
            (outcome[t] - explained).abs() * weights[t].sqrt()
        })
        .collect();
    let error = 1.4826 * median(&mut sizes) * factor.inverse()[0].sqrt();
    if error > 0.0 { fitted[0] / error } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;

    const HOURS: usize = 2 * 720;

    /// Joins and viewers of a room whose rate of arrivals wanders around `mean`; one in `hidden` of those who
    /// come is announced, and a part `leaving` of those present leaves in each bin.
    fn room(seed: u64, mean: f64, hidden: f64, leaving: f64) -> (Vec<f64>, Vec<f64>) {
        let mut dice = Dice::new(seed);
        let (mut joins, mut viewers, mut here) = (vec![], vec![], (mean / leaving).round());
        for t in 0..HOURS {
            let rate = mean * (1.0 + 0.9 * (t as f64 / 12.0).sin());
            let announced = f64::from(dice.count(rate / hidden));
            let others = f64::from(dice.count(rate * (1.0 - 1.0 / hidden)));
            viewers.push(here);
            joins.push(announced);
            here += announced + others - f64::from(dice.count(leaving * here));
        }
        (joins, viewers)
    }

    fn found(joins: &[f64], viewers: &[f64]) -> Turnover {
        turnover(joins, viewers, &vec![true; HOURS], &vec![true; HOURS])
    }

    #[test]
    fn viewers_for_each_join_and_the_rate_of_leaving_are_recovered() {
        for (mean, hidden, leaving) in [(2.0, 1.0, 0.02), (4.0, 2.0, 0.03), (8.0, 4.0, 0.05)] {
            let (joins, viewers) = room(7, mean, hidden, leaving);
            let found = found(&joins, &viewers);
            let near = |value: f64, truth: f64| (value / truth - 1.0).abs() < 0.3;
            assert!(
                near(found.viewers_per_join, hidden) && near(found.leaving, leaving),
                "{found:?}, {hidden}"
            );
            assert!(found.joins_track, "{found:?}");
        }
    }

    #[test]
    fn a_hole_in_the_record_does_not_change_the_turnover_of_the_rest() {
        let (mut joins, mut viewers) = room(7, 4.0, 2.0, 0.03);
        let mut ok = vec![true; HOURS];
        ok[600..660].fill(false);
        let before = turnover(&joins, &viewers, &ok, &ok);
        joins[600..660].fill(0.0);
        viewers[600..660].fill(1e6);
        assert_eq!(turnover(&joins, &viewers, &ok, &ok), before);
    }

    #[test]
    fn joins_that_sit_at_their_limit_do_not_tell_how_many_come() {
        let (_, viewers) = room(3, 40.0, 1.0, 0.02);
        let at_the_limit = Dice::new(4).counts(12.0, HOURS);
        assert!(!found(&at_the_limit, &viewers).joins_track);
        let (joins, viewers) = room(3, 40.0, 3.0, 0.02);
        assert!(mean(&joins) > CROWDED_JOINS && found(&joins, &viewers).joins_track);
        let few = Dice::new(4).counts(3.0, HOURS);
        assert!(found(&few, &viewers).joins_track, "a few joins are no limit");
    }

    #[test]
    fn too_little_to_see_gives_the_usual_turnover_and_nothing_leaves_its_limits() {
        let usual = turnover(&[1.0; 40], &[50.0; 40], &[true; 40], &[true; 40]);
        assert_eq!((usual.viewers_per_join, usual.leaving), (1.0, BIN_S / 200.0));
        let rising: Vec<f64> = (0..HOURS).map(|t| 1e6 * t as f64).collect();
        let wild = found(&vec![1e-9; HOURS], &rising);
        assert!((0.5..=1e5).contains(&wild.viewers_per_join), "{wild:?}");
        assert!((BIN_S / 1500.0..=BIN_S / 40.0).contains(&wild.leaving), "{wild:?}");
    }

    #[test]
    fn the_inflow_and_those_who_stay_make_the_count_again() {
        let viewers = [50.0, 52.0, 49.0, 49.0, 60.0];
        let come = inflow(&viewers, 0.02);
        for t in 0..4 {
            assert!((viewers[t] * (1.0 - 0.02) + come[t] - viewers[t + 1]).abs() < 1e-12, "{come:?}");
        }
        assert!(inflow(&[], 0.02).is_empty());
    }
}
