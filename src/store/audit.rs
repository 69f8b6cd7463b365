//! Who changed what, the newest of it.

use super::schema::audit;
use super::{Store, StoreError};
use crate::domain::audit::{Deed, Entry, Who, subject};
use crate::domain::time::Stamp;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// So much is kept. Failed logins are counted apart, so that whoever tries passwords does not push out the
/// rest.
const KEPT: i64 = 9_000;
const KEPT_FAILED_LOGINS: i64 = 1_000;

/// The same again within this time is the same entry.
const AGAIN_MS: i64 = 3_600_000;

impl Store {
    /// Keeps that somebody did something, in one entry with the same within the last hour.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn note(&self, who: Who, what: Deed, about: &str, now: Stamp) -> Result<(), StoreError> {
        let about = subject(about);
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let same = audit::table
                .filter(audit::what.eq(what.as_str()))
                .filter(audit::who.eq(who.code()))
                .filter(audit::subject.eq(&about))
                .filter(audit::at.gt(now - AGAIN_MS))
                .order(audit::audit_id.desc())
                .select(audit::audit_id);
            if let Some(id) = same.first::<i64>(connection).optional()? {
                diesel::update(audit::table.find(id))
                    .set((audit::at.eq(now), audit::times.eq(audit::times + 1)))
                    .execute(connection)?;
                return Ok(());
            }
            diesel::insert_into(audit::table)
                .values((
                    audit::at.eq(now),
                    audit::who.eq(who.code()),
                    audit::what.eq(what.as_str()),
                    audit::subject.eq(&about),
                    audit::times.eq(1),
                ))
                .execute(connection)?;
            forget_oldest(connection)
        })
        .await
    }

    /// The newest entries of the audit log, the newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn audit(&self, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(Stamp, String, String, String, i64)> = audit::table
                .order((audit::at.desc(), audit::audit_id.desc()))
                .limit(limit.into())
                .select((audit::at, audit::who, audit::what, audit::subject, audit::times))
                .load(connection)?;
            rows.into_iter().map(entry).collect()
        })
        .await
    }
}

fn forget_oldest(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = Deed::LoginFailed.as_str();
    let oldest = audit::table.select(audit::audit_id).order(audit::audit_id.desc());
    let of_failed: Option<i64> =
        oldest.filter(audit::what.eq(failed)).offset(KEPT_FAILED_LOGINS).first(connection).optional()?;
    if let Some(last) = of_failed {
        diesel::delete(audit::table.filter(audit::what.eq(failed)).filter(audit::audit_id.le(last)))
            .execute(connection)?;
    }
    let of_others: Option<i64> =
        oldest.filter(audit::what.ne(failed)).offset(KEPT).first(connection).optional()?;
    if let Some(last) = of_others {
        diesel::delete(audit::table.filter(audit::what.ne(failed)).filter(audit::audit_id.le(last)))
            .execute(connection)?;
    }
    Ok(())
}

fn entry((at, who, what, subject, times): (Stamp, String, String, String, i64)) -> Result<Entry, StoreError> {
    let unknown = |text: &str| StoreError::Corrupt(format!("{text:?} is nothing that was done"));
    Ok(Entry {
        at,
        who: Who::parse(&who).ok_or_else(|| unknown(&who))?,
        what: Deed::parse(&what).ok_or_else(|| unknown(&what))?,
        subject,
        times: u32::try_from(times).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Opening;
    use diesel::connection::SimpleConnection as _;

    #[tokio::test]
    async fn the_same_within_an_hour_is_one_entry_and_failed_logins_push_out_nothing_else() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let failed = (Who::Nobody, Deed::LoginFailed);
        store.note(Who::Terminal, Deed::AccountAdded, "mira\r\n", Stamp(1)).await.expect("written");
        for at in [10, 20, 30 + AGAIN_MS] {
            store.note(failed.0.clone(), failed.1, "10.0.0.9", Stamp(at)).await.expect("written");
        }
        let entries = store.audit(2).await.expect("readable");
        let entries: Vec<_> = entries.iter().map(|entry| (entry.at, entry.times)).collect();
        assert_eq!(entries, [(Stamp(30 + AGAIN_MS), 1), (Stamp(20), 2)]);

        let flood = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
             INSERT INTO audit (at, who, what, subject, times) \
             SELECT 100, 'nobody', 'login-failed', 'address ' || i, 1 FROM n";
        store.write(move |writing| Ok(writing.connection.batch_execute(flood)?)).await.expect("written");
        store.note(failed.0, failed.1, "10.0.0.10", Stamp(40 + AGAIN_MS)).await.expect("written");
        let entries = store.audit(10_000).await.expect("readable");
        assert_eq!(entries.len(), 1_001);
        let oldest = entries.last().expect("many");
        assert_eq!((oldest.what, oldest.subject.as_str()), (Deed::AccountAdded, "mira"));
    }
}
