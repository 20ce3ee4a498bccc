//! Actors and operation ids: who wrote an operation, and the total order that picks a winner.
//!
//! Owns their derivation and order. Never decides which actor an entry may use; the log's rules do.

use std::fmt;

/// Context of the hash that makes an actor.
const ACTOR_CONTEXT: &str = "Comptoir 2026-01 record actor v1";

/// Automerge actor: 16 bytes of hash(site, scope, epoch, incarnation), so that no two processes can ever share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor(pub [u8; 16]);

impl Actor {
    /// The actor with which `site` writes into `scope` during one process life (`incarnation`) of one `epoch`.
    #[must_use]
    pub fn of(site: &[u8; 16], scope: &[u8; 16], epoch: u64, incarnation: u64) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(ACTOR_CONTEXT);
        hasher.update(site).update(scope);
        hasher.update(&epoch.to_be_bytes()).update(&incarnation.to_be_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn to_automerge(self) -> automerge::ActorId {
        automerge::ActorId::from(self.0)
    }

    pub(crate) fn from_automerge(actor: &automerge::ActorId) -> Option<Self> {
        actor.to_bytes().try_into().ok().map(Self)
    }
}

pub(super) fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actor({self})")
    }
}

/// Identity of one operation. Ordered as Automerge orders it: by counter, then by the actor's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpId {
    /// Lamport counter within the record, from 1.
    pub counter: u64,
    /// Who wrote the operation.
    pub actor: Actor,
}

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.counter, self.actor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_changes_the_actor() {
        let base = Actor::of(&[1; 16], &[2; 16], 3, 4);
        assert_eq!(base, Actor::of(&[1; 16], &[2; 16], 3, 4));
        let others = [
            Actor::of(&[9; 16], &[2; 16], 3, 4),
            Actor::of(&[1; 16], &[9; 16], 3, 4),
            Actor::of(&[1; 16], &[2; 16], 9, 4),
            Actor::of(&[1; 16], &[2; 16], 3, 9),
            Actor::of(&[1; 16], &[2; 16], 4, 3),
        ];
        assert!(others.iter().all(|other| *other != base));
    }

    #[test]
    fn derivation_is_golden() {
        assert_eq!(Actor::of(&[1; 16], &[2; 16], 3, 4).to_string(), "8f68322577fe941f9ec7b97a81fd6093");
    }

    #[test]
    fn order_is_counter_first() {
        let low = OpId { counter: 1, actor: Actor([255; 16]) };
        let high = OpId { counter: 2, actor: Actor([0; 16]) };
        let tie = OpId { counter: 2, actor: Actor([1; 16]) };
        assert!(low < high && high < tie);
    }
}
