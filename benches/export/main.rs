//! What a workbook of 90 days costs, against a program that only writes the same cells:
//! `cargo bench --bench past -- --into FOLDER`, then `cargo bench --bench export -- --data FOLDER`.
//!
//! The bare program gets the cells of our own workbook, read back before its time is taken, and writes
//! them with the same library in the same mode. Processor time counts every thread. The database
//! should have been read before, as that of a running Pasut: the first of three runs is left out.

#[path = "../measure/peak.rs"]
mod peak;
#[path = "../measure/process.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod process;
#[path = "../measure/verdict.rs"]
mod verdict;

use anyhow::Context as _;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use clap::Parser;
use pasut::clock::Clock;
use pasut::domain::days::Days;
use pasut::export::request::{Format, Request, Scope, Section};
use pasut::export::{self, Written};
use pasut::reports::boards;
use pasut::store::folder::DataFolder;
use pasut::store::{Opening, Store};
use pasut::words::Lang;
use process::processor_time;
use rust_xlsxwriter::Workbook;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use verdict::Verdict;

const RUNS: usize = 3;

/// Of our processor time to that of the bare program.
const MOST_TIMES: f64 = 1.5;
const MOST_MIB: f64 = 48.0;

/// A smaller folder would prove nothing.
const LEAST_SESSIONS: f64 = 200.0;

/// Measure the export of everything in a data folder
#[derive(Parser)]
struct Arguments {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// `cargo bench` says so
    #[arg(long, hide = true)]
    bench: bool,
}

/// What one run took.
#[derive(Clone, Copy)]
struct Cost {
    processor: Duration,
    wall: Duration,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = DataFolder::open(&arguments.data)?;
    let _lock = folder.lock("the benchmark of exports")?;
    let store = Store::open(&folder.database(), Opening::Owner)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    // A folder that an older Pasut made has none yet; a running one makes them when it starts.
    runtime.block_on(boards::make_missing(&store, || true))?;
    let place = tempfile::tempdir()?;
    let path = place.path().join("book.xlsx");
    let request = everything();

    let idle_kib = peak::resident_kib();
    let mut ours = Vec::new();
    let (mut most_kib, mut sessions) = (0, 0);
    for run in 0..RUNS {
        peak::forget();
        let begun = begin();
        let written = runtime.block_on(write(&store, &request, &path))?;
        ours.push(cost(begun));
        most_kib = most_kib.max(peak::peak_kib());
        tell(&format!("ours, run {}", run + 1), ours[run]);
        if run == 0 {
            println!("{} rows of {} sessions, {} bytes", written.rows, written.sessions, written.bytes);
            sessions = written.sessions;
        }
    }
    let above_mib = (most_kib - idle_kib) as f64 / 1024.0;

    let cells = cells(&path)?;
    let count: usize = cells.iter().flat_map(|(_, rows)| rows).map(Vec::len).sum();
    println!("{count} cells on {} sheets", cells.len());
    let bare = (0..RUNS).map(|run| {
        let begun = begin();
        write_bare(&cells, &place.path().join("bare.xlsx"))?;
        let cost = cost(begun);
        tell(&format!("bare, run {}", run + 1), cost);
        Ok(cost)
    });
    let bare = bare.collect::<anyhow::Result<Vec<_>>>()?;

    let mut verdict = Verdict::default();
    verdict.at_least("sessions in the folder", sessions as f64, LEAST_SESSIONS);
    let least = |costs: &[Cost]| costs[1..].iter().map(|cost| cost.processor).min().expect("several runs");
    let times = least(&ours).as_secs_f64() / least(&bare).as_secs_f64();
    verdict.at_most("processor time against the bare program, times", times, MOST_TIMES);
    verdict.at_most("memory above idle, MiB", above_mib, MOST_MIB);
    verdict.result()
}

/// Every session there is, with every table.
fn everything() -> Request {
    let day = |text: &str| text.parse().expect("a day");
    Request {
        scope: Scope::Days(Days::new(day("2000-01-01"), day("2100-01-01")).expect("in order")),
        creator: None,
        zone: chrono_tz::Asia::Jakarta,
        lang: Lang::En,
        format: Format::Xlsx,
        sections: Section::ALL.to_vec(),
        hide_names: false,
        money: true,
        rates: None,
        at: Clock::real().wall(),
    }
}

async fn write(store: &Store, request: &Request, path: &Path) -> anyhow::Result<Written> {
    Ok(export::write(store, request, path, |_| {}, &CancellationToken::new()).await?)
}

type Sheet = (String, Vec<Vec<Data>>);

fn cells(path: &Path) -> anyhow::Result<Vec<Sheet>> {
    let mut book: Xlsx<_> = open_workbook(path)?;
    let names = book.sheet_names();
    let read = |name: String| {
        let range = book.worksheet_range(&name).with_context(|| format!("{name} cannot be read"))?;
        Ok((name, range.rows().map(<[Data]>::to_vec).collect()))
    };
    names.into_iter().map(read).collect()
}

fn write_bare(sheets: &[Sheet], path: &Path) -> anyhow::Result<()> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet_with_constant_memory()?.set_name(name)?;
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Data::Empty => {}
                    Data::String(text) => drop(sheet.write_string(row, column, text)?),
                    Data::Int(number) => drop(sheet.write_number(row, column, *number as f64)?),
                    Data::Float(number) => drop(sheet.write_number(row, column, *number)?),
                    Data::DateTime(at) => drop(sheet.write_number(row, column, at.as_f64())?),
                    other => anyhow::bail!("{name} has {other:?}, which we never write"),
                }
            }
        }
    }
    workbook.save(path)?;
    Ok(())
}

fn begin() -> (Duration, Instant) {
    (processor_time("self"), Instant::now())
}

fn cost((processor, wall): (Duration, Instant)) -> Cost {
    Cost { processor: processor_time("self") - processor, wall: wall.elapsed() }
}

fn tell(what: &str, cost: Cost) {
    println!("{what}: {:.2} s processor, {:.2} s", cost.processor.as_secs_f64(), cost.wall.as_secs_f64());
}
