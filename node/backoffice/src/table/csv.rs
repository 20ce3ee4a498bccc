//! Reading CSV row by row: any usual encoding, `,` `;` or tab, `\n` `\r\n` or `\r`, quoted cells with anything inside;
//! blank lines are skipped. A reader of our own, because an import must name the line on which a record begins and must
//! notice a quotation mark that is never closed, and the csv crate does neither; tests hold it against that crate.
//! Holds one buffer and one row. Owns no column's meaning.

use std::io::{self, Read, Seek};

use super::decode::{Text, sniff_delimiter};
use super::formula::unescape;
use super::row::{Building, Row, cell_too_large};
use crate::limits::MAX_CELL_BYTES;
use crate::refusal::{Code, Refusal};

/// The rows of a CSV file, its header among them.
pub(super) struct CsvRows<R> {
    text: Text<R>,
    line: u64,
    delimiter: u8,
    /// The cell being read.
    cell: Vec<u8>,
    too_large: bool,
}

/// What ends a cell.
#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Row,
}

impl<R: Read + Seek> CsvRows<R> {
    /// The rows of an input, from its beginning.
    pub fn open(input: R) -> io::Result<Self> {
        let text = Text::new(input)?;
        let mut rows = Self { text, line: 1, delimiter: b',', cell: Vec::new(), too_large: false };
        rows.pass_blank_lines()?;
        rows.delimiter = sniff_delimiter(rows.text.rest()?);
        Ok(rows)
    }
}

impl<R: Read> CsvRows<R> {
    /// The next record, or `None` at the end of the file.
    pub fn next_row(&mut self) -> io::Result<Option<Row>> {
        self.pass_blank_lines()?;
        if self.text.peek()?.is_none() {
            return Ok(None);
        }
        let (line, mut row) = (self.line, Building::default());
        loop {
            let (closed, end) = self.read_cell()?;
            row.push(if !closed {
                Err(Refusal::new(Code::UnclosedQuote))
            } else if self.too_large {
                Err(cell_too_large())
            } else {
                let cell = std::str::from_utf8(&self.cell);
                Ok(unescape(cell.expect("invariant: decoded text, cut at ASCII characters, is UTF-8")))
            });
            if end == End::Row {
                return Ok(Some(row.finish(line)));
            }
        }
    }

    fn pass_blank_lines(&mut self) -> io::Result<()> {
        while let Some(b'\n' | b'\r') = self.text.peek()? {
            self.pass_line_break()?;
        }
        Ok(())
    }

    /// Reads into `cell`; whether its quotation mark, if any, is closed, and what ended it.
    fn read_cell(&mut self) -> io::Result<(bool, End)> {
        self.cell.clear();
        self.too_large = false;
        let mut closed = true;
        if self.text.peek()? == Some(b'"') {
            self.text.pass(1);
            closed = self.read_quoted()?;
        }
        // Text after a closing quotation mark belongs to the cell, as spreadsheets have it.
        let delimiter = self.delimiter;
        let end = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
        while self.take_until(end)?.is_none() {
            if self.text.peek()?.is_none() {
                return Ok((closed, End::Row));
            }
        }
        if self.text.peek()? == Some(delimiter) {
            self.text.pass(1);
            return Ok((closed, End::Cell));
        }
        self.pass_line_break()?;
        Ok((closed, End::Row))
    }

    /// Reads up to the closing quotation mark and past it; false when the file ends before.
    fn read_quoted(&mut self) -> io::Result<bool> {
        loop {
            match self.take_until(|byte| matches!(byte, b'"' | b'\n' | b'\r'))? {
                Some(b'"') => {
                    self.text.pass(1);
                    if self.text.peek()? != Some(b'"') {
                        return Ok(true);
                    }
                    self.text.pass(1);
                    self.keep(b"\"");
                }
                Some(b'\r') => {
                    self.keep(b"\r");
                    self.pass_line_break()?.then(|| self.keep(b"\n"));
                }
                Some(_) => {
                    self.keep(b"\n");
                    self.pass_line_break()?;
                }
                None if self.text.peek()?.is_none() => return Ok(false),
                None => {}
            }
        }
    }

    /// Takes what is at hand up to such a byte, which is the answer; `None` when it is not at hand.
    fn take_until(&mut self, end: impl Fn(&u8) -> bool) -> io::Result<Option<u8>> {
        let rest = self.text.rest()?;
        let found = rest.iter().position(end);
        let taken = found.unwrap_or(rest.len());
        let byte = found.map(|at| rest[at]);
        if self.cell.len() + taken > MAX_CELL_BYTES {
            self.too_large = true;
        } else {
            self.cell.extend_from_slice(&rest[..taken]);
        }
        self.text.pass(taken);
        Ok(byte)
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.cell.len() + bytes.len() > MAX_CELL_BYTES {
            self.too_large = true;
        } else {
            self.cell.extend_from_slice(bytes);
        }
    }

    /// Passes `\n`, `\r\n` or `\r`; whether it had two characters.
    fn pass_line_break(&mut self) -> io::Result<bool> {
        let first = self.text.peek()?;
        self.text.pass(1);
        self.line += 1;
        let two = first == Some(b'\r') && self.text.peek()? == Some(b'\n');
        if two {
            self.text.pass(1);
        }
        Ok(two)
    }
}
