//! The opening is over: ranges stream, commits are pushed as they happen, and each side says when the other is current.

use super::core::Core;
use super::{CloseReason, Commit, Effect, Event, Next, Over, State};
use crate::frame::{Current, Frame};
use crate::ids::{Hash, ScopeId};
use crate::limits;
use crate::roster::Party;

/// So many words of the peer in a row that do not fit ours, with nothing under way, and scopes are compared anew.
const MAX_DISAGREEMENTS: u32 = 2;

#[derive(Debug, Default)]
pub(super) struct Live {
    /// Our last word: digest, and when.
    said: Option<(Hash, u64)>,
    /// The peer's last word that we did not reach yet.
    theirs: Option<Hash>,
    disagreements: u32,
    /// Our digest when it was last told what the peer holds.
    told_held: Option<Hash>,
}

impl Live {
    pub fn begin(core: &mut Core) -> Next {
        Self::default().go_on(core)
    }

    /// Both sides sent this one digest: each has told the other where it stands, and no further word is needed.
    pub fn begin_alike(core: &mut Core, digest: Hash) -> Next {
        let live = Self { said: Some((digest, core.now_ms)), theirs: Some(digest), ..Self::default() };
        live.go_on(core)
    }

    fn go_on(mut self, core: &mut Core) -> Next {
        core.pump_all();
        // The roster may have moved on since the digests were sent.
        self.compare_new_scopes(core)?;
        self.notice_when_current(core);
        core.seek_receipts();
        self.tell_what_is_held(core);
        self.say_where_we_stand(core);
        Ok(State::Live(self))
    }

    pub fn handle(mut self, core: &mut Core, event: Event) -> Next {
        match core.handle_flow(event)? {
            // Nothing that is said to this peer depends on it.
            Some(Event::Committed(commit))
                if commit.roster.is_none() && !core.transfers.contains_key(&commit.scope) =>
            {
                return Ok(State::Live(self));
            }
            // What is common follows from the roster alone; to look through every scope at every commit is too much where there are many.
            Some(Event::Committed(Commit { roster: Some(_), .. })) => self.compare_new_scopes(core)?,
            Some(Event::Frame(Frame::Vector(vector))) => core.on_vector(vector),
            Some(Event::Frame(Frame::ScopeDigests(theirs))) => self.compare_again(core, &theirs),
            Some(Event::Frame(Frame::Current(current))) => self.on_current(core, &current),
            Some(Event::Frame(_)) => return Err(Over(CloseReason::Malformed)),
            Some(Event::Tick) => core.tick()?,
            _ => {}
        }
        self.notice_when_current(core);
        core.seek_receipts();
        self.tell_what_is_held(core);
        self.say_where_we_stand(core);
        Ok(State::Live(self))
    }

    fn compare_new_scopes(&mut self, core: &mut Core) -> Result<(), Over> {
        for scope in core.open_common_scopes()? {
            core.compare_new_scope(scope);
        }
        Ok(())
    }

    /// The peer doubts that we agree and sent its digests.
    fn compare_again(&mut self, core: &mut Core, theirs: &[(ScopeId, Hash)]) {
        for (scope, digest) in theirs {
            let settled = core.transfers.get(scope).is_some_and(|transfer| !transfer.asked && transfer.is_quiet());
            if settled && core.digest(scope) != *digest {
                core.ask(*scope);
            }
        }
    }

    fn on_current(&mut self, core: &mut Core, current: &Current) {
        self.theirs = Some(current.digest);
        if current.digest == core.digest_of_all() || !core.is_idle() {
            self.disagreements = 0;
            return;
        }
        self.disagreements += 1;
        if self.disagreements >= MAX_DISAGREEMENTS {
            self.disagreements = 0;
            let digests = core.digests();
            core.send(Frame::ScopeDigests(digests));
        }
    }

    /// We are where the peer said that it stands.
    fn notice_when_current(&mut self, core: &mut Core) {
        if self.theirs.is_some_and(|theirs| theirs == core.digest_of_all()) {
            self.theirs = None;
            core.effects.push(Effect::Current);
        }
    }

    /// Tells what a peer that is a site holds, once for each state of ours that it has caught up with.
    fn tell_what_is_held(&mut self, core: &mut Core) {
        if !matches!((core.config.local, core.peer), (Party::Site(_), Some(Party::Site(_)))) || !core.is_idle() {
            return;
        }
        let digest = Some(core.digest_of_all());
        if std::mem::replace(&mut self.told_held, digest) != digest {
            let holds = core.transfers.iter().filter_map(|(scope, transfer)| Some((*scope, transfer.held()?)));
            core.effects.push(Effect::PeerHolds(holds.collect()));
        }
    }

    fn say_where_we_stand(&mut self, core: &mut Core) {
        if !core.is_idle() {
            return;
        }
        let digest = core.digest_of_all();
        let due = self
            .said
            .is_none_or(|(said, at)| said != digest || core.now_ms.saturating_sub(at) >= limits::CURRENT_INTERVAL_MS);
        if due {
            self.said = Some((digest, core.now_ms));
            core.send(Frame::Current(Current { digest, states: Vec::new() }));
        }
    }
}
