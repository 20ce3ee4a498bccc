//! Admission: what a peer sent is judged, appended, told to all sessions, and only then acknowledged and receipted.
//! Owns that order. The judgement itself is [`super::judge`]'s, and the roster's own.

use std::collections::BTreeSet;

use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::{self, Party, RosterRefusal};
use comptoir_sync_protocol::session::{Admitted, Commit};
use comptoir_sync_protocol::{Entry, Hash, LogHead, ScopeId, Vector, Writer};

use super::RelayCore;
use super::judge::{self, Judgement, Logs, Place};
use crate::store::{Appended, NewEntry, StoreError};

/// What became of one frame of entries.
#[derive(Clone, Debug)]
pub struct AdmitReport {
    /// For the session.
    pub admitted: Admitted,
    /// Entries that are durable now and were not before.
    pub stored_entries: usize,
    /// Their bytes.
    pub stored_bytes: usize,
    /// The medium is full: nothing more was stored.
    pub full: bool,
}

impl AdmitReport {
    fn new(scope: ScopeId) -> Self {
        let admitted = Admitted { scope, heads: Vec::new(), held: false, receipts: Vec::new(), refused: Vec::new() };
        Self { admitted, stored_entries: 0, stored_bytes: 0, full: false }
    }
}

impl RelayCore {
    /// Takes in entries that a peer sent; `peer` is `None` until the roster names it, and then only the roster is taken.
    ///
    /// What is reported as held is durable. An error means that the store cannot be trusted any more: the process must end.
    pub fn admit(&self, peer: Option<Party>, scope: ScopeId, entries: Vec<Entry>) -> Result<AdmitReport, StoreError> {
        let _one_at_a_time = self.admission.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let writers: BTreeSet<Writer> = entries.iter().map(|entry| entry.head().writer).collect();
        let mut report = AdmitReport::new(scope);
        if scope == roster::scope_id() {
            self.admit_roster(entries, &mut report)?;
        } else if let Some(code) = self.refusal_of_scope(peer, &scope) {
            report.admitted.refused = first_of_each_log(&entries, code);
        } else {
            self.admit_sealed(scope, entries, &mut report)?;
        }
        let vector = self.held().vector(&scope);
        report.admitted.heads = writers.iter().filter_map(|writer| vector.get(writer)).collect();
        self.sign_receipts(peer, &mut report.admitted);
        Ok(report)
    }

    /// Whether this relay may hold a scope, and this peer bring entries of it.
    fn refusal_of_scope(&self, peer: Option<Party>, scope: &ScopeId) -> Option<RefusalCode> {
        let roster = self.roster();
        if !roster.may_hold(&self.party(), scope) {
            return Some(RefusalCode::WrongPlace);
        }
        let may = peer.is_some_and(|peer| roster.may_hold(&peer, scope) && roster.removal_of(&peer).is_none());
        (!may).then_some(RefusalCode::NoAuthority)
    }

    fn admit_sealed(&self, scope: ScopeId, entries: Vec<Entry>, report: &mut AdmitReport) -> Result<(), StoreError> {
        let judgement = {
            let held = self.held();
            let vector = held.vector(&scope);
            let logs = Logs::new(&vector, |writer, seq| self.hash_at(scope, writer, seq));
            judge::judge(self.identity.organisation, scope, &held.history, logs, entries)?
        };
        let Judgement { taken, held, refused } = judgement;
        report.admitted.refused = refused;
        self.mend(scope, &held)?;
        if taken.is_empty() {
            return Ok(());
        }
        let new: Vec<NewEntry> = taken.iter().map(|(entry, verified)| new_entry(entry, *verified)).collect();
        if self.append(scope, &new, report)? {
            let heads: Vector = new.iter().map(|entry| entry.head).collect();
            let heads: Vec<LogHead> = heads.heads().collect();
            let vector = self.held_mut().advance(scope, &heads);
            self.tell(Commit { scope, heads, vector, roster: None });
        }
        Ok(())
    }

