//! Changes that SQLite plans once. Diesel plans every `UPDATE` and every `ON CONFLICT DO UPDATE`
//! anew, because it cannot know how many different ones there will be; planning costs more than the
//! change itself.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::{Sqlite, SqliteConnection};
use std::any::Any;
use std::marker::PhantomData;

/// Keeps the plan of a change for the connection's next use of the same line of code. The text of
/// the change must always be the same there: no member of a row that is left out when it is `None`,
/// no list.
macro_rules! kept {
    ($change:expr) => {{
        enum Here {}
        $crate::store::kept::Kept::<Here, _>::new($change)
    }};
}
pub(super) use kept;

/// A change with the one place in the code that makes it.
pub(super) struct Kept<Place, Change>(Change, PhantomData<Place>);

impl<Place, Change> Kept<Place, Change> {
    pub const fn new(change: Change) -> Self {
        Self(change, PhantomData)
    }
}

impl<Place, Change: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Kept<Place, Change> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Sqlite) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Place: Any, Change> QueryId for Kept<Place, Change> {
    type QueryId = Place;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Place, Change> RunQueryDsl<SqliteConnection> for Kept<Place, Change> {}
