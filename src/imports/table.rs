//! Tables of text, as spreadsheets and databases write them (RFC 4180): the first row names the columns.
//!
//! A field is text, also where a spreadsheet would take it for a formula.

use super::event_line::MAX_LINE_BYTES;
use serde_json::{Map, Value};

/// A table has so many columns at most.
const MOST_COLUMNS: usize = 200;

/// The columns of a table.
pub struct Columns {
    names: Vec<String>,
    separator: char,
}

impl Columns {
    /// Reads the row of names; what stands between them is a comma, a semicolon or a tab. `None` if there are none.
    #[must_use]
    pub fn read(row: &str) -> Option<Self> {
        let row = row.trim_start_matches('\u{feff}');
        let count = |separator: &char| row.matches(*separator).count();
        let separator =
            [',', ';', '\t'].into_iter().max_by_key(count).filter(|separator| count(separator) > 0)?;
        let names: Vec<String> = fields(row, separator).iter().map(|name| name.trim().to_owned()).collect();
        (names.len() <= MOST_COLUMNS).then_some(Self { names, separator })
    }

    /// A row as members; a dot in a name makes an object within.
    #[must_use]
    pub fn members(&self, row: &str) -> Map<String, Value> {
        let mut members = Map::new();
        for (name, field) in self.names.iter().zip(fields(row, self.separator)) {
            if field.is_empty() {
                continue;
            }
            put(&mut members, name, field);
        }
        members
    }
}

fn put(members: &mut Map<String, Value>, name: &str, field: String) {
    match name.split_once('.') {
        None => drop(members.insert(name.to_owned(), field.into())),
        Some((outer, inner)) => {
            let outer = members.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            // A column that is a value and an object stays the value that came first.
            if let Some(object) = outer.as_object_mut() {
                put(object, inner, field);
            }
        }
    }
}

/// Whether a row goes on in the next line, because a quotation is open.
#[must_use]
pub fn is_open(row: &str) -> bool {
    row.len() <= MAX_LINE_BYTES && row.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

fn fields(row: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let (mut quoted, mut signs) = (false, row.trim_end_matches(['\r', '\n']).chars().peekable());
    while let Some(sign) = signs.next() {
        let field = fields.last_mut().expect("one from the beginning");
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            sign if sign == separator && !quoted => fields.push(String::new()),
            sign => field.push(sign),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_as_they_were_written() {
        let columns = Columns::read("\u{feff}kind;user.id;text\r").expect("columns");
        assert_eq!(
            Value::Object(columns.members("comment;7;\"=1+1; \"\"so\"\"\"\r\n")),
            json!({"kind": "comment", "user": {"id": "7"}, "text": "=1+1; \"so\""}),
        );
        assert_eq!(Value::Object(columns.members("share;;")), json!({"kind": "share"}));
        assert!(Columns::read("no columns").is_none() && Columns::read(&",".repeat(300)).is_none());
        assert!(is_open("1,\"a") && !is_open("1,\"a\""));
    }
}
