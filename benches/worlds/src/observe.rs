//! What a client is told of a room: joins sampled with a bias and capped, counts late, smoothed, rounded and now and
//! then plainly wrong for some seconds, silences, and old comments told again after each reconnect. Nothing here can
//! touch the world: it only reads what happened.

use crate::dice::Dice;
use crate::families::Room;
use crate::kind::{Kind, PerKind};
use crate::session::Line;
use crate::world::Second;

/// The lines of a session in order of time, and the units of each kind they tell of.
pub struct Observed {
    pub lines: Vec<Line>,
    /// Units told, of every unit there was while the line was up: below 1 where the platform samples.
    pub told: PerKind<f64>,
    /// When the count was wrong, and when nothing was told.
    pub flaps: Vec<Span>,
    pub silences: Vec<Span>,
}

/// Seconds from, inclusive, to, exclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub from: f64,
    pub to: f64,
}

impl Span {
    pub fn contains(&self, t: f64) -> bool {
        self.from <= t && t < self.to
    }
}

/// Comments and other events a second that get through at most, on average.
const CAPS: PerKind<f64> = PerKind([3.0, 4.0, 6.0, 2.0, 2.0]);

pub fn observe(room: &Room, seconds: &[Second]) -> Observed {
    let silences = silences(room);
    let silent = |t: f64| silences.iter().any(|span| span.contains(t));
    let flaps = flaps(room);
    let mut lines = counts(room, seconds, &silences, &flaps);
    if let Some(share) = room.seen.joins {
        joins(room, share, seconds, &mut lines);
    }
    let told = acts(room, seconds, &silent, &mut lines);
    lines.retain(|line| !silent(line.t_ms as f64 / 1000.0));
    lines.sort_by_key(|line| (line.t_ms, line.kind));
    let again = told_again(room, &silences, &lines);
    lines.extend(again);
    lines.sort_by_key(|line| (line.t_ms, line.kind));
    Observed { lines, told, flaps, silences }
}

/// Most reconnects take seconds, some minutes.
fn silences(room: &Room) -> Vec<Span> {
    let mut dice = Dice::of(&[room.seed, 60]);
    let hours = room.duration_s as f64 / 3600.0;
    let spans = (0..dice.poisson(room.seen.reconnects_per_h * hours)).map(|_| {
        let from = dice.within((30.0, room.duration_s as f64 - 30.0));
        let length = if dice.chance(0.65) { dice.within((2.0, 8.0)) } else { dice.spread((20.0, 150.0)) };
        Span { from, to: from + length }
    });
    let mut spans: Vec<Span> = spans.collect();
    spans.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut back = 0.0;
    spans.retain(|span| {
        let apart = span.from > back + 5.0;
        back = if apart { span.to } else { back };
        apart
    });
    spans
}

fn flaps(room: &Room) -> Vec<Span> {
    let mut dice = Dice::of(&[room.seed, 61]);
    let hours = room.duration_s as f64 / 3600.0;
    let spans = (0..dice.poisson(room.seen.flaps_per_h * hours)).map(|_| {
        let from = dice.within((0.0, room.duration_s as f64));
        Span { from, to: from + dice.spread((1.0, 45.0)) }
    });
    spans.collect()
}

/// The viewer count as the platform tells it, about every 2.5 s.
fn counts(room: &Room, seconds: &[Second], silences: &[Span], flaps: &[Span]) -> Vec<Line> {
    let smoothed = smoothed(seconds, room.seen.smoothing_s);
    let mut dice = Dice::of(&[room.seed, 62]);
    let mut wrong = Dice::of(&[room.seed, 65]);
    let wrong_by: Vec<f64> = flaps
        .iter()
        .map(|_| if wrong.chance(0.7) { wrong.within((0.55, 0.88)) } else { wrong.within((1.12, 1.5)) })
        .collect();
    let at = |t: f64| smoothed[((t - room.seen.lag_s).max(0.0) as usize).min(smoothed.len() - 1)];
    let mut lines = Vec::new();
    let mut t = dice.within((0.0, 3.0));
    while t < room.duration_s as f64 {
        let wrong = flaps.iter().zip(&wrong_by).find(|(flap, _)| flap.contains(t)).map_or(1.0, |(_, by)| *by);
        lines.push(Line::viewers((t * 1000.0) as i64, rounded(at(t) * wrong)));
        t += dice.lognormal(2.4, 0.45).clamp(0.8, 9.0);
    }
    // Right after a connect two counts come within 100 ms, the first of them old.
    for silence in silences.iter().filter(|silence| silence.to + 1.0 < room.duration_s as f64) {
        let t_ms = (silence.to * 1000.0) as i64;
        lines.push(Line::viewers(t_ms + 120, rounded(at(silence.to - 20.0))));
        lines.push(Line::viewers(t_ms + 200, rounded(at(silence.to))));
    }
    lines
}

