//! Whom we watch.

use super::handle::Handle;
use super::ids::{RoomId, UserId};
use super::time::Stamp;

/// A watched creator and what is known of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creator {
    pub handle: Handle,
    /// `None` until TikTok was asked.
    pub user: Option<UserId>,
    /// The display name, empty until known.
    pub nickname: String,
    /// IANA name of the zone in which this creator's days begin.
    pub zone: String,
    pub added_at: Stamp,
    /// The room that the user chose not to record to its end.
    pub stopped_room: Option<RoomId>,
}
