//! The keys of a site: those that it was founded with, and those that it made since. Owns which of them waits to be bound, and which
//! it shows to whom. They lie on its disk; with the process dies alone what it has tried. It asks no replica: it is told what the
//! roster names.

use std::collections::BTreeMap;

use comptoir_replica::Identity;
use comptoir_sync_protocol::keys::{EnvelopeError, ScopeKey, SealingSecret, generate_signing_key};
use comptoir_sync_protocol::roster::{Rekey, SiteKeys, WrappedKey, unwrap_key};
use comptoir_sync_protocol::testing::TestSite;
use comptoir_sync_protocol::{Hash, OrganisationId};
use rand_chacha::ChaCha20Rng;

use super::ledger::Host;

/// Which keys are made anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Which {
    /// The one that proves who is at the end of a line.
    pub tls: bool,
    /// The one that signs entries.
    pub signing: bool,
    /// The one that opens scope keys.
    pub sealing: bool,
}

/// All keys that a site has at one time.
struct KeySet {
    secrets: TestSite,
    /// Not wanted any more. An admin may bind them all the same.
    cancelled: bool,
}

/// The keys of a site.
pub struct Keyring {
    /// The first are those that it was founded with.
    sets: Vec<KeySet>,
    /// How often who is dialled did not know the key that he was shown.
    turns: BTreeMap<Host, usize>,
    /// What the turns are about: what the roster named, and how many sets there were.
    tried: (Option<SiteKeys>, usize),
}

impl Keyring {
    /// Of a site that has made no new ones.
    pub fn new(first: TestSite) -> Self {
        Self { sets: vec![KeySet { secrets: first, cancelled: false }], turns: BTreeMap::new(), tried: (None, 0) }
    }

    fn place_of(&self, named: &SiteKeys) -> Option<usize> {
        self.sets.iter().rposition(|set| set.secrets.keys() == *named)
    }

    fn pending(&self, named: &SiteKeys) -> Option<&TestSite> {
        let wanted = self.sets.iter().rposition(|set| !set.cancelled)?;
        let later = wanted > 0 && self.place_of(named).is_none_or(|at_work| wanted > at_work);
        later.then(|| self.sets.get(wanted).map(|set| &set.secrets)).flatten()
    }

    /// What the site asks an admin to bind, where something waits.
    pub fn request(&self, organisation: &OrganisationId, named: &SiteKeys) -> Option<Rekey> {
        self.pending(named).map(|secrets| asked(organisation, secrets))
    }

    /// What it asked for last, of which an admin has the text. `None` when it never made new keys.
    pub fn last_request(&self, organisation: &OrganisationId) -> Option<Rekey> {
        let last = self.sets.iter().skip(1).next_back();
        last.map(|set| asked(organisation, &set.secrets))
    }

    /// Gives up what waits.
    pub fn cancel(&mut self, named: &SiteKeys) {
        let Some(waits) = self.pending(named).map(TestSite::keys) else { return };
        self.sets.iter_mut().skip(1).filter(|set| set.secrets.keys() == waits).for_each(|set| set.cancelled = true);
    }

    /// Makes new keys, unless some wait or the roster names none that are here. The others stay as they are.
    pub fn renew(&mut self, named: &SiteKeys, which: Which, rng: &mut ChaCha20Rng) {
        let Some(at_work) = self.place_of(named).filter(|_| self.pending(named).is_none()) else { return };
        let mut secrets = self.sets[at_work].secrets.clone();
        if which.tls {
            secrets.tls_pin = Hash::random(rng).0;
        }
        if which.signing {
            secrets.signing = generate_signing_key(rng);
        }
        if which.sealing {
            secrets.sealing = SealingSecret::generate(rng);
        }
        self.sets.push(KeySet { secrets, cancelled: false });
    }

    /// Whether new ones were ever made.
    pub fn has_renewed(&self) -> bool {
        self.sets.len() > 1
    }

