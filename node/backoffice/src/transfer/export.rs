//! Exporting: one row a record, in the columns that an import reads; or whole records as JSON. Owns which columns and which
//! records: all columns always, in an order that stays, so that a file's shape does not depend on what records hold; live
//! records by reference, or what a list's query asks for in its order. Reads one state, writes nowhere but into the given
//! writer, holds one record at a time.

use std::io::{self, Write};

use comptoir_replica::record::{FieldKind, Record};
use comptoir_replica::{Reading, StoredRecord};
use rust_xlsxwriter::XlsxError;

use super::header::Names;
use super::present::{Present, typed};
use crate::changes::{ARCHIVED, POSITION};
use crate::desk::{CommandError, Desk, Stopped};
use crate::find::{Place, all};
use crate::limits::MAX_IMPORT_COLUMNS;
use crate::list::{ListQuery, walk, with_view};
use crate::mask::Mask;
use crate::parties::record::Party;
use crate::projection::{layout, place};
use crate::refusal::{Code, Refusal};
use crate::registry::{Column, Context, Kind, Module, Target};
use crate::staff::May;
use crate::table::{CellValue, Form, TableWriter, WriteFailed};
use crate::vcard::write_card;

/// In what form records are exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportForm {
    /// A table.
    Table(Form),
    /// An array of whole records.
    Json,
    /// Parties as cards (RFC 6350).
    Vcard,
}

/// What to export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportRequest {
    /// In what form.
    pub form: ExportForm,
    /// Which records, in which order, and which columns. When it says nothing: of a table all live records, by reference;
    /// as JSON all records that there are, archived and merged ones too.
    pub list: ListQuery,
    /// Columns for every line, `LIST.N.FIELD`, up to the record that has the most; else the main list's first alone.
    pub all_lines: bool,
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The records could not be read, or are refused.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// What was written did not get through.
    #[error("the records could not be written")]
    Io(#[from] io::Error),
}

impl From<Stopped> for ExportError {
    fn from(stopped: Stopped) -> Self {
        Self::Command(stopped.into())
    }
}

impl From<rusqlite::Error> for ExportError {
    fn from(error: rusqlite::Error) -> Self {
        Stopped::from(error).into()
    }
}

impl From<WriteFailed> for ExportError {
    fn from(failed: WriteFailed) -> Self {
        match failed {
            WriteFailed::Refused(refusal) => Self::Command(refusal.into()),
            WriteFailed::Io(error) | WriteFailed::Xlsx(XlsxError::IoError(error)) => Self::Io(error),
            WriteFailed::Xlsx(error) => Self::Io(io::Error::other(error)),
            WriteFailed::Csv(error) => match error.into_kind() {
                csv::ErrorKind::Io(error) => Self::Io(error),
                _ => Self::Io(io::Error::other("the table could not be written")),
            },
        }
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

impl Desk<'_> {
    /// Writes records of a kind.
    ///
    /// # Errors
    /// [`ExportError`]. What was written until then is no whole file.
    pub fn export<W: Write + Send>(
        &self,
        kind: &'static Kind,
        request: &ExportRequest,
        out: W,
    ) -> Result<W, ExportError> {
        self.standing.check_may(Module::of(kind), May::Export).map_err(Stopped::from)?;
        self.look_at(kind, |reading| {
            let context = self.context(reading);
            let list = with_view(&context, kind, &request.list)?;
            let mask = context.mask(kind)?;
            let exporting = Exporting { reading, context: &context, mask: &mask, kind, list: &list };
            Ok(match request.form {
                ExportForm::Table(form) => exporting.table(form, request.all_lines, out),
                ExportForm::Json => exporting.json(out),
                ExportForm::Vcard => exporting.cards(out),
            })
        })?
    }
}

struct Exporting<'a> {
    reading: &'a Reading<'a>,
    context: &'a Context<'a>,
    mask: &'a Mask,
    kind: &'static Kind,
    list: &'a ListQuery,
}

