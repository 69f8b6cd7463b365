//! The columns of each table, and where their values come from. A member has the name that the same
//! fact has in the HTTP interface.

pub mod answers;
pub mod battles;
pub mod gifts;
pub mod intervals;
pub mod markers;
pub mod people;
pub mod quality;
pub mod sessions;
pub mod summary;

use super::sheet::{Cell, Column, Kind, Shows};

const fn column<R>(
    member: &'static str,
    heading: &'static str,
    kind: Kind,
    value: for<'a> fn(&'a R) -> Cell<'a>,
) -> Column<R> {
    Column { member, heading, kind, shows: Shows::Always, value }
}

/// A column of diamonds, or of what is computed from them.
const fn money<R>(
    member: &'static str,
    heading: &'static str,
    kind: Kind,
    value: for<'a> fn(&'a R) -> Cell<'a>,
) -> Column<R> {
    Column { member, heading, kind, shows: Shows::Money, value }
}

/// A column that tells who somebody is.
const fn person<R>(
    member: &'static str,
    heading: &'static str,
    kind: Kind,
    value: for<'a> fn(&'a R) -> Cell<'a>,
) -> Column<R> {
    Column { member, heading, kind, shows: Shows::Person, value }
}
