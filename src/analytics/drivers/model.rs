//! The steps in their order: from readings of a session to slopes and probabilities of each kind.

use super::delay::{LOCAL, aligned, reporting_delay};
use super::flow::{Turnover, inflow, turnover};
use super::inference::{self, either, evidence};
use super::innovation::Audience;
use super::readings::Readings;
use super::response::{SCALES_S, contrast, response};
use super::series::{deviation, local_mean, mean};
use super::slopes::{Correlator, Estimate, Slopes};
use super::whiten::Outcome;
use crate::domain::driver::Driver;

/// Fewer joins than this cannot date the inflow.
const FEWEST_JOINS: f64 = 100.0;

/// No analysis before this many minutes without a mask.
const FEWEST_MINUTES: f64 = 10.0;

/// Autocorrelation that is taken out of joins, and of what is seen through viewers.
const JOINS_ORDER: usize = 4;
const VIEWERS_ORDER: usize = 6;

/// Without joins, activity stands in for arrivals; the viewer count is not believed to be faster.
const SHORTEST_DELAY_WITHOUT_JOINS: usize = 3;

/// One session, as the analysis sees it.
#[derive(Clone, Debug)]
pub struct Model {
    pub readings: Readings,
    /// Reporting delay of the viewer count, in bins.
    pub delay: usize,
    /// The viewer count moved back by its delay, and where it is known.
    pub viewers: Vec<f64>,
    pub viewers_ok: Vec<bool>,
    pub turnover: Turnover,
    pub joins_usable: bool,
    pub kinds: [Option<Kind>; Driver::ALL.len()],
}

/// What was found about one kind of activity.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Activity that the audience does not explain.
    pub innovation: Vec<f64>,
    /// By time scale: viewers who come (or leave) for each unit of the contrast.
    pub raises: Vec<Slope>,
    pub lowers: Vec<Slope>,
    pub up: inference::Evidence,
    pub down: inference::Evidence,
    /// Having looked at both directions.
    pub p: f64,
}

#[derive(Clone, Copy, Debug)]
pub struct Slope {
    pub slope: f64,
    pub se: f64,
}

impl Kind {
    /// Whether the more probable direction is up.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.up.p / inference::RAISES_WEIGHT <= self.down.p / inference::LOWERS_WEIGHT
    }

    /// The slope of the more probable direction, and its time scale.
    #[must_use]
    pub fn best(&self) -> (Slope, usize) {
        if self.is_up() {
            (self.raises[self.up.scale], self.up.scale)
        } else {
            (self.lowers[self.down.scale], self.down.scale)
        }
    }
}

impl Model {
    /// `None` before there are ten minutes to look at.
    #[must_use]
    pub fn fit(readings: Readings) -> Option<Self> {
        if readings.minutes() < FEWEST_MINUTES {
            return None;
        }
        let joins_usable = readings.joins.iter().sum::<f64>() >= FEWEST_JOINS;
        let delay = if joins_usable {
            reporting_delay(&readings.joins, &readings.viewers, &readings.ok, &readings.viewers_ok, 0)
        } else {
            let stir = stir(&readings);
            reporting_delay(
                &stir,
                &readings.viewers,
                &readings.ok,
                &readings.viewers_ok,
                SHORTEST_DELAY_WITHOUT_JOINS,
            )
        };
        let (viewers, viewers_ok) = aligned(&readings.viewers, &readings.viewers_ok, delay);
        let turnover = turnover(&readings.joins, &viewers, &readings.ok, &viewers_ok);
        let kinds = [const { None }; Driver::ALL.len()];
        let mut model = Self { readings, delay, viewers, viewers_ok, turnover, joins_usable, kinds };
        model.kinds = model.judge();
        Some(model)
    }

