//! Who gave what: in each session, and over all of them.

use super::{column, money, person};
use crate::domain::session::Session;
use crate::export::sheet::{Cell, Column, Kind};
use crate::store::listing::{Contribution, Giver};
use std::rc::Rc;

/// What somebody gave in one session.
pub struct Row {
    pub session: Rc<Session>,
    /// By diamonds, from 1; people with the same diamonds share a rank.
    pub rank: u32,
    /// The nickname, or a number where names are hidden.
    pub name: String,
    pub gave: Contribution,
}

pub const CONTRIBUTIONS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("rank", "col-rank", Kind::Count, |r| Cell::Whole(r.rank.into())),
    person("user_id", "col-user-id", Kind::Id, |r| Cell::id(&r.gave.user)),
    person("display_id", "col-username", Kind::Name, |r| Cell::text(&r.gave.display_id)),
    column("nickname", "col-name", Kind::Name, |r| Cell::text(&r.name)),
    column("gifts", "col-gifts", Kind::Count, |r| Cell::Whole(r.gave.units)),
    money("diamonds", "col-diamonds", Kind::Count, |r| Cell::Whole(r.gave.diamonds)),
    money("diamonds_to_host", "col-diamonds-to-creator", Kind::Count, |r| {
        Cell::Whole(r.gave.diamonds_to_creator)
    }),
    money("estimated", "col-estimated", Kind::Mark, |r| Cell::Mark(r.gave.estimated)),
    column("gift_types", "col-gift-types", Kind::Count, |r| Cell::Whole(r.gave.gift_types)),
    column("biggest_gift", "col-biggest-gift", Kind::Name, |r| Cell::text(&r.gave.biggest_gift_name)),
    money("biggest_gift_diamonds", "col-biggest-gift-diamonds", Kind::Count, |r| {
        Cell::Whole(r.gave.biggest_gift_diamonds)
    }),
    column("last_gift_at", "col-last-gift", Kind::Time, |r| Cell::Time(r.gave.last_gift_at)),
];

/// What somebody gave over all sessions of the file.
pub struct Leader {
    /// By diamonds, from 1; people with the same diamonds share a rank.
    pub rank: u32,
    pub name: String,
    pub gave: Giver,
}

pub const LEADERBOARD: &[Column<Leader>] = &[
    column("rank", "col-rank", Kind::Count, |r| Cell::Whole(r.rank.into())),
    person("user_id", "col-user-id", Kind::Id, |r| Cell::id(&r.gave.user)),
    person("display_id", "col-username", Kind::Name, |r| Cell::text(&r.gave.display_id)),
    column("nickname", "col-name", Kind::Name, |r| Cell::text(&r.name)),
    money("diamonds", "col-diamonds", Kind::Count, |r| Cell::Whole(r.gave.diamonds)),
    money("diamonds_to_host", "col-diamonds-to-creator", Kind::Count, |r| {
        Cell::Whole(r.gave.diamonds_to_creator)
    }),
    money("estimated", "col-estimated", Kind::Mark, |r| Cell::Mark(r.gave.estimated)),
    column("gifts", "col-gifts", Kind::Count, |r| Cell::Whole(r.gave.units)),
    column("gift_types", "col-gift-types", Kind::Count, |r| Cell::Whole(r.gave.gift_types)),
    column("sessions", "col-sessions", Kind::Count, |r| Cell::Whole(r.gave.sessions)),
    column("last_gift_at", "col-last-gift", Kind::Time, |r| Cell::Time(r.gave.last_gift_at)),
];
