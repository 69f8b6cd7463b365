//! Who gave what: in each session, and over all of them.

use super::{column, money, person};
use crate::domain::board::Standing;
use crate::domain::session::Session;
use crate::domain::totals::GifterTotal;
use crate::export::sheet::{Cell, Column, Kind};
use std::rc::Rc;

/// What somebody gave in one session.
pub struct Row {
    pub session: Rc<Session>,
    /// By diamonds, from 1; people with the same diamonds share a rank.
    pub rank: u32,
    pub display_id: String,
    /// The nickname, or a number where names are hidden.
    pub name: String,
    pub total: GifterTotal,
    pub biggest_gift: String,
}

pub const CONTRIBUTIONS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("rank", "col-rank", Kind::Count, |r| Cell::Whole(r.rank.into())),
    person("user_id", "col-user-id", Kind::Id, |r| Cell::id(&r.total.user)),
    person("display_id", "col-username", Kind::Name, |r| Cell::text(&r.display_id)),
    column("nickname", "col-name", Kind::Name, |r| Cell::text(&r.name)),
    column("gifts", "col-gifts", Kind::Count, |r| Cell::Whole(r.total.units)),
    money("diamonds", "col-diamonds", Kind::Count, |r| Cell::Whole(r.total.diamonds)),
    money("diamonds_to_host", "col-diamonds-to-creator", Kind::Count, |r| {
        Cell::Whole(r.total.diamonds_to_creator)
    }),
    money("estimated", "col-estimated", Kind::Mark, |r| Cell::Mark(r.total.estimated)),
    column("gift_types", "col-gift-types", Kind::Count, |r| Cell::Whole(r.total.gift_types)),
    column("biggest_gift", "col-biggest-gift", Kind::Name, |r| Cell::text(&r.biggest_gift)),
    money("biggest_gift_diamonds", "col-biggest-gift-diamonds", Kind::Count, |r| {
        Cell::Whole(r.total.biggest_diamonds)
    }),
    column("last_gift_at", "col-last-gift", Kind::Time, |r| Cell::Time(r.total.last_gift_at)),
];

/// What somebody gave over all sessions of the file.
pub struct Leader {
    pub standing: Standing,
    pub display_id: String,
    /// The nickname, or a number where names are hidden.
    pub name: String,
}

pub const LEADERBOARD: &[Column<Leader>] = &[
    column("rank", "col-rank", Kind::Count, |r| Cell::Whole(r.standing.rank.into())),
    person("user_id", "col-user-id", Kind::Id, |r| Cell::id(&r.standing.user)),
    person("display_id", "col-username", Kind::Name, |r| Cell::text(&r.display_id)),
    column("nickname", "col-name", Kind::Name, |r| Cell::text(&r.name)),
    money("diamonds", "col-diamonds", Kind::Count, |r| Cell::Whole(r.standing.diamonds)),
    money("diamonds_to_host", "col-diamonds-to-creator", Kind::Count, |r| {
        Cell::Whole(r.standing.diamonds_to_creator)
    }),
    money("estimated", "col-estimated", Kind::Mark, |r| Cell::Mark(r.standing.estimated)),
    column("gifts", "col-gifts", Kind::Count, |r| Cell::Whole(r.standing.units)),
    column("gift_types", "col-gift-types", Kind::Count, |r| Cell::Whole(r.standing.gift_types.into())),
    column("sessions", "col-sessions", Kind::Count, |r| Cell::Whole(r.standing.sessions.into())),
    column("last_gift_at", "col-last-gift", Kind::Time, |r| Cell::Time(r.standing.last_gift_at)),
];
