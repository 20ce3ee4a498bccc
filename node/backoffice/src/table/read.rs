//! A table being read, whatever its form: header first, then row by row. Owns telling the form, the bounds on the whole
//! file and on its rows. Memory is bounded by a buffer and one row (CSV), and the texts that cells share (XLSX).

use std::io::{Read, Seek, SeekFrom};

use super::csv::CsvRows;
use super::decode::fill;
use super::failed::ReadFailed;
use super::row::Row;
use super::xlsx::{Workbook, unknown_sheet};
use crate::limits::{MAX_IMPORT_BYTES, MAX_IMPORT_ROWS};
use crate::refusal::{Code, Refusal};

/// What a file is, told by its first bytes, never by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Lines of text (RFC 4180 and what spreadsheets make of it).
    Csv,
    /// A workbook (ECMA-376).
    Xlsx,
}

/// A table being read.
///
/// An iterator over its rows after [`Self::header`]. A row that cannot be told is a [`Row`] like others, with the
/// refusal in it; an `Err` says that reading stopped, and nothing follows it.
pub struct TableReader<R: Read> {
    source: Source<R>,
    header: Vec<String>,
    rows: usize,
    stopped: bool,
}

enum Source<R: Read> {
    Csv(Box<CsvRows<R>>),
    Xlsx(Box<Workbook<R>>),
}

impl<R: Read> Source<R> {
    fn next_row(&mut self, width: usize) -> Result<Option<Row>, ReadFailed> {
        match self {
            Self::Csv(rows) => Ok(rows.next_row()?),
            Self::Xlsx(workbook) => workbook.next_row(width),
        }
    }
}

impl<R: Read + Seek> TableReader<R> {
    /// Opens a file; of a workbook, the first visible sheet that holds something.
    ///
    /// # Errors
    /// [`Code::FileTooLarge`], [`Code::FileEmpty`], [`Code::WorkbookKind`], [`Code::WorkbookDamaged`],
    /// [`Code::WorkbookTooLarge`], or a header that cannot be told.
    pub fn open(input: R) -> Result<Self, ReadFailed> {
        Self::open_any(input, None)
    }

    /// Opens one sheet of a workbook, hidden or not.
    ///
    /// # Errors
    /// [`Code::UnknownSheet`], also when the file has no sheets at all, and as [`Self::open`].
    pub fn open_sheet(input: R, sheet: &str) -> Result<Self, ReadFailed> {
        Self::open_any(input, Some(sheet))
    }

    fn open_any(mut input: R, sheet: Option<&str>) -> Result<Self, ReadFailed> {
        if input.seek(SeekFrom::End(0))? > MAX_IMPORT_BYTES as u64 {
            return Err(Refusal::new(Code::FileTooLarge).with("limit", MAX_IMPORT_BYTES).into());
        }
        let mut source = match (tell_form(&mut input)?, sheet) {
            (Form::Xlsx, sheet) => Source::Xlsx(Box::new(Workbook::open(input, sheet)?)),
            (Form::Csv, None) => Source::Csv(Box::new(CsvRows::open(input)?)),
            (Form::Csv, Some(name)) => return Err(unknown_sheet(name, &[]).into()),
        };
        let header = source.next_row(0)?.ok_or_else(|| Refusal::new(Code::FileEmpty))?;
        let header = header.cells.map_err(|refused| refused.refusal)?;
        Ok(Self { source, header, rows: 0, stopped: false })
    }
}

impl<R: Read> TableReader<R> {
    /// The cells of the first row that holds something.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What the file turned out to be.
    #[must_use]
    pub fn form(&self) -> Form {
        match self.source {
            Source::Csv(_) => Form::Csv,
            Source::Xlsx(_) => Form::Xlsx,
        }
    }

    /// Names of a workbook's visible sheets, in their order; none for CSV.
    #[must_use]
    pub fn sheets(&self) -> &[String] {
        match &self.source {
            Source::Csv(_) => &[],
            Source::Xlsx(workbook) => &workbook.sheets,
        }
    }

    /// Name of the sheet that is read.
    #[must_use]
    pub fn sheet(&self) -> Option<&str> {
        match &self.source {
            Source::Csv(_) => None,
            Source::Xlsx(workbook) => Some(&workbook.sheet),
        }
    }

    fn read_on(&mut self) -> Result<Option<Row>, ReadFailed> {
        let Some(row) = self.source.next_row(self.header.len())? else { return Ok(None) };
        if self.rows == MAX_IMPORT_ROWS {
            return Err(Refusal::new(Code::TooManyRows).with("limit", MAX_IMPORT_ROWS).into());
        }
        self.rows += 1;
        Ok(Some(row))
    }
}

impl<R: Read> Iterator for TableReader<R> {
    type Item = Result<Row, ReadFailed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stopped {
            return None;
        }
        let next = self.read_on().transpose();
        self.stopped = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Archives begin with a local header, or with their end when they are empty; older workbooks, and encrypted ones, are
/// OLE compound files.
fn tell_form<R: Read + Seek>(input: &mut R) -> Result<Form, ReadFailed> {
    let mut first = [0; 8];
    input.rewind()?;
    let filled = fill(input, &mut first)?;
    input.rewind()?;
    match &first[..filled] {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(Form::Xlsx),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] => Err(Refusal::new(Code::WorkbookKind).into()),
        _ => Ok(Form::Csv),
    }
}
