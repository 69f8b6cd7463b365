//! A day with twenty rooms, in which everything goes wrong that can, and Pasut is killed and stopped again
//! and again; or a thousand kills of one busy recording. `cargo bench --bench soak -- --help`; see
//! docs/reliability.md.
//!
//! The simulator runs in this process, so that what it delivered is known whatever happens to Pasut.

mod day;
mod kills;
mod ledger;
mod process;
mod upkeep;
#[path = "../measure/verdict.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod verdict;
mod world;

use clap::{Parser, Subcommand};
use pasut::lifecycle::Lifecycle;
use pasut::memory;
use std::path::PathBuf;

/// Run Pasut for long, and kill it
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
    /// Hours of simulated time
    #[arg(long, default_value_t = 24.0)]
    hours: f64,
    #[arg(long, default_value_t = 20)]
    rooms: usize,
    /// How fast the simulated world runs
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Instead of a day: kill a busy recording so many times
    #[arg(long, value_name = "TIMES")]
    kills: Option<usize>,
    /// Where the data folder and the log go, made if it is not there [default: one that is removed again]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Subcommand)]
enum Role {
    #[command(hide = true)]
    Record(process::Arguments),
}

fn main() -> anyhow::Result<()> {
    memory::give_back();
    run()
}

#[tokio::main]
async fn run() -> anyhow::Result<()> {
    let Arguments { role, hours, rooms, speed, seed, kills, into, bench: _ } = Arguments::parse();
    if let Some(Role::Record(arguments)) = role {
        return process::run(arguments).await;
    }
    let temporary = tempfile::tempdir()?;
    let folder = into.unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let lifecycle = Lifecycle::start();
    let judged = match kills {
        Some(kills) => kills::run(kills, seed, &folder, &lifecycle).await,
        None => day::run(&day::Plan { hours, rooms, speed, seed }, &folder, &lifecycle).await,
    };
    lifecycle.stop();
    lifecycle.finished().await;
    judged?.result()
}
