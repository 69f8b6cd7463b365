//! `worlds`: sessions with a known truth, to judge "why did viewers change?" by. A second generator whose assumptions
//! differ from the first's on purpose: what passes both does not lean on either. Not part of Pasut, and never its
//! data: nothing here is shown to a user.

mod dice;
mod families;
mod feed;
mod host;
mod kind;
mod make;
mod observe;
mod person;
mod series;
mod session;
#[cfg(test)]
mod tests;
mod truth;
mod windows;
mod world;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::kind::Kind;

const HELP: &str = "\
worlds make [--seed N] [--sessions N] [--family NAME]... --out DIR
    Simulates sessions and writes NAME.events.jsonl, NAME.truth.json and streamers.json.
worlds families
    Lists the families.
worlds events --out DIR FILE.jsonl...
    Converts recordings of real rooms to NAME.events.jsonl.
worlds plant --kind KIND --size N [--delay S] [--decay S] [--shuffle yes] [--seed N] [--repeat N] --out DIR FILE.jsonl...
    Adds a known lift after bursts of one kind to recordings of real rooms.
worlds COMMAND --help says more.";

const MAKE_HELP: &str = "\
worlds make [--seed N] [--sessions N] [--family NAME]... --out DIR

Simulates --sessions sessions (12) of every family, or of those named, four to a host, and writes for each
  NAME.events.jsonl   what a client would have seen
  NAME.truth.json     what really happened, for the scorer only
and streamers.json, which host each session is of. The same --seed (1) writes the same bytes.";

const EVENTS_HELP: &str = "\
worlds events --out DIR FILE.jsonl...

Converts recordings of real rooms to NAME.events.jsonl. A recording has one JSON object a line: ts (a time), type
(viewers, chat, like, gift, follow, share, join; others are passed over), and viewers, count, diamonds or user as the
type has them. Nothing is repaired: repeated comments, wrong counts and silences stay as they were recorded.";

const PLANT_HELP: &str = "\
worlds plant --kind KIND --size N [--delay S] [--decay S] [--shuffle yes] [--seed N] [--repeat N] --out DIR FILE.jsonl...

Adds a known lift to the recorded viewer counts after every burst of KIND (likes, gifts, comments, follows, shares) and
writes NAME.events.jsonl, NAME.truth.json and streamers.json. A burst is a run of 30 s cells with at least twice
the recording's mean. The lift reaches N viewers (negative: fewer) --delay seconds (30) after the burst's end and fades to
a third in --decay seconds (180). With --shuffle yes the same lifts stand at times drawn by --seed (1) instead: a null.
With --repeat the recording is first told N times over, its counts turned round by chance each time: a longer null.
The truth speaks of what was planted; a window it does not explain is \"ambiguous\", which the scorer leaves out.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let (command, rest) = arguments.split_first().ok_or(HELP)?;
    let help = rest.iter().any(|argument| argument == "--help");
    match command.as_str() {
        "make" if help => println!("{MAKE_HELP}"),
        "make" => {
            let options = Options::parse(rest, &["--seed", "--sessions", "--family", "--out"])?;
            if let Some(file) = options.files.first() {
                return Err(format!("make reads no files: {file}"));
            }
            let order = make::Order {
                seed: options.number("--seed", 1)?,
                out: options.folder(MAKE_HELP)?,
                sessions: options.number("--sessions", 12)?,
                families: options.all("--family"),
            };
            let unknown =
                order.families.iter().find(|name| families::FAMILIES.iter().all(|f| f.name != **name));
            if let Some(name) = unknown {
                return Err(format!("There is no family {name}; `worlds families` lists them."));
            }
            make::make(&order).map_err(|e| cannot_write(&order.out, &e))?;
        }
        "events" if help => println!("{EVENTS_HELP}"),
        "events" => {
            let options = Options::parse(rest, &["--out"])?;
            let out = options.folder(EVENTS_HELP)?;
            for file in &options.files {
                let (name, lines) = series::read(file.as_ref())?;
                session::write_lines(&out, &name, &lines).map_err(|e| cannot_write(&out, &e))?;
            }
        }
        "plant" if help => println!("{PLANT_HELP}"),
        "plant" => {
            let options = Options::parse(
                rest,
                &["--kind", "--size", "--delay", "--decay", "--shuffle", "--seed", "--repeat", "--out"],
            )?;
            let plant = series::Plant {
                kind: options.one("--kind").and_then(|kind| Kind::parse(&kind)).ok_or(PLANT_HELP)?,
                size: options.number("--size", 0.0)?,
                delay_s: options.number("--delay", 30.0)?,
                decay_s: options.number("--decay", 180.0)?,
                shuffle: options.one("--shuffle").is_some_and(|value| value == "yes"),
                seed: options.number("--seed", 1)?,
                repeat: options.number("--repeat", 1)?,
                out: options.folder(PLANT_HELP)?,
            };
            plant.all(&options.files)?;
        }
        "families" => families::FAMILIES.iter().for_each(|family| println!("{}", family.name)),
        "--help" => println!("{HELP}"),
        _ => return Err(HELP.to_owned()),
    }
    Ok(())
}

fn cannot_write(folder: &Path, problem: &io::Error) -> String {
    format!("Cannot write to {}: {problem}", folder.display())
}

/// `--name value` pairs, and what stands alone.
struct Options {
    pairs: Vec<(String, String)>,
    files: Vec<String>,
}

impl Options {
    fn parse(arguments: &[String], known: &[&str]) -> Result<Self, String> {
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            if !name.starts_with("--") {
                files.push(name.clone());
                continue;
            }
            if !known.contains(&name.as_str()) {
                return Err(format!("{name} is not an option here."));
            }
            let value = arguments.next().ok_or(format!("{name} needs a value."))?;
            pairs.push((name.clone(), value.clone()));
        }
        Ok(Self { pairs, files })
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone()).collect()
    }

    fn one(&self, name: &str) -> Option<String> {
        self.all(name).pop()
    }

    /// The folder to write to, made if need be.
    fn folder(&self, help: &str) -> Result<PathBuf, String> {
        let folder = PathBuf::from(self.one("--out").ok_or(help)?);
        fs::create_dir_all(&folder).map_err(|e| cannot_write(&folder, &e))?;
        Ok(folder)
    }

    fn number<T: std::str::FromStr>(&self, name: &str, otherwise: T) -> Result<T, String> {
        match self.one(name) {
            None => Ok(otherwise),
            Some(value) => value.parse().map_err(|_| format!("{name} needs a number, not {value}.")),
        }
    }
}
