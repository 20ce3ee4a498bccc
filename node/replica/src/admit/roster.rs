//! Entries of the roster: in clear, judged by the roster's own history.
//! Owns what follows from a new roster: keys that open parked entries, and waiting entries whose roster heads are here now.

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::ids::ScopeId;
use comptoir_sync_protocol::roster::{self, RosterRefusal};

use super::Admission;
use super::place::Placed;
use crate::rebuild;
use crate::table::entries::{self, NewEntry};
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
        self.advance(&scope, entry, past);
        Ok(Placed::Delivered)
    }

    /// What a new roster makes possible.
    pub(super) fn follow_roster(&mut self) -> rusqlite::Result<()> {
        if self.state.refresh_keys(self.identity) {
            let keyless = |parked: &Vec<(i64, u64, Option<VerdictCode>)>| {
                parked.iter().any(|(_, _, code)| *code == Some(VerdictCode::NO_KEY))
            };
            let scopes: Vec<ScopeId> =
                self.state.parked.iter().filter(|(_, parked)| keyless(parked)).map(|(scope, _)| *scope).collect();
            for scope in &scopes {
                let records = rebuild::judge_anew(self.connection, self.state, self.application, scope)?;
                self.changes.entry(*scope).or_default().records.extend(records);
            }
            if !scopes.is_empty() {
                rebuild::project_anew(self.connection, self.application)?;
            }
        }
        let waiting: Vec<ScopeId> = self.state.waiting.keys().copied().collect();
        waiting.iter().try_for_each(|scope| self.release(scope))
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