impl Exporting<'_> {
    fn table<W: Write + Send>(&self, form: Form, all_lines: bool, out: W) -> Result<W, ExportError> {
        let columns = self.columns(all_lines)?;
        let present = Present::of(self.context, self.kind)?;
        let kinds: Vec<FieldKind> = columns.iter().map(|column| present.kind_of(&column.target)).collect();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let mut writer = TableWriter::new(form, out)?;
        writer.header(&names)?;
        self.each(|stored| {
            let cells = self.mask.cells(&stored.cells);
            let record = present.record(stored.id, &cells);
            let texts: Vec<_> = columns.iter().map(|column| record.text(&column.target)).collect();
            let cells: Vec<CellValue<'_>> = kinds.iter().zip(&texts).map(|(kind, text)| typed(*kind, text)).collect();
            Ok(writer.row(&cells)?)
        })?;
        Ok(writer.finish()?)
    }

    fn json<W: Write>(&self, mut out: W) -> Result<W, ExportError> {
        let mut before: &[u8] = b"[";
        let mut write = |stored: &StoredRecord| {
            let shown = self.mask.show(stored.scope, stored.id, &stored.cells);
            out.write_all(before)?;
            before = b",\n";
            Ok::<_, ExportError>(serde_json::to_writer(&mut out, &shown)?)
        };
        if says_nothing(self.list) {
            for (scope, id) in all(self.context.connection, self.kind)? {
                if let Some(stored) = self.reading.record(&scope, &id)? {
                    write(&stored)?;
                }
            }
        } else {
            self.each(write)?;
        }
        out.write_all(if before == b"[" { b"[]\n" } else { b"]\n" })?;
        Ok(out)
    }

    fn cards<W: Write>(&self, mut out: W) -> Result<W, ExportError> {
        if self.kind.name() != Party::KIND {
            let refusal = Refusal::of("format", Code::NotInList).with("value", "vcard");
            return Err(Stopped::from(refusal.with("known", "csv, xlsx, json: a vCard is of a party")).into());
        }
        self.each(|stored| {
            let party = Party::from_cells(&self.mask.cells(&stored.cells));
            Ok(out.write_all(write_card(stored.id, &party).as_bytes())?)
        })?;
        Ok(out)
    }

    /// Every record that is exported, in order.
    fn each(&self, mut visit: impl FnMut(&StoredRecord) -> Result<(), ExportError>) -> Result<(), ExportError> {
        if !says_nothing(self.list) {
            return walk(self.context, self.kind, self.list, |id| match self.reading.find_record(&id)? {
                Some(stored) => visit(&stored),
                None => Ok(()),
            });
        }
        let sql = format!(
            "SELECT scope, id FROM {} WHERE archived = 0 AND alias_of IS NULL ORDER BY reference, id",
            layout(self.kind).table
        );
        let mut statement = self.context.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (scope, id): Place = place(row)?;
            if let Some(stored) = self.reading.record(&scope, &id)? {
                visit(&stored)?;
            }
        }
        Ok(())
    }

    fn columns(&self, all_lines: bool) -> Result<Vec<Column>, ExportError> {
        let names = Names::of(self.context, self.kind)?;
        let mut columns = Vec::new();
        for name in &self.list.columns {
            match self.lines_of(name)? {
                Some(lines) => columns.extend(lines),
                None => columns.push(names.find(name).map_err(Stopped::from)?),
            }
        }
        if columns.is_empty() {
            columns.extend(names.columns().iter().cloned());
        }
        if all_lines {
            for list in self.kind.lists() {
                for nth in 1..=self.most_lines(list)? {
                    columns.extend(self.line_columns(list, nth, None));
                }
            }
        }
        let mut seen = Vec::with_capacity(columns.len());
        columns.retain(|column| {
            let first = !seen.contains(&column.target);
            seen.push(column.target.clone());
            first
        });
        if columns.len() > MAX_IMPORT_COLUMNS {
            let refusal = Refusal::of("columns", Code::TooMany).with("limit", MAX_IMPORT_COLUMNS);
            return Err(Stopped::from(refusal).into());
        }
        Ok(columns)
    }

    /// The columns of `contacts.value`, which lists show as one: one for each line.
    fn lines_of(&self, name: &str) -> Result<Option<Vec<Column>>, ExportError> {
        let Some((list, field)) = name.split_once('.') else { return Ok(None) };
        let Some(list) = self.kind.lists().into_iter().find(|known| *known == list) else { return Ok(None) };
        let most = self.most_lines(list)?.max(1);
        let columns: Vec<Column> = (1..=most).flat_map(|nth| self.line_columns(list, nth, Some(field))).collect();
        Ok((!columns.is_empty()).then_some(columns))
    }

    /// The columns of one line's fields, or of that one.
    fn line_columns(&self, list: &'static str, nth: usize, only: Option<&str>) -> Vec<Column> {
        let pattern = format!("{list}/*/");
        let seen = self.kind.schema().iter().filter(|field| self.mask.sees_field(field));
        let fields = seen.filter_map(|field| field.path.strip_prefix(&pattern));
        let fields = fields.filter(|field| ![ARCHIVED, POSITION].contains(field));
        let short = nth == 1 && self.kind.main_list() == Some(list);
        let column = |field: &str| Column {
            name: if short { field.to_owned() } else { format!("{list}.{nth}.{field}") },
            target: Target::Line { list: list.to_owned(), nth, field: field.to_owned() },
        };
        fields.filter(|field| only.is_none_or(|only| only == *field)).map(column).collect()
    }

    /// The most lines in use that a record has.
    fn most_lines(&self, list: &str) -> rusqlite::Result<usize> {
        let Some(list) = layout(self.kind).list(list) else { return Ok(0) };
        let sql = format!(
            "SELECT COALESCE(MAX(lines), 0) FROM
             (SELECT COUNT(*) AS lines FROM {} WHERE archived = 0 GROUP BY record)",
            list.table
        );
        let most: u32 = self.context.connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(most as usize)
    }
}

/// Whether a query leaves open which records, and in which order.
fn says_nothing(list: &ListQuery) -> bool {
    let ListQuery { search, filters, sort, archived, conflicts, .. } = list;
    search.is_none() && filters.is_empty() && sort.is_empty() && archived.is_none() && conflicts.is_none()
}
