//! Looking through archives for somebody whom nothing here names any more, because every session they were in
//! left: whoever wants to be erased may be known only there.

use super::archive::{self, raw_path};
use super::{Housekeeping, Trouble};
use crate::domain::ids::UserId;
use crate::store::archives::Archive;
use crate::store::people::Person;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tracing::warn;

/// So long one question looks; the next goes on from there.
const LOOKED: Duration = Duration::from_secs(2);

/// How a look through archives ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// In this archive; older ones may name more.
    Found {
        archive: i64,
        name: String,
        people: Vec<Person>,
    },
    /// This archive and those after it name nobody so; older ones were not looked at yet.
    NotYet {
        archive: i64,
    },
    Nobody,
    /// A chore works with the archives now.
    Busy,
}

impl Housekeeping {
    /// Looks for people with this id, handle or nickname, from the newest archive that is older than `before`.
    /// The second are the names of archives that could not be read.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn seek(&self, text: &str, before: Option<i64>) -> Result<(Sought, Vec<String>), Trouble> {
        let began = Instant::now();
        let Ok(_alone) = timeout(LOOKED, self.0.heavy.lock()).await else {
            return Ok((Sought::Busy, Vec::new()));
        };
        let mut unread = Vec::new();
        let archives = self.0.parts.store.archives().await?.into_iter();
        let older = archives.filter(|of| of.made_at.is_some() && before.is_none_or(|before| of.id < before));
        let mut last = None;
        for Archive { id, name, .. } in older {
            if let Some(archive) = last.filter(|_| began.elapsed() > LOOKED) {
                return Ok((Sought::NotYet { archive }, unread));
            }
            last = Some(id);
            match archive::read(&raw_path(self.archives(), &name)).await {
                Ok(opened) => {
                    let people = opened.store.called(text).await?;
                    if !people.is_empty() {
                        return Ok((Sought::Found { archive: id, name, people }, unread));
                    }
                }
                Err(error) => {
                    warn!(name, %error, "Nobody can be looked for in the archive {name}: {error}");
                    unread.push(name);
                }
            }
        }
        Ok((Sought::Nobody, unread))
    }

    /// A person as an archive names them; `None` if it does not.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read.
    pub async fn archived_person(&self, archive: i64, user: UserId) -> Result<Option<Person>, Trouble> {
        let _alone = self.0.heavy.lock().await;
        let archives = self.0.parts.store.archives().await?;
        let Some(archive) = archives.into_iter().find(|of| of.id == archive) else { return Ok(None) };
        let opened = archive::read(&raw_path(self.archives(), &archive.name)).await?;
        Ok(opened.store.people(&[user]).await?.pop())
    }
}
