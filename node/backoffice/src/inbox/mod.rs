//! The inbox: work made of broken expectations. Owns the list of them, read from the replica's and the modules' findings,
//! and the way from a decision to an append. Nothing is stored: an item is there as long as what it is about, and settling it
//! is an edit like any other, so that it is settled at every site.

mod item;
mod settle;
mod subject;

use comptoir_replica::record::{Date, RecordId, Visible};
use comptoir_replica::{Appended, Edit, HistoryItem, Reading, Replica, SetAside, StorageError};
use comptoir_sync_protocol::ids::ScopeId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use item::{InboxItem, ItemKind, ItemValue};
pub use settle::Decision;

use crate::alias::Place;
use crate::alias::findings::{LikelyDuplicate, circles, into_archived};
use crate::back_office::BackOffice;
use crate::changes::{ALIAS_OF, ARCHIVED};
use crate::customising::query::definitions;
use crate::desk::{CommandError, Desk, Stopped};
use crate::find;
use crate::findings::{Looking, ModuleFinding};
use crate::limits::{MAX_ATTRIBUTED_ITEMS, MAX_INBOX_ITEMS};
use crate::refusal::{Code, Refusal};
use crate::registry::{Kind, Module, Verb, kind, kinds};
use crate::shown::{RecordShown, cell_shown, named};
use crate::sites::Sites;
use settle::{Likely, choice, settle, settle_likely};
use subject::{Subject, in_modules, in_records};

/// How many items there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct InboxCounts {
    /// Fields with several distinct values.
    pub conflicts: u32,
    /// References with several live bearers.
    pub duplicate_references: u32,
    /// Records and lines that were changed while they were archived.
    pub edited_archived: u32,
    /// Records that were merged both ways.
    #[serde(default)]
    pub merged_both_ways: u32,
    /// Records that were merged into archived ones.
    #[serde(default)]
    pub merged_into_archived: u32,
    /// Pairs of records that are probably one; at most as many as the inbox lists.
    #[serde(default)]
    pub possible_duplicates: u32,
    /// What modules found broken: discrepancies, deficits, lots near their date …
    #[serde(default)]
    pub findings: u32,
    /// Entries without effect.
    pub quarantined: u32,
    /// Entries that cannot be read yet.
    pub parked: u32,
}

impl InboxCounts {
    /// All together.
    #[must_use]
    pub fn total(&self) -> u32 {
        let merges = self.merged_both_ways + self.merged_into_archived + self.possible_duplicates;
        let set_aside = self.quarantined + self.parked;
        self.conflicts + self.duplicate_references + self.edited_archived + merges + self.findings + set_aside
    }
}

/// Counts the inbox on a day.
///
/// # Errors
/// When the store fails.
pub fn counts(replica: &Replica<BackOffice>, today: Date) -> Result<InboxCounts, StorageError> {
    let sites = Sites::of(replica);
    let mut counts = replica.read(|reading| {
        let looking = Looking { connection: reading.connection(), sites: &sites, today };
        let mut counts = InboxCounts::default();
        for of in kinds() {
            let [conflicts, duplicates, edited] = find::finding_counts(reading.connection(), of)?;
            counts.conflicts += conflicts;
            counts.duplicate_references += duplicates;
            counts.edited_archived += edited;
            counts.merged_both_ways += number(circles(reading.connection(), of, MAX_INBOX_ITEMS)?.len());
            counts.merged_into_archived += number(into_archived(reading.connection(), of, MAX_INBOX_ITEMS)?.len());
        }
        for module in Module::ALL {
            let found = module.likely_duplicates(reading.connection(), MAX_INBOX_ITEMS)?;
            counts.possible_duplicates += number(found.len());
            counts.findings += number(module.findings(&looking, MAX_INBOX_ITEMS)?.len());
        }
        Ok(counts)
    })?;
    counts.quarantined = number(replica.quarantined()?.len());
    counts.parked = number(replica.parked()?.len());
    Ok(counts)
}

fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Lists the inbox of a day, or one kind of it; at most [`MAX_INBOX_ITEMS`] of each kind.
///
/// # Errors
/// When the store fails.
pub fn list(
    replica: &Replica<BackOffice>,
    today: Date,
    only: Option<ItemKind>,
) -> Result<Vec<InboxItem>, StorageError> {
    let sites = Sites::of(replica);
    let mut subjects = replica.read(|reading| {
        let mut subjects = in_records(reading, only)?;
        subjects.extend(in_modules(&Looking { connection: reading.connection(), sites: &sites, today }, only)?);
        Ok(subjects)
    })?;
    let set_aside = |entries: Vec<SetAside>, subject: fn(SetAside) -> Subject| {
        entries.into_iter().take(MAX_INBOX_ITEMS).map(subject).collect::<Vec<_>>()
    };
    if only.is_none_or(|only| only == ItemKind::Quarantined) {
        subjects.extend(set_aside(replica.quarantined()?, Subject::Quarantined));
    }
    if only.is_none_or(|only| only == ItemKind::Parked) {
        subjects.extend(set_aside(replica.parked()?, Subject::Parked));
    }
    let mut items = Vec::with_capacity(subjects.len());
    for (place, subject) in subjects.iter().enumerate() {
        items.push(describe(replica, subject, place < MAX_ATTRIBUTED_ITEMS)?);
    }
    Ok(items)
}

