//! A table being written, in either form. CSV is RFC 4180 in UTF-8 with a comma and `\r\n`: quoting is the csv crate's,
//! texts that a spreadsheet would run as formulas are escaped here, in the header too (F34). Numbers are typed, so a
//! negative one needs no escape. Owns no column's meaning.

use std::io::{self, Write};

use rust_xlsxwriter::XlsxError;

use super::Form;
use super::formula::escape;
use super::sheet::SheetWriter;
use super::value::CellValue;
use crate::refusal::Refusal;

/// Why writing a table stopped.
#[derive(Debug, thiserror::Error)]
pub enum WriteFailed {
    /// The form of file does not hold as much. Not its source: callers show it as it is.
    #[error("{0}")]
    Refused(Refusal),
    /// The CSV could not be written.
    #[error("the table could not be written")]
    Csv(#[from] csv::Error),
    /// The workbook could not be written.
    #[error("the workbook could not be written")]
    Xlsx(#[from] XlsxError),
    /// The output could not be written.
    #[error("the table could not be written")]
    Io(#[from] io::Error),
}

impl From<Refusal> for WriteFailed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A table being written: [`Self::header`] once, then [`Self::row`] for each row, then [`Self::finish`].
///
/// Memory is bounded by one row; a workbook lies in a temporary file until it is finished.
pub struct TableWriter<W: Write + Send> {
    target: Target<W>,
}

enum Target<W: Write + Send> {
    Csv(Box<csv::Writer<W>>),
    Xlsx(Box<SheetWriter<W>>),
}

impl<W: Write + Send> TableWriter<W> {
    /// A table in this form.
    ///
    /// # Errors
    /// No temporary file for a workbook.
    pub fn new(form: Form, out: W) -> Result<Self, WriteFailed> {
        match form {
            Form::Csv => Ok(Self::csv(out)),
            Form::Xlsx => Self::xlsx(out),
        }
    }

    /// A CSV file.
    #[must_use]
    pub fn csv(out: W) -> Self {
        let mut builder = csv::WriterBuilder::new();
        let writer = builder.terminator(csv::Terminator::CRLF).flexible(true).from_writer(out);
        Self { target: Target::Csv(Box::new(writer)) }
    }

    /// A workbook of one sheet.
    ///
    /// # Errors
    /// No temporary file.
    pub fn xlsx(out: W) -> Result<Self, WriteFailed> {
        Ok(Self { target: Target::Xlsx(Box::new(SheetWriter::new(out)?)) })
    }

    /// Writes the names of the columns.
    ///
    /// # Errors
    /// [`WriteFailed`].
    pub fn header(&mut self, names: &[&str]) -> Result<(), WriteFailed> {
        match &mut self.target {
            Target::Csv(writer) => {
                names.iter().try_for_each(|name| writer.write_field(escape(name).as_bytes()))?;
                Ok(writer.write_record(None::<&[u8]>)?)
            }
            Target::Xlsx(sheet) => sheet.header(names),
        }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// [`WriteFailed`]; [`crate::refusal::Code::SheetLimit`] for more than a sheet holds.
    pub fn row(&mut self, cells: &[CellValue<'_>]) -> Result<(), WriteFailed> {
        match &mut self.target {
            Target::Csv(writer) => {
                for cell in cells {
                    match cell {
                        CellValue::Text(text) => writer.write_field(escape(text).as_bytes())?,
                        CellValue::Int(number) => writer.write_field(number.to_string())?,
                        CellValue::Decimal(number) => writer.write_field(number.to_string())?,
                        CellValue::Bool(truth) => writer.write_field(truth.to_string())?,
                        CellValue::Date(date) => writer.write_field(escape(&date.to_string()).as_bytes())?,
                        CellValue::Empty => writer.write_field(b"")?,
                    }
                }
                Ok(writer.write_record(None::<&[u8]>)?)
            }
            Target::Xlsx(sheet) => sheet.row(cells),
        }
    }

    /// Writes what is left and gives the output back.
    ///
    /// # Errors
    /// [`WriteFailed`].
    pub fn finish(self) -> Result<W, WriteFailed> {
        match self.target {
            Target::Csv(writer) => Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?),
            Target::Xlsx(sheet) => sheet.finish(),
        }
    }
}
