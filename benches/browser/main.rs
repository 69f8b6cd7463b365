//! What a browser notices: bytes and requests of a first visit, the time until the page is seen and can be
//! used, shifts, the cost of a tab that stays open, and its memory over six hours.
//! `cargo bench --bench browser`, with Chromium and chromedriver on the PATH, `-- --part first`, `open` or `hours` for
//! one of it alone; see docs/performance.md.
//!
//! Pasut runs as the demo. The computer is slowed to a quarter for what happens once, and left as it is
//! for what goes on.

#[path = "../../tests/it/browser/driver.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod driver;
mod first;
mod hours;
#[path = "../measure/memory.rs"]
mod memory;
mod open;
#[path = "../measure/pasut.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod pasut_process;
#[path = "../measure/process.rs"]
mod process;
#[path = "../measure/verdict.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod verdict;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use pasut_process::Served;
use process::processor_time;
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;
use verdict::Verdict;

/// Measure what a browser notices
#[derive(Parser)]
struct Arguments {
    /// Only this part of it
    #[arg(long)]
    part: Option<Part>,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The first visit to each page
    First,
    /// A live tab that stays open
    Open,
    /// A live tab over six hours
    Hours,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { part, .. } = Arguments::parse();
    let asked = |this| part.is_none_or(|part| part == this);
    let mut verdict = Verdict::default();
    if asked(Part::First) || asked(Part::Open) {
        let pasut = demo("1").await?;
        calm(&pasut).await?;
        let base = format!("http://{}", pasut.address);
        if asked(Part::First) {
            first::measure(&base, &mut verdict).await?;
        }
        if asked(Part::Open) {
            open::measure(&base, &mut verdict).await?;
        }
    }
    if asked(Part::Hours) {
        hours::measure(&mut verdict).await?;
    }
    verdict.result()
}

/// Waits until Pasut takes less than a sixth of a processor, most of it for the demo's rooms: what is still to be
/// done for the past is not what a page costs.
async fn calm(pasut: &Served) -> anyhow::Result<()> {
    const LOOKED_AFTER: Duration = Duration::from_secs(6);
    let spent = || processor_time(&pasut.process());
    let calm = async {
        loop {
            let before = spent();
            sleep(LOOKED_AFTER).await;
            if spent() - before < LOOKED_AFTER / 6 {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(300), calm).await.context("the demo does not become calm")
}

/// The demo at so many times the speed of time, with its past complete.
async fn demo(speed: &str) -> anyhow::Result<Served> {
    let arguments =
        ["demo", "--log-level", "warn", "--listen", "127.0.0.1:0", "--speed", speed, "--data-dir"];
    let pasut = Served::start(Path::new(env!("CARGO_BIN_EXE_pasut")), &arguments, tempfile::tempdir()?)?;
    let recorded = async {
        while !pasut.get("/api/v1/sessions?limit=1")?.contains("\"total\":42") {
            sleep(Duration::from_millis(500)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(300), recorded)
        .await
        .context("the demo's past took too long")??;
    Ok(pasut)
}
