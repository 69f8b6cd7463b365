//! Recordings of real rooms (one JSON object a line: `ts`, `type`, and what the type carries) as event lines, and
//! plants in them: the recorded counts with a lift of known size after bursts of one kind. What moved the real
//! viewers nobody knows, so a plant's truth speaks only of what was planted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::dice::Dice;
use crate::kind::Kind;
use crate::session::{
    Driver, Exogenous, Line, Truth, Window, top_driver, write_lines, write_streamers, write_truth,
};
use crate::windows::{self, GRID_S, WINDOW_S};

/// One line of a recording. Connects, disconnects and types unknown here carry nothing to convert.
#[derive(Deserialize)]
struct Recorded {
    ts: String,
    #[serde(rename = "type")]
    what: String,
    user: Option<String>,
    viewers: Option<u32>,
    count: Option<u32>,
    diamonds: Option<u32>,
}

/// A recording's name and its lines, in order of time, from its first event on.
pub fn read(file: &Path) -> Result<(String, Vec<Line>), String> {
    let text = fs::read_to_string(file).map_err(|e| format!("Cannot read {}: {e}", file.display()))?;
    let name = file.file_stem().map_or("recording".into(), |stem| stem.to_string_lossy().into_owned());
    let mut first = None;
    let mut lines = Vec::new();
    for (number, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let at = |problem: String| format!("{}, line {}: {problem}", file.display(), number + 1);
        let recorded: Recorded = serde_json::from_str(text).map_err(|e| at(e.to_string()))?;
        let ms = time_ms(&recorded.ts).ok_or_else(|| at(format!("{} is no time", recorded.ts)))?;
        let t_ms = ms - *first.get_or_insert(ms);
        lines.extend(recorded.line(t_ms));
    }
    lines.sort_by_key(|line| line.t_ms);
    Ok((name, lines))
}

impl Recorded {
    fn line(self, t_ms: i64) -> Option<Line> {
        let (kind, count, value) = match self.what.as_str() {
            "viewers" => ("viewers", self.viewers?, None),
            "chat" => ("comment", 1, None),
            "like" => ("like", self.count.unwrap_or(1), None),
            "gift" => ("gift", self.count.unwrap_or(1), Some(self.diamonds.unwrap_or(0))),
            "follow" => ("follow", 1, None),
            "share" => ("share", 1, None),
            "join" => ("join", 1, None),
            _ => return None,
        };
        Some(Line { t_ms, kind, count, value, user: self.user })
    }
}

/// `2025-08-07T17:02:06.261`, with or without the fraction and a final Z, in ms since 1970.
fn time_ms(ts: &str) -> Option<i64> {
    let (date, time) = ts.trim_end_matches('Z').split_once(['T', ' '])?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.splitn(3, ':');
    let (hour, minute) = (time.next()?.parse::<i64>().ok()?, time.next()?.parse::<i64>().ok()?);
    let second: f64 = time.next()?.parse().ok()?;
    // Days of the civil calendar, counted from March (Hinnant, "chrono-compatible low-level date algorithms").
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + (second * 1000.0).round() as i64)
}

/// A lift to plant, and where.
pub struct Plant {
    pub kind: Kind,
    /// Viewers at the peak of one lift.
    pub size: f64,
    /// Seconds from the end of a burst to its peak, and for the lift to fade to a third.
    pub delay_s: f64,
    pub decay_s: f64,
    /// The same lifts at times drawn by chance: a null with the same viewers' unrest.
    pub shuffle: bool,
    pub seed: u64,
    /// How often the recording is told, one after the other: real recordings with counts are short.
    pub repeat: i64,
    pub out: PathBuf,
}

impl Plant {
    /// Plants in every file and writes what comes of it.
    pub fn all(&self, files: &[String]) -> Result<(), String> {
        let mut streamers = BTreeMap::new();
        for file in files {
            let (recording, lines) = read(file.as_ref())?;
            let (lines, truth) =
                self.plant_in(&recording, repeated(&lines, self.repeat, &mut Dice::of(&[self.seed, 70])))?;
            write_lines(&self.out, &truth.name, &lines).map_err(|e| e.to_string())?;
            write_truth(&self.out, &truth).map_err(|e| e.to_string())?;
            streamers.insert(truth.name, truth.streamer);
        }
        write_streamers(&self.out, streamers).map_err(|e| e.to_string())
    }

