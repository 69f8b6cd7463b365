//! CSV: what spreadsheets open with a double click. UTF-8 with its mark, lines that end as RFC 4180
//! says, and no text that a spreadsheet would compute.

use super::ExportError;
use super::book::{Book, Fact, Saying};
use super::moments;
use super::request::{Section, Separator};
use super::sheet::{Cell, Head, Kind};
use super::text::harmless;
use std::io::{Seek, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Tells Excel that the file is UTF-8.
const MARK: &str = "\u{feff}";

/// Stands where a sum rests on an estimate.
const ABOUT: &str = "≈";

/// One table alone.
pub struct CsvFile<W> {
    out: W,
    form: Form,
    heads: Vec<Head>,
}

/// Several tables, each a file of the archive.
pub struct CsvArchive<W: Write + Seek> {
    zip: ZipWriter<W>,
    form: Form,
    heads: Vec<Head>,
    /// A row before it goes into the archive.
    line: Vec<u8>,
}

/// How fields are written.
#[derive(Clone, Copy)]
struct Form {
    separator: Separator,
    saying: Saying,
}

impl<W: Write> CsvFile<W> {
    pub fn new(out: W, separator: Separator, saying: Saying) -> Self {
        Self { out, form: Form { separator, saying }, heads: Vec::new() }
    }
}

impl<W: Write> Book for CsvFile<W> {
    fn begin(&mut self, _: Section, heads: Vec<Head>) -> Result<(), ExportError> {
        self.form.headings(&mut self.out, &heads)?;
        self.heads = heads;
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        Ok(self.form.row(&mut self.out, &self.heads, cells)?)
    }

    fn finish(mut self: Box<Self>, _: &[Fact]) -> Result<(), ExportError> {
        Ok(self.out.flush()?)
    }
}

impl<W: Write + Seek> CsvArchive<W> {
    pub fn new(out: W, separator: Separator, saying: Saying) -> Self {
        let form = Form { separator, saying };
        Self { zip: ZipWriter::new(out), form, heads: Vec::new(), line: Vec::new() }
    }

    fn file(&mut self, name: &str) -> Result<(), ExportError> {
        // Nothing says how large a file will be, and one of more than 4 GiB needs to be said ahead.
        let options = SimpleFileOptions::default().large_file(true);
        self.zip.start_file(format!("{name}.csv"), options).map_err(std::io::Error::from)?;
        Ok(())
    }
}

impl<W: Write + Seek> Book for CsvArchive<W> {
    fn begin(&mut self, section: Section, heads: Vec<Head>) -> Result<(), ExportError> {
        self.file(section.as_str())?;
        self.form.headings(&mut self.zip, &heads)?;
        self.heads = heads;
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        self.line.clear();
        self.form.row(&mut self.line, &self.heads, cells)?;
        Ok(self.zip.write_all(&self.line)?)
    }

    fn finish(mut self: Box<Self>, summary: &[Fact]) -> Result<(), ExportError> {
        self.file("summary")?;
        self.zip.write_all(MARK.as_bytes())?;
        for (head, cell) in summary {
            let heading = Cell::Text(self.form.saying.words.t(head.heading));
            let line = Head { member: "", heading: head.heading, kind: Kind::Text };
            self.form.row(&mut self.zip, &[line, *head], &[heading, cell.clone()])?;
        }
        self.zip.finish().map_err(std::io::Error::from)?.flush()?;
        Ok(())
    }
}

impl Form {
    fn headings(self, out: &mut impl Write, heads: &[Head]) -> std::io::Result<()> {
        out.write_all(MARK.as_bytes())?;
        let mut fields = Vec::with_capacity(heads.len());
        for head in heads {
            let heading = self.saying.words.t(head.heading);
            if head.kind == Kind::Time {
                fields.push(format!("{heading} ({})", self.saying.zoned.0.name()));
                fields.push(format!("{heading} (UTC)"));
            } else {
                fields.push(heading.into_owned());
            }
        }
        let last = fields.len();
        for (number, field) in fields.iter().enumerate() {
            self.text(out, field)?;
            self.end_field(out, number + 1 == last)?;
        }
        Ok(())
    }

    fn row(self, out: &mut impl Write, heads: &[Head], cells: &[Cell<'_>]) -> std::io::Result<()> {
        for (number, (head, cell)) in heads.iter().zip(cells).enumerate() {
            if head.kind == Kind::Time {
                if let Cell::Time(at) = cell {
                    write!(out, "{}", self.saying.zoned.plain(*at))?;
                    self.end_field(out, false)?;
                    write!(out, "{}", moments::plain(*at))?;
                } else {
                    self.end_field(out, false)?;
                }
            } else {
                self.field(out, head.kind, cell)?;
            }
            self.end_field(out, number + 1 == heads.len())?;
        }
        Ok(())
    }

    fn field(self, out: &mut impl Write, kind: Kind, cell: &Cell<'_>) -> std::io::Result<()> {
        match cell {
            Cell::Empty | Cell::Mark(false) => Ok(()),
            Cell::Mark(true) => out.write_all(ABOUT.as_bytes()),
            Cell::Whole(ms) if kind == Kind::Length => write!(out, "{}", moments::length(*ms)),
            Cell::Whole(number) => write!(out, "{number}"),
            Cell::Real(number) if number.is_finite() => {
                let point = number.to_string();
                write!(out, "{}", point.replace('.', self.separator.decimal()))
            }
            Cell::Real(_) => Ok(()),
            Cell::Text(text) => self.text(out, text),
            Cell::Word(_, said) => self.text(out, &self.saying.words.t(said)),
            Cell::Time(at) => write!(out, "{}", self.saying.zoned.plain(*at)),
        }
    }

    fn text(self, out: &mut impl Write, text: &str) -> std::io::Result<()> {
        let text = harmless(text);
        if text.contains(['"', ',', ';', '\n', '\r', '\t']) || text.starts_with(['\'', ' ']) {
            write!(out, "\"{}\"", text.replace('"', "\"\""))
        } else {
            out.write_all(text.as_bytes())
        }
    }

    fn end_field(self, out: &mut impl Write, is_last: bool) -> std::io::Result<()> {
        if is_last { out.write_all(b"\r\n") } else { out.write_all(&[self.separator.field()]) }
    }
}
