//! A leaderboard as it is shown, as one CSV: the columns of an export, the lines and order of the page.

use super::ExportError;
use super::book::{Book, Saying};
use super::csv::CsvFile;
use super::request::{Request, Section, Separator};
use super::sheet::Table;
use super::sheets::people::{LEADERBOARD, Leader};
use crate::reports::leaderboard::Entry;

/// The lines in their order, each with what the person is called. Money, names and zone are as `request` says.
///
/// # Errors
///
/// None in practice: it is written to memory.
pub fn board_csv<'a>(
    lines: impl IntoIterator<Item = (&'a Entry, String)>,
    request: &Request,
) -> Result<Vec<u8>, ExportError> {
    let mut csv = Vec::new();
    let mut book = Box::new(CsvFile::new(&mut csv, Separator::usual(request.lang), Saying::new(request)));
    let table = Table::new(LEADERBOARD, request);
    book.begin(Section::Leaderboard, table.heads())?;
    for (entry, name) in lines {
        let leader = Leader { standing: entry.standing, display_id: entry.display_id.clone(), name };
        book.row(&table.cells(&leader))?;
    }
    book.finish(&[])?;
    Ok(csv)
}
