//! What really moved the viewers of a session, by counterfactual: the same world with the same random numbers, once
//! more without one kind's pull. A kind without a pull is null by construction and needs no second run.

use crate::families::{Family, Path, Pull, Room};
use crate::host::Script;
use crate::kind::{Kind, PerKind};
use crate::observe::{Observed, Span, observe};
use crate::person;
use crate::session::{Driver, Exogenous, Line, Truth, Window, top_driver};
use crate::windows::{self, GRID_S, WINDOW_S};
use crate::world::{Second, World};

/// One session as a client sees it, and what is true of it.
pub fn session(family: &Family, seed: u64, host: u64, number: u64) -> (Vec<Line>, Truth) {
    let room = family.room(seed, host, number);
    let script = Script::of(&room);
    let seconds = live(&room, &script, None);
    let seen = observe(&room, &seconds);
    let lag_s = room.seen.lag_s + room.seen.smoothing_s;
    let effects: Vec<Effect> =
        room.pulls.iter().map(|pull| Effect::of(pull, &room, &script, &seconds, &seen.told)).collect();
    let drivers = Kind::ALL.map(|kind| {
        let effect = effects.iter().find(|effect| effect.pull.kind == kind && effect.acted());
        effect.map_or(Driver::without_effect(kind), |effect| effect.driver(lag_s))
    });
    let streamer = format!("{}-s{host}", family.name);
    let truth = Truth {
        name: format!("{streamer}-n{number}"),
        family: family.name.to_owned(),
        streamer,
        seed,
        is_null: drivers.iter().all(|driver| driver.verdict == "no_evidence"),
        duration_s: room.duration_s,
        mean_viewers: present(&seconds).iter().sum::<f64>() / seconds.len() as f64,
        report_lag_s: lag_s,
        top_driver: top_driver(&drivers),
        windows: explained(&seen.lines, room.duration_s, lag_s, &effects),
        drivers: drivers.into(),
        exogenous: placed(&script, &seen),
    };
    (seen.lines, truth)
}

/// What was set from outside, in the world and in the telling.
fn placed(script: &Script, seen: &Observed) -> Vec<Exogenous> {
    let in_world = script.log.iter().map(|placed| (placed.what, placed.at_s, placed.length_s));
    let told = |what, spans: &[Span]| -> Vec<_> {
        spans.iter().map(|span| (what, span.from as i64, (span.to - span.from).ceil() as i64)).collect()
    };
    let all = in_world.chain(told("flap", &seen.flaps)).chain(told("silence", &seen.silences));
    all.map(|(what, t_s, len_s)| Exogenous { what: what.to_owned(), t_s, len_s }).collect()
}

/// Every recorded second of the room, with the pulls of `without` switched off.
pub fn live(room: &Room, script: &Script, without: Option<Kind>) -> Vec<Second> {
    let mut world = World::new(room, script, without);
    (0..room.duration_s).map(|_| world.step()).collect()
}

pub fn present(seconds: &[Second]) -> Vec<f64> {
    seconds.iter().map(|second| f64::from(second.present)).collect()
}

/// What one kind's pull did in a session.
pub struct Effect {
    pub pull: Pull,
    /// People present more, or fewer, than without the pull, by second.
    pub difference: Vec<f64>,
    /// The difference in people's ordinary stays: for a pull that brings people, about how many came.
    pub total_viewers: f64,
    /// Mean response of those present to one unit as the client counts units, by seconds since.
    response: Vec<f64>,
}

/// How long one unit's response is followed: later, what its visitors do in turn drowns it.
const HORIZON_S: usize = 240;
/// Units are hidden by the cell.
const CELL_S: usize = 10;

impl Effect {
    fn of(pull: &Pull, room: &Room, script: &Script, seconds: &[Second], told: &PerKind<f64>) -> Self {
        let fact = present(seconds);
        let without = present(&live(room, script, Some(pull.kind)));
        let difference: Vec<f64> = fact.iter().zip(&without).map(|(fact, without)| fact - without).collect();
        let arrived: usize = seconds.iter().map(|second| second.arrivals.len()).sum();
        let stay_s = fact.iter().sum::<f64>() / arrived.max(1) as f64;
        let mut response = response(pull.kind, room, script, seconds);
        response.iter_mut().for_each(|viewers| *viewers /= told[pull.kind].max(0.01));
        let total_viewers = difference.iter().sum::<f64>() / stay_s.max(1.0);
        Self { pull: *pull, difference, total_viewers, response }
    }

    fn sign(&self) -> f64 {
        if self.pull.path == Path::Floods { -1.0 } else { 1.0 }
    }

