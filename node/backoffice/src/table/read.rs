//! Reading CSV row by row. A reader of our own, because an import must name the line on which a record begins and must
//! notice a quotation mark that is never closed, and the csv crate does neither; tests hold it against that crate.
//! Owns no column's meaning.

use super::decode::{decode, sniff_delimiter};
use super::formula::unescape;
use crate::limits::{MAX_CELL_BYTES, MAX_IMPORT_BYTES, MAX_IMPORT_ROWS};
use crate::refusal::{Code, Refusal};

/// One record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins; the header is line 1.
    pub line: u64,
    /// Its cells.
    pub cells: Result<Vec<String>, CellRefused>,
}

/// A record whose cells cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRefused {
    /// Which cell, from 0.
    pub index: usize,
    /// [`Code::UnclosedQuote`] or [`Code::CellTooLarge`].
    pub refusal: Refusal,
}

/// Header and rows of a file: any usual encoding, `,` `;` or tab, `\n` `\r\n` or `\r`, quoted cells with anything inside.
/// Blank lines are skipped.
///
/// # Errors
/// [`Code::FileTooLarge`], [`Code::FileEmpty`], [`Code::TooManyRows`], or a header that cannot be told.
pub fn read_table(bytes: &[u8]) -> Result<(Vec<String>, Vec<Row>), Refusal> {
    if bytes.len() > MAX_IMPORT_BYTES {
        return Err(Refusal::new(Code::FileTooLarge).with("limit", MAX_IMPORT_BYTES));
    }
    let text = decode(bytes);
    let text = text.trim_start_matches(['\n', '\r']);
    let mut reader = Reader { text, at: 0, line: 1, delimiter: sniff_delimiter(text) };
    let header = reader.row().ok_or_else(|| Refusal::new(Code::FileEmpty))?;
    let header = header.cells.map_err(|refused| refused.refusal)?;
    let mut rows = Vec::new();
    while let Some(row) = reader.row() {
        if rows.len() == MAX_IMPORT_ROWS {
            return Err(Refusal::new(Code::TooManyRows).with("limit", MAX_IMPORT_ROWS));
        }
        rows.push(row);
    }
    Ok((header, rows))
}

struct Reader<'a> {
    text: &'a str,
    /// Byte position of the next unread character.
    at: usize,
    line: u64,
    delimiter: u8,
}

/// What ends a cell.
#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Row,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The next record, or `None` at the end of the file.
    fn row(&mut self) -> Option<Row> {
        while let [b'\n' | b'\r', ..] = self.rest() {
            self.line_break();
        }
        if self.rest().is_empty() {
            return None;
        }
        let (line, mut cells, mut refused) = (self.line, Vec::new(), None);
        loop {
            let (cell, end) = self.cell();
            match cell {
                Ok(cell) => cells.push(unescape(&cell).to_owned()),
                Err(refusal) => {
                    refused.get_or_insert(CellRefused { index: cells.len(), refusal });
                    cells.push(String::new());
                }
            }
            if end == End::Row {
                return Some(Row { line, cells: refused.map_or(Ok(cells), Err) });
            }
        }
    }

    fn cell(&mut self) -> (Result<String, Refusal>, End) {
        let mut cell = String::new();
        let mut closed = true;
        if self.rest().first() == Some(&b'"') {
            self.at += 1;
            closed = self.quoted(&mut cell);
        }
        // Text after a closing quotation mark belongs to the cell, as spreadsheets have it.
        let delimiter = self.delimiter;
        let bare = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
        let length = self.rest().iter().position(bare).unwrap_or(self.rest().len());
        cell.push_str(&self.text[self.at..self.at + length]);
        self.at += length;
        let end = match self.rest().first() {
            Some(byte) if *byte == delimiter => {
                self.at += 1;
                End::Cell
            }
            Some(_) => {
                self.line_break();
                End::Row
            }
            None => End::Row,
        };
        let result = if !closed {
            Err(Refusal::new(Code::UnclosedQuote))
        } else if cell.len() > MAX_CELL_BYTES {
            Err(Refusal::new(Code::CellTooLarge).with("limit", MAX_CELL_BYTES))
        } else {
            Ok(cell)
        };
        (result, end)
    }

    /// Reads up to the closing quotation mark and past it; false when the file ends before.
    fn quoted(&mut self, cell: &mut String) -> bool {
        loop {
            let Some(length) = self.rest().iter().position(|byte| *byte == b'"') else {
                self.at = self.text.len();
                return false;
            };
            let part = &self.text[self.at..self.at + length];
            self.line += line_breaks(part);
            cell.push_str(part);
            self.at += length + 1;
            if self.rest().first() != Some(&b'"') {
                return true;
            }
            cell.push('"');
            self.at += 1;
        }
    }

    /// Passes `\n`, `\r\n` or `\r`.
    fn line_break(&mut self) {
        self.at += if self.rest().starts_with(b"\r\n") { 2 } else { 1 };
        self.line += 1;
    }
}