    /// Roster entries are taken one by one, since each may be what gives the next its authority.
    fn admit_roster(&self, entries: Vec<Entry>, report: &mut AdmitReport) -> Result<(), StoreError> {
        let scope = roster::scope_id();
        let mut over: BTreeSet<Writer> = BTreeSet::new();
        for entry in entries {
            let head = entry.head();
            if over.contains(&head.writer) {
                continue;
            }
            let checked = {
                let held = self.held();
                let vector = held.vector(&scope);
                let logs = Logs::new(&vector, |writer, seq| self.hash_at(scope, writer, seq));
                match logs.place(&entry)? {
                    Place::Held => continue,
                    Place::Ahead => Err(None),
                    Place::Fork => Err(Some(RefusalCode::Forked)),
                    Place::Next => held.history.check(&entry).map_err(|refusal| refusal_code(&refusal)),
                }
            };
            match checked {
                Ok(opened) if self.append(scope, &[new_entry(&entry, true)], report)? => {
                    let (vector, roster) = {
                        let mut held = self.held_mut();
                        held.history.push(opened);
                        (held.advance(scope, &[head]), held.history.current())
                    };
                    self.tell(Commit { scope, heads: vec![head], vector, roster: Some(roster) });
                }
                Ok(_) => return Ok(()),
                Err(refusal) => {
                    over.insert(head.writer);
                    report.admitted.refused.extend(refusal.map(|code| (head, code)));
                }
            }
        }
        Ok(())
    }

    /// False: nothing was stored, and the heads say so.
    fn append(&self, scope: ScopeId, entries: &[NewEntry], report: &mut AdmitReport) -> Result<bool, StoreError> {
        match self.store.append(scope, entries) {
            Ok(Appended::Done) => {
                report.stored_entries += entries.len();
                report.stored_bytes += entries.iter().map(|entry| entry.bytes.len()).sum::<usize>();
                Ok(true)
            }
            Ok(Appended::Elsewhere { .. }) => self.reload().map(|()| false),
            Err(StoreError::Full(_)) => {
                report.full = true;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Entries whose stored bytes suffered get them back from whoever sends them again.
    fn mend(&self, scope: ScopeId, entries: &[Entry]) -> Result<(), StoreError> {
        for entry in entries {
            let suffered = self.held().damaged.get(&scope).is_some_and(|hashes| hashes.contains(&entry.hash()));
            if suffered && self.store.mend(scope, entry.head(), &entry.encode())? {
                let mut held = self.held_mut();
                if let Some(hashes) = held.damaged.get_mut(&scope) {
                    hashes.remove(&entry.hash());
                }
                tracing::info!(entry = %entry.hash(), "an entry that had suffered is whole again");
            }
        }
        Ok(())
    }

    fn hash_at(&self, scope: ScopeId, writer: Writer, seq: u64) -> Result<Option<Hash>, StoreError> {
        Ok(self.store.at(scope, writer, seq)?.map(|entry| entry.head.hash))
    }

    /// Our word for the peer's own logs. Roster keys are no site's, so that whoever brings roster entries gets it for those.
    fn sign_receipts(&self, peer: Option<Party>, admitted: &mut Admitted) {
        let of_roster = admitted.scope == roster::scope_id();
        let refused: BTreeSet<Writer> = admitted.refused.iter().map(|(head, _)| head.writer).collect();
        let due = admitted.heads.iter().filter(|head| {
            let own = peer == Some(Party::Site(head.writer.site));
            (own || of_roster) && !refused.contains(&head.writer)
        });
        let sign =
            |head: &LogHead| Receipt::sign(self.identity.organisation, admitted.scope, *head, &self.identity.signing);
        admitted.receipts = due.map(sign).collect();
    }

    /// Nobody may listen; then nobody needs to be told.
    fn tell(&self, commit: Commit) {
        let _ = self.commits.send(commit);
    }
}

fn new_entry(entry: &Entry, verified: bool) -> NewEntry {
    NewEntry { head: entry.head(), previous: entry.header().previous, verified, bytes: entry.encode() }
}

fn first_of_each_log(entries: &[Entry], code: RefusalCode) -> Vec<(LogHead, RefusalCode)> {
    let mut seen = BTreeSet::new();
    entries.iter().map(Entry::head).filter(|head| seen.insert(head.writer)).map(|head| (head, code)).collect()
}

/// The code for the peer; `None` when it is only early.
fn refusal_code(refusal: &RosterRefusal) -> Option<RefusalCode> {
    match refusal {
        RosterRefusal::Missing(_) => None,
        RosterRefusal::Unreadable(_) | RosterRefusal::NotActs(_) => Some(RefusalCode::Malformed),
        RosterRefusal::WrongOrganisation(_) => Some(RefusalCode::WrongPlace),
        RosterRefusal::NoAuthority(_) => Some(RefusalCode::NoAuthority),
        RosterRefusal::BadSignature(_) => Some(RefusalCode::BadSignature),
    }
}
