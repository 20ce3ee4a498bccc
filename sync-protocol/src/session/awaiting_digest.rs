//! One digest over all common scopes is sent; the peer's is awaited. Equal: nothing more is said.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::awaiting_scope_digests::AwaitingScopeDigests;
use super::core::Core;
use super::live::Live;
use super::{CloseReason, Event, Next, Over, State};
use crate::frame::Frame;
use crate::ids::{Hash, ScopeId};
use crate::roster;
use crate::vector::Vector;

/// Our side as it was when its digest was sent: the peer compares with that, whatever is committed meanwhile.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub digests: BTreeMap<ScopeId, Hash>,
    pub vectors: BTreeMap<ScopeId, Arc<Vector>>,
}

impl Snapshot {
    pub fn take(core: &mut Core) -> Self {
        let digests: BTreeMap<ScopeId, Hash> = core.digests().into_iter().collect();
        let vectors = digests.keys().map(|scope| (*scope, core.vector(scope))).collect();
        Self { digests, vectors }
    }

    /// Both sides agree on this scope as of the snapshot.
    pub fn agree(&self, core: &mut Core, scope: &ScopeId) {
        if let (Some(transfer), Some(vector)) = (core.transfers.get_mut(scope), self.vectors.get(scope)) {
            transfer.compared((**vector).clone());
        }
    }
}

#[derive(Debug)]
pub(super) struct AwaitingDigest {
    sent: Hash,
    snapshot: Snapshot,
}

impl AwaitingDigest {
    pub fn begin(core: &mut Core, early: Option<Hash>) -> Next {
        core.open_common_scopes()?;
        let snapshot = Snapshot::take(core);
        let sent = core.digest_of_all();
        core.send(Frame::Digest(sent));
        let state = Self { sent, snapshot };
        match early {
            Some(theirs) => state.compare(core, theirs),
            None => Ok(State::Digest(state)),
        }
    }

    pub fn handle(self, core: &mut Core, event: Event) -> Next {
        match core.handle_flow(event)? {
            Some(Event::Frame(Frame::Digest(theirs))) => return self.compare(core, theirs),
            // The peer knew us only after its hello, and its roster was compared meanwhile.
            Some(Event::Frame(Frame::Vector(vector))) if vector.scope == roster::scope_id() => {}
            Some(Event::Frame(_)) => return Err(Over(CloseReason::Malformed)),
            Some(Event::Tick) => {
                core.opening_deadline()?;
                core.tick()?;
            }
            _ => {}
        }
        Ok(State::Digest(self))
    }

    fn compare(self, core: &mut Core, theirs: Hash) -> Next {
        if theirs != self.sent {
            return AwaitingScopeDigests::begin(core, self.snapshot);
        }
        let scopes: Vec<ScopeId> = core.transfers.keys().copied().collect();
        scopes.iter().for_each(|scope| self.snapshot.agree(core, scope));
        Live::begin_alike(core, theirs)
    }
}
