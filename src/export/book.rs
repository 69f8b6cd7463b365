//! A file while it is written, table by table and row by row, whatever its form.

use super::ExportError;
use super::moments::Zoned;
use super::request::{Request, Section};
use super::sheet::{Cell, Head};
use crate::words::Words;

/// The three forms of a file. Nothing of a row is kept, so a file may be of any length.
pub trait Book {
    /// Ends the table before, and begins this one.
    fn begin(&mut self, section: Section, heads: Vec<Head>) -> Result<(), ExportError>;

    /// Adds a row to the table that was begun: a cell for each head.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError>;

    /// Ends everything, with what the file says of itself.
    fn finish(self: Box<Self>, summary: &[Fact]) -> Result<(), ExportError>;
}

/// One thing that a file says of itself.
pub type Fact = (Head, Cell<'static>);

/// How everything is said in one file.
#[derive(Clone, Copy)]
pub struct Saying {
    pub words: &'static Words,
    pub zoned: Zoned,
}

impl Saying {
    pub fn new(request: &Request) -> Self {
        Self { words: Words::of(request.lang), zoned: Zoned(request.zone) }
    }
}
