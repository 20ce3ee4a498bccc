//! The rows of one worksheet, as they pass. The size that a sheet declares is not believed, nor read: rows and cells
//! count by what is there. A formula's cell has the value that was saved with it; of merged cells the first has the
//! value, the others are empty; hidden rows are rows. Owns no column's meaning.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use super::archive::damaged;
use super::escape::unescape_units;
use super::value::{Meaning, duration, iso_moment, moment, number};
use super::workbook::Shared;
use super::xml::Xml;
use crate::limits::{MAX_CELL_BYTES, MAX_SHEET_COLUMNS, MAX_SHEET_ROWS};
use crate::refusal::{Code, Refusal};
use crate::table::failed::ReadFailed;
use crate::table::row::{Building, Row, cell_too_large};

/// The rows of a sheet that hold something, its header among them.
pub struct SheetRows<R: Read> {
    xml: Xml<R>,
    part: String,
    shared: Arc<Shared>,
    /// The row read last, from 1.
    line: u32,
    ended: bool,
    text: String,
}

/// How a cell's value is written (ECMA-376 part 1, 18.18.11).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    SharedText,
    Text,
    Truth,
    Error,
    Iso,
}

/// What a cell's tag says.
struct Tag {
    column: usize,
    kind: Kind,
    style: usize,
}

impl<R: Read> SheetRows<R> {
    /// The rows of the sheet in this part.
    ///
    /// # Errors
    /// A part that is no worksheet.
    pub fn open(input: R, part: &str, shared: Arc<Shared>) -> Result<Self, ReadFailed> {
        let mut xml = Xml::new(input, part);
        loop {
            match xml.next()? {
                Event::Start(start) if start.local_name().as_ref() == "sheetData" => break,
                Event::Eof => return Err(damaged(part).into()),
                _ => {}
            }
        }
        Ok(Self { xml, part: part.to_owned(), shared, line: 0, ended: false, text: String::new() })
    }

    /// The next row that holds something, or `None` at the end of the sheet.
    pub fn next_row(&mut self, width: usize) -> Result<Option<Row>, ReadFailed> {
        while !self.ended {
            match self.xml.next()? {
                Event::Start(start) if start.local_name().as_ref() == "row" => {
                    let said = attribute_number(&start, "r", &self.part)?;
                    let line = said.unwrap_or(self.line.saturating_add(1));
                    if line <= self.line || line > MAX_SHEET_ROWS {
                        return Err(damaged(&self.part).into());
                    }
                    self.line = line;
                    let mut row = self.read_row()?;
                    if !row.is_blank() {
                        row.fit(width);
                        return Ok(Some(row.finish(line.into())));
                    }
                }
                Event::Start(_) => self.xml.skip()?,
                // The end of `sheetData`: rows and what else stood in it have passed theirs.
                Event::End(_) => {
                    self.ended = true;
                    self.xml.finish()?;
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn read_row(&mut self) -> Result<Building, ReadFailed> {
        let (mut row, mut next_column) = (Building::default(), 0);
        loop {
            match self.xml.next()? {
                Event::Start(start) if start.local_name().as_ref() == "c" => {
                    let tag = Tag::read(&start, next_column).ok_or_else(|| damaged(&self.part))?;
                    next_column = tag.column + 1;
                    let fits = self.read_value()?;
                    let value = if fits { self.meaning(&tag) } else { Err(cell_too_large()) };
                    row.put(tag.column, value.as_deref().map_err(Clone::clone));
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) => return Ok(row),
                _ => {}
            }
        }
    }

    /// Reads a cell's value into `text` and passes the cell's end; false when it is larger than a cell may be.
    fn read_value(&mut self) -> Result<bool, ReadFailed> {
        self.text.clear();
        let mut fits = true;
        loop {
            match self.xml.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" => fits &= self.xml.text(&mut self.text, MAX_CELL_BYTES)?,
                    "is" => fits &= self.xml.rich_text(&mut self.text, MAX_CELL_BYTES)?,
                    // Formulas and extensions.
                    _ => self.xml.skip()?,
                },
                Event::End(_) => return Ok(fits),
                _ => {}
            }
        }
    }

    /// The cell's text.
    fn meaning(&self, tag: &Tag) -> Result<Cow<'_, str>, Refusal> {
        let text = self.text.as_str();
        if text.is_empty() {
            return Ok(Cow::Borrowed(""));
        }
        let wrong = |expected| Refusal::new(Code::WrongType).with("expected", expected);
        let day = "a date from 1900-01-01 to 9999-12-31";
        match tag.kind {
            Kind::Text => Ok(unescape_units(text)),
            Kind::SharedText => {
                let index = text.trim().parse().ok();
                match index.and_then(|index| self.shared.texts.get(index)) {
                    Some(Ok(text)) => Ok(Cow::Borrowed(text)),
                    Some(Err(())) => Err(cell_too_large()),
                    None => Err(damaged(&self.part)),
                }
            }
            Kind::Truth => match text.trim() {
                "0" | "false" => Ok(Cow::Borrowed("false")),
                "1" | "true" => Ok(Cow::Borrowed("true")),
                _ => Err(wrong("true or false")),
            },
            Kind::Error => Err(Refusal::new(Code::CellError).with("value", text)),
            Kind::Iso => iso_moment(text).map(Cow::Owned).ok_or_else(|| wrong(day)),
            Kind::Number => match self.shared.meanings.get(tag.style).copied().unwrap_or(Meaning::Number) {
                Meaning::Number => number(text).map(Cow::Owned).ok_or_else(|| wrong("a number")),
                Meaning::Moment => moment(text, self.shared.epoch_1904).map(Cow::Owned).ok_or_else(|| wrong(day)),
                Meaning::Duration => duration(text).map(Cow::Owned).ok_or_else(|| wrong("a duration")),
            },
        }
    }
}

impl Tag {
    /// `None` if it breaks the format.
    fn read(start: &BytesStart<'_>, next_column: usize) -> Option<Self> {
        let mut tag = Self { column: next_column, kind: Kind::Number, style: 0 };
        let attributes = &mut start.attributes();
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.ok()?;
            match attribute.key.as_ref() {
                "r" => tag.column = column(&attribute.value)?,
                "s" => tag.style = attribute.value.parse().ok()?,
                "t" => {
                    tag.kind = match attribute.value.as_ref() {
                        "n" => Kind::Number,
                        "s" => Kind::SharedText,
                        "str" | "inlineStr" => Kind::Text,
                        "b" => Kind::Truth,
                        "e" => Kind::Error,
                        "d" => Kind::Iso,
                        _ => return None,
                    }
                }
                _ => {}
            }
        }
        (tag.column < MAX_SHEET_COLUMNS).then_some(tag)
    }
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_usize;
    for letter in letters {
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        if column > MAX_SHEET_COLUMNS {
            return None;
        }
    }
    column.checked_sub(1)
}

