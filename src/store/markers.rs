//! Moments that somebody marked.

use super::schema::{markers, sessions};
use super::{Store, StoreError};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::time::Stamp;
use diesel::prelude::*;

type Row = (i64, SessionId, Stamp, MarkerKind, String);

impl Store {
    /// Keeps a marker, and says which number it has.
    ///
    /// # Errors
    ///
    /// As any change of the database, also if there is no such session.
    pub async fn add_marker(
        &self,
        session: SessionId,
        at: Stamp,
        kind: MarkerKind,
        note: &str,
    ) -> Result<Marker, StoreError> {
        let note = note.to_owned();
        self.write(move |writing| {
            let added = (
                markers::session_id.eq(session),
                markers::at.eq(at),
                markers::kind.eq(kind),
                markers::note.eq(&note),
            );
            let id: i64 = diesel::insert_into(markers::table)
                .values(added)
                .returning(markers::id)
                .get_result(writing.connection)?;
            Ok(Marker { session, id, at, kind, note: note.clone() })
        })
        .await
    }

    /// Removes a marker of a session, and says whether there was one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_marker(&self, session: SessionId, id: i64) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let found = markers::table.find(id).filter(markers::session_id.eq(session));
            Ok(diesel::delete(found).execute(writing.connection)? > 0)
        })
        .await
    }

    /// The markers of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn markers(&self, session: SessionId) -> Result<Vec<Marker>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<Row> = markers::table
                .filter(markers::session_id.eq(session))
                .order((markers::at, markers::id))
                .select(markers::all_columns)
                .load(connection)?;
            Ok(rows.into_iter().map(marker).collect())
        })
        .await
    }

    /// The markers of a creator's sessions from `from` up to before `to`, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn markers_of(
        &self,
        creator: &Handle,
        from: Stamp,
        to: Stamp,
    ) -> Result<Vec<Marker>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let rows: Vec<Row> = markers::table
                .inner_join(sessions::table)
                .filter(sessions::account_username.eq(&creator))
                .filter(markers::at.ge(from))
                .filter(markers::at.lt(to))
                .order((markers::at, markers::id))
                .select(markers::all_columns)
                .load(connection)?;
            Ok(rows.into_iter().map(marker).collect())
        })
        .await
    }
}

fn marker((id, session, at, kind, note): Row) -> Marker {
    Marker { session, id, at, kind, note }
}
