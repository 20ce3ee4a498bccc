//! Exporting: one row a live record, by reference and id, in the columns that an import reads. Reads the state, writes nowhere
//! but into the given writer.

use std::io::Write;

use comptoir_replica::Reading;
use comptoir_replica::record::{Cells, LineKey, Scalar};

use crate::changes::{ARCHIVED, POSITION};
use crate::projection::{layout, place};
use crate::registry::{Column, Kind, Target};
use crate::table::{write_header, write_row};

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The records could not be read.
    #[error("the records could not be read")]
    Sql(#[from] rusqlite::Error),
    /// What was written did not get through.
    #[error("the table could not be written")]
    Write(#[from] csv::Error),
}

/// Writes header and rows as CSV.
///
/// # Errors
/// [`ExportError`].
pub fn write_csv(reading: &Reading<'_>, kind: &Kind, out: impl Write) -> Result<(), ExportError> {
    let columns = kind.columns();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    write_header(&mut writer, &names)?;
    let sql = format!(
        "SELECT scope, id FROM {} WHERE archived = 0 AND alias_of IS NULL ORDER BY reference, id",
        layout(kind).table
    );
    let mut statement = reading.connection().prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (scope, id) = place(row)?;
        let Some(record) = reading.record(&scope, &id)? else { continue };
        let cells: Vec<String> = columns.iter().map(|column| cell(kind, &record.cells, column)).collect();
        write_row(&mut writer, &cells.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    writer.flush().map_err(csv::Error::from)?;
    Ok(())
}

/// What a column says of a record.
#[must_use]
pub fn cell(kind: &Kind, cells: &Cells, column: &Column) -> String {
    let text = |path: &str| cells.winner(path).map(text_of).unwrap_or_default();
    match &column.target {
        Target::Field(path) if cells.winner(path).is_none() => {
            let defaults = kind.defaults();
            defaults.iter().find(|(field, _)| field == path).map(|(_, value)| text_of(value)).unwrap_or_default()
        }
        Target::Field(path) => text(path),
        Target::Compound(path) => kind.compound(cells, path),
        Target::Custom(key) => text(&format!("custom/{key}")),
        Target::Line { list, nth, field } => {
            let key = lines_in_use(cells, list).into_iter().nth(nth.saturating_sub(1));
            key.map(|key| text(&format!("{list}/{key}/{field}"))).unwrap_or_default()
        }
    }
}

/// The keys of a list's lines in use, in order.
#[must_use]
pub fn lines_in_use(cells: &Cells, list: &str) -> Vec<String> {
    let prefix = format!("{list}/");
    let mut keys: Vec<&str> =
        cells.under(&prefix).filter_map(|(path, _)| Some(path[prefix.len()..].split_once('/')?.0)).collect();
    keys.dedup();
    let of = |key: &str, field: &str| cells.winner(&format!("{prefix}{key}/{field}"));
    keys.retain(|key| key.parse::<LineKey>().is_ok() && of(key, ARCHIVED).and_then(Scalar::as_bool) != Some(true));
    keys.sort_by_key(|key| of(key, POSITION).and_then(Scalar::as_int).unwrap_or(0));
    keys.into_iter().map(str::to_owned).collect()
}

fn text_of(value: &Scalar) -> String {
    match value {
        Scalar::Str(text) => text.clone(),
        Scalar::Bool(truth) => truth.to_string(),
        Scalar::Int(number) | Scalar::Timestamp(number) => number.to_string(),
        Scalar::Null | Scalar::Bytes(_) => String::new(),
    }
}
