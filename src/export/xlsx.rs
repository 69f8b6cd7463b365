//! A workbook. Rows go to a temporary file as they come, so memory does not grow with the sheets;
//! numbers are numbers and times are times. Every text is written as one, so none is a formula.

use super::ExportError;
use super::book::{Book, Fact, Saying};
use super::moments::{self, DAY_MS};
use super::request::Section;
use super::sheet::{Cell, Head, Kind};
use super::text::fitting;
use rust_xlsxwriter::{
    Chart, ChartType, Color, DocProperties, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use std::io::{Seek, Write};
use std::path::Path;

/// The rows a sheet can have (Excel's limits).
pub const MAX_ROWS: u32 = 1_048_576;

/// That of Excel itself (documentation of `rust_xlsxwriter`, "Zip compression level"): packing takes a third less
/// of the processor than at the usual 6, for a file that is a little longer.
const COMPRESSION: u8 = 3;

/// Where the charts stand beside the facts of the summary.
const CHART_COLUMN: u16 = 4;
const CHART_ROWS: u32 = 18;

/// The heading's shade: the page's own grey, which prints well.
const SHADE: Color = Color::RGB(0x00E4_E8EE);

/// The colours of viewers and of gifts on the dashboard.
const VIEWERS: Color = Color::RGB(0x0014_181F);
const GIFTS: Color = Color::RGB(0x00BD_7B17);

pub struct XlsxBook<W> {
    out: W,
    workbook: Workbook,
    saying: Saying,
    max_rows: u32,
    formats: Formats,
    heading: Format,
    current: Option<Current>,
    /// What can be drawn, in the order of the file.
    drawable: Vec<Drawable>,
}

/// The sheet that is written now.
struct Current {
    sheet: Worksheet,
    section: Section,
    heads: Vec<Head>,
    /// The row that comes next.
    row: u32,
    /// How many sheets this section has, this one included.
    part: u32,
}

/// Where on which sheet are moments, viewers and diamonds.
struct Drawable {
    sheet: String,
    last_row: u32,
    at: u16,
    viewers: u16,
    /// `None` where money is left out.
    diamonds: Option<u16>,
}

/// What the numbers of each kind look like.
struct Formats {
    count: Format,
    number: Format,
    fine: Format,
    share: Format,
    time: Format,
    length: Format,
}

impl<W: Write + Seek + Send> XlsxBook<W> {
    /// `folder` takes the temporary files, which nobody sees and the system removes.
    pub fn new(out: W, folder: &Path, saying: Saying, max_rows: u32) -> Result<Self, ExportError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        workbook.set_zip_compression_level(COMPRESSION);
        workbook.set_properties(&DocProperties::new().set_author("Pasut"));
        workbook.add_worksheet().set_name(saying.words.t("sheet-summary"))?;
        let number = |format: &str| Format::new().set_num_format(format);
        let formats = Formats {
            count: number("#,##0"),
            number: number("#,##0.0"),
            fine: number("0.0000"),
            share: number("0.0%"),
            time: number("yyyy-mm-dd hh:mm:ss"),
            length: number("[h]:mm:ss"),
        };
        let heading = Format::new().set_bold().set_background_color(SHADE).set_text_wrap();
        let heading = heading.set_align(FormatAlign::Top);
        Ok(Self { out, workbook, saying, max_rows, formats, heading, current: None, drawable: Vec::new() })
    }

    fn new_sheet(&mut self, section: Section, heads: Vec<Head>, part: u32) -> Result<(), ExportError> {
        let title = self.saying.words.t(section.title());
        let name = if part == 1 { title.into_owned() } else { format!("{title} {part}") };
        let mut sheet = self.workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        let mut column = 0;
        for head in &heads {
            let heading = self.saying.words.t(head.heading);
            if head.kind == Kind::Time {
                let zone = self.saying.zoned.0.name();
                self.head(&mut sheet, column, &format!("{heading} ({zone})"), head.kind)?;
                self.head(&mut sheet, column + 1, &format!("{heading} (UTC)"), head.kind)?;
            } else {
                self.head(&mut sheet, column, &heading, head.kind)?;
            }
            column += width_in_columns(head.kind);
        }
        self.current = Some(Current { sheet, section, heads, row: 1, part });
        Ok(())
    }

    fn head(&self, sheet: &mut Worksheet, column: u16, heading: &str, kind: Kind) -> Result<(), XlsxError> {
        sheet.set_column_width(column, f64::from(width(kind)))?;
        if let Some(format) = self.formats.of(kind) {
            sheet.set_column_format(column, format)?;
        }
        sheet.write_string_with_format(0, column, heading, &self.heading)?;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), ExportError> {
        let Some(Current { mut sheet, section, heads, row, .. }) = self.current.take() else { return Ok(()) };
        let columns: u16 = heads.iter().map(|head| width_in_columns(head.kind)).sum();
        if columns > 0 {
            sheet.autofilter(0, 0, row - 1, columns - 1)?;
        }
        if matches!(section, Section::Sessions | Section::Analytics) && row > 2 {
            self.drawable.extend(drawable(&sheet.name(), &heads, row - 1));
        }
        self.workbook.push_worksheet(sheet);
        Ok(())
    }

    fn summary(&mut self, summary: &[Fact]) -> Result<(), XlsxError> {
        let charts = charts(self.drawable.first(), self.saying);
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.set_column_width(0, 34)?.set_column_width(1, 30)?.set_column_width(2, 22)?;
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        for (row, (head, cell)) in (0..).zip(summary) {
            sheet.write_string_with_format(row, 0, self.saying.words.t(head.heading), &self.heading)?;
            let format = self.formats.of(head.kind).unwrap_or(&wrapped);
            match cell {
                Cell::Time(at) => {
                    let zone = self.saying.zoned.0.name();
                    sheet.write_number_with_format(row, 1, self.saying.zoned.days(*at), format)?;
                    sheet.write_string(row, 2, zone)?;
                }
                Cell::Text(text) => {
                    sheet.write_string_with_format(row, 1, fitting(text), format)?;
                }
                Cell::Word(_, said) => {
                    sheet.write_string_with_format(row, 1, self.saying.words.t(said), format)?;
                }
                other => {
                    if let Some(number) = number(head.kind, other) {
                        sheet.write_number_with_format(row, 1, number, format)?;
                    } else if *other == Cell::Mark(true) {
                        sheet.write_string(row, 1, ABOUT)?;
                    }
                }
            }
        }
        for (number, chart) in (0..).zip(&charts) {
            sheet.insert_chart(number * CHART_ROWS, CHART_COLUMN, chart)?;
        }
        Ok(())
    }
}