    /// The recording with the lifts in its counts, and the truth about them.
    pub fn plant_in(&self, name: &str, mut lines: Vec<Line>) -> Result<(Vec<Line>, Truth), String> {
        let duration_s = lines.last().map_or(0, |line| line.t_ms / 1000 + 1);
        let bursts = bursts(self.kind, &lines, duration_s);
        if bursts.is_empty() {
            return Err(format!("{name} has no bursts of {} to plant after.", self.kind.plural()));
        }
        let mut dice = Dice::of(&[self.seed, duration_s as u64]);
        let lifted: Vec<i64> = bursts
            .iter()
            .map(|end| if self.shuffle { dice.below(duration_s as usize) as i64 } else { *end })
            .collect();
        for line in lines.iter_mut().filter(|line| line.kind == "viewers") {
            let lift = self.lift(&lifted, line.t_ms as f64 / 1000.0);
            line.count = (f64::from(line.count) + lift).round().max(0.0) as u32;
        }
        let truth = self.truth(name, &lines, duration_s, &lifted);
        Ok((lines, truth))
    }

    /// Viewers planted at second `t`.
    fn lift(&self, lifted: &[i64], t: f64) -> f64 {
        let one = |start: i64| match t - start as f64 {
            since if since <= 0.0 => 0.0,
            since if since < self.delay_s => since / self.delay_s,
            since => (-(since - self.delay_s) / self.decay_s).exp(),
        };
        self.size * lifted.iter().map(|start| one(*start)).sum::<f64>()
    }

    fn truth(&self, name: &str, lines: &[Line], duration_s: i64, lifted: &[i64]) -> Truth {
        let units: f64 = lines.iter().filter(|line| line.kind == self.kind.singular()).map(units).sum();
        let total = self.size * lifted.len() as f64;
        let mut drivers = Kind::ALL.map(Driver::without_effect);
        if !self.shuffle {
            drivers[self.kind as usize] = Driver {
                verdict: if self.size < 0.0 { "lowers" } else { "raises" }.to_owned(),
                effect_per_unit: total / units,
                total_viewers: total,
                lag_s: self.delay_s,
                peak_s: self.delay_s,
                ..Driver::without_effect(self.kind)
            };
        }
        let counts: Vec<f64> =
            lines.iter().filter(|line| line.kind == "viewers").map(|line| f64::from(line.count)).collect();
        Truth {
            name: self.name(name),
            family: self.family(),
            // Copies of one recording are not sessions of one host: nothing may be pooled over them.
            streamer: self.name(name),
            seed: self.seed,
            is_null: self.shuffle,
            duration_s,
            mean_viewers: counts.iter().sum::<f64>() / counts.len().max(1) as f64,
            report_lag_s: 0.0,
            top_driver: top_driver(&drivers),
            windows: self.windows(lines, duration_s, lifted),
            drivers: drivers.into(),
            exogenous: lifted
                .iter()
                .map(|start| Exogenous {
                    what: "planted".to_owned(),
                    t_s: *start,
                    len_s: self.delay_s as i64,
                })
                .collect(),
        }
    }

    /// Named after what was planted where the plant makes up most of a change. Of the rest nobody knows the cause,
    /// and the scorer leaves "ambiguous" out.
    fn windows(&self, lines: &[Line], duration_s: i64, lifted: &[i64]) -> Vec<Window> {
        let notable = windows::notable(&windows::grid(lines, duration_s));
        let window = |notable: &windows::Notable| {
            let start_s = notable.cell as i64 * GRID_S;
            let lift = |t: i64| self.lift(lifted, (t + GRID_S / 2) as f64);
            let share = (lift(start_s + WINDOW_S) - lift(start_s)) / notable.change;
            let planted = !self.shuffle && share >= 0.6 && notable.change * self.size > 0.0;
            Window {
                start_ms: start_s * 1000,
                end_ms: (start_s + WINDOW_S) * 1000,
                viewer_change: notable.change,
                cause: if planted { self.kind.plural() } else { "ambiguous" }.to_owned(),
                share,
            }
        };
        notable.iter().map(window).collect()
    }

    fn family(&self) -> String {
        format!("{}_{}", if self.shuffle { "shuffled" } else { "planted" }, self.kind.plural())
    }

    fn name(&self, recording: &str) -> String {
        format!("{}-{recording}-{}", self.family(), self.seed)
    }
}

