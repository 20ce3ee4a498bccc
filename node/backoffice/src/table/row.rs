//! One row of a table, of whatever form the file is, and the bounds on what it may hold. Knows no column's meaning.

use crate::limits::{MAX_CELL_BYTES, MAX_IMPORT_COLUMNS, MAX_ROW_BYTES};
use crate::refusal::{Code, Refusal};

/// One record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, or its row in the sheet; from 1, the header's included.
    pub line: u64,
    /// Its cells as text.
    pub cells: Result<Vec<String>, CellRefused>,
}

/// A record whose cells cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRefused {
    /// Which cell, from 0; the first one if several are refused.
    pub index: usize,
    /// [`Code::UnclosedQuote`], [`Code::CellTooLarge`], [`Code::RowTooLarge`], [`Code::TooMany`] columns,
    /// [`Code::CellError`] or [`Code::WrongType`].
    pub refusal: Refusal,
}

/// A cell that is larger than any may be.
pub(super) fn cell_too_large() -> Refusal {
    Refusal::new(Code::CellTooLarge).with("limit", MAX_CELL_BYTES)
}

/// A row being read. Holds at most [`MAX_ROW_BYTES`] in [`MAX_IMPORT_COLUMNS`] cells, whatever the file says.
#[derive(Default)]
pub(super) struct Building {
    cells: Vec<String>,
    bytes: usize,
    refused: Option<CellRefused>,
}

impl Building {
    /// Puts a cell after the others.
    pub fn push(&mut self, cell: Result<&str, Refusal>) {
        self.put(self.cells.len(), cell);
    }

    /// Puts a cell at a place; those that were passed over are empty.
    pub fn put(&mut self, index: usize, cell: Result<&str, Refusal>) {
        if index >= MAX_IMPORT_COLUMNS {
            // Spreadsheets format columns far out that hold nothing.
            if cell != Ok("") {
                self.refuse(MAX_IMPORT_COLUMNS, Refusal::new(Code::TooMany).with("limit", MAX_IMPORT_COLUMNS));
            }
            return;
        }
        if self.cells.len() <= index {
            self.cells.resize(index + 1, String::new());
        }
        match cell {
            Err(refusal) => self.refuse(index, refusal),
            Ok(_) if self.refused.is_some() => {}
            Ok(text) => {
                self.bytes += text.len();
                if self.bytes > MAX_ROW_BYTES {
                    self.refuse(index, Refusal::new(Code::RowTooLarge).with("limit", MAX_ROW_BYTES));
                } else {
                    text.clone_into(&mut self.cells[index]);
                }
            }
        }
    }

    fn refuse(&mut self, index: usize, refusal: Refusal) {
        self.refused.get_or_insert(CellRefused { index, refusal });
    }

    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.refused.is_none() && self.cells.iter().all(String::is_empty)
    }

    /// Takes off empty cells at the end, or adds some, towards a width.
    pub fn fit(&mut self, width: usize) {
        while self.cells.len() > width && self.cells.last().is_some_and(String::is_empty) {
            self.cells.pop();
        }
        if self.cells.len() < width {
            self.cells.resize(width, String::new());
        }
    }

    /// The row that begins on this line.
    pub fn finish(self, line: u64) -> Row {
        Row { line, cells: self.refused.map_or(Ok(self.cells), Err) }
    }
}
