//! What a running Pasut takes, and whether that grows.

use crate::process::Pasut;
use crate::verdict::Verdict;
use std::path::Path;

/// One look at a process and its files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Hours of simulated time since the beginning.
    pub hour: f64,
    pub memory_mib: f64,
    pub handles: f64,
    pub threads: f64,
    pub tasks: f64,
    pub wal_mib: f64,
    pub database_mib: f64,
    pub log_mib: f64,
}

impl Sample {
    pub fn take(hour: f64, pasut: &Pasut, folder: &Path, log: &Path) -> Self {
        let process = format!("/proc/{}", pasut.id());
        let status =
            std::fs::read_to_string(format!("{process}/status")).expect("this benchmark needs Linux");
        let figure = |name: &str| -> f64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells it");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        let handles = std::fs::read_dir(format!("{process}/fd")).expect("a process of ours").count();
        Self {
            hour,
            memory_mib: figure("VmRSS:") / 1024.0,
            handles: handles as f64,
            threads: figure("Threads:"),
            tasks: pasut.tasks() as f64,
            wal_mib: mib(&folder.join("pasut.db-wal")),
            database_mib: mib(&folder.join("pasut.db")),
            log_mib: mib(log),
        }
    }

    pub const HEAD: &str =
        "hour   memory MiB  handles  threads  tasks  WAL MiB  database MiB  log MiB  stops  events delivered";

    pub fn row(&self, stops: usize, events: i64) -> String {
        format!(
            "{:4.0}   {:10.1}  {:7}  {:7}  {:5}  {:7.1}  {:12.1}  {:7.1}  {stops:5}  {events:16}",
            self.hour,
            self.memory_mib,
            self.handles,
            self.threads,
            self.tasks,
            self.wal_mib,
            self.database_mib,
            self.log_mib
        )
    }
}

fn mib(file: &Path) -> f64 {
    file.metadata().map_or(0.0, |metadata| metadata.len() as f64 / f64::from(1 << 20))
}

/// Judges the longest life of one process: the median of its last quarter beside that of its second one.
/// The first is its warm-up.
pub fn judge(life: &[Sample], verdict: &mut Verdict) {
    let quarter = life.len() / 4;
    let (Some(first), Some(last)) = (life.first(), life.last()) else { return };
    println!(
        "The longest life of a process: {:.1} h of simulated time, {} looks",
        last.hour - first.hour,
        life.len()
    );
    let mut grows = |what: &str, figure: fn(&Sample) -> f64, limit: f64| {
        let early = median(life[quarter..2 * quarter].iter().map(figure));
        let late = median(life[life.len() - quarter..].iter().map(figure));
        println!("       {what}: {early:.1} early, {late:.1} late");
        verdict.at_most(&format!("growth of {what}"), late - early, limit);
    };
    grows("memory, MiB", |sample| sample.memory_mib, 8.0);
    grows("handles", |sample| sample.handles, 4.0);
    grows("threads", |sample| sample.threads, 2.0);
    grows("tasks", |sample| sample.tasks, 10.0);
    grows("the write-ahead log, MiB", |sample| sample.wal_mib, 4.0);
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
