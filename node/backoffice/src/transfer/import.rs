//! Importing a file of records of any kind. It is read twice and never held: once through to its end, so that a file that breaks
//! off, or is too long, is refused before anything is written; then judged and written batch by batch, each batch one
//! transaction, all of them one act that can be undone as one. Owns that way and its report. A kill loses at most the batch
//! under way; the same file again does the rest. A dry run takes the same way and writes nothing.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use comptoir_replica::record::{RecordId, RecordIdMint};
use comptoir_replica::{Appended, Edit};
use comptoir_sync_protocol::ids::{BatchId, ScopeId};
use rand_core::CryptoRng;

use super::claims::Claims;
use super::digest::Digest;
use super::header::{Plan, PlanRefused};
use super::mapping::Mapping;
use super::report::{ImportReport, PlanToken};
use super::row::{Judging, Outcome};
use super::rows::{self, Rows};
use super::stopped::{ImportStopped, OpenFailed, StopReason};
use crate::desk::{CommandError, Desk, Stopped};
use crate::limits::{IMPORT_BATCH_ROWS, IMPORT_STEP_ROWS};
use crate::refusal::Code;
use crate::registry::{Kind, Module, Verb};
use crate::staff::May;
use crate::table::{ReadFailed, Row};

/// How far a file is read, or written.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Rows done.
    pub rows: u64,
    /// Rows of the file; `None` while they are counted.
    pub of: Option<u64>,
    /// What was committed since the last step, to be announced.
    pub appended: Vec<Appended>,
}

/// What is asked of an import beside its file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ImportRequest {
    /// What the file's columns are, where their names do not tell.
    pub mapping: Mapping,
    /// The sheet of a workbook; the first that holds something when nothing is said.
    pub sheet: Option<String>,
    /// What the dry run of this file answered: the file is refused if it is another.
    pub plan: Option<PlanToken>,
    /// The act that it will be; drawn when nothing is said.
    pub batch: Option<BatchId>,
}

/// A file that was read to its end, its columns known, ready to be written.
pub struct Import<F> {
    kind: &'static Kind,
    file: F,
    sheet: Option<String>,
    plan: Plan,
    token: Option<PlanToken>,
    batch: Option<BatchId>,
    digest: [u8; 16],
    rows: u64,
}

impl<F, R> Import<F>
where
    F: Fn() -> io::Result<R>,
    R: Read + Seek,
{
    /// Reads a file's columns, and all of its rows once. `file` opens it, each time at its beginning.
    ///
    /// # Errors
    /// [`OpenFailed`].
    pub fn open(
        desk: &Desk<'_>,
        kind: &'static Kind,
        file: F,
        request: ImportRequest,
        mut step: impl FnMut(Step) -> ControlFlow<()>,
    ) -> Result<Self, OpenFailed> {
        desk.standing.check_may(Module::of(kind), May::Import).map_err(CommandError::from)?;
        let ImportRequest { mapping, sheet, plan: token, batch } = request;
        let mut rows = rows::open(file().map_err(OpenFailed::Io)?, sheet.as_deref())?;
        let plan =
            desk.look_at(kind, |reading| match Plan::of(&desk.context(reading), kind, rows.header(), &mapping) {
                Ok(plan) => Ok(Ok(plan)),
                Err(PlanRefused::Header(refused)) => Ok(Err(refused)),
                Err(PlanRefused::Stopped(stopped)) => Err(stopped),
            })?;
        let plan = plan.map_err(OpenFailed::Refused)?;
        let mut digest = Digest::of(kind, &plan);
        let mut count = 0;
        while let Some(row) = rows.next_row() {
            digest.add(&row?);
            count += 1;
            if count % IMPORT_STEP_ROWS == 0 && step(Step { rows: count, ..Step::default() }).is_break() {
                return Err(OpenFailed::Cancelled);
            }
        }
        let digest = digest.finish();
        if let Some(token) = &token {
            token.check(&digest)?;
        }
        drop(rows);
        Ok(Self { kind, file, sheet, plan, token, batch, digest, rows: count })
    }

    /// Rows of the file, its header not counted.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn reopen(&self) -> Result<Box<dyn Rows + '_>, StopReason>
    where
        R: 'static,
    {
        let file = (self.file)().map_err(|error| StopReason::File(ReadFailed::Io(error)))?;
        rows::open(file, self.sheet.as_deref()).map_err(StopReason::File)
    }

    fn stopped(&self, report: ImportReport, source: impl Into<StopReason>) -> ImportStopped {
        ImportStopped { report: Box::new(report), source: source.into() }
    }

    fn finished(&self, mut report: ImportReport) -> ImportReport {
        report.as_planned = self.token.map(|token| token.fits(&report));
        report.ignored_columns.clone_from(&self.plan.ignored);
        report
    }
}

