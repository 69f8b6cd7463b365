//! Moments that somebody marked.

use super::column;
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::session::Session;
use crate::export::sheet::{Cell, Column, Kind};
use std::rc::Rc;

pub struct Row {
    pub session: Rc<Session>,
    pub marker: Marker,
}

pub const COLUMNS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("at", "col-at", Kind::Time, |r| Cell::Time(r.marker.at)),
    column("kind", "col-marker", Kind::Name, |r| kind(r.marker.kind)),
    column("note", "col-note", Kind::Text, |r| Cell::text(&r.marker.note)),
];

const fn kind(kind: MarkerKind) -> Cell<'static> {
    let said = match kind {
        MarkerKind::AskedForLikes => "marker-asked-for-likes",
        MarkerKind::NewGame => "marker-new-game",
        MarkerKind::Pk => "marker-pk",
        MarkerKind::Giveaway => "marker-giveaway",
        MarkerKind::Other => "marker-other",
    };
    Cell::Word(kind.as_str(), said)
}
