//! `pasut restore`: shows what a backup holds, and puts it in its place if that is wanted.

use crate::commands::backup::{holds, passphrase};
use crate::config::{Config, ServeArgs};
use crate::housekeeping::restore::{self, Place, Restored, RestoredSettings};
use crate::store::copy::inspect;
use crate::store::folder::DataFolder;
use crate::words::{Lang, numbers};
use anyhow::{Context as _, bail};
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
    /// A file that `pasut backup` or the page made
    file: PathBuf,
    /// Only check the backup and show what it holds
    #[arg(long, conflicts_with = "replace")]
    preview: bool,
    /// Put it in the place of what is there, which is kept under another name
    #[arg(long)]
    replace: bool,
    /// Get encrypted keys, cookie and proxy back with the passphrase in this file; - reads it from
    /// standard input
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Checks the backup, prints what it holds, and restores it unless something is in the way.
///
/// # Errors
///
/// If the backup cannot be used, or a database is there and nobody said that it may be replaced.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.serve)?;
    let passphrase = passphrase(arguments.passphrase_file.as_deref())?;
    // Whether it is one at all is said before anything is made.
    let manifest = restore::preview(&arguments.file)?;
    let folder = DataFolder::open(&config.data_dir)?;
    // To look into a backup disturbs nobody, so it happens aside, also beside a running server.
    let (_lock, aside) = if arguments.preview {
        let aside = tempfile::Builder::new().prefix(".preview-").tempdir_in(folder.path());
        (None, Some(aside.context("The backup cannot be unpacked; nothing was changed")?))
    } else {
        (Some(folder.lock("pasut restore")?), None)
    };
    let place = Place {
        database: aside.as_ref().map_or(config.database.clone(), |aside| aside.path().join("pasut.db")),
        settings: config.file(),
        archives: config.data_dir.join("archives"),
        replace_settings: arguments.replace,
    };
    let restoring = move || {
        let mut out = std::io::stdout().lock();
        let staged = restore::stage(&arguments.file, place, passphrase.as_ref(), &mut |_| {})?;
        let bytes = std::fs::metadata(&arguments.file).map_or(0, |file| file.len());
        writeln!(out, "{}\nIt was unpacked and checked: every page is sound.", holds(&manifest, bytes))?;
        if arguments.preview {
            return Ok(());
        }
        if config.database.exists() && !arguments.replace {
            bail!("{}", in_the_way(&config.database));
        }
        let restored = staged.put_in_place(&mut |_| {})?;
        Ok(writeln!(out, "{}", outcome(&restored, &config.database))?)
    };
    tokio::task::spawn_blocking(restoring).await.context("The restore ended unexpectedly")?
}

/// What would be replaced, and what to do.
fn in_the_way(database: &Path) -> String {
    let there = match inspect(database) {
        Ok(there) => format!(
            "{} sessions with {} events",
            numbers::full(Lang::En, there.sessions),
            numbers::full(Lang::En, there.events)
        ),
        Err(_) => "one that cannot be read".to_owned(),
    };
    format!(
        "There is a database at {} already ({there}). Nothing was changed; --replace puts the backup in its place \
         and keeps the old one beside it.",
        database.display()
    )
}

fn outcome(restored: &Restored, database: &Path) -> String {
    let mut lines = format!("Restored to {}.", database.display());
    if let Some(kept) = &restored.kept {
        lines += &format!(" What was there is now {}; delete it when you no longer need it.", kept.display());
    }
    lines += match restored.settings {
        RestoredSettings::Unchanged => "",
        RestoredSettings::Stayed => " The pasut.toml that was there stays.",
        RestoredSettings::Written => " pasut.toml was restored too.",
    };
    lines
}