/// Stands where a sum rests on an estimate.
const ABOUT: &str = "≈";

impl<W: Write + Seek + Send> Book for XlsxBook<W> {
    fn begin(&mut self, section: Section, heads: Vec<Head>) -> Result<(), ExportError> {
        self.end_sheet()?;
        self.new_sheet(section, heads, 1)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        if let Some(full) = self.current.as_ref().filter(|current| current.row == self.max_rows) {
            let (section, heads, part) = (full.section, full.heads.clone(), full.part + 1);
            self.end_sheet()?;
            self.new_sheet(section, heads, part)?;
        }
        let current = self.current.as_mut().expect("a table was begun");
        let (sheet, row) = (&mut current.sheet, current.row);
        current.row += 1;
        let mut column = 0;
        for (head, cell) in current.heads.iter().zip(cells) {
            match cell {
                Cell::Time(at) => {
                    sheet.write_number(row, column, self.saying.zoned.days(*at))?;
                    sheet.write_number(row, column + 1, moments::days(*at))?;
                }
                Cell::Text(text) => {
                    sheet.write_string(row, column, fitting(text))?;
                }
                Cell::Word(_, said) => {
                    sheet.write_string(row, column, self.saying.words.t(said))?;
                }
                Cell::Mark(true) => {
                    sheet.write_string(row, column, ABOUT)?;
                }
                other => {
                    if let Some(number) = number(head.kind, other) {
                        sheet.write_number(row, column, number)?;
                    }
                }
            }
            column += width_in_columns(head.kind);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, summary: &[Fact]) -> Result<(), ExportError> {
        self.end_sheet()?;
        self.summary(summary)?;
        self.workbook.save_to_writer(&mut self.out)?;
        Ok(self.out.flush()?)
    }
}

impl Formats {
    const fn of(&self, kind: Kind) -> Option<&Format> {
        match kind {
            Kind::Count => Some(&self.count),
            Kind::Number => Some(&self.number),
            Kind::Fine => Some(&self.fine),
            Kind::Share => Some(&self.share),
            Kind::Time => Some(&self.time),
            Kind::Length => Some(&self.length),
            Kind::Id | Kind::Name | Kind::Text | Kind::Mark => None,
        }
    }
}

fn number(kind: Kind, cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Whole(ms) if kind == Kind::Length => Some(*ms as f64 / DAY_MS),
        Cell::Whole(number) => Some(*number as f64),
        Cell::Real(number) => number.is_finite().then_some(*number),
        _ => None,
    }
}

