//! Holds `pasut decode` against a folder of recorded payloads, which are never part of this
//! repository:
//!
//! ```text
//! cargo run --example check-recorded -- FOLDER
//! ```
//!
//! Every `*.jsonl` file of the folder is read. A line is an object with `type` (the message's
//! name), `payload_b64` and `expected`: what another decoder read of it, with the text's length
//! under `content`, or null. The members must be equal for every message whose kind Pasut uses;
//! every other line must be read without a failure.

use anyhow::{Context as _, bail, ensure};
use pasut::commands::decode;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: check-recorded FOLDER");
        return ExitCode::from(2);
    };
    match check(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("check-recorded: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn check(folder: &Path) -> anyhow::Result<()> {
    let files = recorded_files(folder)?;
    let (mut lines, mut compared, mut faults) = (0, 0, Vec::new());
    for file in &files {
        let recorded = std::fs::read(file).with_context(|| file.display().to_string())?;
        let mut answers = Vec::new();
        decode::run(&*recorded, &mut answers)?;
        let (recorded, answers) = (objects(&recorded)?, objects(&answers)?);
        ensure!(recorded.len() == answers.len(), "{}: not one answer a line", file.display());
        lines += recorded.len();
        for (number, (line, answer)) in recorded.iter().zip(&answers).enumerate() {
            let of_interest = !answer["kind"].is_null() && !line["expected"].is_null();
            compared += usize::from(of_interest);
            if answer["ok"] != true {
                faults.push(format!("{}:{}: {} is not read", file.display(), number + 1, line["type"]));
            } else if of_interest && fields(answer) != line["expected"] {
                faults.push(format!(
                    "{}:{}: {}\n  expected {}\n  decoded  {}",
                    file.display(),
                    number + 1,
                    line["type"],
                    line["expected"],
                    fields(answer)
                ));
            }
        }
    }
    println!("{} files, {lines} lines read, {compared} compared, {} faults", files.len(), faults.len());
    ensure!(compared > 0, "nothing in {} could be compared", folder.display());
    if !faults.is_empty() {
        bail!("decoded otherwise than expected:\n{}", faults.join("\n"));
    }
    Ok(())
}

fn recorded_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    ensure!(!files.is_empty(), "{} holds no *.jsonl file", folder.display());
    Ok(files)
}

fn objects(lines: &[u8]) -> anyhow::Result<Vec<Value>> {
    Ok(serde_json::Deserializer::from_slice(lines).into_iter().collect::<Result<_, _>>()?)
}

/// What was decoded, with the text's length in characters instead of the text.
fn fields(answer: &Value) -> Value {
    let mut fields = answer["fields"].clone();
    if let Some(text) = fields["content"].as_str() {
        fields["content"] = json!(text.chars().count());
    }
    fields
}
