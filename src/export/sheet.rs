//! What every table of a file consists of, whatever the form of the file.

use super::request::Request;
use crate::domain::time::Stamp;
use std::borrow::Cow;

/// One column: what it is called, how it is shown, and where its value comes from.
pub struct Column<R> {
    /// In JSON; a dot stands for an object within the object.
    pub member: &'static str,
    /// The message with its heading.
    pub heading: &'static str,
    pub kind: Kind,
    pub shows: Shows,
    pub value: for<'a> fn(&'a R) -> Cell<'a>,
}

/// How the values of a column look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id: digits that are no number.
    Id,
    /// A name or a word.
    Name,
    /// A longer text.
    Text,
    /// A whole number.
    Count,
    /// A number with decimals.
    Number,
    /// A small number, such as an effect or a probability.
    Fine,
    /// From 0 to 1, shown as a percentage.
    Share,
    /// A moment: in the chosen zone, with UTC in a column beside it.
    Time,
    /// A length in milliseconds, shown as hours, minutes and seconds.
    Length,
    /// `≈` where it is true.
    Mark,
}

/// When a column is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Always,
    /// Diamonds, or computed from them.
    Money,
    /// Tells who somebody is.
    Person,
}

impl Shows {
    const fn allowed(self, request: &Request) -> bool {
        match self {
            Self::Always => true,
            Self::Money => request.money,
            Self::Person => !request.hide_names,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Not known, or there is none: never a zero.
    Empty,
    Whole(i64),
    Real(f64),
    Text(Cow<'a, str>),
    /// One of a few: its name in JSON, and the message that says it to people.
    Word(&'static str, &'static str),
    Time(Stamp),
    Mark(bool),
}

impl<'a> Cell<'a> {
    pub fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Borrowed(text)) }
    }

    pub fn id(id: &impl ToString) -> Self {
        Self::Text(Cow::Owned(id.to_string()))
    }

    pub fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }
}

/// A column as a file shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub member: &'static str,
    pub heading: &'static str,
    pub kind: Kind,
}

/// The columns of a section that a request lets through.
pub struct Table<R: 'static> {
    columns: Vec<&'static Column<R>>,
}

impl<R> Table<R> {
    pub fn new(columns: &'static [Column<R>], request: &Request) -> Self {
        let columns = columns.iter().filter(|column| column.shows.allowed(request)).collect();
        Self { columns }
    }

    pub fn heads(&self) -> Vec<Head> {
        let head =
            |column: &&Column<R>| Head { member: column.member, heading: column.heading, kind: column.kind };
        self.columns.iter().map(head).collect()
    }

    pub fn cells<'a>(&self, row: &'a R) -> Vec<Cell<'a>> {
        self.columns.iter().map(|column| (column.value)(row)).collect()
    }
}
