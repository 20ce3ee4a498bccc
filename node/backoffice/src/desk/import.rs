//! Importing a file: read whole, then written batch by batch, each batch one transaction. Owns the batches and the report.
//! A kill loses at most the batch under way; the same file again gives the same state. A dry run takes the same way and
//! writes nothing.

use comptoir_replica::record::{RecordId, RecordIdMint, Scalar};
use comptoir_replica::{Appended, Edit, Reading};
use comptoir_sync_protocol::ids::ScopeId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CommandError, Desk, Stopped};
use crate::find;
use crate::limits::IMPORT_BATCH_ROWS;
use crate::parties::command::import::{PartyRow, RowRefused, read};
use crate::refusal::{Code, Refusal};
use crate::registry::{Kind, Verb};

/// What an import did, or would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Rows that made a record.
    pub created: u32,
    /// Rows that changed a record.
    pub changed: u32,
    /// Rows that say what is so already.
    pub unchanged: u32,
    /// Rows that were left out, in the file's order.
    pub refused: Vec<Refused>,
}

/// A row that was left out, by its first fault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// The line of the file on which the row begins; the header is line 1.
    pub row: u64,
    /// The column at fault; null when it is the row as a whole.
    pub column: Option<String>,
    /// Why.
    pub code: Code,
    /// What the wording names.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub params: std::collections::BTreeMap<String, String>,
}

impl From<RowRefused> for Refused {
    fn from(RowRefused { line, refusal }: RowRefused) -> Self {
        Self { row: line, column: refusal.field, code: refusal.code, params: refusal.params }
    }
}

/// An import that could not go on. The batches before are written and durable; the same file again does the rest.
#[derive(Debug, thiserror::Error)]
#[error("the import stopped")]
pub struct ImportStopped {
    /// What was written.
    pub report: ImportReport,
    /// Why it stopped.
    #[source]
    pub source: CommandError,
}

/// A file that was read and checked, ready to be written.
#[derive(Clone, Debug)]
pub struct Import {
    kind: &'static Kind,
    rows: Vec<PartyRow>,
    refused: Vec<RowRefused>,
}

impl Import {
    /// Reads a file.
    ///
    /// # Errors
    /// What concerns the file as a whole: its size, its header; every fault of the header.
    pub fn read(kind: &'static Kind, bytes: &[u8]) -> Result<Self, Vec<Refusal>> {
        read(bytes).map(|(rows, refused)| Self { kind, rows, refused })
    }

    /// Rows that can be written.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }
}

/// What one row does.
enum Outcome {
    Creates(Vec<(String, Scalar)>),
    Changes(RecordId, Vec<(String, Scalar)>),
    Nothing,
    Refused(Refusal),
}

impl Desk<'_> {
    /// Writes what the file says, and calls `committed` after each batch with what it wrote.
    ///
    /// # Errors
    /// [`ImportStopped`], when the store fails or this site may not write.
    pub fn import(
        &self,
        import: &Import,
        rng: &mut impl CryptoRng,
        mut committed: impl FnMut(Appended),
    ) -> Result<ImportReport, ImportStopped> {
        let scope = self.scope_of(import.kind);
        let mut mint = self.replica.mint(scope);
        let mut report = ImportReport::default();
        let mut refused = import.refused.clone();
        for rows in import.rows.chunks(IMPORT_BATCH_ROWS) {
            match self.import_batch(import.kind, scope, rows, &mut mint, rng) {
                Ok((batch, appended)) => {
                    batch.add_to(&mut report, &mut refused);
                    committed(appended);
                }
                Err(source) => return Err(ImportStopped { report: finish(report, refused), source }),
            }
        }
        Ok(finish(report, refused))
    }

    /// What [`Desk::import`] would do now. Writes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn try_import(&self, import: &Import) -> Result<ImportReport, CommandError> {
        let scope = self.scope_of(import.kind);
        let mut report = ImportReport::default();
        let mut refused = import.refused.clone();
        self.replica.read(|reading| {
            let mut batch = Batch::default();
            for row in &import.rows {
                batch.count(row, outcome(reading, import.kind, scope, row)?);
            }
            batch.add_to(&mut report, &mut refused);
            Ok(())
        })?;
        Ok(finish(report, refused))
    }

    fn import_batch(
        &self,
        kind: &'static Kind,
        scope: ScopeId,
        rows: &[PartyRow],
        mint: &mut RecordIdMint,
        rng: &mut impl CryptoRng,
    ) -> Result<(Batch, Appended), CommandError> {
        // Ids are drawn before the state is seen; those of rows that create nothing are never used.
        let ids: Vec<RecordId> = rows.iter().map(|_| mint.create(self.now_ms, rng)).collect();
        let mut batch = Batch::default();
        let command = kind.command(Verb::Import);
        let appended = self.replica.append(self.request(scope, &command), self.now_ms, rng, |reading| {
            let mut edits = Vec::with_capacity(rows.len());
            for (row, id) in rows.iter().zip(ids) {
                edits.extend(match batch.count(row, outcome(reading, kind, scope, row)?) {
                    Some((Some(record), puts)) => Some(Edit::change(kind.name(), record, puts)),
                    Some((None, puts)) => Some(Edit::create(kind.name(), id, puts)),
                    None => None,
                });
            }
            Ok::<_, Stopped>(edits)
        })?;
        Ok((batch, appended))
    }
}

/// Of several live records with the row's reference the one with the smallest id is changed; that there are several is an
/// item of the inbox.
fn outcome(reading: &Reading<'_>, kind: &'static Kind, scope: ScopeId, row: &PartyRow) -> rusqlite::Result<Outcome> {
    let bearers = find::by_reference(reading.connection(), kind, &row.reference)?;
    let Some((_, record)) = bearers.into_iter().find(|(of, _)| *of == scope) else {
        return Ok(row.creates().map_or_else(Outcome::Refused, Outcome::Creates));
    };
    let Some(stored) = reading.record(&scope, &record)? else {
        return Ok(row.creates().map_or_else(Outcome::Refused, Outcome::Creates));
    };
    let puts = row.changes(&stored.cells);
    Ok(if puts.is_empty() { Outcome::Nothing } else { Outcome::Changes(record, puts) })
}

/// Into which record (a new one: `None`) a row writes what.
type Writes = (Option<RecordId>, Vec<(String, Scalar)>);

/// The counts of one batch.
#[derive(Default)]
struct Batch {
    created: u32,
    changed: u32,
    unchanged: u32,
    refused: Vec<RowRefused>,
}

impl Batch {
    /// Counts a row's outcome, and returns what it writes: into which record, or a new one.
    fn count(&mut self, row: &PartyRow, outcome: Outcome) -> Option<Writes> {
        match outcome {
            Outcome::Creates(puts) => {
                self.created += 1;
                Some((None, puts))
            }
            Outcome::Changes(record, puts) => {
                self.changed += 1;
                Some((Some(record), puts))
            }
            Outcome::Nothing => {
                self.unchanged += 1;
                None
            }
            Outcome::Refused(refusal) => {
                self.refused.push(RowRefused { line: row.line, refusal });
                None
            }
        }
    }

    fn add_to(self, report: &mut ImportReport, refused: &mut Vec<RowRefused>) {
        report.created += self.created;
        report.changed += self.changed;
        report.unchanged += self.unchanged;
        refused.extend(self.refused);
    }
}

fn finish(mut report: ImportReport, mut refused: Vec<RowRefused>) -> ImportReport {
    refused.sort_by_key(|row| row.line);
    report.refused = refused.into_iter().map(Refused::from).collect();
    report
}
