//! What somebody else's program heard of a LIVE and tells us: pushed while it happens, or read from a file
//! afterwards.

use super::event::LiveEvent;
use super::gift::UnitValue;
use super::session::GapCause;
use super::time::Stamp;

/// One thing that was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Made of the id it was told with: the same for the same thing, and never 0.
    pub id: i64,
    /// When it happened; `None` means just now.
    pub at: Option<Stamp>,
    pub what: ToldWhat,
}

#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are events, and none is kept")]
pub enum ToldWhat {
    Event(ToldEvent),
    /// From when nothing could be heard, and until when if that is over.
    Gap {
        from: Stamp,
        to: Option<Stamp>,
        cause: GapCause,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct ToldEvent {
    pub event: LiveEvent,
    /// What it is called where it comes from.
    pub method: &'static str,
    /// What one of a gift is worth, where the teller says how that is known; else our own rules say it.
    pub value: Option<UnitValue>,
}
