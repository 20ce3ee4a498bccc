//! Finding an entry's place: known, next in its log, a fork, or waiting for what is not here.
//! Owns the checks of the header against the log; the verdict is [`crate::deliver`]'s.

use std::sync::Arc;

use comptoir_sync_protocol::chunk::Chunk;
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::header::{Header, LogHead};
use comptoir_sync_protocol::ids::{Hash, OrganisationId, ScopeId, Writer};
use comptoir_sync_protocol::payload::Operation;
use comptoir_sync_protocol::roster::{self, Act, Party, Roster};

use super::Admission;
use crate::deliver::{Case, Origin, Projecting, judge};
use crate::past::Past;
use crate::table::entries::{self, NewEntry};
use crate::table::{damaged, forks, waiting};
use crate::verdict::{Verdict, VerdictCode};

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// It was here already.
    Known,
    /// It is part of its log now, with whatever verdict.
    Delivered,
    /// What it builds on is not here.
    Waiting(&'static str),
    /// It is not taken.
    Refused(RefusalCode),
}

const WAITS_FOR_LOG: &str = "earlier entries of its log";
const WAITS_FOR_ROSTER: &str = "entries of the roster";
const WAITS_FOR_DEPS: &str = "entries of other logs";

impl Admission<'_> {
    /// Delivers the entry if it can be delivered now.
    pub(super) fn place(&mut self, scope: &ScopeId, entry: &Entry) -> rusqlite::Result<Placed> {
        let header = entry.header();
        if let Some(code) = self.out_of_place(scope, entry) {
            return Ok(Placed::Refused(code));
        }
        let (seq, hash) = self.state.log(scope, &header.writer).map_or((0, Hash::default()), |log| (log.seq, log.hash));
        if header.seq <= seq {
            return self.place_known(scope, entry);
        }
        if header.seq > seq + 1 {
            return Ok(Placed::Waiting(WAITS_FOR_LOG));
        }
        if header.previous != hash {
            return self.place_fork(scope, entry);
        }
        if *scope == roster::scope_id() {
            return self.place_roster(entry);
        }
        let Some(roster) = self.state.history.at(&header.roster_heads) else {
            return Ok(Placed::Waiting(WAITS_FOR_ROSTER));
        };
        if !self.state.history.current().may_hold(&Party::Site(self.state.site), scope) {
            return Ok(Placed::Refused(RefusalCode::WrongPlace));
        }
        let Some(key) = roster.signing_key(scope, &header.writer) else {
            return Ok(Placed::Refused(RefusalCode::NoAuthority));
        };
        let Some(verified) = self.vouched.signed(entry, &key) else {
            return Ok(Placed::Refused(RefusalCode::BadSignature));
        };
        match self.past(scope, header)? {
            Some(past) => self.deliver(scope, entry, &roster, past, verified).map(|()| Placed::Delivered),
            None => Ok(Placed::Waiting(WAITS_FOR_DEPS)),
        }
    }

    /// What nobody could take, wherever his log stands.
    fn out_of_place(&self, scope: &ScopeId, entry: &Entry) -> Option<RefusalCode> {
        let header = entry.header();
        let is_roster = *scope == roster::scope_id();
        let founds = is_roster && header.seq == 1 && header.organisation == OrganisationId::default();
        if header.scope != *scope || (header.organisation != self.state.organisation && !founds) {
            return Some(RefusalCode::WrongPlace);
        }
        let first = header.seq == 1;
        let shaped = header.seq > 0
            && first == (header.previous == Hash::default())
            && header.deps.iter().all(|dep| dep.writer != header.writer && dep.seq > 0)
            // An order of erasure would allow it; there is none yet, so nobody may strip what he passes on.
            && entry.chunks.iter().all(|chunk| matches!(chunk, Chunk::Present(_)));
        (!shaped).then_some(RefusalCode::Malformed)
    }

    /// The same entry again, one that repairs a damaged row, or another one at a place that is taken.
    fn place_known(&mut self, scope: &ScopeId, entry: &Entry) -> rusqlite::Result<Placed> {
        let header = entry.header();
        let Some(log) = self.state.log(scope, &header.writer) else { return Ok(Placed::Known) };
        let stored = entries::at(self.connection, log.id, header.seq)?;
        let Some(stored) = stored else { return Ok(Placed::Known) };
        if stored.hash != entry.hash() {
            return self.place_fork(scope, entry);
        }
        let wanted = self.state.wanted.get(scope).is_some_and(|wanted| wanted.contains(&stored.hash));
        if wanted || stored.open().is_err() {
            let signed = self.key_of(scope, entry).is_some_and(|key| entry.signed.verify(&key).is_ok());
            if !signed {
                return Ok(Placed::Refused(RefusalCode::BadSignature));
            }
            entries::repair(self.connection, stored.position, entry)?;
            damaged::remove(self.connection, &stored.hash)?;
            self.state.dirty = true;
            self.repaired = true;
            if let Some(wanted) = self.state.wanted.get_mut(scope) {
                wanted.retain(|hash| *hash != stored.hash);
            }
            tracing::info!(%scope, writer = %header.writer, seq = header.seq, "a damaged entry is repaired");
        }
        Ok(Placed::Known)
    }

    /// Another entry than the one that its log has: kept as a proof when it is its writer's own.
    pub(super) fn place_fork(&mut self, scope: &ScopeId, entry: &Entry) -> rusqlite::Result<Placed> {
        match self.key_of(scope, entry) {
            Some(key) if entry.signed.verify(&key).is_ok() => {
                forks::keep(self.connection, entry, self.now_ms)?;
                Ok(Placed::Refused(RefusalCode::Forked))
            }
            Some(_) => Ok(Placed::Refused(RefusalCode::BadSignature)),
            None => Ok(Placed::Refused(RefusalCode::NoAuthority)),
        }
    }

    /// The key that an entry's writer signs with, by the roster that the entry names.
    fn key_of(&self, scope: &ScopeId, entry: &Entry) -> Option<[u8; 32]> {
        let header = entry.header();
        let roster = match *scope == roster::scope_id() {
            true => Some(self.state.history.current()),
            false => self.state.history.at(&header.roster_heads),
        };
        let key = roster.and_then(|roster| roster.signing_key(scope, &header.writer));
        // A genesis entry names its own key; its hash is the organisation's name.
        key.or_else(|| (entry.hash().0 == self.state.organisation.0).then(|| founding_key(entry)).flatten())
    }

    /// What stands behind an entry that attaches to its log; `None` when some of it is not held.
    pub(super) fn past(&self, scope: &ScopeId, header: &Header) -> rusqlite::Result<Option<Past>> {
        let mut past = self.state.log(scope, &header.writer).map(|log| log.past.clone()).unwrap_or_default();
        for dep in &header.deps {
            let Some(log) = self.state.log(scope, &dep.writer).filter(|log| log.seq >= dep.seq) else {
                return Ok(None);
            };
            if log.seq == dep.seq {
                if log.hash != dep.hash {
                    return Ok(None);
                }
                past.merge(&log.past);
                continue;
            }
            // A lost branch of that log, perhaps: then it is not what is held.
            if entries::hash_at(self.connection, log.id, dep.seq)? != Some(dep.hash) {
                return Ok(None);
            }
            past.merge(&entries::past_at(self.connection, log.id, dep.seq)?.unwrap_or_default());
        }
        Ok(Some(past))
    }

    fn deliver(
        &mut self,
        scope: &ScopeId,
        entry: &Entry,
        roster: &Arc<Roster>,
        past: Past,
        verified: bool,
    ) -> rusqlite::Result<()> {
        let header = entry.header();
        let log = self.state.log_or_new(self.connection, scope, &header.writer)?;
        let (id, before) = (log.id, log.roster_heads.clone());
        let case = Case { entry, roster, past: &past, roster_heads_before: &before };
        let judgement = judge(self.connection, self.application, self.state, case)?;
        let mut past = past;
        past.add(id, header.seq);
        let new = NewEntry {
            log: id,
            past: &past,
            verified,
            verdict: &judgement.verdict,
            envelope: judgement.envelope.as_ref(),
            operations: judgement.operations,
            received_ms: self.now_ms,
        };
        entries::insert(self.connection, entry, &new)?;
        if let (Verdict::Delivered, Some(envelope)) = (&judgement.verdict, &judgement.envelope) {
            let origin = Origin::new(*scope, id, entry.head(), envelope);
            let written = judgement.staged.write(self.connection, self.application, &origin, Projecting::Leniently);
            let written = written.map_err(|failed| failed.source)?;
            self.changes.entry(*scope).or_default().records.extend(written);
        }
        if let Verdict::Parked { code, .. } = &judgement.verdict {
            self.park(scope, (id, header.seq), *code);
        }
        self.advance(scope, entry, past)?;
        self.note(*scope, entry.head(), judgement.verdict);
        Ok(())
    }

    fn park(&mut self, scope: &ScopeId, (log, seq): (i64, u64), code: VerdictCode) {
        self.state.parked.entry(*scope).or_default().push((log, seq, Some(code)));
    }

    pub(crate) fn advance(&mut self, scope: &ScopeId, entry: &Entry, past: Past) -> rusqlite::Result<()> {
        let (head, roster_heads) = (entry.head(), entry.header().roster_heads.clone());
        self.state.advance(self.connection, scope, head, past, roster_heads)?;
        self.changes.entry(*scope).or_default().writers.insert(head.writer);
        self.follow_cuts(scope, &head)
    }

    /// Delivers what waited in a scope, as long as something more can be.
    pub(super) fn release(&mut self, scope: &ScopeId) -> rusqlite::Result<()> {
        let mut progress = self.state.waiting.get(scope).is_some_and(|waiting| *waiting > 0);
        while std::mem::take(&mut progress) {
            for writer in waiting::writers(self.connection, scope)? {
                progress |= self.release_log(scope, &writer)?;
            }
        }
        if self.state.waiting.contains_key(scope) {
            self.state.waiting = waiting::counts(self.connection)?.into_iter().collect();
        }
        Ok(())
    }

    /// True when a log moved on.
    fn release_log(&mut self, scope: &ScopeId, writer: &Writer) -> rusqlite::Result<bool> {
        let mut progress = false;
        loop {
            let seq = self.state.log(scope, writer).map_or(0, |log| log.seq) + 1;
            waiting::forget_up_to(self.connection, scope, writer, seq - 1)?;
            let mut delivered = false;
            for (hash, bytes) in waiting::at(self.connection, scope, writer, seq)? {
                let placed = match Entry::decode(&bytes) {
                    Ok(entry) => self.place(scope, &entry)?,
                    // It was whole when it came: the disk lost it. It will be sent again.
                    Err(_) => Placed::Refused(RefusalCode::Malformed),
                };
                delivered |= placed == Placed::Delivered;
                if !matches!(placed, Placed::Waiting(_)) {
                    waiting::forget_at(self.connection, scope, &LogHead { writer: *writer, seq, hash })?;
                }
                self.state.dirty = true;
            }
            if !delivered {
                return Ok(progress);
            }
            progress = true;
        }
    }
}

fn founding_key(genesis: &Entry) -> Option<[u8; 32]> {
    let opened = genesis.open(None).ok()?;
    opened.operations.iter().find_map(|(_, operation)| match operation {
        Operation::Act(act) => match AsRef::<Act>::as_ref(act) {
            Act::Genesis(genesis) => Some(genesis.root),
            _ => None,
        },
        _ => None,
    })
}
