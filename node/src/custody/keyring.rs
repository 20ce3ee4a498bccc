//! The keys of this site: those that it began with, and those that it made since. Owns which of them are at work: those that the
//! roster names, so that no step between making new keys and their being bound can leave a site without the right ones. What was
//! made is never displaced; it lies on the disk before anybody hears of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_replica::Identity;
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::keys::{EnvelopeError, SealingSecret};
use comptoir_sync_protocol::roster::SiteKeys;
use comptoir_transport::TlsIdentity;
use ed25519_dalek::SigningKey;
use tokio::sync::watch;

use crate::identity::{KeysError, NodeKeys};
use crate::node::Node;

/// All keys that a site has at one time.
#[derive(Clone)]
pub struct KeySet {
    /// When they were made; Unix milliseconds.
    pub made_ms: i64,
    /// They are not wanted any more. They are kept: an act may name them that was signed before anybody heard.
    pub cancelled: bool,
    /// Proves who is at the end of a connection.
    pub tls: TlsIdentity,
    /// Signs entries.
    pub signing: SigningKey,
    /// Opens what is sealed to this site.
    pub sealing: SealingSecret,
    /// The public halves.
    pub public: SiteKeys,
}

impl KeySet {
    /// A set that is wanted.
    pub fn new(
        made_ms: i64,
        tls: TlsIdentity,
        signing: SigningKey,
        sealing: SealingSecret,
    ) -> Result<Self, EnvelopeError> {
        let (tls_pin, signing_key) = (tls.pin().0, signing.verifying_key().to_bytes());
        let public = SiteKeys { tls_pin, signing: signing_key, sealing: sealing.public()? };
        Ok(Self { made_ms, cancelled: false, tls, signing, sealing, public })
    }
}

/// The keys of a site.
pub struct Keyring {
    site: SiteId,
    /// The first is what the site began with; then in the order in which they were made.
    sets: Mutex<Arc<Vec<KeySet>>>,
    /// Which one the roster named when it was last looked at. Told when that changes, or when keys are made.
    at_work: watch::Sender<Option<usize>>,
}

impl Keyring {
    /// The keys that a site began with, and those that it made since.
    pub fn new(first: &NodeKeys, renewed: Vec<KeySet>) -> Result<Self, KeysError> {
        let began = KeySet::new(0, first.tls.clone(), first.signing.clone(), first.sealing.clone())?;
        let sets = std::iter::once(began).chain(renewed).collect();
        Ok(Self { site: first.site, sets: Mutex::new(Arc::new(sets)), at_work: watch::Sender::new(Some(0)) })
    }

    fn held(&self) -> MutexGuard<'_, Arc<Vec<KeySet>>> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All sets, in the order in which they were made.
    pub fn sets(&self) -> Arc<Vec<KeySet>> {
        Arc::clone(&self.held())
    }

    /// Those that were made since, in the place of what was held of them. They lie on the disk.
    pub fn set_renewed(&self, renewed: Vec<KeySet>) {
        {
            let mut sets = self.held();
            let first = sets.iter().take(1).cloned();
            *sets = Arc::new(first.chain(renewed).collect());
        }
        self.at_work.send_modify(|_| {});
    }

    /// The set of which the roster names every key; the latest, where several are alike.
    pub fn at_work(&self, named: &SiteKeys) -> Option<KeySet> {
        place_of(&self.sets(), named).and_then(|place| self.sets().get(place).cloned())
    }

    /// The set that waits to be bound: the last that is wanted, if it was made after the one at work.
    pub fn pending(&self, named: &SiteKeys) -> Option<KeySet> {
        let sets = self.sets();
        let at_work = place_of(&sets, named);
        let wanted = sets.iter().rposition(|set| !set.cancelled)?;
        let later = wanted > 0 && at_work.is_none_or(|at_work| wanted > at_work);
        later.then(|| sets.get(wanted).cloned()).flatten()
    }

    /// Whether these keys are all held, of whichever sets.
    pub fn holds(&self, named: &SiteKeys) -> bool {
        let sets = self.sets();
        sets.iter().any(|set| set.public.tls_pin == named.tls_pin)
            && sets.iter().any(|set| set.public.signing == named.signing)
            && sets.iter().any(|set| set.public.sealing == named.sealing)
    }

    /// Looks at what the roster names. Whether other keys are at work than before.
    pub fn follow(&self, named: &SiteKeys) -> bool {
        let place = place_of(&self.sets(), named);
        self.at_work.send_if_modified(|at_work| {
            let is_news = place.is_some() && *at_work != place;
            if is_news {
                *at_work = place;
            }
            is_news
        })
    }

    /// Told when other keys are at work, or were made.
    pub fn changes(&self) -> watch::Receiver<Option<usize>> {
        self.at_work.subscribe()
    }

