//! Taking back: one change of a record, all changes since a date, or all that one act did. Each is written as a change like any
//! other, so that history shows it and it can be taken back in turn. Owns those commands; what takes a change back is the
//! replica's to say. Never touches what somebody else put since: that is reported.

use std::collections::BTreeSet;

use comptoir_replica::record::{Cells, ChangeHash, FieldKind, LineKey, RecordId, Scalar, field_at};
use comptoir_replica::{Append, Appended, BatchPage, Edit, Histories, Reading, Revert, puts_back_to};
use comptoir_sync_protocol::ids::{BatchId, ScopeId, SiteId};
use rand_core::CryptoRng;

use super::{CommandError, Desk, Done, Stopped, decide, stored};
use crate::alias::{DISTINCT_PREFIX, decide as merging};
use crate::changes::{ALIAS_OF, ARCHIVED, POSITION, differing};
use crate::limits::MAX_LEFT_ALONE;
use crate::mask::Mask;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Kind, Put, Verb, kind as kind_of};
use crate::shown::named;

/// What taking back did. Durable.
#[derive(Clone, Debug)]
pub struct Reverted {
    /// The record, and what was written.
    pub done: Done,
    /// Fields that stay, because somebody put something else there since.
    pub superseded: Vec<String>,
    /// Fields that stay, because others' values contradict each other there: that conflict has to be settled first.
    pub contested: Vec<String>,
}

/// What taking back an act did. Durable.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BatchUndone {
    /// Records that were changed back.
    pub reverted: u64,
    /// Records that the act had made, which are archived now.
    pub archived: u64,
    /// Records of which something stays because somebody changed it since.
    pub left: u64,
    /// The first of them: kind, record, fields.
    pub examples: Vec<(String, RecordId, Vec<String>)>,
}

