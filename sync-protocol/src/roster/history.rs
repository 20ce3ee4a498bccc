//! The roster's history: entries as they were admitted, and the fold at any heads that are held.
//! Owns the order of effect (causal, then rank, then hash) and the check of new roster entries. Never verifies payload
//! keys: the roster is in clear.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use thiserror::Error;

use super::act::Act;
use super::fold::{Roster, Scope};
use super::removal::Struck;
use crate::codec;
use crate::entry::{Entry, EntryError};
use crate::header::LogHead;
use crate::ids::{Hash, OrganisationId, SiteId};
use crate::limits;
use crate::payload::Operation;
use crate::roster;

/// One entry of the roster, opened.
#[derive(Clone, Debug)]
pub struct RosterEntry {
    /// Its place.
    pub head: LogHead,
    /// Hash of the entry before in its log.
    pub previous: Hash,
    /// Other roster logs that it builds on.
    pub deps: Vec<LogHead>,
    /// What it does.
    pub acts: Vec<Act>,
}

/// Why an entry is no entry of this roster.
#[derive(Debug, Error)]
pub enum RosterRefusal {
    /// It cannot be read.
    #[error("roster entry cannot be read")]
    Unreadable(#[from] EntryError),
    /// It belongs to another organisation, or founds another one.
    #[error("entry {0} belongs to another organisation")]
    WrongOrganisation(Hash),
    /// Whoever wrote it holds no roster key.
    #[error("entry {0} was written by nobody who may write the roster")]
    NoAuthority(Hash),
    /// The signature is not its writer's.
    #[error(transparent)]
    BadSignature(#[from] crate::header::BadSignature),
    /// It builds on entries that are not here.
    #[error("entry {0} builds on roster entries that are not here")]
    Missing(Hash),
    /// It holds something else than acts, or too many of them.
    #[error("entry {0} holds something else than acts, or too many")]
    NotActs(Hash),
}

/// All roster entries that are held, in the order in which they came.
#[derive(Debug)]
pub struct RosterHistory {
    organisation: OrganisationId,
    entries: Vec<RosterEntry>,
    places: BTreeMap<Hash, usize>,
    /// What is void by all that is held.
    struck: Struck,
    /// Whether anybody ever removed anybody. Who was let back since was removed for those who knew less.
    has_removals: bool,
    current: Arc<Roster>,
    folds: Mutex<BTreeMap<Vec<LogHead>, Arc<Roster>>>,
    /// The same as whoever knew these heads alone saw it: nothing that comes later changes it.
    seen: Mutex<BTreeMap<Vec<LogHead>, Arc<Roster>>>,
}

/// What was void at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voids(Struck);

/// Folds kept for heads that entries named; the oldest fall out by starting anew.
const MAX_KEPT_FOLDS: usize = 256;

impl RosterHistory {
    /// The empty history of an organisation that is known by its hash alone.
    pub fn new(organisation: OrganisationId) -> Self {
        let current = Arc::new(Roster { organisation, ..Roster::default() });
        Self {
            organisation,
            entries: Vec::new(),
            places: BTreeMap::new(),
            struck: Struck::default(),
            has_removals: false,
            current,
            folds: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The organisation.
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// The roster as it is now.
    pub fn current(&self) -> Arc<Roster> {
        self.current.clone()
    }

    /// Checks and opens an entry that would come next. Changes nothing.
    pub fn check(&self, entry: &Entry) -> Result<RosterEntry, RosterRefusal> {
        let (hash, header) = (entry.hash(), entry.header());
        if header.scope != roster::scope_id() {
            return Err(RosterRefusal::WrongOrganisation(hash));
        }
        let cites = header.deps.iter().map(|dep| dep.hash).chain((header.seq > 1).then_some(header.previous));
        let opened = entry.open(None)?;
        let acts: Option<Vec<Act>> = opened
            .operations
            .into_iter()
            .map(|(_, operation)| if let Operation::Act(act) = operation { Some(*act) } else { None })
            .collect();
        let acts = acts.filter(|acts| acts.len() <= limits::MAX_ACTS_PER_ENTRY).ok_or(RosterRefusal::NotActs(hash))?;
        let key = if self.entries.is_empty() {
            // The organisation's name is the hash of this entry: nothing else can found it.
            let founds = hash.0 == self.organisation.0 && header.organisation == OrganisationId::default();
            match acts.first() {
                Some(Act::Genesis(genesis)) if founds => genesis.root,
                _ if header.organisation == self.organisation => return Err(RosterRefusal::Missing(hash)),
                _ => return Err(RosterRefusal::WrongOrganisation(hash)),
            }
        } else {
            if header.organisation != self.organisation {
                return Err(RosterRefusal::WrongOrganisation(hash));
            }
            if cites.into_iter().any(|cited| !self.places.contains_key(&cited)) {
                return Err(RosterRefusal::Missing(hash));
            }
            let key = self.current.holders.get(&header.writer.site);
            *key.ok_or(RosterRefusal::NoAuthority(hash))?
        };
        if header.writer.site != SiteId::of_roster_key(&key) {
            return Err(RosterRefusal::NoAuthority(hash));
        }
        entry.signed.verify(&key)?;
        let acts = acts.into_iter().map(|act| self.proven(act)).collect();
        Ok(RosterEntry { head: entry.head(), previous: header.previous, deps: header.deps.clone(), acts })
    }

    /// The act, or in the place of new keys that nobody has proven one that changes nothing. Looked at once, for a fold is made
    /// often.
    fn proven(&self, act: Act) -> Act {
        match act {
            Act::Rekey(rekey) if !rekey.is_proven(&self.organisation) => {
                Act::Unknown(Act::REKEY, codec::to_bytes(&rekey))
            }
            act => act,
        }
    }

    /// Takes in a checked entry; one that is held changes nothing.
    pub fn push(&mut self, entry: RosterEntry) {
        if self.places.contains_key(&entry.head.hash) {
            return;
        }
        self.places.insert(entry.head.hash, self.entries.len());
        self.has_removals |= entry.acts.iter().any(|act| act.removes().is_some());
        self.entries.push(entry);
        let all: BTreeSet<usize> = (0..self.entries.len()).collect();
        let order = self.order(&all);
        let struck = Struck::of(order.iter().map(|&at| &self.entries[at]));
        if struck != self.struck {
            // What is void now is void in every fold.
            self.folds.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
            self.struck = struck;
        }
        self.current = Arc::new(self.fold(&all, &order, &self.struck));
    }

    /// What is void now, to be held against later.
    pub fn voids(&self) -> Voids {
        Voids(self.struck.clone())
    }

    /// Whether any act is void.
    pub fn has_voids(&self) -> bool {
        !self.struck.is_empty()
    }

    /// The roster at these heads, less what is void by all that is held; `None` when one of them is not held.
    pub fn at(&self, heads: &[LogHead]) -> Option<Arc<Roster>> {
        if heads == self.current.heads {
            return Some(self.current());
        }
        let mut folds = self.folds.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(roster) = folds.get(heads) {
            return Some(roster.clone());
        }
        let past = self.past(self.places_of(heads)?);
        let roster = Arc::new(self.fold(&past, &self.order(&past), &self.struck));
        if folds.len() >= MAX_KEPT_FOLDS {
            folds.clear();
        }
        folds.insert(heads.to_vec(), roster.clone());
        Some(roster)
    }

    /// The roster as whoever knew these heads alone had to see it: less what was void by what he knew. `None` when one of them
    /// is not held.
    pub fn seen_at(&self, heads: &[LogHead]) -> Option<Arc<Roster>> {
        if !self.has_removals {
            return self.at(heads);
        }
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(roster) = seen.get(heads) {
            return Some(roster.clone());
        }
        let past = self.past(self.places_of(heads)?);
        let order = self.order(&past);
        let struck = Struck::of(order.iter().map(|&at| &self.entries[at]));
        let roster = Arc::new(self.fold(&past, &order, &struck));
        if seen.len() >= MAX_KEPT_FOLDS {
            seen.clear();
        }
        seen.insert(heads.to_vec(), roster.clone());
        Some(roster)
    }

    /// Whether a member had other sealing keys where the present key of a scope was made than it has now: an old one opens it. Of two
    /// admins one may have changed the key while the other gave the member new ones.
    pub fn is_sealed_to_old_keys(&self, scope: &Scope) -> bool {
        let makes = |act: &Act| match act {
            Act::Rotate(rotation) => rotation.scope == scope.id && Some(rotation.key_id) == scope.current_key,
            _ => false,
        };
        let made = self.entries.iter().find(|entry| entry.acts.iter().any(makes));
        let Some(then) = made.and_then(|entry| self.at(&[entry.head])) else { return false };
        let sealing = |roster: &Roster, site| roster.sites.get(site).map(|site| site.keys.sealing);
        scope.members.iter().any(|site| {
            sealing(&then, site).is_some_and(|then| sealing(&self.current, site).is_some_and(|now| now != then))
        })
    }

    fn places_of(&self, heads: &[LogHead]) -> Option<Vec<usize>> {
        heads.iter().map(|head| self.places.get(&head.hash).copied()).collect()
    }

    /// Everything in the past of these places, them included.
    fn past(&self, mut open: Vec<usize>) -> BTreeSet<usize> {
        let mut past = BTreeSet::new();
        while let Some(place) = open.pop() {
            if past.insert(place) {
                open.extend(self.parents(place));
            }
        }
        past
    }

    fn parents(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let entry = &self.entries[place];
        let cited = entry.deps.iter().map(|dep| dep.hash).chain([entry.previous]);
        cited.filter_map(|hash| self.places.get(&hash).copied())
    }

    fn fold(&self, places: &BTreeSet<usize>, order: &[usize], struck: &Struck) -> Roster {
        let mut roster = Roster::fold(self.organisation, order.iter().map(|&at| &self.entries[at]), struck);
        let mut heads: BTreeMap<_, LogHead> = BTreeMap::new();
        for &place in places {
            let head = self.entries[place].head;
            let known = heads.entry(head.writer).or_insert(head);
            if head.seq > known.seq {
                *known = head;
            }
        }
        roster.heads = heads.into_values().collect();
        roster
    }

    /// Causal order; among what is concurrent, root before admins, admins by their delegation's place, then by hash.
    fn order(&self, places: &BTreeSet<usize>) -> Vec<usize> {
        let ranks = self.ranks();
        let key = |place: usize| {
            let head = self.entries[place].head;
            (ranks.get(&head.writer.site).copied().unwrap_or(usize::MAX), head.hash, place)
        };
        let mut missing: BTreeMap<usize, usize> = BTreeMap::new();
        let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &place in places {
            let parents: BTreeSet<usize> = self.parents(place).collect();
            missing.insert(place, parents.len());
            parents.into_iter().for_each(|parent| children.entry(parent).or_default().push(place));
        }
        let mut ready: BTreeSet<_> = places.iter().filter(|place| missing[place] == 0).map(|&at| key(at)).collect();
        let mut order = Vec::with_capacity(places.len());
        while let Some((_, _, place)) = ready.pop_first() {
            order.push(place);
            for &child in children.get(&place).into_iter().flatten() {
                if let Some(left) = missing.get_mut(&child) {
                    *left -= 1;
                    if *left == 0 {
                        ready.insert(key(child));
                    }
                }
            }
        }
        order
    }

    /// Root is first; an admin's rank is the place of its delegation in root's log.
    fn ranks(&self) -> BTreeMap<SiteId, usize> {
        let mut ranks = BTreeMap::new();
        let root = self.current.root;
        for (entry, act) in self.entries.iter().flat_map(|entry| entry.acts.iter().map(move |act| (entry, act))) {
            let key = match act {
                Act::Genesis(genesis) => &genesis.root,
                Act::Delegate(delegate) if entry.head.writer.site == root => &delegate.admin,
                _ => continue,
            };
            let next = ranks.len();
            ranks.entry(SiteId::of_roster_key(key)).or_insert(next);
        }
        ranks
    }
}