    /// Keys to prove who we are, each once: the one that the roster names first, then the latest. Whoever has not heard what we
    /// have, or has heard more, knows us by another.
    pub fn tls(&self, named: Option<&SiteKeys>) -> Vec<TlsIdentity> {
        let sets = self.sets();
        let is_named = |set: &&KeySet| named.is_some_and(|named| named.tls_pin == set.public.tls_pin);
        let mut keys: Vec<TlsIdentity> = Vec::new();
        for set in sets.iter().filter(is_named).take(1).chain(sets.iter().rev()) {
            if keys.iter().all(|key| key.pin() != set.tls.pin()) {
                keys.push(set.tls.clone());
            }
        }
        keys
    }

    /// All of them, for the replica.
    pub fn identity(&self) -> Identity {
        let sets = self.sets();
        let mut sets = sets.iter();
        let first = sets.next().expect("invariant: a keyring begins with the first keys");
        let first = Identity::new(self.site, first.signing.clone(), first.sealing.clone());
        sets.fold(first, |identity, set| identity.and_signing(set.signing.clone()).and_sealing(set.sealing.clone()))
    }

    /// Every sealing secret, the latest first.
    pub fn sealing(&self) -> Vec<SealingSecret> {
        self.sets().iter().rev().map(|set| set.sealing.clone()).collect()
    }
}

/// By which key whoever is dialled is met: the one that our roster names, until it turns out not to be known there.
pub struct KeyTurn<'a> {
    node: &'a Node,
    changes: watch::Receiver<Option<usize>>,
    turn: usize,
}

impl<'a> KeyTurn<'a> {
    /// For one who is dialled.
    pub fn new(node: &'a Node) -> Self {
        Self { node, changes: node.keyring().changes(), turn: 0 }
    }

    /// The key for the next attempt.
    pub fn identity(&mut self) -> TlsIdentity {
        if self.changes.has_changed().unwrap_or_default() {
            self.changes.mark_unchanged();
            self.turn = 0;
        }
        let keys = self.node.tls_keys();
        self.turn %= keys.len().max(1);
        keys.into_iter().nth(self.turn).unwrap_or_else(|| self.node.keys().tls.clone())
    }

    /// It was not known there: the next attempt takes another. False once all were tried.
    pub fn is_unknown(&mut self) -> bool {
        self.turn = (self.turn + 1) % self.node.tls_keys().len().max(1);
        self.turn != 0
    }
}

impl Node {
    /// Keys to prove who we are, each once, as [`Keyring::tls`] has them.
    pub fn tls_keys(&self) -> Vec<TlsIdentity> {
        self.keyring().tls(self.own_site().as_ref().map(|site| &site.keys))
    }

    /// Looks at which keys the roster names now.
    pub fn follow_keys(&self) {
        if self.own_site().is_some_and(|site| self.keyring().follow(&site.keys)) {
            tracing::info!("the roster names other keys of this site than before: they are at work");
        }
    }
}

fn place_of(sets: &[KeySet], named: &SiteKeys) -> Option<usize> {
    sets.iter().rposition(|set| set.public == *named)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::OrganisationId;
    use comptoir_sync_protocol::keys::generate_signing_key;

    use super::*;
    use crate::entropy;

    fn made(made_ms: i64) -> KeySet {
        let rng = &mut entropy::os();
        let tls = TlsIdentity::generate().unwrap();
        KeySet::new(made_ms, tls, generate_signing_key(rng), SealingSecret::generate(rng)).unwrap()
    }

    #[test]
    fn the_roster_says_which_keys_are_at_work_and_which_wait() {
        let first = NodeKeys::generate(OrganisationId([1; 32]), &mut entropy::os()).unwrap();
        let began = first.public().unwrap();
        let (one, two) = (made(1), made(2));
        let ring = Keyring::new(&first, vec![]).unwrap();
        assert!(ring.pending(&began).is_none() && !ring.follow(&began));
        ring.set_renewed(vec![one.clone()]);
        let waits = |named: &SiteKeys| ring.pending(named).map(|set| set.made_ms);
        assert_eq!((waits(&began), waits(&one.public)), (Some(1), None));
        assert!(ring.follow(&one.public) && !ring.follow(&one.public));
        assert_eq!(ring.at_work(&one.public).unwrap().made_ms, 1);
        // The act turned out void.
        assert!(ring.follow(&began));
        assert_eq!(waits(&began), Some(1));
        // Cancelled, and yet named by an act that was signed before.
        let cancelled = KeySet { cancelled: true, ..one.clone() };
        ring.set_renewed(vec![cancelled.clone()]);
        assert_eq!(waits(&began), None);
        assert!(ring.follow(&one.public) && ring.holds(&one.public));
        ring.set_renewed(vec![cancelled, two.clone()]);
        assert_eq!((waits(&began), waits(&one.public), waits(&two.public)), (Some(2), Some(2), None));
        // Keys of nobody here change nothing.
        assert!(!ring.follow(&made(9).public) && !ring.holds(&made(9).public));
        let pins = |named: &SiteKeys| ring.tls(Some(named)).iter().map(|tls| tls.pin().0).collect::<Vec<_>>();
        assert_eq!(pins(&one.public), [one.public.tls_pin, two.public.tls_pin, began.tls_pin]);
        assert_eq!(pins(&began), [began.tls_pin, two.public.tls_pin, one.public.tls_pin]);
        assert_eq!(ring.sealing().len(), 3);
    }
}