/// Ends of the bursts of a kind: runs of 30 s cells with at least twice the usual units of a cell.
fn bursts(kind: Kind, lines: &[Line], duration_s: i64) -> Vec<i64> {
    const CELL_S: i64 = 30;
    let mut cells = vec![0.0; (duration_s / CELL_S + 1) as usize];
    for line in lines.iter().filter(|line| line.kind == kind.singular()) {
        cells[(line.t_ms / 1000 / CELL_S) as usize] += units(line);
    }
    let usual = cells.iter().sum::<f64>() / cells.len() as f64;
    let high = |cell: &f64| *cell > 0.0 && *cell >= 2.0 * usual;
    let ends = (0..cells.len()).filter(|i| high(&cells[*i]) && !cells.get(i + 1).is_some_and(high));
    ends.map(|i| (i as i64 + 1) * CELL_S).collect()
}

fn units(line: &Line) -> f64 {
    f64::from(line.value.unwrap_or(line.count))
}

/// The same lines `times` over, a few seconds apart. Each time the viewer counts are turned round by a time
/// drawn by chance: otherwise whatever activity and counts had in common by chance would come again and again,
/// and would rightly look like an effect. Told once, a recording stays as it is.
fn repeated(lines: &[Line], times: i64, dice: &mut Dice) -> Vec<Line> {
    if times <= 1 {
        return lines.to_vec();
    }
    let length_ms = lines.last().map_or(0, |line| line.t_ms + 5000);
    let mut told: Vec<Line> = (0..times)
        .flat_map(|round| {
            let turn_ms = dice.below(length_ms as usize) as i64;
            let at = move |line: &Line| match line.kind {
                "viewers" => round * length_ms + (line.t_ms + turn_ms) % length_ms,
                _ => round * length_ms + line.t_ms,
            };
            lines.iter().map(move |line| Line { t_ms: at(line), ..line.clone() })
        })
        .collect();
    told.sort_by_key(|line| line.t_ms);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plant(shuffle: bool) -> Plant {
        let out = PathBuf::new();
        Plant {
            kind: Kind::Comments,
            size: 40.0,
            delay_s: 30.0,
            decay_s: 300.0,
            shuffle,
            seed: 3,
            repeat: 1,
            out,
        }
    }

    /// 20 minutes at 100 viewers, a comment a minute, and ten at once at minute 10.
    fn calm_room() -> Vec<Line> {
        let counts = (0..240).map(|i| Line::viewers(i * 5000, 100));
        let comments = (0..20).map(|i| Line::act(i * 60_000 + 1, "comment", 1, None, 1));
        let burst = (0..10).map(|i| Line::act(600_000 + i * 100, "comment", 1, None, 2));
        let mut lines: Vec<Line> = counts.chain(comments).chain(burst).collect();
        lines.sort_by_key(|line| line.t_ms);
        lines
    }

    #[test]
    fn times_of_recordings_are_read_to_the_millisecond() {
        assert_eq!(time_ms("1970-01-02T00:00:01.5"), Some(86_401_500));
        assert_eq!(time_ms("2025-08-07T17:02:06.261Z"), Some(1_754_586_126_261));
        assert_eq!(
            time_ms("2024-03-01T00:00:00").unwrap() - time_ms("2024-02-29T00:00:00").unwrap(),
            86_400_000
        );
        assert_eq!(time_ms("yesterday"), None);
    }

    #[test]
    fn a_planted_lift_is_in_the_counts_and_in_the_truth() {
        let (lines, truth) = plant(false).plant_in("calm", calm_room()).unwrap();
        let at =
            |t_ms: i64| lines.iter().find(|line| line.kind == "viewers" && line.t_ms == t_ms).unwrap().count;
        assert_eq!((at(600_000), at(660_000)), (100, 140));
        assert!(at(1_150_000) < 110);
        assert_eq!(truth.top_driver, "comments");
        assert!((truth.drivers[2].effect_per_unit - 40.0 / 30.0).abs() < 1e-9);
        assert_eq!(
            truth.windows.iter().filter(|window| window.cause == "comments").count(),
            1,
            "{:?}",
            truth.windows
        );
    }

    #[test]
    fn a_recording_can_be_told_again_and_again() {
        let (once, thrice) = (calm_room(), repeated(&calm_room(), 3, &mut Dice::of(&[1])));
        assert_eq!(thrice.len(), 3 * once.len());
        assert!(thrice.is_sorted_by_key(|line| line.t_ms));
    }

    #[test]
    fn shuffled_lifts_are_true_of_no_kind() {
        let (lines, truth) = plant(true).plant_in("calm", calm_room()).unwrap();
        assert!(truth.is_null && truth.drivers.iter().all(|driver| driver.verdict == "no_evidence"));
        let highest = lines.iter().filter(|line| line.kind == "viewers").map(|line| line.count).max();
        assert_eq!(highest, Some(140), "the lift is there, only not after the burst");
        assert!(truth.windows.iter().all(|window| window.cause == "ambiguous"));
    }
}
