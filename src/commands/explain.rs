//! `pasut explain`: why viewers changed, for recordings in event files.

mod answers;
pub mod event_file;

use crate::analytics::drivers;
use crate::domain::answer::{Answer, PooledAnswer, Slope};
use anyhow::{Context as _, bail};
use event_file::Recorded;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const SUFFIX: &str = ".events.jsonl";

#[derive(clap::Args)]
pub struct Arguments {
    /// Event files, one for each LIVE; a LIVE is named after its file without `.events.jsonl`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose LIVE each is, a JSON object of names: what a creator's LIVEs say together is told as well
    #[arg(long, value_name = "FILE")]
    streamers: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command. Nothing is kept.
///
/// # Errors
///
/// If a file cannot be read, or two are named alike.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let streamers = arguments.streamers.as_deref().map(streamers).transpose()?.unwrap_or_default();
    let named = named(&arguments.files)?;
    let recorded: Vec<_> =
        at_once(&named, |(_, file)| recorded(file)).into_iter().collect::<Result<_, _>>()?;
    for ((_, file), recorded) in named.iter().zip(&recorded) {
        tell_refused(file, recorded);
    }
    let alone = at_once(&recorded, |recorded| explain(recorded, &[]));
    let streamer_of = |name: &str| streamers.get(name).map(String::as_str);
    let mut sessions: Vec<Session> = named
        .iter()
        .zip(alone)
        .map(|((name, _), answer)| Session { name, streamer: streamer_of(name), answer })
        .collect();
    let answers = at_once(&(0..sessions.len()).collect::<Vec<_>>(), |index| {
        let others = others(&sessions, *index);
        (!others.is_empty()).then(|| explain(&recorded[*index], &others))
    });
    for (session, answer) in sessions.iter_mut().zip(answers) {
        if let Some(answer) = answer {
            session.answer = answer;
        }
    }
    let pooled = pooled(&sessions);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &answers::to_json(&sessions, &pooled))?;
        writeln!(out)?;
    } else {
        write!(out, "{}", answers::to_text(&sessions, &pooled))?;
    }
    Ok(())
}

/// One LIVE and what is said of it.
struct Session<'a> {
    name: &'a str,
    streamer: Option<&'a str>,
    answer: Answer,
}

fn explain(recorded: &Recorded, past: &[Vec<Slope>]) -> Answer {
    drivers::explain(&recorded.observed, recorded.until, past)
}

/// What the other LIVEs of the same creator found.
fn others(sessions: &[Session], index: usize) -> Vec<Vec<Slope>> {
    let Some(streamer) = sessions[index].streamer else { return Vec::new() };
    let same = |(other, session): &(usize, &Session)| *other != index && session.streamer == Some(streamer);
    sessions.iter().enumerate().filter(same).map(|(_, session)| session.answer.slopes.clone()).collect()
}

fn pooled<'a>(sessions: &[Session<'a>]) -> BTreeMap<&'a str, PooledAnswer> {
    let mut of: BTreeMap<&str, Vec<Answer>> = BTreeMap::new();
    for session in sessions {
        if let Some(streamer) = session.streamer {
            of.entry(streamer).or_default().push(session.answer.clone());
        }
    }
    of.into_iter().map(|(streamer, answers)| (streamer, drivers::pool(&answers))).collect()
}

fn streamers(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{shown} is not a JSON object that gives each LIVE's name a creator"))
}

fn named(files: &[PathBuf]) -> anyhow::Result<Vec<(String, &Path)>> {
    let mut named: Vec<(String, &Path)> = Vec::with_capacity(files.len());
    let mut seen = BTreeMap::new();
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let name = name.strip_suffix(SUFFIX).unwrap_or(&name).to_owned();
        if let Some(other) = seen.insert(name.clone(), file) {
            bail!("{} and {} have the same name; rename one of them", other.display(), file.display());
        }
        named.push((name, file));
    }
    Ok(named)
}

fn recorded(path: &Path) -> anyhow::Result<Recorded> {
    let read = || event_file::read(BufReader::with_capacity(1 << 16, File::open(path)?));
    read().with_context(|| format!("{} cannot be read", path.display()))
}

fn tell_refused(path: &Path, recorded: &Recorded) {
    let (path, refused) = (path.display(), &recorded.refused);
    for (number, reason) in &refused.told {
        eprintln!("{path}, line {number} is left out: {reason}");
    }
    if refused.lines > refused.told.len() {
        eprintln!("{path}: {} more lines are left out", refused.lines - refused.told.len());
    }
}

/// `work` on each of `tasks`, on all processors; the results in the same order.
fn at_once<T: Sync, R: Send + Sync>(tasks: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let results: Vec<OnceLock<R>> = tasks.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(tasks.len()) {
            scope.spawn(|| {
                let indices = iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                for (task, result) in indices.map_while(|index| tasks.get(index).zip(results.get(index))) {
                    result.get_or_init(|| work(task));
                }
            });
        }
    });
    results.into_iter().map(|result| result.into_inner().expect("every task was taken")).collect()
}
