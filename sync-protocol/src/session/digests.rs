//! One side's digests, worked out when they are asked for and kept for as long as they hold. Owns when that is over: a party that holds thousands of
//! scopes is asked at every step, and most steps change none.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ids::{Hash, ScopeId};
use crate::vector::{Vector, digest_of_all};

#[derive(Debug, Default)]
pub(super) struct Digests {
    each: BTreeMap<ScopeId, Hash>,
    /// Over all common scopes.
    all: Option<Hash>,
}

impl Digests {
    /// What is held of a scope, or wanted again, has changed.
    pub fn forget(&mut self, scope: &ScopeId) {
        self.each.remove(scope);
        self.all = None;
    }

    /// Other scopes are common now.
    pub fn forget_all(&mut self) {
        self.all = None;
    }

    /// `now` tells what is held of it, and what is wanted again.
    pub fn of<'a>(
        &mut self,
        scope: &ScopeId,
        now: impl FnOnce() -> (Option<&'a Arc<Vector>>, Option<&'a Vec<Hash>>),
    ) -> Hash {
        *self.each.entry(*scope).or_insert_with(|| {
            let (vector, wanted) = now();
            let wanted = wanted.map_or(&[][..], Vec::as_slice);
            vector.map_or(&Vector::default(), Arc::as_ref).digest(scope, wanted)
        })
    }

    pub fn of_all(&self) -> Option<Hash> {
        self.all
    }

    /// Keeps the one over all of these, which are the common scopes in order.
    pub fn keep_of_all(&mut self, common: &[(ScopeId, Hash)]) -> Hash {
        *self.all.insert(digest_of_all(common.iter().map(|(scope, digest)| (scope, digest))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::LogHead;
    use crate::ids::{Epoch, SiteId, Writer};

    #[test]
    fn a_digest_holds_until_what_it_is_of_has_changed() {
        let (one, other) = (ScopeId([1; 16]), ScopeId([2; 16]));
        let mut vector = Arc::new(Vector::default());
        let mut digests = Digests::default();
        let first = digests.of(&one, || (None, None));
        assert_eq!(digests.of(&one, || (Some(&vector), None)), first, "nothing is an empty vector");
        let writer = Writer { site: SiteId([1; 16]), epoch: Epoch([1; 8]) };
        Arc::make_mut(&mut vector).advance(LogHead { writer, seq: 1, hash: Hash([1; 32]) });
        let of = |digests: &mut Digests| digests.of(&one, || (Some(&vector), None));
        assert_eq!(of(&mut digests), first, "nobody has said that it changed");
        let all = digests.keep_of_all(&[(one, first)]);
        assert_eq!(digests.of_all(), Some(all));
        // Another scope changed, or is common now.
        digests.forget(&other);
        assert_eq!((digests.of_all(), of(&mut digests)), (None, first));
        digests.keep_of_all(&[(one, first)]);
        digests.forget_all();
        assert_eq!((digests.of_all(), of(&mut digests)), (None, first));
        digests.keep_of_all(&[(one, first)]);
        digests.forget(&one);
        let second = of(&mut digests);
        assert_ne!(second, first);
        assert_eq!(digests.of_all(), None);
        assert_ne!(digests.keep_of_all(&[(one, second)]), all);
    }
}