const fn width_in_columns(kind: Kind) -> u16 {
    if matches!(kind, Kind::Time) { 2 } else { 1 }
}

/// In characters of the usual font.
const fn width(kind: Kind) -> u16 {
    match kind {
        Kind::Text => 40,
        Kind::Id | Kind::Name => 22,
        Kind::Time => 20,
        Kind::Count | Kind::Number | Kind::Fine | Kind::Share | Kind::Length => 13,
        Kind::Mark => 6,
    }
}

fn drawable(sheet: &str, heads: &[Head], last_row: u32) -> Option<Drawable> {
    let place = |members: [&str; 2]| {
        let mut column = 0;
        heads.iter().find_map(|head| {
            let here = column;
            column += width_in_columns(head.kind);
            members.contains(&head.member).then_some(here)
        })
    };
    Some(Drawable {
        sheet: sheet.to_owned(),
        last_row,
        at: place(["recorded_from", "t"])?,
        viewers: place(["viewers.average", "viewers_avg"])?,
        diamonds: place(["diamonds.total", "diamonds"]),
    })
}

/// Viewers and diamonds over time, from the first sheet that has more than one row of them.
fn charts(drawn: Option<&Drawable>, saying: Saying) -> Vec<Chart> {
    let Some(drawn) = drawn else { return Vec::new() };
    let draw = |kind: ChartType, column: u16, heading: &str, colour: Color| {
        let mut chart = Chart::new(kind);
        let of = |column: u16| (drawn.sheet.as_str(), 1, column, drawn.last_row, column);
        let series = chart.add_series();
        series.set_categories(of(drawn.at)).set_values(of(column)).set_name(saying.words.t(heading).as_ref());
        if kind == ChartType::Line {
            series.set_format(rust_xlsxwriter::ChartLine::new().set_color(colour).set_width(1.75));
        } else {
            series.set_format(rust_xlsxwriter::ChartSolidFill::new().set_color(colour));
        }
        chart.title().set_name(saying.words.t(heading).as_ref());
        chart.legend().set_hidden();
        chart.x_axis().set_num_format("yyyy-mm-dd hh:mm").set_date_axis(false).set_text_axis(true);
        chart.set_width(760).set_height(330);
        chart
    };
    let viewers = draw(ChartType::Line, drawn.viewers, "col-viewers-average", VIEWERS);
    let diamonds = drawn.diamonds.map(|column| draw(ChartType::Column, column, "col-diamonds", GIFTS));
    [Some(viewers), diamonds].into_iter().flatten().collect()
}