fn smoothed(seconds: &[Second], tau: f64) -> Vec<f64> {
    let keep = (-1.0 / tau).exp();
    let mut level = seconds.first().map_or(0.0, |second| f64::from(second.present));
    let follow = |second: &Second| {
        level = keep * level + (1.0 - keep) * f64::from(second.present);
        level
    };
    seconds.iter().map(follow).collect()
}

/// Big rooms are told in tens and hundreds.
fn rounded(viewers: f64) -> u32 {
    let grain = match viewers {
        v if v >= 10_000.0 => 100.0,
        v if v >= 1000.0 => 10.0,
        _ => 1.0,
    };
    ((viewers / grain).round() * grain).max(0.0) as u32
}

/// A busy second shows no more joins than a lively one: the cap bends, and friends come first.
fn joins(room: &Room, share: f64, seconds: &[Second], lines: &mut Vec<Line>) {
    for (t, second) in seconds.iter().enumerate() {
        let expected = share * second.arrivals.len() as f64;
        let shown = room.seen.joins_cap * (1.0 - (-expected / room.seen.joins_cap).exp());
        let chance = share * if expected > 0.0 { shown / expected } else { 1.0 };
        for arrival in &second.arrivals {
            let mut dice = Dice::of(&[arrival.id, 63]);
            if dice.chance(if arrival.friend { 2.0 * chance } else { 0.9 * chance }) {
                lines.push(Line::act(t as i64 * 1000 + dice.below(1000) as i64, "join", 1, None, arrival.id));
            }
        }
    }
}

/// Likes of a busy second are merged into fewer events and lose nothing; the other kinds are sampled.
fn acts(
    room: &Room,
    seconds: &[Second],
    silent: &dyn Fn(f64) -> bool,
    lines: &mut Vec<Line>,
) -> PerKind<f64> {
    let mut events = PerKind::<f64>::default();
    for act in seconds.iter().flat_map(|second| &second.acts) {
        events[act.kind] += 1.0;
    }
    let kept =
        PerKind(Kind::ALL.map(|kind| (CAPS[kind] * seconds.len() as f64 / events[kind].max(1.0)).min(1.0)));
    let (mut all, mut told) = (PerKind::<f64>::default(), PerKind::<f64>::default());
    for (t, second) in seconds.iter().enumerate() {
        let mut dice = Dice::of(&[room.seed, 64, t as u64]);
        let mut likes: Vec<Line> = Vec::new();
        for act in &second.acts {
            let t_ms = t as i64 * 1000 + dice.below(1000) as i64;
            if !silent(t_ms as f64 / 1000.0) {
                all[act.kind] += f64::from(act.units);
            }
            let value = (act.kind == Kind::Gifts).then_some(act.units);
            let line = Line::act(t_ms, act.kind.singular(), act.count, value, act.id);
            if act.kind == Kind::Likes && likes.len() >= CAPS[Kind::Likes] as usize {
                likes[0].count += act.count;
            } else if act.kind == Kind::Likes {
                likes.push(line);
            } else if dice.chance(kept[act.kind]) {
                lines.push(line);
                if !silent(t_ms as f64 / 1000.0) {
                    told[act.kind] += f64::from(act.units);
                }
            }
        }
        lines.append(&mut likes);
    }
    told[Kind::Likes] = all[Kind::Likes];
    PerKind(Kind::ALL.map(|kind| if all[kind] > 0.0 { told[kind] / all[kind] } else { 1.0 }))
}

/// After a connect the platform tells about six old comments once more.
fn told_again(room: &Room, silences: &[Span], lines: &[Line]) -> Vec<Line> {
    let mut again = Vec::new();
    for silence in silences.iter().filter(|silence| silence.to + 1.0 < room.duration_s as f64) {
        let back_ms = (silence.to * 1000.0) as i64;
        let older = lines.iter().filter(|line| line.kind == "comment" && line.t_ms < back_ms);
        let older: Vec<&Line> = older.collect();
        for (i, line) in older[older.len().saturating_sub(6)..].iter().enumerate() {
            again.push(Line { t_ms: back_ms + 20 + 12 * i as i64, ..(*line).clone() });
        }
    }
    again
}
