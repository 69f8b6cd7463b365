//! Start, idle memory, size, and the speed of live fragments, beside a minimal program made of the same
//! parts. `pages PASUT` with the path of Pasut's program; needs `wrk`. See docs/performance.md.

#[path = "../../../measure/median.rs"]
mod median;
#[path = "../../../measure/memory.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod memory;
#[path = "../../../measure/pasut.rs"]
mod pasut_process;
#[path = "../../../measure/verdict.rs"]
mod verdict;

use anyhow::Context as _;
use median::median;
use pasut_process::Served;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use verdict::Verdict;

const STARTS: usize = 9;
const LOADS: usize = 3;
const SERVE: [&str; 6] = ["serve", "--log-level", "warn", "--listen", "127.0.0.1:0", "--data-dir"];
const DEMO: [&str; 6] = ["demo", "--log-level", "warn", "--listen", "127.0.0.1:0", "--data-dir"];

fn main() -> anyhow::Result<()> {
    let pasut = PathBuf::from(std::env::args().nth(1).context("usage: pages PASUT")?);
    let minimal = std::env::current_exe()?.with_file_name("minimal");
    let mut verdict = Verdict::default();
    start(&pasut, &minimal, &mut verdict)?;
    size(&pasut, &mut verdict)?;
    fragments(&pasut, &minimal, &mut verdict)?;
    verdict.result()
}

/// From the start of the program to its first page, each time with a new folder.
fn start(pasut: &Path, minimal: &Path, verdict: &mut Verdict) -> anyhow::Result<()> {
    let first_page = |program: &Path, arguments: &[&str], page: &str| -> anyhow::Result<(f64, Served)> {
        let began = Instant::now();
        let served = Served::start(program, arguments, tempfile::tempdir()?)?;
        served.get(page)?;
        Ok((began.elapsed().as_secs_f64() * 1e3, served))
    };
    let (mut ours, mut theirs, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (ms, served) = first_page(pasut, &SERVE, "/welcome")?;
        ours.push(ms);
        std::thread::sleep(Duration::from_secs(1));
        idle.push(memory::resident_kib(&served.process()) as f64 / 1024.0);
        drop(served);
        theirs.push(first_page(minimal, &[], "/")?.0);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("start to first page: {ours:.1} ms, minimal program {theirs:.1} ms");
    verdict.at_most("times the start of the minimal program", ours / theirs, 3.0);
    verdict.at_most("idle memory after the first page, MiB", median(idle), 32.0);
    Ok(())
}

fn size(pasut: &Path, verdict: &mut Verdict) -> anyhow::Result<()> {
    let bytes = std::fs::metadata(pasut)?.len();
    verdict.at_most("size of the program, MB", bytes as f64 / 1e6, 20.0);
    Ok(())
}

/// The parts of a running room's page that browsers ask for again and again.
fn fragments(pasut: &Path, minimal: &Path, verdict: &mut Verdict) -> anyhow::Result<()> {
    let demo = Served::start(pasut, &DEMO, tempfile::tempdir()?)?;
    let minimal = Served::start(minimal, &[], tempfile::tempdir()?)?;
    std::thread::sleep(Duration::from_secs(70)); // The demo is busy with its past for up to a minute.
    let page = demo.get("/live?creator=mira.plays")?;
    let pulse = address(&page, "/f/pulse?")?;
    let paths = [
        pulse,
        "/f/leaderboard?creator=mira.plays".to_owned(),
        // All rows are new to a page that has seen none.
        "/f/feed?creator=mira.plays&after=0".to_owned(),
    ];
    let mut theirs = Vec::new();
    let mut ours: Vec<Vec<Load>> = paths.iter().map(|_| Vec::new()).collect();
    for _ in 0..LOADS {
        theirs.push(load(&minimal, "/")?);
        for (path, loads) in paths.iter().zip(&mut ours) {
            loads.push(load(&demo, path)?);
        }
    }
    let of = |loads: &[Load], part: fn(&Load) -> f64| median(loads.iter().map(part).collect());
    let (their_rate, their_p99) = (of(&theirs, |load| load.a_second), of(&theirs, |load| load.p99_ms));
    println!("minimal program: {their_rate:.0} requests/s, p99 {their_p99:.2} ms");
    for (path, loads) in paths.iter().zip(&ours) {
        let (rate, p99) = (of(loads, |load| load.a_second), of(loads, |load| load.p99_ms));
        println!("{path}: {rate:.0} requests/s, p99 {p99:.2} ms, {} bytes", demo.get(path)?.len());
        verdict.at_least("  times the requests/s of the minimal program", rate / their_rate, 0.5);
        verdict.at_most("  times the p99 of the minimal program", p99 / their_p99, 2.0);
    }
    Ok(())
}

/// The address in a page that begins so.
fn address(page: &str, begins: &str) -> anyhow::Result<String> {
    let rest = &page[page.find(begins).context("the page polls")?..];
    Ok(rest[..rest.find('"').context("an attribute ends")?].replace("&amp;", "&").replace("&#38;", "&"))
}

struct Load {
    a_second: f64,
    p99_ms: f64,
}

/// 64 connections for 8 s.
fn load(served: &Served, path: &str) -> anyhow::Result<Load> {
    let url = format!("http://{}{path}", served.address);
    let wrk = Command::new("wrk").args(["-t1", "-c64", "-d8s", "--latency", &url]).output();
    let report = String::from_utf8(wrk.context("wrk is missing: apt-get install wrk")?.stdout)?;
    anyhow::ensure!(!report.contains("Non-2xx"), "{url} was refused:\n{report}");
    let word_after = |label: &str| -> anyhow::Result<&str> {
        let rest = &report[report.find(label).with_context(|| report.clone())? + label.len()..];
        rest.split_whitespace().next().context("a figure")
    };
    Ok(Load { a_second: word_after("Requests/sec:")?.parse()?, p99_ms: milliseconds(word_after("99%")?)? })
}

fn milliseconds(text: &str) -> anyhow::Result<f64> {
    let (number, factor) = match text {
        text if text.ends_with("us") => (text.trim_end_matches("us"), 1e-3),
        text if text.ends_with("ms") => (text.trim_end_matches("ms"), 1.0),
        text => (text.trim_end_matches('s'), 1e3),
    };
    Ok(number.parse::<f64>()? * factor)
}
