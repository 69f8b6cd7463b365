//! The two files of a session, in the first generator's format: the lines a client would have seen, and the truth.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::kind::Kind;

/// One line of `NAME.events.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    pub t_ms: i64,
    pub kind: &'static str,
    pub count: u32,
    /// Diamonds of the whole event, for gifts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Line {
    pub fn viewers(t_ms: i64, count: u32) -> Self {
        Self { t_ms, kind: "viewers", count, value: None, user: None }
    }

    pub fn act(t_ms: i64, kind: &'static str, count: u32, value: Option<u32>, user: u64) -> Self {
        Self { t_ms, kind, count, value, user: Some(format!("u{}", user >> 24)) }
    }
}

/// `NAME.truth.json`: for the scorer only.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truth {
    pub name: String,
    pub family: String,
    pub streamer: String,
    pub seed: u64,
    pub is_null: bool,
    pub duration_s: i64,
    pub mean_viewers: f64,
    pub report_lag_s: f64,
    pub top_driver: String,
    pub drivers: Vec<Driver>,
    pub windows: Vec<Window>,
    pub exogenous: Vec<Exogenous>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Driver {
    pub kind: String,
    pub verdict: String,
    /// Peak rise of the viewer count from one unit (a like, a diamond ...) as a client counts units.
    pub effect_per_unit: f64,
    pub total_viewers: f64,
    pub lag_s: f64,
    pub peak_s: f64,
}

impl Driver {
    pub fn without_effect(kind: Kind) -> Self {
        Self {
            kind: kind.plural().to_owned(),
            verdict: "no_evidence".to_owned(),
            effect_per_unit: 0.0,
            total_viewers: 0.0,
            lag_s: 0.0,
            peak_s: 0.0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window {
    pub start_ms: i64,
    pub end_ms: i64,
    pub viewer_change: f64,
    pub cause: String,
    pub share: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exogenous {
    pub what: String,
    pub t_s: i64,
    pub len_s: i64,
}

/// The strongest driver's word, or "none".
pub fn top_driver(drivers: &[Driver]) -> String {
    let acting = drivers.iter().filter(|driver| driver.verdict != "no_evidence");
    let strongest = acting.max_by(|a, b| a.total_viewers.abs().total_cmp(&b.total_viewers.abs()));
    strongest.map_or("none".to_owned(), |driver| driver.kind.clone())
}

pub fn write_lines(folder: &Path, name: &str, lines: &[Line]) -> io::Result<()> {
    let mut file = BufWriter::new(fs::File::create(folder.join(format!("{name}.events.jsonl")))?);
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

pub fn write_truth(folder: &Path, truth: &Truth) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(truth)?;
    fs::write(folder.join(format!("{}.truth.json", truth.name)), json)
}

/// Which host each session is of: adds to the folder's `streamers.json`, so that sets can be put together.
pub fn write_streamers(folder: &Path, mut streamers: BTreeMap<String, String>) -> io::Result<()> {
    let file = folder.join("streamers.json");
    if let Ok(known) = fs::read(&file) {
        let known: BTreeMap<String, String> = serde_json::from_slice(&known)?;
        streamers.extend(known);
    }
    fs::write(file, serde_json::to_vec_pretty(&streamers)?)
}