    fn judge(&self) -> [Option<Kind>; Driver::ALL.len()] {
        let innovations = self.innovations();
        let active: Vec<usize> =
            (0..innovations.len()).filter(|index| innovations[*index].is_some()).collect();
        let mut kinds = [const { None }; Driver::ALL.len()];
        if active.is_empty() {
            return kinds;
        }
        let outcomes = self.outcomes();
        let mut correlator = Correlator::new(self.readings.len());
        let (mut raises, mut lowers) = (vec![Vec::new(); active.len()], vec![Vec::new(); active.len()]);
        for scale in SCALES_S {
            let shape = response(scale);
            let contrasts: Vec<Vec<f64>> = active
                .iter()
                .map(|index| contrast(innovations[*index].as_deref().expect("it is active"), &shape))
                .collect();
            let mut slopes = |outcome: &Outcome| {
                let regressors: Vec<Vec<f64>> =
                    contrasts.iter().map(|contrast| outcome.regressor(contrast)).collect();
                Slopes::of(&regressors, &outcome.e, &mut correlator)
            };
            let Some(flow) = slopes(&outcomes.flow) else { return kinds };
            let Some(out) = slopes(&outcomes.out) else { return kinds };
            let joins = outcomes.joins.as_ref().and_then(&mut slopes);
            for place in 0..active.len() {
                let through_viewers = flow.estimate(place, 1.0);
                raises[place].push(match &joins {
                    Some(joins) => {
                        joins.estimate(place, self.turnover.viewers_per_join).mixed(&through_viewers)
                    }
                    None => through_viewers,
                });
                lowers[place].push(out.estimate(place, 1.0));
            }
        }
        for (place, index) in active.iter().enumerate() {
            let (up, down) = (self.evidence(&raises[place]), self.evidence(&lowers[place]));
            let slim =
                |scales: &[Estimate]| scales.iter().map(|e| Slope { slope: e.slope, se: e.se }).collect();
            kinds[*index] = Some(Kind {
                innovation: innovations[*index].clone().expect("it is active"),
                raises: slim(&raises[place]),
                lowers: slim(&lowers[place]),
                p: either(up.p, down.p),
                up,
                down,
            });
        }
        kinds
    }

    fn evidence(&self, scales: &[Estimate]) -> inference::Evidence {
        evidence(scales, self.readings.minutes())
    }

    fn innovations(&self) -> [Option<Vec<f64>>; Driver::ALL.len()] {
        let readings = &self.readings;
        let flow;
        let (crowd, arrivals) = if self.joins_usable {
            (&readings.viewers, &readings.joins)
        } else {
            flow = inflow(&self.viewers, self.turnover.leaving);
            (&self.viewers, &flow)
        };
        let usual = local_mean(arrivals, &readings.ok, LOCAL);
        let audience = Audience::new(crowd, arrivals, &usual, &readings.ok);
        readings.doses.each_ref().map(|dose| audience.innovation(dose))
    }

    fn outcomes(&self) -> Outcomes {
        let readings = &self.readings;
        let flow = inflow(&self.viewers, self.turnover.leaving);
        let n = flow.len();
        let flow_ok: Vec<bool> =
            (0..n).map(|t| t + 1 < n && self.viewers_ok[t] && self.viewers_ok[t + 1]).collect();
        let crowd: Vec<f64> = local_mean(&self.viewers, &self.viewers_ok, LOCAL)
            .iter()
            .map(|viewers| viewers.max(1.0))
            .collect();
        let c = self.turnover.viewers_per_join;
        let out: Vec<f64> = if self.joins_usable {
            readings.joins.iter().zip(&flow).map(|(joins, flow)| c * joins - flow).collect()
        } else {
            flow.iter().map(|flow| -flow).collect()
        };
        let out_ok: Vec<bool> = flow_ok.iter().zip(&readings.ok).map(|(flow, ok)| *flow && *ok).collect();
        Outcomes {
            joins: self.joins_usable.then(|| {
                let usual = local_mean(&readings.joins, &readings.ok, LOCAL);
                let floor = 0.3 * mean(&readings.joins) + 0.001;
                let variance: Vec<f64> = usual.iter().map(|usual| usual.max(floor)).collect();
                Outcome::new(&readings.joins, &variance, &readings.ok, JOINS_ORDER)
            }),
            flow: Outcome::new(&flow, &crowd, &flow_ok, VIEWERS_ORDER),
            out: Outcome::new(&out, &crowd, &out_ok, VIEWERS_ORDER),
        }
    }
}

/// The readings that may answer to activity: people coming, seen twice, and more people leaving than usual.
struct Outcomes {
    joins: Option<Outcome>,
    flow: Outcome,
    out: Outcome,
}

/// Comments and likes in their own standard deviations, added.
fn stir(readings: &Readings) -> Vec<f64> {
    let part = |driver: Driver| {
        let dose = &readings.doses[driver.index()];
        let deviation = deviation(dose).max(1e-9);
        dose.iter().map(move |value| value / deviation)
    };
    part(Driver::Comments).zip(part(Driver::Likes)).map(|(comments, likes)| comments + likes).collect()
}
