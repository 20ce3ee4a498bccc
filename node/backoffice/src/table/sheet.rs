//! A workbook of one sheet being written: bold header, frozen; a filter over all; each value as its own kind of cell,
//! text always as text (F34). The same rows give the same bytes. Rows go to a temporary file as they come.

use std::collections::HashMap;
use std::io::Write;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::value::CellValue;
use super::write::WriteFailed;
use crate::limits::{MAX_SHEET_CELL_UNITS, MAX_SHEET_COLUMNS, MAX_SHEET_ROWS};
use crate::refusal::{Code, Refusal};

/// Digits that a spreadsheet keeps of a number; what has more is written as text.
const KEPT_DIGITS: usize = 15;
/// The first year that a spreadsheet knows.
const FIRST_YEAR: i16 = 1900;
/// Narrowest and widest column, in characters, before the user draws it otherwise.
const COLUMN_CHARS: (usize, usize) = (10, 40);

/// The sheet of a workbook.
pub struct SheetWriter<W> {
    out: W,
    workbook: Workbook,
    /// Rows written, the header included.
    rows: u32,
    columns: u16,
    bold: Format,
    date: Format,
    /// Formats by places after the point.
    decimals: HashMap<u32, Format>,
}

impl<W: Write + Send> SheetWriter<W> {
    /// An empty sheet.
    pub fn new(out: W) -> Result<Self, WriteFailed> {
        let mut workbook = Workbook::new();
        // The writer would put the time of day there; the same table shall be the same file.
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        workbook.add_worksheet_with_constant_memory()?;
        let bold = Format::new().set_bold();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        Ok(Self { out, workbook, rows: 0, columns: 0, bold, date, decimals: HashMap::new() })
    }

    /// The names of the columns.
    pub fn header(&mut self, names: &[&str]) -> Result<(), WriteFailed> {
        let row = self.next_row(names.len())?;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, name) in (0_u16..).zip(names) {
            let (least, most) = COLUMN_CHARS;
            sheet.set_column_width(column, (name.chars().count() + 4).clamp(least, most) as f64)?;
            write_text(sheet, row, column, name, Some(&self.bold))?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }

    /// One row.
    pub fn row(&mut self, cells: &[CellValue<'_>]) -> Result<(), WriteFailed> {
        let row = self.next_row(cells.len())?;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match *cell {
                CellValue::Empty => {}
                CellValue::Text(text) => write_text(sheet, row, column, text, None)?,
                CellValue::Bool(truth) => drop(sheet.write_boolean(row, column, truth)?),
                CellValue::Int(number) => match exact(&number.to_string()) {
                    Some(value) => drop(sheet.write_number(row, column, value)?),
                    None => write_text(sheet, row, column, &number.to_string(), None)?,
                },
                CellValue::Decimal(number) => {
                    let format = self.decimals.entry(number.scale()).or_insert_with(|| decimal_format(number));
                    match exact(&number.normalize().to_string()) {
                        Some(value) => drop(sheet.write_number_with_format(row, column, value, format)?),
                        None => write_text(sheet, row, column, &number.to_string(), None)?,
                    }
                }
                CellValue::Date(date) => match excel_date(date)? {
                    Some(day) => drop(sheet.write_with_format(row, column, &day, &self.date)?),
                    None => write_text(sheet, row, column, &date.to_string(), None)?,
                },
            }
        }
        Ok(())
    }

    /// Writes the workbook and gives the output back.
    pub fn finish(mut self) -> Result<W, WriteFailed> {
        if let (Some(last_row), Some(last_column)) = (self.rows.checked_sub(1), self.columns.checked_sub(1)) {
            self.workbook.worksheet_from_index(0)?.autofilter(0, 0, last_row, last_column)?;
        }
        self.workbook.save_to_writer(&mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn next_row(&mut self, columns: usize) -> Result<u32, WriteFailed> {
        if self.rows == MAX_SHEET_ROWS {
            return Err(limit(MAX_SHEET_ROWS, "rows").into());
        }
        if columns > MAX_SHEET_COLUMNS {
            return Err(limit(MAX_SHEET_COLUMNS, "columns").into());
        }
        self.columns = self.columns.max(u16::try_from(columns).expect("invariant: checked above"));
        self.rows += 1;
        Ok(self.rows - 1)
    }
}

fn limit(limit: impl ToString, unit: &str) -> Refusal {
    Refusal::new(Code::SheetLimit).with("limit", limit).with("unit", unit)
}

fn write_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: Option<&Format>,
) -> Result<(), WriteFailed> {
    if text.encode_utf16().count() > MAX_SHEET_CELL_UNITS {
        return Err(limit(MAX_SHEET_CELL_UNITS, "characters in a cell").into());
    }
    match format {
        Some(format) => sheet.write_string_with_format(row, column, text, format)?,
        None if text.is_empty() => return Ok(()),
        None => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// The number as a spreadsheet keeps it, if it keeps all of it.
fn exact(number: &str) -> Option<f64> {
    let digits = number.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    number.parse().ok().filter(|_| digits <= KEPT_DIGITS)
}

fn decimal_format(number: Decimal) -> Format {
    let places = number.scale().to_usize().unwrap_or_default();
    Format::new().set_num_format(if places == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(places)) })
}

fn excel_date(date: Date) -> Result<Option<ExcelDateTime>, XlsxError> {
    if date.year() < FIRST_YEAR {
        return Ok(None);
    }
    let unsigned = |part: i8| part.unsigned_abs();
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), unsigned(date.month()), unsigned(date.day())).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_full_sheet_says_to_use_csv() {
        let mut sheet = SheetWriter::new(Vec::new()).unwrap();
        sheet.rows = MAX_SHEET_ROWS - 1;
        sheet.row(&[CellValue::Int(1)]).unwrap();
        match sheet.row(&[CellValue::Int(1)]) {
            Err(WriteFailed::Refused(refusal)) => {
                assert_eq!(refusal.to_string(), "an XLSX sheet takes at most 1048576 rows: export as CSV");
            }
            other => panic!("{other:?}"),
        }
    }
}
