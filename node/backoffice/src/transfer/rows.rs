//! Rows to import, whatever form of file they come from: a header that names columns, then rows of as many cells, as text.
//! Owns the trait and the choice of the reader by the file's first bytes. Knows no column's meaning.

use std::io::{Read, Seek, SeekFrom};

use crate::table::{ReadFailed, Row, TableReader};
use crate::vcard::{self, Cards};

/// A table of rows.
pub trait Rows {
    /// The names of the columns, as the file has them.
    fn header(&self) -> &[String];

    /// The next row; `None` at the end. A row that cannot be told is a row with its refusal in it; after an error nothing
    /// follows.
    fn next_row(&mut self) -> Option<Result<Row, ReadFailed>>;
}

impl<R: Read> Rows for TableReader<R> {
    fn header(&self) -> &[String] {
        TableReader::header(self)
    }

    fn next_row(&mut self) -> Option<Result<Row, ReadFailed>> {
        self.next()
    }
}

/// Opens a file in whatever form it is; of a workbook the sheet of this name, or else the first that holds something.
///
/// # Errors
/// What the form's reader refuses of the file as a whole.
pub fn open<'a, R: Read + Seek + 'a>(mut input: R, sheet: Option<&str>) -> Result<Box<dyn Rows + 'a>, ReadFailed> {
    let mut beginning = Vec::new();
    input.by_ref().take(vcard::MARK_BYTES).read_to_end(&mut beginning)?;
    input.seek(SeekFrom::Start(0))?;
    if vcard::is_cards(&beginning) {
        return Ok(Box::new(Cards::new(input)));
    }
    let reader = match sheet {
        Some(sheet) => TableReader::open_sheet(input, sheet)?,
        None => TableReader::open(input)?,
    };
    Ok(Box::new(reader))
}
