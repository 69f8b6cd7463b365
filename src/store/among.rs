//! Questions about many ids at once. The ids travel in one parameter, as an array of JSON, so that a question
//! stays prepared however many they are; `eq_any` has it prepared anew each time it is asked.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use std::fmt::Display;

/// That a column holds one of some ids.
#[derive(Debug, Clone, QueryId)]
pub(super) struct Among<Column> {
    column: Column,
    ids: String,
}

pub(super) fn among<Column, Id: Display>(column: Column, ids: &[Id]) -> Among<Column> {
    Among { column, ids: list(ids) }
}

/// For SQLite's `json_each`.
pub(super) fn list<Id: Display>(ids: &[Id]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", quoted.join(","))
}

impl<Column: Expression> Expression for Among<Column> {
    type SqlType = Bool;
}

impl<Column: AppearsOnTable<Tables>, Tables> AppearsOnTable<Tables> for Among<Column> {}

impl<Column: SelectableExpression<Tables>, Tables> SelectableExpression<Tables> for Among<Column> {}

impl<Column: ValidGrouping<Grouping>, Grouping> ValidGrouping<Grouping> for Among<Column> {
    type IsAggregate = Column::IsAggregate;
}

impl<Column: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Among<Column> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.ids)?;
        out.push_sql("))");
        Ok(())
    }
}
