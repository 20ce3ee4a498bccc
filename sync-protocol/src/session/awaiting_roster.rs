//! Rosters reconcile first: from them follow who the peer is and which scopes are common.

use super::awaiting_digest::AwaitingDigest;
use super::core::Core;
use super::{CloseReason, Event, Next, Over, State};
use crate::frame::Frame;
use crate::ids::Hash;
use crate::roster;
use crate::vector::Vector;

#[derive(Debug)]
pub(super) struct AwaitingRoster {
    /// What the peer's hello showed: all of it must be here before we go on.
    theirs: Vector,
    /// The peer was done with our roster before we were with its own.
    early_digest: Option<Hash>,
    /// The peer learnt our roster's length from our hello.
    shown: bool,
}

impl AwaitingRoster {
    pub fn begin(core: &mut Core, theirs: Vector) -> Next {
        let scope = roster::scope_id();
        let shown = core.may_show_roster();
        if let Some(transfer) = core.transfers.get_mut(&scope) {
            transfer.compared(theirs.clone());
        }
        // Whoever knows that it is removed is told nothing that happened since.
        core.dismiss()?;
        core.pump(scope);
        Self { theirs, early_digest: None, shown }.proceed(core)
    }

    pub fn handle(mut self, core: &mut Core, event: Event) -> Next {
        match core.handle_flow(event)? {
            Some(Event::Frame(Frame::Digest(digest))) if self.early_digest.is_none() => {
                self.early_digest = Some(digest);
            }
            Some(Event::Frame(Frame::Vector(vector))) if vector.scope == roster::scope_id() => {
                // The peer knew us only now; what it shows belongs to what its hello could not.
                self.theirs = vector.vector.clone();
                if let Some(transfer) = core.transfers.get_mut(&vector.scope) {
                    transfer.compared(vector.vector);
                }
                core.pump(vector.scope);
            }
            Some(Event::Frame(_)) => return Err(Over(CloseReason::Malformed)),
            Some(Event::Tick) => {
                core.opening_deadline()?;
                core.tick()?;
            }
            _ => {}
        }
        self.proceed(core)
    }

    fn proceed(mut self, core: &mut Core) -> Next {
        let scope = roster::scope_id();
        if !core.vector(&scope).covers(&self.theirs) {
            return Ok(State::Roster(self));
        }
        core.identify();
        if core.peer.is_none() {
            return Err(Over(CloseReason::NotAdmitted));
        }
        if !self.shown {
            self.shown = true;
            core.send_vector(scope, true);
        }
        core.pump(scope);
        if !core.roster_is_settled() {
            return Ok(State::Roster(self));
        }
        AwaitingDigest::begin(core, self.early_digest)
    }
}
