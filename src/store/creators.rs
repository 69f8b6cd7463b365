//! Whom we watch.

use super::schema::creators;
use super::{Store, StoreError};
use crate::domain::creator::Creator;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, UserId};
use crate::domain::time::Stamp;
use diesel::prelude::*;

#[derive(Insertable, Queryable)]
#[diesel(table_name = creators)]
struct Row {
    handle: Handle,
    user_id: Option<UserId>,
    nickname: String,
    zone: String,
    added_at: Stamp,
    stopped_room: Option<RoomId>,
}

impl Store {
    /// Every watched creator, in the order they were added.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn creators(&self) -> Result<Vec<Creator>, StoreError> {
        self.read(|connection| {
            let rows: Vec<Row> =
                creators::table.order((creators::added_at, creators::handle)).load(connection)?;
            Ok(rows.into_iter().map(creator).collect())
        })
        .await
    }

    /// Watches a creator; whoever is watched already stays as they are. Says whether it is new.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_creator(&self, creator: &Creator) -> Result<bool, StoreError> {
        let creator = creator.clone();
        self.write(move |writing| {
            let added = diesel::insert_into(creators::table)
                .values(row(creator.clone()))
                .on_conflict_do_nothing()
                .execute(writing.connection)?;
            Ok(added > 0)
        })
        .await
    }

    /// Stops watching a creator; the recordings stay. Says whether they were watched.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_creator(&self, handle: &Handle) -> Result<bool, StoreError> {
        let handle = handle.clone();
        self.write(move |writing| {
            Ok(diesel::delete(creators::table.find(&handle)).execute(writing.connection)? > 0)
        })
        .await
    }

    /// Keeps what TikTok says of a creator's account.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_creator_account(
        &self,
        handle: &Handle,
        user: UserId,
        nickname: &str,
    ) -> Result<(), StoreError> {
        let (handle, nickname) = (handle.clone(), nickname.to_owned());
        self.write(move |writing| {
            diesel::update(creators::table.find(&handle))
                .set((creators::user_id.eq(user), creators::nickname.eq(&nickname)))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// Keeps the zone in which a creator's days begin.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_creator_zone(&self, handle: &Handle, zone: &str) -> Result<(), StoreError> {
        let (handle, zone) = (handle.clone(), zone.to_owned());
        self.write(move |writing| {
            diesel::update(creators::table.find(&handle))
                .set(creators::zone.eq(&zone))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// Keeps which room the user chose not to record to its end; `None` records again.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_stopped_room(&self, handle: &Handle, room: Option<RoomId>) -> Result<(), StoreError> {
        let handle = handle.clone();
        self.write(move |writing| {
            diesel::update(creators::table.find(&handle))
                .set(creators::stopped_room.eq(room))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }
}

fn row(creator: Creator) -> Row {
    Row {
        handle: creator.handle,
        user_id: creator.user,
        nickname: creator.nickname,
        zone: creator.zone,
        added_at: creator.added_at,
        stopped_room: creator.stopped_room,
    }
}

fn creator(row: Row) -> Creator {
    Creator {
        handle: row.handle,
        user: row.user_id,
        nickname: row.nickname,
        zone: row.zone,
        added_at: row.added_at,
        stopped_room: row.stopped_room,
    }
}
