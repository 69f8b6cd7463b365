//! `pasut check`: is the database whole, and does every total equal what it rests on?

use crate::config::{Config, ServeArgs};
use crate::housekeeping::check;
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
    let mut out = std::io::stdout();
    let archives = folder.path().join("archives");
    let told = check::check(&store, &archives, &mut |line| writeln!(out, "{line}")).await?;
    if told.is_sound() {
        writeln!(out, "{}", told.summary())?;
        return Ok(());
    }
    if !arguments.repair {
        bail!(
            "{} sessions differ from a recount of their events, and there are {} other faults. Nothing was changed \
             and the recorded events are safe. `pasut check --repair` makes a backup and rebuilds the totals that \
             still have their events.",
            told.repairable.len(),
            told.others
        );
    }
    let backup = store.back_up_beside("before-repair").await?;
    let mut rebuilt = 0;
    for session in &told.repairable {
        rebuilt += i64::from(check::repair(&store, *session).await?);
    }
    writeln!(out, "{rebuilt} sessions were rebuilt from their events. The backup is {}", backup.display())?;
    if told.others > 0 {
        bail!(
            "There are {} other faults, which a rebuild does not mend: what has no raw events was left as it is. \
             Restore a backup if you need it as it was.",
            told.others
        );
    }
    Ok(())
}