impl Desk<'_> {
    /// Takes one change of a record back, where nobody has put anything since. Of the change that made the record, it archives
    /// the record, unless somebody has changed it since. `name` is an id, of an alias too, or a reference.
    ///
    /// # Errors
    /// [`CommandError`], by [`Code::UnknownChange`], [`Code::ArchivedRecord`]; nothing was written then.
    pub fn revert(
        &self,
        kind: &'static Kind,
        name: &str,
        change: &ChangeHash,
        rng: &mut impl CryptoRng,
    ) -> Result<Reverted, CommandError> {
        self.take_back(kind, name, rng, |reading, (scope, record), cells| {
            let history = reading.histories().of(&scope, &record)?;
            if !history.iter().any(|item| item.change == *change) {
                let value: String = change.iter().map(|byte| format!("{byte:02x}")).collect();
                return Err(Refusal::new(Code::UnknownChange).with("value", value).into());
            }
            Ok(Revert::of_change(cells, &history, change))
        })
    }

    /// Makes a record show again what it showed at a date (Unix milliseconds), but for what it is an alias of: merges have
    /// their own way back.
    ///
    /// # Errors
    /// [`CommandError`], by [`Code::NotYetThere`]; nothing was written then.
    pub fn revert_to(
        &self,
        kind: &'static Kind,
        name: &str,
        at_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Reverted, CommandError> {
        self.take_back(kind, name, rng, |reading, (_, record), cells| {
            let then = reading.record_at(&record, at_ms)?;
            let then = then.ok_or_else(|| Refusal::new(Code::NotYetThere).with("value", record))?;
            let mut puts = puts_back_to(cells, &then);
            puts.retain(|(path, _)| path != ALIAS_OF && !path.starts_with(DISTINCT_PREFIX));
            Ok(Revert { puts, ..Revert::default() })
        })
    }

    /// Takes back all that one act of a site did, over however many records: each entry of it in a transaction, the last one
    /// first. What somebody changed since stays. Cut short and asked for again it does the rest; asked for twice it does
    /// nothing more. `committed` is called after each transaction with what it wrote.
    ///
    /// # Errors
    /// [`CommandError`]; what was committed until then stays.
    pub fn undo_batch(
        &self,
        site: &SiteId,
        batch: &BatchId,
        rng: &mut impl CryptoRng,
        mut committed: impl FnMut(Appended),
    ) -> Result<BatchUndone, CommandError> {
        let undoing = BatchId::random(rng);
        let (mut undone, mut before) = (BatchUndone::default(), None);
        loop {
            let page = self.look(|reading| Ok(reading.histories().batch_page(site, batch, before)?))?;
            let Some(page) = page else { return Ok(undone) };
            before = Some(page.place);
            let known = page.changes.iter().find_map(|change| kind_of(&change.kind).ok());
            let Some(command) = known.map(|kind| kind.command(Verb::Revert)) else { continue };
            let request = Append::new(page.scope, self.author, &command).in_batch(undoing);
            let mut counted = undone.clone();
            let appended = self.append(request, rng, |reading| {
                undo_page(reading, &self.context(reading), &page, (site, batch), &mut counted)
            })?;
            undone = counted;
            if !appended.heads.is_empty() {
                committed(appended);
            }
        }
    }

    fn take_back(
        &self,
        kind: &'static Kind,
        name: &str,
        rng: &mut impl CryptoRng,
        revert: impl FnOnce(&Reading<'_>, (ScopeId, RecordId), &Cells) -> Result<Revert, Stopped>,
    ) -> Result<Reverted, CommandError> {
        let (scope, record) = self.find_itself(kind, name)?;
        let command = kind.command(Verb::Revert);
        let (mut outcome, mut mask) = (Revert::default(), None);
        let appended = self.append(self.request(scope, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, record)?.cells;
            mask = Some(self.context(reading).mask(kind)?);
            outcome = revert(reading, (scope, record), &cells)?;
            let puts = puts_of(kind, &cells, &outcome);
            check(reading, &self.context(reading), kind, (record, &cells), &puts)?;
            let edit = (!puts.is_empty()).then(|| Edit::change(kind.name(), record, puts));
            Ok::<_, Stopped>(edit.into_iter().collect())
        })?;
        let seen = |path: &&String| mask.as_ref().is_some_and(|mask| mask.sees(path));
        let named = |paths: Vec<String>| paths.iter().filter(seen).map(|path| named(path)).collect();
        Ok(Reverted {
            done: Done { record, appended },
            superseded: named(outcome.superseded),
            contested: named(outcome.contested),
        })
    }
}

/// What to put: what the revert says, but a line that would be left without a value is archived instead, and so is a record
/// that was made by what is taken back, if nobody else has put anything into it.
fn puts_of(kind: &Kind, cells: &Cells, revert: &Revert) -> Vec<Put> {
    if revert.created {
        return if revert.superseded.is_empty() { decide::archive(kind, true, cells) } else { Vec::new() };
    }
    let after = cells.overlaid(&revert.puts);
    let mut emptied = BTreeSet::new();
    let mut puts = Vec::with_capacity(revert.puts.len());
    for (path, value) in &revert.puts {
        match line_of(path) {
            Some(line) if !says_something(&after, line) => drop(emptied.insert(line)),
            _ if value.is_null() => puts.push((path.clone(), empty(kind, path))),
            _ => puts.push((path.clone(), value.clone())),
        }
    }
    let archived = |line: &str| (format!("{line}/{ARCHIVED}"), Scalar::from(true));
    puts.extend(emptied.into_iter().map(archived));
    differing(cells, puts, kind.schema())
}

/// What a field reads as that was never put.
fn empty(kind: &Kind, path: &str) -> Scalar {
    let default = kind.defaults().into_iter().find(|(field, _)| field == path).map(|(_, value)| value);
    let is_text =
        || field_at(kind.schema(), path).is_some_and(|field| field.kind == FieldKind::Text && !field.optional);
    default.unwrap_or_else(|| if is_text() { "".into() } else { Scalar::Null })
}

fn is_archived(cells: &Cells) -> bool {
    cells.winner(ARCHIVED).and_then(Scalar::as_bool) == Some(true)
}

