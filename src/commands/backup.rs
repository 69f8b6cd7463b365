//! `pasut backup`: everything in one file, also while Pasut runs.

use crate::clock::Clock;
use crate::commands::serve::until_told_to_stop;
use crate::config::{Config, ServeArgs};
use crate::domain::machine::RoomReader;
use crate::housekeeping::backup::file::Manifest;
use crate::housekeeping::backup::seal::Passphrase;
use crate::housekeeping::backup::{self, Request};
use crate::performance::sampler;
use crate::store::{Opening, Store};
use crate::words::{Lang, numbers};
use anyhow::Context as _;
use chrono::DateTime;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// No passphrase is longer, and a file of the wrong name may be.
const MAX_PASSPHRASE_BYTES: u64 = 4096;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
    /// The file to make, for example pasut-backup.zip
    file: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    replace: bool,
    /// Take keys, cookie and proxy along, encrypted with the passphrase in this file; - reads it from
    /// standard input [default: leave them out]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Makes the backup and says what it holds.
///
/// # Errors
///
/// If the database cannot be read or the file cannot be written; then there is no file.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.serve)?;
    let store = Store::open(&config.database, Opening::Beside)?;
    let request = Request {
        to: arguments.file.clone(),
        replace: arguments.replace,
        settings: config.settings_file(),
        archives: config.data_dir.join("archives"),
        passphrase: passphrase(arguments.passphrase_file.as_deref())?,
        at: Clock::real().wall(),
        room: RoomReader(sampler::room),
        stop: CancellationToken::new(),
    };
    let stop = request.stop.clone();
    let mut making = std::pin::pin!(backup::make(&store, request, |_| {}));
    let made = tokio::select! {
        made = &mut making => made?,
        // If the system does not tell of Ctrl+C, it ends the program by itself.
        Ok(()) = until_told_to_stop() => {
            stop.cancel();
            making.await?
        }
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", holds(&made.manifest, made.bytes))?;
    writeln!(out, "It is {}, read back and whole.", made.path.display())?;
    Ok(())
}

/// What a person keeps in a file for this, or types.
///
/// # Errors
///
/// If it cannot be read or is too short.
pub fn passphrase(file: Option<&Path>) -> anyhow::Result<Option<Passphrase>> {
    let Some(file) = file else { return Ok(None) };
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(MAX_PASSPHRASE_BYTES).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MAX_PASSPHRASE_BYTES).read_to_string(&mut text))
    };
    read.with_context(|| format!("The passphrase in {} cannot be read; nothing was done", file.display()))?;
    Ok(Some(Passphrase::parse(text.trim_end_matches(['\r', '\n']))?))
}

/// What a backup holds, for a terminal.
#[must_use]
pub fn holds(manifest: &Manifest, bytes: u64) -> String {
    let count = |number| numbers::full(Lang::En, number);
    let day = |stamp: crate::domain::time::Stamp| {
        DateTime::from_timestamp_millis(stamp.0).unwrap_or_default().format("%Y-%m-%d %H:%M UTC")
    };
    let contents = &manifest.contents;
    let mut lines = format!(
        "A backup of {} by Pasut {} ({}):\n  {} sessions of {} creators",
        day(manifest.made_at),
        manifest.pasut,
        numbers::size(Lang::En, bytes),
        count(contents.sessions),
        count(contents.creators),
    );
    if let (Some(first), Some(last)) = (contents.first_start, contents.last_start) {
        lines += &format!(", begun {} to {}", day(first), day(last));
    }
    if contents.running > 0 {
        lines += &format!(" ({} of them still running)", count(contents.running));
    }
    lines += &format!("\n  {} events, {} diamonds\n  ", count(contents.events), count(contents.diamonds));
    lines += if manifest.settings.is_some() { "pasut.toml\n  " } else { "no pasut.toml\n  " };
    lines += if manifest.secrets.is_some() {
        "keys, cookie and proxy, encrypted with a passphrase"
    } else {
        "no keys, cookie or proxy: those were left out"
    };
    lines
}
