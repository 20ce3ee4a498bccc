//! The inbox: work made of broken expectations. Owns the list of them, read from the replica's and the modules' findings,
//! and the way from a decision to an append. Nothing is stored: an item is there as long as what it is about, and settling it
//! is an edit like any other, so that it is settled at every site.

mod described;
mod item;
mod settle;
mod subject;

use comptoir_replica::record::Date;
use comptoir_replica::{Appended, Edit, Reading, Replica, SetAside, StorageError};
use comptoir_sync_protocol::ids::ScopeId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use item::{InboxItem, ItemKind, ItemValue};
pub use settle::Decision;

use crate::alias::findings::{LikelyDuplicate, circles, into_archived};
use crate::back_office::BackOffice;
use crate::desk::{CommandError, Desk, Stopped};
use crate::find;
use crate::findings::{Looking, ModuleFinding};
use crate::limits::{MAX_ATTRIBUTED_ITEMS, MAX_INBOX_ITEMS};
use crate::refusal::{Code, Refusal};
use crate::registry::{Module, Verb, kind, kinds};
use crate::sites::Sites;
use described::Describing;
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

/// What is broken on a day, or one kind of it; at most [`MAX_INBOX_ITEMS`] of each kind.
fn subjects(replica: &Replica<BackOffice>, today: Date, only: Option<ItemKind>) -> Result<Vec<Subject>, StorageError> {
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
    Ok(subjects)
}

impl Desk<'_> {
    /// Lists the inbox of today, or one kind of it, as far as whoever works sees what it is about; at most [`MAX_INBOX_ITEMS`] of each
    /// kind.
    ///
    /// # Errors
    /// The store's.
    pub fn inbox(&self, only: Option<ItemKind>) -> Result<Vec<InboxItem>, CommandError> {
        let subjects = self.seen_subjects(only)?;
        let describing = Describing::at(self);
        let places = subjects.iter().enumerate();
        places.map(|(place, subject)| describing.item(subject, place < MAX_ATTRIBUTED_ITEMS)).collect()
    }

    /// How many items of today's inbox are about what whoever works sees.
    ///
    /// # Errors
    /// The store's.
    pub fn inbox_len(&self) -> Result<usize, CommandError> {
        Ok(self.seen_subjects(None)?.len())
    }

    fn seen_subjects(&self, only: Option<ItemKind>) -> Result<Vec<Subject>, CommandError> {
        let found = subjects(self.replica, self.today(), only)?;
        self.look(|reading| {
            let context = self.context(reading);
            let mut seen = Vec::with_capacity(found.len());
            for subject in found {
                if subject.is_seen(&context)? {
                    seen.push(subject);
                }
            }
            Ok(seen)
        })
    }

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
        // What whoever works does not see is no work of theirs.
        let is_seen = |subject: &Subject| self.look(|reading| Ok(subject.is_seen(&self.context(reading))?));
        let Some(subject) = subject else { return Err(self.not_open(item, decision)?.into()) };
        if !is_seen(&subject)? {
            return Err(unknown(item).into());
        }
        if let Subject::Likely(pair) = &subject {
            return self.settle_likely(pair, decision, rng);
        }
        if let Subject::Finding(_, finding) = &subject {
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
            ItemKind::SoldAfterAll => Ok(vec![self.honour(finding, rng)?.appended]),
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
