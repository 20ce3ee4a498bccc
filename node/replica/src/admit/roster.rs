//! Entries of the roster: in clear, judged by the roster's own history.
//! Owns what follows from a new roster: cuts, keys that open parked entries, and waiting entries whose roster heads are here
//! now.

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::ScopeId;
use comptoir_sync_protocol::roster::{self, RosterRefusal};

use super::Admission;
use super::place::Placed;
use crate::cuts::Cuts;
use crate::rebuild;
use crate::table::entries::{self, NewEntry, Standing};
use crate::verdict::{Verdict, VerdictCode};

impl Admission<'_> {
    /// Takes in an entry of the roster that attaches to its log.
    pub(super) fn place_roster(&mut self, entry: &Entry) -> rusqlite::Result<Placed> {
        let checked = match self.state.history.check(entry) {
            Ok(checked) => checked,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let scope = roster::scope_id();
        let header = entry.header();
        let Some(mut past) = self.past(&scope, header)? else {
            return Ok(Placed::Waiting("entries of the roster"));
        };
        let log = self.state.log_or_new(self.connection, &scope, &header.writer)?.id;
        past.add(log, header.seq);
        let opened = entry.open(None).ok();
        let new = NewEntry {
            log,
            past: &past,
            verified: true,
            verdict: &Verdict::Delivered,
            envelope: opened.as_ref().map(|opened| &opened.envelope),
            operations: checked.acts.len(),
            received_ms: self.now_ms,
        };
        entries::insert(self.connection, entry, &new)?;
        self.state.history.push(checked);
        self.advance(&scope, entry, past)?;
        Ok(Placed::Delivered)
    }

    /// What follows from a new roster: new cuts, keys that open parked entries, entries that waited for it.
    pub(super) fn follow_roster(&mut self) -> rusqlite::Result<()> {
        let cuts = Cuts::reckon(self.connection, self.state)?;
        self.to_judge.extend(self.state.cuts.differing(&cuts, self.state));
        self.state.cuts = cuts;
        if self.state.refresh_keys(self.identity) {
            let keyless = |parked: &Vec<(i64, u64, Option<VerdictCode>)>| {
                parked.iter().any(|(_, _, code)| *code == Some(VerdictCode::NO_KEY))
            };
            let parked = self.state.parked.iter().filter(|(_, parked)| keyless(parked));
            self.to_judge.extend(parked.map(|(scope, _)| *scope));
        }
        let waiting: Vec<ScopeId> = self.state.waiting.keys().copied().collect();
        waiting.iter().try_for_each(|scope| self.release(scope))
    }

    /// An entry was delivered: it may count as built on something past a cut.
    pub(super) fn follow_cuts(&mut self, scope: &ScopeId, head: &LogHead) -> rusqlite::Result<()> {
        let Some(log) = self.state.log(scope, &head.writer) else { return Ok(()) };
        if *scope == roster::scope_id() || !self.state.cuts.may_move(self.state, scope, head, &log.past) {
            return Ok(());
        }
        let mut cuts = self.state.cuts.clone();
        if cuts.follow(self.connection, self.state, scope)? {
            self.to_judge.insert(*scope);
        }
        self.state.cuts = cuts;
        Ok(())
    }

    /// Judges anew what has to be, once all that arrived is in its place.
    pub(super) fn judge_anew(&mut self) -> rusqlite::Result<()> {
        let scopes = std::mem::take(&mut self.to_judge);
        for scope in &scopes {
            let records = rebuild::judge_anew(self.connection, self.state, self.application, scope)?;
            self.changes.entry(*scope).or_default().records.extend(records);
            self.forget_notes(scope)?;
        }
        if !scopes.is_empty() {
            rebuild::project_anew(self.connection, self.application)?;
        }
        Ok(())
    }

    /// What was concluded of entries of this transaction before they were judged anew is replaced by what holds now.
    fn forget_notes(&mut self, scope: &ScopeId) -> rusqlite::Result<()> {
        for (notes, standing) in [(&mut self.quarantined, Standing::Quarantined), (&mut self.parked, Standing::Parked)]
        {
            let mut kept = Vec::with_capacity(notes.len());
            for judged in std::mem::take(notes) {
                let log = self.state.log(scope, &judged.head.writer).filter(|_| judged.scope == *scope);
                let now = log.map(|log| entries::standing_at(self.connection, log.id, judged.head.seq)).transpose()?;
                if now.flatten().is_none_or(|(_, now)| now == standing) {
                    kept.push(judged);
                }
            }
            *notes = kept;
        }
        Ok(())
    }
}

fn refused(refusal: &RosterRefusal) -> Placed {
    match refusal {
        RosterRefusal::Missing(_) => Placed::Waiting("entries of the roster"),
        RosterRefusal::Unreadable(_) | RosterRefusal::NotActs(_) => Placed::Refused(RefusalCode::Malformed),
        RosterRefusal::WrongOrganisation(_) => Placed::Refused(RefusalCode::WrongPlace),
        RosterRefusal::NoAuthority(_) => Placed::Refused(RefusalCode::NoAuthority),
        RosterRefusal::BadSignature(_) => Placed::Refused(RefusalCode::BadSignature),
    }
}
