//! The one digest was unequal: a digest for each scope is sent, the peer's are awaited.

use std::collections::BTreeMap;

use super::awaiting_digest::Snapshot;
use super::core::Core;
use super::live::Live;
use super::{CloseReason, Event, Next, Over, State};
use crate::frame::Frame;
use crate::ids::{Hash, ScopeId};

#[derive(Debug)]
pub(super) struct AwaitingScopeDigests {
    snapshot: Snapshot,
}

impl AwaitingScopeDigests {
    pub fn begin(core: &mut Core, snapshot: Snapshot) -> Next {
        let digests = snapshot.digests.iter().map(|(scope, digest)| (*scope, *digest)).collect();
        core.send(Frame::ScopeDigests(digests));
        Ok(State::ScopeDigests(Self { snapshot }))
    }

    pub fn handle(self, core: &mut Core, event: Event) -> Next {
        match core.handle_flow(event)? {
            Some(Event::Frame(Frame::ScopeDigests(theirs))) => return self.compare(core, theirs),
            // The peer had our digests before we had its own.
            Some(Event::Frame(Frame::Vector(vector))) => core.on_vector(vector),
            Some(Event::Frame(_)) => return Err(Over(CloseReason::Malformed)),
            Some(Event::Tick) => {
                core.opening_deadline()?;
                core.tick()?;
            }
            _ => {}
        }
        Ok(State::ScopeDigests(self))
    }

    fn compare(self, core: &mut Core, theirs: Vec<(ScopeId, Hash)>) -> Next {
        let theirs: BTreeMap<ScopeId, Hash> = theirs.into_iter().collect();
        let open: Vec<ScopeId> = core
            .transfers
            .iter()
            .filter(|(_, transfer)| transfer.peer.is_none() || transfer.asked)
            .map(|(scope, _)| *scope)
            .collect();
        for scope in open {
            match theirs.get(&scope) {
                Some(digest) if self.snapshot.digests.get(&scope) == Some(digest) => self.snapshot.agree(core, &scope),
                _ => core.ask(scope),
            }
        }
        Live::begin(core)
    }
}
