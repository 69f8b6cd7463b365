//! JSON: one object with a list for each table. Members have the names of the HTTP interface, codes
//! are not translated, ids are texts and times RFC 3339 in UTC.

use super::ExportError;
use super::book::{Book, Fact};
use super::moments::rfc3339;
use super::request::Section;
use super::sheet::{Cell, Head};
use serde_json::{Map, Value};
use std::io::Write;

pub struct JsonBook<W> {
    out: W,
    heads: Vec<Head>,
    /// Whether a list is open, and whether it has a row.
    list: Option<bool>,
}

impl<W: Write> JsonBook<W> {
    pub fn begin(mut out: W) -> Result<Self, ExportError> {
        out.write_all(b"{")?;
        Ok(Self { out, heads: Vec::new(), list: None })
    }

    fn end_list(&mut self) -> Result<(), ExportError> {
        if self.list.take().is_some() {
            self.out.write_all(b"\n],\n")?;
        }
        Ok(())
    }
}

impl<W: Write> Book for JsonBook<W> {
    fn begin(&mut self, section: Section, heads: Vec<Head>) -> Result<(), ExportError> {
        self.end_list()?;
        write!(self.out, "\"{}\":[", section.as_str())?;
        (self.heads, self.list) = (heads, Some(false));
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        let separator: &[u8] = if self.list == Some(true) { b",\n" } else { b"\n" };
        self.out.write_all(separator)?;
        self.list = Some(true);
        let object = object(self.heads.iter().copied().zip(cells));
        serde_json::to_writer(&mut self.out, &object).map_err(std::io::Error::from)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, summary: &[Fact]) -> Result<(), ExportError> {
        self.end_list()?;
        self.out.write_all(b"\"export\":")?;
        let about = object(summary.iter().map(|(head, cell)| (*head, cell)));
        serde_json::to_writer(&mut self.out, &about).map_err(std::io::Error::from)?;
        self.out.write_all(b"}\n")?;
        Ok(self.out.flush()?)
    }
}

/// The members of a row; a dot in a name makes an object within.
fn object<'a, 'b: 'a>(members: impl Iterator<Item = (Head, &'a Cell<'b>)>) -> Map<String, Value> {
    let mut object = Map::new();
    for (head, cell) in members {
        let mut within = &mut object;
        let mut name = head.member;
        while let Some((outer, inner)) = name.split_once('.') {
            let outer = within.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            within = outer.as_object_mut().expect("no member is a value and an object");
            name = inner;
        }
        within.insert(name.to_owned(), value(cell));
    }
    object
}

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Whole(number) => (*number).into(),
        Cell::Real(number) => (*number).into(),
        Cell::Text(text) => text.as_ref().into(),
        Cell::Word(code, _) => (*code).into(),
        Cell::Time(at) => rfc3339(*at).into(),
        Cell::Mark(marked) => (*marked).into(),
    }
}
