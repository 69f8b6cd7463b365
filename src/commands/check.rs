//! `pasut check`: is the database whole, and does every total equal a recount of its events?

use crate::config::{Config, ServeArgs};
use crate::reports::recount;
use crate::store::{Opening, Store};
use anyhow::bail;
use std::io::Write as _;

/// Checks everything and prints what differs.
///
/// # Errors
///
/// If the database cannot be opened, or anything differs.
pub async fn run(flags: &ServeArgs) -> anyhow::Result<()> {
    let config = Config::read(flags)?;
    let store = Store::open(&config.database, Opening::Beside)?;
    let mut out = std::io::stdout().lock();
    let mut differences = 0;
    for fault in store.integrity_errors().await? {
        differences += 1;
        writeln!(out, "database: {fault}")?;
    }
    let sessions = recount::sessions(&store).await?;
    for id in &sessions {
        let Some(session) = store.session(*id).await? else { continue };
        for difference in recount::differences(&store, &session).await? {
            differences += 1;
            writeln!(out, "session {id} of @{}: {difference}", session.start.creator)?;
        }
    }
    if differences > 0 {
        bail!(
            "{differences} differences found. Nothing was changed and the recorded events are safe; \
             keep a copy of the data folder before anything else."
        );
    }
    writeln!(out, "{} sessions checked, every total equals a recount of its events.", sessions.len())?;
    Ok(())
}
