//! Is the database whole, and does every total equal what it rests on: its events where they are kept, its
//! checksum, gifts and intervals where they were removed, its archive where it left?

use super::{Trouble, archive};
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::reports::recount;
use crate::store::archives::Archive;
use crate::store::thinned::Kept;
use crate::store::{Store, StoreError};
use std::io;
use std::path::Path;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub sessions: usize,
    /// Those of them whose raw events were removed.
    pub thinned: usize,
    /// Those of them whose details left for an archive.
    pub left: usize,
    /// Sessions that differ from their events, which can therefore be rebuilt.
    pub repairable: Vec<SessionId>,
    /// What nothing can be rebuilt from.
    pub others: usize,
}

impl Checked {
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.repairable.is_empty() && self.others == 0
    }

    /// What was checked, in a sentence or two.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { sessions, thinned, left, .. } = self;
        let mut said = format!("{sessions} sessions checked, every total equals a recount of its events.");
        if *thinned > 0 {
            said += &format!(" The raw events of {thinned} were removed; they equal their checksums.");
        }
        if *left > 0 {
            said += &format!(" The details of {left} left for archives.");
        }
        said
    }
}

/// Checks everything and tells of each difference as it is found.
///
/// # Errors
///
/// If the database cannot be read, or `tell` fails.
pub async fn check(
    store: &Store,
    archives: &Path,
    tell: &mut (dyn FnMut(&str) -> io::Result<()> + Send),
) -> Result<Checked, Trouble> {
    let mut checked = Checked::default();
    for fault in store.integrity_errors().await? {
        tell(&format!("database: {fault}"))?;
        checked.others += 1;
    }
    for id in recount::sessions(store).await? {
        let Some(session) = store.session(id).await? else { continue };
        let Some(kept) = store.kept(id).await? else { continue };
        checked.sessions += 1;
        let differences = match kept {
            Kept::Events { .. } => {
                let Some(recount) = recount::recount(store, &session).await? else { continue };
                let differences = recount.differences();
                match (differences.is_empty(), recount.is_complete()) {
                    (true, _) => {}
                    (false, true) => checked.repairable.push(id),
                    (false, false) => checked.others += 1,
                }
                differences
            }
            Kept::Thinned { .. } => {
                checked.thinned += 1;
                let differences = thinned_differences(store, &session).await?;
                checked.others += usize::from(!differences.is_empty());
                differences
            }
            Kept::Left { .. } => {
                checked.left += 1;
                Vec::new()
            }
        };
        for difference in &differences {
            tell(&format!("session {id} of @{}: {difference}", session.start.creator))?;
        }
    }
    for archive in store.archives().await?.iter().filter(|archive| archive.made_at.is_some()) {
        let differences = archive_differences(store, archives, archive).await?;
        checked.others += usize::from(!differences.is_empty());
        for difference in &differences {
            tell(&format!("archive {}: {difference}", archive.name))?;
        }
    }
    Ok(checked)
}

/// Rebuilds the totals of a session from its events. Returns whether they were all there.
///
/// # Errors
///
/// If the database cannot be read or written.
pub async fn repair(store: &Store, id: SessionId) -> Result<bool, StoreError> {
    let Some(session) = store.session(id).await? else { return Ok(false) };
    let Some(recount) = recount::recount(store, &session).await? else { return Ok(false) };
    recount.repair(store).await
}

async fn thinned_differences(store: &Store, session: &Session) -> Result<Vec<String>, StoreError> {
    let mut differences = recount::sums(store, session).await?;
    if store.thinned_checksum(session.id).await? != Some(store.checksum(session.id).await?) {
        differences
            .push("checksum: what is kept is not what it was when its raw events were removed".to_owned());
    }
    Ok(differences)
}

/// Are both files there as they were made, and do the totals here equal those that left with them?
async fn archive_differences(
    store: &Store,
    folder: &Path,
    archive: &Archive,
) -> Result<Vec<String>, Trouble> {
    let raw = archive::raw_path(folder, &archive.name);
    for (path, made) in [(&raw, &archive.raw), (&archive::book_path(folder, &archive.name), &archive.book)] {
        match archive::measured(path).await {
            Ok(measured) if measured == *made => {}
            Ok(_) => return Ok(vec![format!("{} is not what it was when it was made", path.display())]),
            Err(Trouble::Disk(error)) => {
                return Ok(vec![format!("{} cannot be read: {error}", path.display())]);
            }
            Err(other) => return Err(other),
        }
    }
    let opened = match archive::read(&raw).await {
        Err(Trouble::Unreadable { path, why }) => {
            return Ok(vec![format!("{} cannot be read: {why}", path.display())]);
        }
        opened => opened?,
    };
    let mut differences = Vec::new();
    for id in &archive.sessions {
        let (here, there) = (store.session(*id).await?, opened.store.session(*id).await?);
        let left = store.has_left(*id).await?;
        if left && here.map(|session| session.totals) != there.map(|session| session.totals) {
            differences.push(format!("the totals of session {id} differ from what left"));
        }
    }
    Ok(differences)
}
