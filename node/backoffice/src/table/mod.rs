//! Tables as people exchange them: CSV in whatever shape a spreadsheet wrote it, and XLSX; out again as files that a
//! spreadsheet cannot run. Owns decoding, reading, writing, the escape of formulas and the bounds on all of it; knows
//! no column's meaning and writes no record. Values are text on the way in and typed on the way out.

mod csv;
mod decode;
mod failed;
mod formula;
mod read;
mod row;
mod sheet;
#[cfg(test)]
mod tests;
mod value;
mod write;
mod xlsx;

pub use failed::ReadFailed;
pub use read::{Form, TableReader};
pub use row::{CellRefused, Row};
pub use value::CellValue;
pub use write::{TableWriter, WriteFailed};
