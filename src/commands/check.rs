//! `pasut check`: is the database whole, and does every total equal a recount of its events?

use crate::config::{Config, ServeArgs};
use crate::reports::recount;
use crate::store::folder::DataFolder;
use crate::store::{Opening, Store};
use anyhow::bail;
use std::io::Write as _;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
    /// Rebuild what differs from its events, after a backup beside the database
    #[arg(long)]
    repair: bool,
}

/// Checks everything, prints what differs, and mends it if asked to.
///
/// # Errors
///
/// If the database cannot be opened, or anything differs that was not mended.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.serve)?;
    let folder = DataFolder::open(&config.data_dir)?;
    let _lock = if arguments.repair { Some(folder.lock("pasut check --repair")?) } else { None };
    let opening = if arguments.repair { Opening::Owner } else { Opening::Beside };
    let store = Store::open(&config.database, opening)?;
    let mut out = std::io::stdout().lock();
    let faults = store.integrity_errors().await?;
    for fault in &faults {
        writeln!(out, "database: {fault}")?;
    }
    let sessions = recount::sessions(&store).await?;
    let mut differing = Vec::new();
    for id in &sessions {
        let Some(session) = store.session(*id).await? else { continue };
        let Some(recount) = recount::recount(&store, &session).await? else { continue };
        let differences = recount.differences();
        for difference in &differences {
            writeln!(out, "session {id} of @{}: {difference}", session.start.creator)?;
        }
        if !differences.is_empty() {
            differing.push(recount);
        }
    }
    if faults.is_empty() && differing.is_empty() {
        writeln!(out, "{} sessions checked, every total equals a recount of its events.", sessions.len())?;
        return Ok(());
    }
    let found = differing.len();
    if !arguments.repair {
        bail!(
            "{found} sessions differ from a recount of their events, and the database has {} faults. Nothing was \
             changed and the recorded events are safe. `pasut check --repair` makes a backup and rebuilds the totals.",
            faults.len()
        );
    }
    let backup = store.back_up_beside("before-repair").await?;
    for recount in differing {
        recount.repair(&store).await?;
    }
    writeln!(out, "{found} sessions were rebuilt from their events. The backup is {}", backup.display())?;
    if !faults.is_empty() {
        bail!(
            "The database itself has {} faults, which a rebuild does not mend; restore a backup.",
            faults.len()
        );
    }
    Ok(())
}