fn describe(replica: &Replica<BackOffice>, subject: &Subject, attributed: bool) -> Result<InboxItem, StorageError> {
    let mut item = InboxItem::new(subject.id(), subject.kind(), replica.scope_name(&subject.scope()));
    match subject {
        Subject::Conflict { of, scope, record, key, values } => {
            about(replica, &mut item, of, *scope, *record)?;
            item.field = Some(named(key));
            let history = if attributed { replica.history(*record)? } else { Vec::new() };
            let definitions = replica.read(|reading| definitions(reading.connection(), of.name()))?;
            let told = |visible: &Visible| cell_shown(of, &definitions, key, &visible.value);
            let values = values
                .iter()
                .map(|visible| ItemValue { value: told(visible), ..attribute(replica, &history, visible) });
            item.values = values.collect();
            if key == ALIAS_OF {
                item.values.iter_mut().try_for_each(|value| name_record(replica, of, value))?;
            }
        }
        Subject::Duplicate { of, reference, bearers } => {
            item.record_kind = Some(of.name().to_owned());
            item.name = Some(reference.clone());
            item.values = records(replica, of, bearers)?;
        }
        Subject::EditedArchived { of, scope, record, path, .. } => {
            about(replica, &mut item, of, *scope, *record)?;
            item.field = Some(named(path));
            item.values = [true, false].map(|archived| ItemValue::of(&archived.into())).into();
        }
        Subject::BothWays { of, circle } => {
            let Some((scope, record)) = circle.first() else { return Ok(item) };
            about(replica, &mut item, of, *scope, *record)?;
            item.values = records(replica, of, circle)?;
        }
        Subject::IntoArchived { of, alias: (scope, record), .. } => {
            about(replica, &mut item, of, *scope, *record)?;
            item.field = Some(ARCHIVED.to_owned());
            item.values = [true, false].map(|archived| ItemValue::of(&archived.into())).into();
        }
        Subject::Likely(pair) => {
            about(replica, &mut item, pair.of, pair.one.0, pair.one.1)?;
            item.values = records(replica, pair.of, &[pair.one, pair.other])?;
            item.values.push(ItemValue::of(&"distinct".into()));
            item.score = Some(pair.score);
            item.reasons = pair.reasons.iter().map(|reason| (*reason).to_owned()).collect();
        }
        Subject::Finding(finding) => {
            item.record = Some(finding.subject.to_string());
            item.name = Some(finding.name.clone());
            item.field = finding.field.clone();
            item.site = Some(finding.site.clone());
            item.reason = Some(finding.reason.clone());
            item.values = finding.choices.iter().map(|choice| ItemValue::of(&choice.as_str().into())).collect();
        }
        Subject::Quarantined(entry) | Subject::Parked(entry) => {
            item.entry = Some(format!("{}/{}", entry.head.writer, entry.head.seq));
            item.code = Some(entry.code.clone());
            item.reason = Some(entry.reason.clone());
        }
    }
    Ok(item)
}

/// A value that is the id of a record is shown as that record.
fn name_record(replica: &Replica<BackOffice>, of: &'static Kind, value: &mut ItemValue) -> Result<(), StorageError> {
    let Some(id) = value.value.as_str().and_then(|id| id.parse::<RecordId>().ok()) else { return Ok(()) };
    let scope = replica.find_record(id)?.map(|stored| stored.scope).unwrap_or_default();
    value.record = Some(id.to_string());
    value.value = title(replica, of, scope, id)?.into();
    Ok(())
}

fn records(replica: &Replica<BackOffice>, of: &'static Kind, places: &[Place]) -> Result<Vec<ItemValue>, StorageError> {
    let value = |(scope, record): &Place| {
        let shown = shown(replica, of, *scope, *record)?;
        let reference = shown.as_ref().and_then(|shown| shown.fields.get(of.reference()?)?.as_str());
        let reference = reference.filter(|reference| !reference.is_empty()).map(str::to_owned);
        Ok(ItemValue::of_record(*record, shown.map(|shown| shown.title).unwrap_or_default(), reference))
    };
    places.iter().map(value).collect()
}

fn about(
    replica: &Replica<BackOffice>,
    item: &mut InboxItem,
    of: &'static Kind,
    scope: ScopeId,
    record: RecordId,
) -> Result<(), StorageError> {
    item.record_kind = Some(of.name().to_owned());
    item.record = Some(record.to_string());
    item.name = Some(title(replica, of, scope, record)?);
    Ok(())
}

fn title(
    replica: &Replica<BackOffice>,
    of: &'static Kind,
    scope: ScopeId,
    record: RecordId,
) -> Result<String, StorageError> {
    Ok(shown(replica, of, scope, record)?.map(|shown| shown.title).unwrap_or_default())
}