fn line_breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let lone = |(at, byte): &(usize, &u8)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(lone).count() as u64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        read_table(text.as_bytes()).unwrap().1.into_iter().map(|row| (row.line, row.cells.unwrap())).collect()
    }

    #[test]
    fn a_row_is_named_by_the_line_on_which_it_begins() {
        let rows = rows("a;b\r\n1;\"x\r\ny \"\"z\"\"\"\r\n\r\n2;w\n\"3\";\n");
        let cells = |row: usize| rows[row].1.iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!((rows[0].0, cells(0)), (2, vec!["1", "x\r\ny \"z\""]));
        assert_eq!((rows[1].0, cells(1)), (5, vec!["2", "w"]));
        assert_eq!((rows[2].0, cells(2)), (6, vec!["3", ""]));
    }

    #[test]
    fn an_unclosed_quote_is_noticed_where_it_opens() {
        let (_, rows) = read_table(b"a,b\n1,2\n3,\"4\n5,6\n").unwrap();
        assert_eq!(rows.len(), 2);
        let refused = rows[1].cells.as_ref().unwrap_err();
        assert_eq!((rows[1].line, refused.index, refused.refusal.code), (3, 1, Code::UnclosedQuote));
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(read_table(b"").unwrap_err().code, Code::FileEmpty);
        assert_eq!(read_table(b"\r\n\n").unwrap_err().code, Code::FileEmpty);
        let mut text = "a\n".to_owned() + &"x\n".repeat(MAX_IMPORT_ROWS);
        assert_eq!(read_table(text.as_bytes()).unwrap().1.len(), MAX_IMPORT_ROWS);
        text.push_str("x\n");
        assert_eq!(read_table(text.as_bytes()).unwrap_err().code, Code::TooManyRows);
        assert_eq!(read_table(&vec![b'a'; MAX_IMPORT_BYTES + 1]).unwrap_err().code, Code::FileTooLarge);
        let large = format!("a\n{}\nx\n", "y".repeat(MAX_CELL_BYTES + 1));
        let (_, rows) = read_table(large.as_bytes()).unwrap();
        assert_eq!(rows[0].cells.as_ref().unwrap_err().refusal.code, Code::CellTooLarge);
        assert_eq!(rows[1].cells.as_ref().unwrap(), &["x"]);
    }

    /// Small xorshift, so that a failure names the one number that replays it.
    fn draw(state: &mut u64, below: u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state % below
    }

    #[test]
    fn reads_what_the_csv_crate_writes_and_reads() {
        const PIECES: [&str; 11] = ["a", "é", "\"", ",", ";", "\n", "\r\n", " ", "x y", "'", "\t"];
        for seed in 1..=2_000_u64 {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let delimiter = [b',', b';', b'\t'][draw(&mut state, 3) as usize];
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["one", "two", "three"]).unwrap();
            for _ in 0..draw(&mut state, 6) {
                let cell =
                    |state: &mut u64| (0..draw(state, 5)).map(|_| PIECES[draw(state, 11) as usize]).collect::<String>();
                writer.write_record([cell(&mut state), cell(&mut state), cell(&mut state)]).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let mut oracle = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
            let expected: Vec<Vec<String>> = oracle
                .records()
                .map(|row| row.unwrap().iter().map(|cell| unescape(cell).to_owned()).collect())
                .collect();
            let (_, rows) = read_table(&bytes).unwrap();
            let found: Vec<Vec<String>> = rows.into_iter().map(|row| row.cells.unwrap()).collect();
            assert_eq!(found, expected, "seed {seed}");
        }
    }
}