    /// The response's strongest moment: seconds since the unit, and viewers.
    fn peak(&self) -> (usize, f64) {
        let strength = |i: &usize| self.sign() * self.response[*i];
        let at = (0..self.response.len()).max_by(|a, b| strength(a).total_cmp(&strength(b))).unwrap_or(0);
        (at, self.response.get(at).copied().unwrap_or(0.0))
    }

    /// Whether the pull moved anybody here: in a short session with three gifts it may not have.
    fn acted(&self) -> bool {
        self.sign() * self.total_viewers > 0.0 && self.sign() * self.peak().1 > 0.0
    }

    fn driver(&self, lag_s: f64) -> Driver {
        let (peak_s, peak) = self.peak();
        let half_s = self.response.iter().position(|viewers| viewers.abs() >= peak.abs() / 2.0).unwrap_or(0);
        Driver {
            verdict: if self.sign() > 0.0 { "raises" } else { "lowers" }.to_owned(),
            effect_per_unit: peak,
            total_viewers: self.total_viewers,
            lag_s: half_s as f64 + lag_s,
            peak_s: peak_s as f64 + lag_s,
            ..Driver::without_effect(self.pull.kind)
        }
    }
}

/// The mean response to one unit: cells of activity, drawn in proportion to their dose and spread evenly over it,
/// are hidden from the pull one at a time, and the people then missing are counted.
fn response(kind: Kind, room: &Room, script: &Script, seconds: &[Second]) -> Vec<f64> {
    let cells: Vec<(f64, f64)> = seconds[..seconds.len().saturating_sub(HORIZON_S)]
        .chunks(CELL_S)
        .map(|cell| {
            let acts = cell.iter().flat_map(|second| &second.acts).filter(|act| act.kind == kind);
            acts.fold((0.0, 0.0), |(dose, units), act| {
                (dose + person::dose(kind, act.units), units + f64::from(act.units))
            })
        })
        .collect();
    let (dose, units) = cells.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    if units == 0.0 {
        return Vec::new();
    }
    let trials = if room.viewers > 5000.0 { 32 } else { 160 };
    let mut sum = vec![0.0; HORIZON_S];
    let mut world = World::new(room, script, None);
    let (mut so_far, mut trial) = (0.0, 0);
    for (i, cell) in cells.iter().enumerate() {
        so_far += cell.0;
        let drawn = (trial..trials)
            .take_while(|n| (f64::from(*n) + 0.5) / f64::from(trials) * dose <= so_far)
            .count();
        if drawn > 0 {
            trial += drawn as i32;
            let mut other = world.clone();
            let start = i * CELL_S;
            other.hide(kind, start as i64..(start + CELL_S) as i64);
            let weight = drawn as f64 * dose / (cell.0 * f64::from(trials) * units);
            for (lag, total) in sum.iter_mut().enumerate() {
                *total +=
                    weight * (f64::from(seconds[start + lag].present) - f64::from(other.step().present));
            }
        }
        for _ in 0..CELL_S {
            world.step();
        }
    }
    steadied(&sum)
}

/// A centred mean over half a minute, so that the peak is not the luckiest second.
fn steadied(curve: &[f64]) -> Vec<f64> {
    let mean = |i: usize| {
        let near = &curve[i.saturating_sub(15)..(i + 16).min(curve.len())];
        near.iter().sum::<f64>() / near.len() as f64
    };
    (0..curve.len()).map(mean).collect()
}

/// The notable windows of what was seen, each with the kind whose pull makes up at least two fifths of the change.
fn explained(lines: &[Line], duration_s: i64, lag_s: f64, effects: &[Effect]) -> Vec<Window> {
    let notable = windows::notable(&windows::grid(lines, duration_s));
    let window = |notable: &windows::Notable| {
        let start_s = notable.cell as i64 * GRID_S;
        let moment = |t: i64| ((t + GRID_S / 2) as f64 - lag_s).clamp(0.0, (duration_s - 1) as f64) as usize;
        let share = |effect: &Effect| {
            let brought = effect.difference[moment(start_s + WINDOW_S)] - effect.difference[moment(start_s)];
            // What brings people explains rises, what drives them off explains falls.
            if notable.change * effect.sign() > 0.0 { brought / notable.change } else { 0.0 }
        };
        let shares = effects
            .iter()
            .filter(|effect| effect.acted())
            .map(|effect| (effect.pull.kind.plural(), share(effect)));
        let (kind, share) = shares.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("none", 0.0));
        let cause = match share {
            s if s >= 0.4 => kind,
            s if s > 0.25 => "ambiguous",
            _ => "none",
        };
        Window {
            start_ms: start_s * 1000,
            end_ms: (start_s + WINDOW_S) * 1000,
            viewer_change: notable.change,
            cause: cause.to_owned(),
            share: (share * 1000.0).round() / 1000.0,
        }
    };
    notable.iter().map(window).collect()
}
