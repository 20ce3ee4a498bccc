//! Merging two records and taking that back, and saying that two are different: the commands on which aliases rest. Owns their
//! way to the log, over one scope or two. What an alias means, and what may be merged, is [`crate::alias`]'s.

use std::collections::BTreeSet;

use comptoir_replica::record::RecordId;
use comptoir_replica::{Appended, Edit};
use comptoir_sync_protocol::ids::ScopeId;
use rand_core::CryptoRng;

use super::{CommandError, Desk, Done, Stopped, stored};
use crate::alias::{self, Place, decide};
use crate::find;
use crate::refusal::{Code, Refusal};
use crate::registry::{Kind, Verb, kind as kind_of};

/// What a merge did. Durable.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The record that is an alias now.
    pub alias: RecordId,
    /// The record that stands for both.
    pub canonical: RecordId,
    /// What was written, an entry or two in each scope concerned.
    pub appended: Vec<Appended>,
}

impl Desk<'_> {
    /// Makes `from` an alias of `into`, and lets that take over the values of some of `from`'s fields. A reference names the
    /// record that bears it itself. `into` may name an alias: its canonical record is meant. Both may live in different scopes,
    /// as long as everybody who sees `from` sees `into`: then what is taken over is written first.
    ///
    /// # Errors
    /// [`CommandError`], by [`Code::MergeItself`], [`Code::AlreadyMerged`], [`Code::MergeCircle`], [`Code::ArchivedRecord`],
    /// [`Code::OtherKind`], [`Code::MergeNarrows`] or an unknown field; nothing was written then.
    pub fn merge(
        &self,
        kind: &'static Kind,
        from: &str,
        into: &str,
        take: &[String],
        rng: &mut impl CryptoRng,
    ) -> Result<Merged, CommandError> {
        let from = self.of_kind(kind, from, find::find_bearer)?;
        let into_itself = self.of_kind(kind, into, find::find_bearer)?;
        if from == into_itself {
            return Err(Refusal::new(Code::MergeItself).with("value", from.1).into());
        }
        let into = self.find(kind, &into_itself.1.to_string())?;
        // A record that is merged into what means itself is refused as a circle, below.
        let into = if into == from { into_itself } else { into };
        self.check_narrows(from.0, into.0)?;
        let command = kind.command(Verb::Merge);
        let mut appended = Vec::new();
        if from.0 != into.0 && !take.is_empty() {
            appended.push(self.append(self.request(into.0, &command), rng, |reading| {
                let context = self.context(reading);
                let (from_cells, into_cells) =
                    (stored(reading, kind, from.0, from.1)?.cells, stored(reading, kind, into.0, into.1)?.cells);
                decide::merge(&context, kind, (from.1, &from_cells), (into.1, &into_cells))?;
                let taken = decide::take_over(&context, kind, take, &from_cells, &into_cells)?;
                Ok::<_, Stopped>(edits(kind, [(into.1, taken)]))
            })?);
        }
        appended.push(self.append(self.request(from.0, &command), rng, |reading| {
            let context = self.context(reading);
            let (from_cells, into_cells) =
                (stored(reading, kind, from.0, from.1)?.cells, stored(reading, kind, into.0, into.1)?.cells);
            let alias = decide::merge(&context, kind, (from.1, &from_cells), (into.1, &into_cells))?;
            let taken = match from.0 == into.0 {
                true => decide::take_over(&context, kind, take, &from_cells, &into_cells)?,
                false => Vec::new(),
            };
            Ok::<_, Stopped>(edits(kind, [(into.1, taken), (from.1, alias)]))
        })?);
        Ok(Merged { alias: from.1, canonical: into.1, appended })
    }

    /// Makes an alias a record of its own again: as it was, with what was written into it meanwhile. `alias` is its id, or a
    /// reference that it alone of all aliases bears. With `distinct` the two are not proposed as duplicates again.
    ///
    /// # Errors
    /// [`CommandError`], by [`Code::NotMerged`]; nothing was written then.
    pub fn unmerge(
        &self,
        kind: &'static Kind,
        alias: &str,
        distinct: bool,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let (scope, record) = self.of_kind(kind, alias, find::find_alias)?;
        let command = kind.command(Verb::Unmerge);
        let appended = self.append(self.request(scope, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, record)?.cells;
            let mut puts = decide::unmerge(record, &cells)?;
            if distinct {
                let meant = alias::canonical(reading.connection(), kind, record)?;
                let others = alias::target(reading.connection(), kind, record)?.into_iter().chain([meant]);
                let others: BTreeSet<RecordId> = others.filter(|other| *other != record).collect();
                puts.extend(others.into_iter().flat_map(|other| decide::distinct(other, &cells)));
            }
            Ok::<_, Stopped>(edits(kind, [(record, puts)]))
        })?;
        Ok(Done { record, appended })
    }

    /// Says that two records are different ones, however alike they are: no site proposes them as duplicates again.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn distinguish(
        &self,
        kind: &'static Kind,
        one: Place,
        other: Place,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        // Of two scopes the narrower one says it: the other's members need not know of a record that they do not see.
        let other_says = match one.0 == other.0 {
            true => other.1 < one.1,
            false => self.is_seen_by_all(other.0, one.0),
        };
        let ((scope, record), (_, other)) = if other_says { (other, one) } else { (one, other) };
        let command = kind.command(Verb::Distinguish);
        let appended = self.append(self.request(scope, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, record)?.cells;
            Ok::<_, Stopped>(edits(kind, [(record, decide::distinct(other, &cells))]))
        })?;
        Ok(Done { record, appended })
    }

    /// The record of a kind that is named; one of another kind is told apart from none.
    fn of_kind(
        &self,
        kind: &'static Kind,
        name: &str,
        find: fn(&rusqlite::Connection, &Kind, &str) -> Result<Place, Stopped>,
    ) -> Result<Place, CommandError> {
        self.look_at(kind, |reading| match find(reading.connection(), kind, name) {
            Err(Stopped::Refused(refusal)) if refusal.code == Code::NotFound => {
                let id = name.trim().parse::<RecordId>().ok();
                let other = id.map(|id| reading.find_record(&id)).transpose()?.flatten();
                match other.and_then(|other| kind_of(&other.kind).ok()) {
                    Some(other) if other != kind => Err(Refusal::new(Code::OtherKind)
                        .with("value", name.trim())
                        .with("kind", other.name())
                        .with("expected", kind.name())
                        .into()),
                    _ => Err(refusal.into()),
                }
            }
            outcome => outcome,
        })
    }

    /// Nobody may lose sight of a record because it is merged: whoever sees it must see what stands for it.
    fn check_narrows(&self, from: ScopeId, into: ScopeId) -> Result<(), Refusal> {
        if self.is_seen_by_all(from, into) {
            return Ok(());
        }
        let (from, into) = (self.replica.scope_name(&from), self.replica.scope_name(&into));
        Err(Refusal::new(Code::MergeNarrows).with("from", from).with("into", into))
    }
}

/// Edits that put something.
pub(super) fn edits<const N: usize>(
    kind: &'static Kind,
    puts: [(RecordId, Vec<crate::registry::Put>); N],
) -> Vec<Edit> {
    let some = puts.into_iter().filter(|(_, puts)| !puts.is_empty());
    some.map(|(record, puts)| Edit::change(kind.name(), record, puts)).collect()
}
