//! Tables as people exchange them: CSV in whatever shape a spreadsheet wrote it, and CSV that a spreadsheet cannot run.
//! Owns decoding, reading, writing and the escape of formulas; knows no column's meaning and writes no record.

mod decode;
mod formula;
mod header;
mod read;
mod write;

pub use header::Columns;
pub use read::{CellRefused, Row, read_table};
pub use write::{write_header, write_row};