impl Desk<'_> {
    /// Writes what the file says, and calls `step` after each batch with what it wrote.
    ///
    /// # Errors
    /// [`ImportStopped`], when the store fails, this site may not write, or `step` says so.
    pub fn import<F, R>(
        &self,
        import: &Import<F>,
        rng: &mut impl CryptoRng,
        mut step: impl FnMut(Step) -> ControlFlow<()>,
    ) -> Result<ImportReport, ImportStopped>
    where
        F: Fn() -> io::Result<R>,
        R: Read + Seek + 'static,
    {
        let mut report = ImportReport::default();
        let mut rows = match import.reopen() {
            Ok(rows) => rows,
            Err(source) => return Err(import.stopped(report, source)),
        };
        let scope = self.scope_of(import.kind);
        let mut writing = Writing {
            kind: import.kind,
            plan: &import.plan,
            scope,
            batch: import.batch.unwrap_or_else(|| BatchId::random(rng)),
            mint: self.replica.mint(scope),
            claims: Claims::new(rng),
        };
        let (mut pending, mut done) = (VecDeque::with_capacity(IMPORT_BATCH_ROWS), 0);
        loop {
            while pending.len() < IMPORT_BATCH_ROWS {
                match rows.next_row() {
                    Some(Ok(row)) => pending.push_back(row),
                    Some(Err(failed)) => return Err(import.stopped(report, StopReason::File(failed))),
                    None => break,
                }
            }
            if pending.is_empty() {
                return Ok(import.finished(report));
            }
            match self.write_batch(&mut writing, pending.make_contiguous(), rng) {
                Ok(Written { part, taken, appended }) => {
                    report.add(part);
                    if appended.iter().any(|appended| !appended.heads.is_empty()) {
                        report.batch = Some(writing.batch.to_string());
                    }
                    pending.drain(..taken);
                    done += taken as u64;
                    if step(Step { rows: done, of: Some(import.rows), appended }).is_break() && done < import.rows {
                        return Err(import.stopped(import.finished(report), StopReason::Cancelled));
                    }
                }
                Err(source) => return Err(import.stopped(report, source)),
            }
        }
    }

    /// What [`Desk::import`] would do now, and the token by which it does just that. Writes nothing.
    ///
    /// # Errors
    /// When the store fails, or `step` says so.
    pub fn try_import<F, R>(
        &self,
        import: &Import<F>,
        rng: &mut impl CryptoRng,
        mut step: impl FnMut(Step) -> ControlFlow<()>,
    ) -> Result<ImportReport, ImportStopped>
    where
        F: Fn() -> io::Result<R>,
        R: Read + Seek + 'static,
    {
        let mut report = ImportReport::default();
        let mut rows = match import.reopen() {
            Ok(rows) => rows,
            Err(source) => return Err(import.stopped(report, source)),
        };
        let (scope, mut claims) = (self.scope_of(import.kind), Claims::new(rng));
        let new = self.replica.mint(scope).create(self.now_ms, rng);
        let judged = self.look(|reading| {
            let mut judging = Judging::of(*reading, self.context(reading), import.kind, &import.plan, scope, true)?;
            let mut done = 0;
            while let Some(row) = rows.next_row() {
                let row = match row {
                    Ok(row) => row,
                    Err(failed) => return Ok(Err(StopReason::File(failed))),
                };
                match judging.judge(&row, new, &mut claims)? {
                    Outcome::Creates(_) => report.created += 1,
                    Outcome::Changes(..) => report.changed += 1,
                    Outcome::Nothing => report.unchanged += 1,
                    Outcome::Refused(refusal) => report.refuse(row.line, refusal),
                }
                done += 1;
                let looked = Step { rows: done, of: Some(import.rows), appended: Vec::new() };
                if done % IMPORT_STEP_ROWS == 0 && step(looked).is_break() {
                    return Ok(Err(StopReason::Cancelled));
                }
            }
            Ok(Ok(()))
        });
        match judged {
            Ok(Ok(())) => {
                let mut report = import.finished(report);
                report.plan = Some(PlanToken::of(import.digest, &report).to_string());
                Ok(report)
            }
            Ok(Err(source)) => Err(import.stopped(report, source)),
            Err(error) => Err(import.stopped(report, error)),
        }
    }

    /// One transaction, and one more for each other scope in which records of these rows live.
    fn write_batch(
        &self,
        writing: &mut Writing<'_>,
        rows: &[Row],
        rng: &mut impl CryptoRng,
    ) -> Result<Written, CommandError> {
        // Ids are drawn before the state is seen; those of rows that create nothing are never used.
        let ids: Vec<RecordId> = rows.iter().map(|_| writing.mint.create(self.now_ms, rng)).collect();
        let places: Vec<usize> = (0..rows.len()).collect();
        let mut written = Written::default();
        let mut elsewhere = BTreeMap::new();
        let scope = writing.scope;
        self.write_in(scope, writing, (rows, &ids, &places), &mut written, &mut elsewhere, rng)?;
        for (scope, places) in std::mem::take(&mut elsewhere) {
            let mut moved = BTreeMap::new();
            self.write_in(scope, writing, (rows, &ids, &places), &mut written, &mut moved, rng)?;
        }
        Ok(written)
    }

    fn write_in(
        &self,
        scope: ScopeId,
        writing: &mut Writing<'_>,
        (rows, ids, places): (&[Row], &[RecordId], &[usize]),
        written: &mut Written,
        elsewhere: &mut BTreeMap<ScopeId, Vec<usize>>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), CommandError> {
        let command = writing.kind.command(Verb::Import);
        let request = self.request(scope, &command).in_batch(writing.batch);
        let (kind, plan) = (writing.kind, writing.plan);
        let home_scope = writing.scope;
        let claims = &mut writing.claims;
        let (mut part, mut taken) = (ImportReport::default(), 0);
        let appended = self.append(request, rng, |reading| {
            let mut judging = Judging::of(*reading, self.context(reading), kind, plan, home_scope, false)?;
            let mut edits = Vec::with_capacity(places.len());
            for place in places {
                let (row, id) = (&rows[*place], ids[*place]);
                match judging.judge(row, id, claims)? {
                    // The record that it names may be one that this very transaction makes.
                    Outcome::Refused(refusal)
                        if refusal.code == Code::NotFound && plan.names_own_kind && part.created > 0 =>
                    {
                        break;
                    }
                    Outcome::Refused(refusal) => part.refuse(row.line, refusal),
                    Outcome::Nothing => part.unchanged += 1,
                    Outcome::Creates(puts) => {
                        part.created += 1;
                        edits.push(Edit::create(kind.name(), id, puts));
                    }
                    Outcome::Changes((of, _), _) if of != scope => elsewhere.entry(of).or_default().push(*place),
                    Outcome::Changes((_, record), puts) => {
                        part.changed += 1;
                        edits.push(Edit::change(kind.name(), record, puts));
                    }
                }
                taken += 1;
            }
            Ok::<_, Stopped>(edits)
        })?;
        if scope == home_scope {
            written.taken = taken;
        }
        written.part.add(part);
        written.appended.push(appended);
        Ok(())
    }
}

/// What the batches of one import share.
struct Writing<'a> {
    kind: &'static Kind,
    plan: &'a Plan,
    scope: ScopeId,
    batch: BatchId,
    mint: RecordIdMint,
    claims: Claims,
}

/// What one batch gave.
#[derive(Default)]
struct Written {
    part: ImportReport,
    /// How many of its rows, from the first on.
    taken: usize,
    appended: Vec<Appended>,
}
