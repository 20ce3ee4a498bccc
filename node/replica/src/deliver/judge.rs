//! The verdict on one entry: a function of the entry, the roster at its heads, and what stands in its past.
//! Owns the order of the checks. Never reads the state of the scope as it happens to be now.

use comptoir_sync_protocol::entry::{Entry, Opened};
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::payload::{Envelope, Operation, Posting, RecordChange};
use comptoir_sync_protocol::roster::Roster;
use rusqlite::Connection;

use super::{Delivering, Staged, Stop, actor};
use crate::application::{Application, RecordType};
use crate::limits;
use crate::past::Past;
use crate::record::{ParseFailed, RecordId, parse_change};
use crate::state::State;
use crate::verdict::{Verdict, VerdictCode};

/// An entry that attaches to its log, of a writer who may write.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub entry: &'a Entry,
    /// The roster at the entry's heads.
    pub roster: &'a Roster,
    /// What stands behind the entry, itself excluded.
    pub past: &'a Past,
    /// The roster heads of the entry before in its log.
    pub roster_heads_before: &'a [LogHead],
}

/// What was concluded, and what the entry does when it is delivered.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub verdict: Verdict,
    /// Absent when the payload cannot be read.
    pub envelope: Option<Envelope>,
    pub operations: usize,
    /// Empty unless delivered.
    pub staged: Staged,
}

pub(crate) fn judge(
    connection: &Connection,
    application: &dyn Application,
    state: &State,
    case: Case<'_>,
) -> rusqlite::Result<Judgement> {
    let mut judgement =
        Judgement { verdict: Verdict::Delivered, envelope: None, operations: 0, staged: Staged::default() };
    let outcome = read(state, case).map_err(Stop::Verdict).and_then(|opened| {
        judgement.operations = opened.operations.len();
        let envelope = &*judgement.envelope.insert(opened.envelope);
        let delivering = Delivering {
            connection,
            application,
            organisation: state.organisation,
            scope: case.entry.header().scope,
            writer: case.entry.header().writer,
            actor: actor(&case.entry.header().scope, &case.entry.header().writer, &envelope.incarnation),
            author: &envelope.author,
            at_ms: envelope.wall_clock_ms,
            state,
            roster: case.roster,
            past: case.past,
            behind_parked: state.parked_in(&case.entry.header().scope, case.past).is_some(),
        };
        apply(&delivering, opened.operations.into_iter().map(|(_, operation)| operation).collect())
    });
    match outcome {
        Ok(staged) => judgement.staged = staged,
        Err(Stop::Verdict(verdict)) => judgement.verdict = verdict,
        Err(Stop::Storage(error)) => return Err(error),
    }
    Ok(judgement)
}

/// All that is checked before operations are looked at.
fn read(state: &State, case: Case<'_>) -> Result<Opened, Verdict> {
    let header = case.entry.header();
    // By what every version reads of a header: what does not count never holds up what does.
    if state.cuts.is_past(&header.scope, &case.entry.head()) {
        return Err(Verdict::quarantined(
            VerdictCode::PAST_CUT,
            "past the cut of a site that was suspended or revoked",
        ));
    }
    if !header.is_understood() {
        return Err(Verdict::parked(VerdictCode::HEADER, "the header needs a newer version"));
    }
    if !covers(case.roster, case.roster_heads_before) {
        return Err(Verdict::quarantined(VerdictCode::ROSTER_HEADS_BACK, "the roster heads go back"));
    }
    if !case.roster.may_write(&header.scope, &header.writer.site) {
        let reason = format_args!("site {} may not write there", header.writer.site);
        return Err(Verdict::quarantined(VerdictCode::NO_AUTHORITY, reason));
    }
    let key_of = |roster: &Roster| roster.scopes.get(&header.scope).and_then(|scope| scope.current_key);
    let current = key_of(case.roster);
    // Whoever sealed with the key of a rotation that turned out void knew no better.
    let seen = || state.history.seen_at(&header.roster_heads).and_then(|roster| key_of(&roster));
    if current != Some(header.key_id) && seen() != Some(header.key_id) {
        let reason = format!("sealed with key {} where the roster says {current:?}", header.key_id);
        return Err(Verdict::quarantined(VerdictCode::KEY_NOT_CURRENT, reason));
    }
    let Some(key) = state.keys.get(&(header.scope, header.key_id)) else {
        return Err(Verdict::parked(VerdictCode::NO_KEY, format_args!("no key {} here", header.key_id)));
    };
    let opened = case.entry.open(Some(key)).map_err(|error| {
        let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
        Verdict::quarantined(VerdictCode::PAYLOAD, format_args!("{error}{cause}"))
    })?;
    let envelope = &opened.envelope;
    if envelope.author.len() > limits::MAX_AUTHOR_BYTES || envelope.command.len() > limits::MAX_COMMAND_BYTES {
        return Err(Verdict::quarantined(VerdictCode::ENVELOPE, "the author's or the command's name is too long"));
    }
    Ok(opened)
}

