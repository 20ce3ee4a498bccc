//! Reading XLSX (ECMA-376, as Excel and others write it) row by row. A reader of our own on a streaming XML parser,
//! because an import must hold one row and not one workbook, must refuse one bad cell and not the whole sheet, and must
//! bound what a hostile file unpacks; tests hold it against calamine, which promises none of the three. Writes no
//! workbook.

mod archive;
mod escape;
mod sheet;
mod texts;
mod value;
mod workbook;
mod xml;

use std::io::{Read, Seek};
use std::sync::Arc;

use archive::{Archive, Part, damaged};
use sheet::SheetRows;
use workbook::Sheet;

use super::failed::ReadFailed;
use super::row::Row;
use crate::limits::MAX_BLANK_SHEETS;
use crate::refusal::{Code, Refusal};

/// A workbook of which one sheet is read.
pub(super) struct Workbook<R: Read> {
    /// Names of the sheets that a user sees.
    pub sheets: Vec<String>,
    /// Name of the one that is read.
    pub sheet: String,
    rows: SheetRows<Part<R>>,
}

impl<R: Read + Seek> Workbook<R> {
    /// Opens the sheet of this name, hidden or not, or else the first visible one that holds something. Only so many
    /// are looked into: a sheet is known to be blank when all of it was unpacked.
    ///
    /// # Errors
    /// [`Code::UnknownSheet`]; [`Code::FileEmpty`] when no sheet holds anything; what the archive and its parts refuse.
    pub fn open(input: R, sheet: Option<&str>) -> Result<Self, ReadFailed> {
        let mut archive = Archive::open(input)?;
        let (all, shared) = workbook::read(&mut archive)?;
        let shared = Arc::new(shared);
        let sheets: Vec<String> = all.iter().filter(|sheet| !sheet.hidden).map(|sheet| sheet.name.clone()).collect();
        let chosen = match sheet {
            Some(name) => all.iter().find(|sheet| sheet.name == name).ok_or_else(|| unknown_sheet(name, &sheets))?,
            None => first_with_rows(&mut archive, &all, &shared)?.ok_or_else(|| Refusal::new(Code::FileEmpty))?,
        };
        let part = archive.into_part(&chosen.part)?.ok_or_else(|| damaged(&chosen.part))?;
        let rows = SheetRows::open(part, &chosen.part, shared)?;
        Ok(Self { sheet: chosen.name.clone(), sheets, rows })
    }
}

impl<R: Read> Workbook<R> {
    /// The next row that holds something, filled up to a width.
    pub fn next_row(&mut self, width: usize) -> Result<Option<Row>, ReadFailed> {
        self.rows.next_row(width)
    }
}

/// No sheet has this name.
pub(super) fn unknown_sheet(name: &str, known: &[String]) -> Refusal {
    Refusal::new(Code::UnknownSheet).with("value", name).with("known", known.join(", "))
}

fn first_with_rows<'a, R: Read + Seek>(
    archive: &mut Archive<R>,
    sheets: &'a [Sheet],
    shared: &Arc<workbook::Shared>,
) -> Result<Option<&'a Sheet>, ReadFailed> {
    for sheet in sheets.iter().filter(|sheet| !sheet.hidden).take(MAX_BLANK_SHEETS) {
        let part = archive.part(&sheet.part)?.ok_or_else(|| damaged(&sheet.part))?;
        if SheetRows::open(part, &sheet.part, Arc::clone(shared))?.next_row(0)?.is_some() {
            return Ok(Some(sheet));
        }
    }
    Ok(None)
}
