//! Exporting parties as the CSV that an import reads. Live parties only, one row each, with the main address; formulas are
//! escaped (F34). Reads the projection, writes nowhere but into the given writer.

use std::io::Write;

use rusqlite::Connection;

use super::import::COLUMNS;
use crate::parties::query;
use crate::table::{write_header, write_row};

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The projection could not be read.
    #[error("the parties could not be read")]
    Sql(#[from] rusqlite::Error),
    /// What was written did not get through.
    #[error("the table could not be written")]
    Write(#[from] csv::Error),
}

/// Writes header and rows, by reference and id.
///
/// # Errors
/// [`ExportError`].
pub fn write_csv(connection: &Connection, out: impl Write) -> Result<(), ExportError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    write_header(&mut writer, COLUMNS)?;
    query::export_rows(connection, |cells| write_row(&mut writer, cells).map_err(ExportError::from))?;
    writer.flush().map_err(csv::Error::from)?;
    Ok(())
}
