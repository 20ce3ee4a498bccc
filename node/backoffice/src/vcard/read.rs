//! A file of cards, read one by one. Owns the way from bytes to whole properties, the bounds on both, and what is refused of a
//! card: by its number, from 1, the others being read on. Holds one card.

use std::io::{BufRead, BufReader, Read};

use super::card::{COLUMNS, cells, is_kept};
use super::line::Property;
use crate::limits::{
    MAX_CARD_LINE_BYTES, MAX_CARD_PROPERTIES, MAX_IMPORT_BYTES, MAX_IMPORT_ROWS, MAX_ROW_BYTES, TABLE_BUFFER_BYTES,
};
use crate::refusal::{Code, Refusal};
use crate::table::{CellRefused, ReadFailed, Row};
use crate::transfer::rows::Rows;

/// A file of cards as a table: a row a card.
pub struct Cards<R> {
    input: BufReader<R>,
    /// Bytes read so far.
    bytes: usize,
    /// The number of the card before.
    card: u64,
    /// The line that begins the next card was read: the card before had no end.
    begun: bool,
    stopped: bool,
}

/// A line put together from those that it was folded into.
enum Line {
    Whole(Vec<u8>),
    /// Longer than any may be; its beginning.
    TooLong(Vec<u8>),
}

impl<R: Read> Cards<R> {
    /// Reads a file from its beginning.
    pub fn new(input: R) -> Self {
        let input = BufReader::with_capacity(TABLE_BUFFER_BYTES, input);
        Self { input, bytes: 0, card: 0, begun: false, stopped: false }
    }

    fn next_card(&mut self) -> Result<Option<Row>, ReadFailed> {
        let outside = if self.begun { false } else { !self.seek_begin()? };
        self.begun = false;
        if outside {
            return Ok(None);
        }
        self.card += 1;
        if self.card > MAX_IMPORT_ROWS as u64 {
            return Err(Refusal::new(Code::TooManyRows).with("limit", MAX_IMPORT_ROWS).into());
        }
        let cells = match self.properties()? {
            Ok(card) => check_version(&card).and_then(|()| cells(&card)),
            Err(refusal) => Err(refusal),
        };
        // A card is refused as a whole: no cell stands for a property that is not there.
        let cells = cells.map_err(|refusal| CellRefused { index: usize::MAX, refusal });
        Ok(Some(Row { line: self.card, cells }))
    }

    /// Passes by what stands between cards; `false` at the end of the file.
    fn seek_begin(&mut self) -> Result<bool, ReadFailed> {
        while let Some(line) = self.line()? {
            if is(&line, "BEGIN") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The properties of the card that has begun, up to its end; the first fault if there is one.
    fn properties(&mut self) -> Result<Result<Vec<Property>, Refusal>, ReadFailed> {
        let mut card = Vec::new();
        let mut fault = None;
        let mut bytes = 0;
        loop {
            let Some(line) = self.line()? else {
                return Ok(Err(damaged("it is cut short")));
            };
            if is(&line, "END") {
                return Ok(fault.map_or(Ok(card), Err));
            }
            if is(&line, "BEGIN") {
                self.begun = true;
                return Ok(Err(damaged("it has no end")));
            }
            if fault.is_some() {
                continue;
            }
            match property(&line) {
                Ok(Some(property)) => {
                    bytes += property.value.len();
                    card.push(property);
                }
                Ok(None) => {}
                Err(refusal) => fault = Some(refusal),
            }
            if bytes > MAX_ROW_BYTES {
                fault = Some(Refusal::new(Code::RowTooLarge).with("limit", MAX_ROW_BYTES));
            } else if card.len() > MAX_CARD_PROPERTIES {
                fault = Some(Refusal::new(Code::TooMany).with("limit", MAX_CARD_PROPERTIES));
            }
        }
    }

    /// The next line that is not blank, unfolded: a line that begins with a blank goes on the one before.
    fn line(&mut self) -> Result<Option<Line>, ReadFailed> {
        loop {
            let mut bytes = Vec::new();
            let mut fits = self.physical(&mut bytes)?;
            while matches!(self.input.fill_buf()?.first(), Some(b' ' | b'\t')) {
                self.input.consume(1);
                self.bytes += 1;
                fits &= self.physical(&mut bytes)?;
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(if fits { Line::Whole(bytes) } else { Line::TooLong(bytes) }));
            }
            if self.input.fill_buf()?.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Adds the rest of a line as it stands in the file, without its break; `false` if it did not fit.
    fn physical(&mut self, line: &mut Vec<u8>) -> Result<bool, ReadFailed> {
        let mut fits = true;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(fits);
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = MAX_CARD_LINE_BYTES.saturating_sub(line.len());
            fits &= part.len() <= room;
            line.extend_from_slice(&part[..part.len().min(room)]);
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            self.bytes += used;
            if self.bytes > MAX_IMPORT_BYTES {
                return Err(Refusal::new(Code::FileTooLarge).with("limit", MAX_IMPORT_BYTES).into());
            }
            if end.is_some() {
                while line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(fits);
            }
        }
    }
}

impl<R: Read> Rows for Cards<R> {
    fn header(&self) -> &[String] {
        &COLUMNS
    }

    fn next_row(&mut self) -> Option<Result<Row, ReadFailed>> {
        if self.stopped {
            return None;
        }
        let row = self.next_card().transpose();
        self.stopped = !matches!(row, Some(Ok(_)));
        row
    }
}

/// Whether the line begins or ends a card. A mark of the byte order may stand before the first.
fn is(line: &Line, word: &str) -> bool {
    let Line::Whole(bytes) = line else { return false };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii().eq_ignore_ascii_case(format!("{word}:VCARD").as_bytes())
}

/// The property that a line is; `None` for one that a party has no place for.
fn property(line: &Line) -> Result<Option<Property>, Refusal> {
    let (Line::Whole(bytes) | Line::TooLong(bytes)) = line;
    let head = bytes.split(|byte| matches!(byte, b':' | b';')).next().unwrap_or_default();
    let name = head.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).to_ascii_uppercase();
    if !is_kept(&name) && bytes.contains(&b':') {
        return Ok(None);
    }
    if matches!(line, Line::TooLong(_)) {
        return Err(Refusal::of(&name, Code::CellTooLarge).with("limit", MAX_CARD_LINE_BYTES));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not in UTF-8"))?;
    let part = || format!("the line {}", text.chars().take(40).collect::<String>());
    Property::parse(text).map(Some).ok_or_else(|| damaged(&part()))
}

fn check_version(card: &[Property]) -> Result<(), Refusal> {
    let version = card.iter().find(|one| one.name == "VERSION").map(|one| one.value.trim()).unwrap_or_default();
    if matches!(version, "3.0" | "4.0") { Ok(()) } else { Err(Refusal::new(Code::CardVersion).with("value", version)) }
}

fn damaged(part: &str) -> Refusal {
    Refusal::new(Code::CardDamaged).with("part", part)
}