    /// All of them, for the replica.
    pub fn identity(&self) -> Identity {
        let first = &self.sets[0].secrets;
        let identity = Identity::new(first.id, first.signing.clone(), first.sealing.clone());
        self.sets.iter().skip(1).fold(identity, |identity, set| {
            identity.and_signing(set.secrets.signing.clone()).and_sealing(set.secrets.sealing.clone())
        })
    }

    /// Opens a scope key by whichever key it was sealed to.
    pub fn unwrap(&self, wrapped: &WrappedKey) -> Result<ScopeKey, EnvelopeError> {
        self.identity().unwrap(wrapped)
    }

    /// Whether a sealing key that the roster does not name opens it.
    pub fn opens_with_another(&self, named: &SiteKeys, wrapped: &WrappedKey) -> bool {
        let others = self.sets.iter().filter(|set| set.secrets.keys().sealing != named.sealing);
        others.into_iter().any(|set| unwrap_key(wrapped, &set.secrets.sealing).is_ok())
    }

    /// The key that this host is shown at the next attempt: the one that the roster names, then the latest.
    pub fn shown_to(&mut self, host: Host, named: Option<SiteKeys>) -> [u8; 32] {
        let pins: Vec<[u8; 32]> = self.sets.iter().rev().map(|set| set.secrets.tls_pin).collect();
        let mut pins: Vec<[u8; 32]> = named.iter().map(|named| named.tls_pin).chain(pins).collect();
        let mut known = Vec::new();
        pins.retain(|pin| {
            !known.contains(pin) && {
                known.push(*pin);
                true
            }
        });
        let now = (named, self.sets.len());
        if self.tried != now {
            self.turns.clear();
            self.tried = now;
        }
        pins[self.turns.get(&host).copied().unwrap_or(0) % pins.len()]
    }

    /// This host did not know it: the next attempt takes another.
    pub fn is_unknown_to(&mut self, host: Host) {
        *self.turns.entry(host).or_default() += 1;
    }

    /// The process died.
    pub fn forget_turns(&mut self) {
        self.turns.clear();
    }
}

fn asked(organisation: &OrganisationId, secrets: &TestSite) -> Rekey {
    Rekey::new(organisation, secrets.id, secrets.keys(), &secrets.signing)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::testing::TestOrganisation;
    use rand_core::SeedableRng;

    use super::*;

    const ALL: Which = Which { tls: true, signing: true, sealing: true };

    #[test]
    fn what_waits_is_told_again_until_it_is_bound_or_given_up() {
        let of = TestOrganisation::found(1, 5);
        let (mut ring, rng) = (Keyring::new(of.sites[0].clone()), &mut ChaCha20Rng::seed_from_u64(6));
        let first = of.sites[0].keys();
        assert!(ring.request(&of.id, &first).is_none() && ring.last_request(&of.id).is_none());
        ring.renew(&first, ALL, rng);
        let one = ring.request(&of.id, &first).unwrap();
        ring.renew(&first, ALL, rng);
        assert_eq!(ring.request(&of.id, &first), Some(one.clone()), "it waits");
        assert!(ring.request(&of.id, &one.keys).is_none(), "it is bound");
        ring.cancel(&first);
        assert!(ring.request(&of.id, &first).is_none());
        ring.renew(&first, Which { signing: false, ..ALL }, rng);
        let two = ring.request(&of.id, &first).unwrap();
        assert_eq!((two.keys.signing, ring.request(&of.id, &one.keys)), (first.signing, Some(two.clone())));
        assert_eq!(ring.last_request(&of.id), Some(two.clone()));
        let shown = [0, 1, 2, 3].map(|turn| {
            let shown = ring.shown_to(0, Some(one.keys.clone()));
            assert_eq!(turn == 0, ring.turns.is_empty());
            ring.is_unknown_to(0);
            shown
        });
        assert_eq!(shown, [one.keys.tls_pin, two.keys.tls_pin, first.tls_pin, one.keys.tls_pin]);
        assert_eq!(
            ring.shown_to(0, Some(two.keys.clone())),
            two.keys.tls_pin,
            "the roster names another: it begins anew"
        );
    }
}