fn attribute_number(start: &BytesStart<'_>, name: &str, part: &str) -> Result<Option<u32>, Refusal> {
    match super::xml::attribute(start, name) {
        None => Ok(None),
        Some(value) => value.parse().map(Some).map_err(|_| damaged(part)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rows(cells: &str) -> Result<Vec<Row>, ReadFailed> {
        let sheet = format!(
            "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{cells}</sheetData><mergeCells/></worksheet>"
        );
        let shared = Shared { meanings: vec![Meaning::Number, Meaning::Moment], ..Shared::default() };
        let mut rows = SheetRows::open(sheet.as_bytes(), "sheet1.xml", Arc::new(shared))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next_row(0)? {
            all.push(row);
        }
        Ok(all)
    }

    fn cells(row: &str) -> Vec<String> {
        rows(row).unwrap().remove(0).cells.unwrap()
    }

    #[test]
    fn every_kind_of_cell_is_read() {
        let row = "<row r=\"3\"><c r=\"A3\"><v>1.1000000000000001</v></c><c r=\"B3\" s=\"1\"><v>45322</v></c>\
                   <c t=\"b\"><v>1</v></c><c r=\"E3\" t=\"inlineStr\"><is><t>=1+1</t></is></c>\
                   <c t=\"str\"><f>A1&amp;\"x\"</f><v>a&lt;_x000A_</v></c>\
                   <c t=\"d\"><v>2024-01-31T00:00:00</v></c><c><f>NOW()</f></c></row>";
        let read = rows(row).unwrap();
        assert_eq!(read[0].line, 3);
        let expected = ["1.1", "2024-01-31", "true", "", "=1+1", "a<\n", "2024-01-31"];
        assert_eq!(read[0].cells.as_ref().unwrap(), &expected);
    }

    #[test]
    fn blank_rows_and_columns_far_out_that_hold_nothing_are_passed() {
        let read = rows(
            "<row r=\"1\"><c r=\"XFD1\" s=\"1\"/></row><row r=\"9\"><c r=\"A9\"><v>1</v></c><c r=\"XFD9\"/></row>",
        );
        assert_eq!(read.unwrap(), [Row { line: 9, cells: Ok(vec!["1".into()]) }]);
        assert_eq!(cells("<row><c><v>1</v></c><c/><c><v>2</v></c><c/></row>"), ["1", "", "2"]);
    }

    #[test]
    fn a_bad_cell_is_refused_alone_and_named() {
        for (cell, code) in [
            ("<c t=\"e\"><v>#REF!</v></c>", Code::CellError),
            ("<c><v>abc</v></c>", Code::WrongType),
            ("<c s=\"1\"><v>60</v></c>", Code::WrongType),
            ("<c t=\"b\"><v>2</v></c>", Code::WrongType),
            ("<c t=\"s\"><v>7</v></c>", Code::WorkbookDamaged),
            ("<c r=\"XFD1\"><v>1</v></c>", Code::TooMany),
        ] {
            let read = rows(&format!("<row><c><v>1</v></c>{cell}</row><row><c><v>5</v></c></row>")).unwrap();
            let refused = read[0].cells.as_ref().unwrap_err();
            assert_eq!(refused.refusal.code, code, "{cell}");
            assert!(refused.index == 1 || code == Code::TooMany);
            assert_eq!(read[1].cells.as_ref().unwrap(), &["5"]);
        }
        let large = format!("<row><c t=\"str\"><v>{}</v></c></row>", "x".repeat(MAX_CELL_BYTES + 1));
        assert_eq!(rows(&large).unwrap()[0].cells.as_ref().unwrap_err().refusal.code, Code::CellTooLarge);
    }

    #[test]
    fn what_breaks_the_format_is_damage() {
        for sheet in [
            "<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"><c><v>1</v></c></row>",
            "<row r=\"1048577\"/>",
            "<row r=\"99999999999\"/>",
            "<row r=\"-1\"/>",
            "<row><c r=\"XFE1\"><v>1</v></c></row>",
            "<row><c r=\"12\"><v>1</v></c></row>",
            "<row><c t=\"zz\"><v>1</v></c></row>",
            "<row><c><v>&bomb;</v></c></row>",
            "<row><c><v>1</c></row>",
            "<row><c><v>1",
        ] {
            match rows(sheet) {
                Err(ReadFailed::Refused(refusal)) => assert_eq!(refusal.code, Code::WorkbookDamaged, "{sheet}"),
                other => panic!("{sheet}: {other:?}"),
            }
        }
    }
}
