//! `pasut import`: earlier recordings of other programs, and archives, into the database.

use crate::config::{Config, ServeArgs};
use crate::domain::handle::Handle;
use crate::domain::machine::RoomReader;
use crate::domain::time::Stamp;
use crate::imports::taking::{Found, Given, import, preview};
use crate::performance::sampler;
use crate::store::folder::DataFolder;
use crate::store::{Opening, Store};
use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use std::io::Write as _;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// Event JSON as lines, a list or a table, or the log of a connector; also packed with gzip or in a ZIP
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose LIVE it was, where the lines do not say
    #[arg(long, value_name = "USERNAME", value_parser = Handle::parse)]
    creator: Option<Handle>,
    /// Where times are that do not say so themselves
    #[arg(long, value_name = "IANA", default_value = "Asia/Jakarta")]
    zone: Tz,
    /// Only look at what is in the files
    #[arg(long)]
    preview: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

/// Takes one file after the other, each whole or not at all.
///
/// # Errors
///
/// If a file cannot be taken; those before it stay.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.serve)?;
    let folder = DataFolder::open(&config.data_dir)?;
    let beside = arguments.preview && config.database.exists();
    let _lock = if beside { None } else { Some(folder.lock("pasut import")?) };
    let opening = if beside { Opening::Beside } else { Opening::Owner };
    let store = Store::open(&config.database, opening)?;
    let given = Given { creator: arguments.creator.clone(), zone: arguments.zone };
    let room = RoomReader(sampler::room);
    let mut out = std::io::stdout().lock();
    for file in &arguments.files {
        let taken = match arguments.preview {
            true => preview(&store, room, file, &given).await,
            false => import(&store, room, file, &given).await,
        };
        let found = taken.with_context(|| file.display().to_string())?;
        writeln!(out, "{}", told(&file.display().to_string(), &found))?;
    }
    Ok(())
}

/// What is in a file, for people.
fn told(file: &str, found: &Found) -> String {
    let mut lines = vec![format!("{file}: {} events in {} sessions", found.events(), found.sessions.len())];
    for session in &found.sessions {
        let stored =
            session.session.map_or_else(String::new, |session| format!(", stored as session {session}"));
        lines.push(format!(
            "  @{} from {} to {}, {} diamonds{stored}",
            session.creator,
            time(session.from),
            time(session.to),
            session.diamonds
        ));
        let kinds: Vec<_> = session.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        lines.push(format!("    {}", kinds.join(", ")));
        if session.duplicates > 0 {
            lines.push(format!("    {} came twice and count once", session.duplicates));
        }
        if session.left_out > 0 {
            lines.push(format!("    {} left out, because that time is recorded already", session.left_out));
        }
    }
    if found.refused > 0 {
        lines.push(format!("  {} lines are not taken:", found.refused));
        lines.extend(found.named.iter().map(|(line, reason)| format!("    line {line} {reason}")));
    }
    lines.join("\n")
}

fn time(at: Stamp) -> String {
    DateTime::<Utc>::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}