fn shown(
    replica: &Replica<BackOffice>,
    of: &'static Kind,
    scope: ScopeId,
    record: RecordId,
) -> Result<Option<RecordShown>, StorageError> {
    let stored = replica.record(scope, record)?;
    Ok(stored.map(|stored| RecordShown::of(scope, record, of, &stored.cells)))
}

/// A value with who wrote it. Others may have put the same value before: the operation tells them apart, alike at all sites.
fn attribute(replica: &Replica<BackOffice>, history: &[HistoryItem], visible: &Visible) -> ItemValue {
    let mut shown = ItemValue::of(&visible.value);
    let puts = |change: &&HistoryItem| change.puts.iter().any(|put| put.op == visible.op);
    if let Some(change) = history.iter().find(puts) {
        let roster = replica.roster();
        let code = roster.sites.get(&change.site).map(|site| site.profile.code.clone());
        shown.site = Some(code.unwrap_or_else(|| change.site.to_string()));
        shown.author = Some(change.author.clone());
        shown.at_ms = Some(change.wall_clock_ms);
    }
    shown
}

impl Desk<'_> {
    /// Settles an item. What was decided on a view that is no longer true is refused.
    ///
    /// # Errors
    /// [`Code::UnknownItem`], [`Code::UnknownChoice`], a value that the field does not take, or the store's.
    pub fn settle(
        &self,
        item: &str,
        decision: &Decision,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Appended>, CommandError> {
        let (sites, today) = (Sites::of(self.replica), self.today());
        let subject = self.replica.read(|reading| match open_subject(reading, None, item)? {
            None => {
                let looking = Looking { connection: reading.connection(), sites: &sites, today };
                Ok(in_modules(&looking, None)?.into_iter().find(|subject| subject.id() == item))
            }
            found => Ok(found),
        })?;
        let Some(subject) = subject else { return Err(self.not_open(item, decision)?.into()) };
        if let Subject::Likely(pair) = &subject {
            return self.settle_likely(pair, decision, rng);
        }
        if let Subject::Finding(finding) = &subject {
            return self.settle_finding(finding, decision, rng);
        }
        let edits = self.look(|reading| settle(&subject, decision, &self.context(reading), reading))?;
        let mut scopes: Vec<ScopeId> = edits.iter().map(|(scope, _)| *scope).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let mut appended = Vec::new();
        for (place, scope) in scopes.into_iter().enumerate() {
            let here: Vec<Edit> = edits.iter().filter(|(of, _)| *of == scope).map(|(_, edit)| edit.clone()).collect();
            let command = kind(here[0].kind)?.command(Verb::Resolve);
            appended.push(self.append(self.request(scope, &command), rng, |reading| {
                // Between the look and this transaction somebody else may have settled it. What follows the first scope is
                // part of the same decision.
                if place == 0 && open_subject(reading, Some(subject.kind()), item)?.is_none() {
                    return Err(Stopped::Refused(unknown(item)));
                }
                Ok(here)
            })?);
        }
        Ok(appended)
    }

    /// A merge looks itself at what its transaction sees, and what is said to be two may be said twice.
    fn settle_likely(
        &self,
        pair: &LikelyDuplicate,
        decision: &Decision,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Appended>, CommandError> {
        match settle_likely(pair, decision)? {
            Likely::Merge(from, into) => {
                let (from, into) = (from.1.to_string(), into.1.to_string());
                Ok(self.merge(pair.of, &from, &into, &[], rng)?.appended)
            }
            Likely::Distinct(one, other) => Ok(vec![self.distinguish(pair.of, one, other, rng)?.appended]),
        }
    }

    /// A module settles its own findings, by a posting.
    fn settle_finding(
        &self,
        finding: &ModuleFinding,
        decision: &Decision,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Appended>, CommandError> {
        let choice = choice(&finding.choices, decision)?;
        match finding.kind {
            ItemKind::Discrepancy => Ok(vec![self.settle_discrepancy(finding, choice, rng)?.appended]),
            _ => Err(unknown(&finding.name).into()),
        }
    }

    /// Why nothing among the records is open under this id: it may be an entry set aside, about which nothing can be decided.
    fn not_open(&self, item: &str, decision: &Decision) -> Result<Refusal, CommandError> {
        let quarantined = self.replica.quarantined()?.into_iter().map(Subject::Quarantined);
        let mut set_aside = quarantined.chain(self.replica.parked()?.into_iter().map(Subject::Parked));
        let subject = set_aside.find(|subject| subject.id() == item);
        let Some(subject) = subject else { return Ok(unknown(item)) };
        match self.look(|reading| settle(&subject, decision, &self.context(reading), reading)) {
            Err(CommandError::Refused(refusal)) => Ok(refusal),
            Err(error) => Err(error),
            Ok(_) => Ok(unknown(item)),
        }
    }
}

fn open_subject(reading: &Reading<'_>, only: Option<ItemKind>, item: &str) -> rusqlite::Result<Option<Subject>> {
    Ok(in_records(reading, only)?.into_iter().find(|subject| subject.id() == item))
}

fn unknown(item: &str) -> Refusal {
    Refusal::new(Code::UnknownItem).with("value", item)
}