/// `addresses/KEY` of `addresses/KEY/city`.
fn line_of(path: &str) -> Option<&str> {
    let mut parts = path.splitn(3, '/');
    let (list, key, _) = (parts.next()?, parts.next()?, parts.next()?);
    key.parse::<LineKey>().ok()?;
    path.get(..list.len() + 1 + key.len())
}

fn says_something(cells: &Cells, line: &str) -> bool {
    let prefix = format!("{line}/");
    let mut fields = cells.under(&prefix).filter(|(path, _)| ![ARCHIVED, POSITION].contains(&&path[prefix.len()..]));
    fields.any(|(path, _)| cells.winner(path).is_some_and(|value| !value.is_null()))
}

/// What holds for every other edit holds for taking back: what is archived is not edited, and an alias is of what it may be.
fn check(
    reading: &Reading<'_>,
    context: &Context<'_>,
    kind: &Kind,
    (record, cells): (RecordId, &Cells),
    puts: &[Put],
) -> Result<(), Stopped> {
    if is_archived(cells) && !puts.is_empty() && !puts.iter().any(|(path, _)| path == ARCHIVED) {
        return Err(Refusal::new(Code::ArchivedRecord).into());
    }
    let into = puts.iter().find(|(path, _)| path == ALIAS_OF).and_then(|(_, value)| value.as_str()?.parse().ok());
    if let Some(into) = into.filter(|_| cells.winner(ALIAS_OF).is_none_or(Scalar::is_null))
        && let Some(stored) = reading.find_record(&into)?
    {
        merging::merge(context, kind, (record, cells), (into, &stored.cells))?;
    }
    Ok(())
}

fn undo_page(
    reading: &Reading<'_>,
    context: &Context<'_>,
    page: &BatchPage,
    (site, batch): (&SiteId, &BatchId),
    undone: &mut BatchUndone,
) -> Result<Vec<Edit>, Stopped> {
    let mut histories = reading.histories();
    let mut seen = BTreeSet::new();
    let mut edits = Vec::new();
    for change in page.changes.iter().filter(|change| seen.insert(change.record)) {
        // A kind of a newer version has no effect here yet: nothing is there to take back.
        let Ok(kind) = kind_of(&change.kind) else { continue };
        let (mask, place) = (context.mask(kind)?, (page.scope, change.record));
        if let Some(edit) = undo_in_record(&mut histories, reading, (kind, &mask), place, (site, batch), undone)? {
            edits.push(edit);
        }
    }
    Ok(edits)
}

fn undo_in_record(
    histories: &mut Histories<'_>,
    reading: &Reading<'_>,
    (kind, mask): (&'static Kind, &Mask),
    (scope, record): (ScopeId, RecordId),
    (site, batch): (&SiteId, &BatchId),
    undone: &mut BatchUndone,
) -> Result<Option<Edit>, Stopped> {
    let Some(stored) = reading.record(&scope, &record)?.filter(|stored| stored.kind == kind.name()) else {
        return Ok(None);
    };
    let history = histories.of(&scope, &record)?;
    let revert = Revert::of_batch(&stored.cells, &history, site, batch);
    let left = revert.superseded.iter().chain(&revert.contested).filter(|path| mask.sees(path));
    let left: Vec<String> = left.map(|path| named(path)).collect();
    // What the act made is out of use already: by an undo before this one, or by a person.
    let gone = revert.created && is_archived(&stored.cells);
    if !left.is_empty() && !gone {
        undone.left += 1;
        if undone.examples.len() < MAX_LEFT_ALONE {
            undone.examples.push((kind.name().to_owned(), record, left));
        }
    }
    let puts = puts_of(kind, &stored.cells, &revert);
    if puts.is_empty() {
        return Ok(None);
    }
    match revert.created {
        true => undone.archived += 1,
        false => undone.reverted += 1,
    }
    Ok(Some(Edit::change(kind.name(), record, puts)))
}
