//! Appending to the roster: acts of whoever holds a roster key.
//! Owns the roster entry's header; what acts mean is the roster's history's.

use comptoir_sync_protocol::entry::{Entry, EntryBuilder};
use comptoir_sync_protocol::ids::{Epoch, Hash, Incarnation, OrganisationId, SiteId, Writer};
use comptoir_sync_protocol::payload::{Envelope, Operation};
use comptoir_sync_protocol::roster::{self, Act, Genesis, Writers, WritersClass};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use rusqlite::Connection;

use super::entry::cite;
use super::{AppendError, Appended};
use crate::admit::Admission;
use crate::application::Application;
use crate::limits;
use crate::past::Past;
use crate::record::WriteClass;
use crate::replica::Replica;
use crate::state::State;
use crate::storage::StorageError;
use crate::table::entries::{self, NewEntry};
use crate::table::logs;
use crate::verdict::Verdict;
use crate::writer::APPEND;

/// Makes the genesis entry of a new organisation: its hash is the organisation's id, under which the replica is opened;
/// then [`Replica::found`] takes it in. `root` signs it; `incarnation` is of this process start.
///
/// # Errors
/// When the name does not fit into an entry.
pub fn genesis_entry(
    root: &SigningKey,
    epoch: Epoch,
    name: &str,
    (author, incarnation, now_ms): (&str, Incarnation, i64),
    rng: &mut impl CryptoRng,
) -> Result<Entry, comptoir_sync_protocol::EntryError> {
    let public = root.verifying_key().to_bytes();
    let act = Act::Genesis(Genesis { name: name.to_owned(), root: public, recovery: Vec::new() });
    EntryBuilder {
        organisation: OrganisationId::default(),
        scope: roster::scope_id(),
        writer: Writer { site: SiteId::of_roster_key(&public), epoch },
        previous: None,
        roster_heads: Vec::new(),
        deps: Vec::new(),
        envelope: Envelope {
            author: author.to_owned(),
            wall_clock_ms: now_ms,
            command: "organisation.create".to_owned(),
            incarnation,
            batch: None,
        },
        shared: vec![Operation::Act(act.into())],
        persons: Vec::new(),
    }
    .build(None, root, rng)
}

/// The id of the organisation that a genesis entry founds.
#[must_use]
pub fn organisation_of(genesis: &Entry) -> OrganisationId {
    let Hash(bytes) = genesis.hash();
    OrganisationId(bytes)
}

impl<A: Application> Replica<A> {
    /// Loosens a kind of records that headquarters writes, so that every member of their scope writes them
    /// ([`WritersClass::Shared`]), or takes that back ([`WritersClass::Reference`]). Nothing is appended when it is so
    /// already. What sites wrote before they knew is judged by what they knew.
    ///
    /// # Errors
    /// [`AppendError::WritersFixed`], and those of [`Replica::append_roster`].
    pub fn set_writers(
        &self,
        signing: (&SigningKey, Epoch),
        kind: &str,
        class: WritersClass,
        by: (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, AppendError> {
        let known = self.application().record_types().iter().find(|known| known.kind == kind);
        if known.is_none_or(|known| known.write_class != WriteClass::Reference) {
            return Err(AppendError::WritersFixed { kind: kind.to_owned() });
        }
        let now = match self.roster().loosened.contains(kind) {
            true => WritersClass::Shared,
            false => WritersClass::Reference,
        };
        if now == class {
            return Ok(Appended::default());
        }
        self.append_roster(signing, vec![Act::Writers(Writers { kind: kind.to_owned(), class })], by, now_ms, rng)
    }

    /// Appends acts to the roster, in one entry. `signing` is root's or a delegated admin's key and `epoch` the one in
    /// which its holder writes; the writer's id follows from the key.
    ///
    /// # Errors
    /// [`AppendError`]; nothing was written then.
    pub fn append_roster(
        &self,
        (signing, epoch): (&SigningKey, Epoch),
        acts: Vec<Act>,
        (author, command): (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, AppendError> {
        self.append_acts((signing, epoch), (author, command), now_ms, rng, |_, _, _| Ok(vec![acts]))
    }

    /// Appends the acts that `decide` wants, seeing the present state: an entry for each list, in one transaction.
    pub(super) fn append_acts<R: CryptoRng, E: From<AppendError> + From<StorageError> + From<rusqlite::Error>>(
        &self,
        (signing, epoch): (&SigningKey, Epoch),
        (author, command): (&str, &str),
        now_ms: i64,
        rng: &mut R,
        decide: impl FnOnce(&Connection, &State, &mut R) -> Result<Vec<Vec<Act>>, E>,
    ) -> Result<Appended, E> {
        let identity = self.identity().ok_or(AppendError::Inspecting)?;
        if author.len() > limits::MAX_AUTHOR_BYTES || command.len() > limits::MAX_COMMAND_BYTES {
            return Err(AppendError::NameTooLong.into());
        }
        let envelope = Envelope {
            author: author.to_owned(),
            wall_clock_ms: now_ms,
            command: command.to_owned(),
            incarnation: self.incarnation(),
            batch: None,
        };
        self.write(APPEND, |connection, state| {
            let writer = Writer { site: SiteId::of_roster_key(&signing.verifying_key().to_bytes()), epoch };
            if let Some(removal) = state.history.current().removal(&writer.site) {
                return Err(AppendError::Removed { revoked: removal.revoked }.into());
            }
            let mut appended = Appended::default();
            for acts in decide(connection, state, rng)? {
                let (entry, past) = roster_entry(connection, state, (signing, writer), &envelope, acts, rng)?;
                let mut admission = Admission::begin(connection, state, self.application(), Some(&*identity), now_ms);
                admission.advance(&roster::scope_id(), &entry, past)?;
                admission.settle(&roster::scope_id())?;
                appended.heads.push(entry.head());
                appended.commits.extend(admission.committed());
            }
            Ok(appended)
        })
    }
}

/// Makes the next entry of a holder's log and stores it.
fn roster_entry(
    connection: &Connection,
    state: &mut State,
    (signing, writer): (&SigningKey, Writer),
    envelope: &Envelope,
    acts: Vec<Act>,
    rng: &mut impl CryptoRng,
) -> Result<(Entry, Past), AppendError> {
    let scope = roster::scope_id();
    let (mut past, deps) = cite(state, &scope, &writer);
    let builder = EntryBuilder {
        organisation: state.organisation,
        scope,
        writer,
        previous: state.log(&scope, &writer).filter(|log| log.seq > 0).map(|log| (log.seq, log.hash)),
        roster_heads: Vec::new(),
        deps,
        envelope: envelope.clone(),
        shared: acts.into_iter().map(|act| Operation::Act(act.into())).collect(),
        persons: Vec::new(),
    };
    let entry = builder.build(None, signing, rng).map_err(AppendError::Entry)?;
    let checked = state.history.check(&entry).map_err(AppendError::Roster)?;
    let log = state.log_or_new(connection, &scope, &writer)?;
    log.local = true;
    let id = log.id;
    logs::set_local(connection, id)?;
    past.add(id, entry.header().seq);
    let new = NewEntry {
        log: id,
        past: &past,
        verified: true,
        verdict: &Verdict::Delivered,
        envelope: Some(envelope),
        operations: checked.acts.len(),
        received_ms: envelope.wall_clock_ms,
    };
    entries::insert(connection, &entry, &new)?;
    state.history.push(checked);
    Ok((entry, past))
}