/// Whether these heads stand in the past of the ones that the roster is the fold of.
fn covers(roster: &Roster, before: &[LogHead]) -> bool {
    before.iter().all(|old| roster.heads.iter().any(|new| new.writer == old.writer && new.seq >= old.seq))
}

fn apply(delivering: &Delivering<'_>, operations: Vec<Operation>) -> Result<Staged, Stop> {
    // First what this version cannot read: an older version never condemns what a newer one may understand.
    let mut readable = Vec::with_capacity(operations.len());
    for operation in operations {
        readable.push(read_operation(delivering, operation).map_err(Stop::Verdict)?);
    }
    let mut staged = Staged::default();
    for operation in readable {
        match operation {
            Readable::Change(kind, change) => {
                let id = RecordId(change.record);
                let parsed = parse_change(&change.change).map_err(|failed| Stop::Verdict(not_parsed(&id, &failed)))?;
                delivering.stage(&mut staged, kind, id, &parsed)?;
            }
            Readable::Posting(posting) => delivering.stage_posting(&mut staged, posting)?,
            Readable::Act => {
                let verdict = Verdict::quarantined(VerdictCode::ACT_OUTSIDE_ROSTER, "an act of the roster");
                return Err(Stop::Verdict(verdict));
            }
        }
    }
    Ok(staged)
}

/// An operation of a kind that is known.
enum Readable {
    Change(&'static RecordType, RecordChange),
    Posting(Posting),
    /// It has no place outside the roster.
    Act,
}

fn read_operation(delivering: &Delivering<'_>, operation: Operation) -> Result<Readable, Verdict> {
    let newer = |what: String| Err(Verdict::parked(VerdictCode::OPERATION, what));
    let types = delivering.application.record_types();
    match operation {
        Operation::Change(change) => match types.iter().find(|known| known.kind == change.kind) {
            Some(kind) => Ok(Readable::Change(kind, change)),
            None => {
                let kind: String = change.kind.chars().take(80).collect();
                Err(Verdict::parked(VerdictCode::RECORD_KIND, format_args!("a record of kind {kind:?}")))
            }
        },
        Operation::Act(_) => Ok(Readable::Act),
        Operation::Posting(posting) => delivering.check_known(&posting).map(|()| Readable::Posting(posting)),
        Operation::AdoptBranch(_) => newer("a branch taken over".to_owned()),
        Operation::Unknown(number, _) => newer(format!("an operation of number {number}")),
    }
}

fn not_parsed(id: &RecordId, failed: &ParseFailed) -> Verdict {
    match failed {
        ParseFailed::Refused(refused) => {
            Verdict::quarantined(VerdictCode(refused.code()), format_args!("record {id}: {refused}"))
        }
        ParseFailed::Panicked => {
            tracing::error!(record = %id, "reading a change panicked; its entry is parked");
            Verdict::parked(VerdictCode::PANICKED, format_args!("record {id}: reading the change panicked"))
        }
    }
}
