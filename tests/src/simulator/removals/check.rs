//! What must hold of removals when a life is over: every site that stands agrees with the model on what counts, shows the
//! effects of that and of nothing else, and nobody who is removed was given a key. Owns the comparison.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::{OpId, RecordId, parse_change};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::payload::Operation;
use comptoir_sync_protocol::roster::{self, scopes};
use comptoir_sync_protocol::{Entry, Hash, KeyId, ScopeId};

use super::defiance::read;
use super::model::{Cuts, Model};
use crate::simulator::failure::Failure;
use crate::simulator::ledger::Host;
use crate::simulator::stock::HEADQUARTERS;
use crate::simulator::world::World;

/// Operations of records, and whether the entry that put them counts.
type Operations = BTreeMap<(RecordId, OpId), bool>;

impl World {
    /// All sites that stand, against the model.
    pub(in crate::simulator) fn check_removals(&mut self) -> Result<(), Failure> {
        if !self.options.removals {
            return Ok(());
        }
        let model = Model::of(&self.entries_at_headquarters(roster::scope_id())?)?;
        let removed = model.removed();
        for host in 1..=self.sites.len() {
            let id = self.sites[host - 1].secrets.id;
            if removed.contains_key(&id) == self.stands(host) {
                let said =
                    format!("site {host} stands: {}, by the model it is {:?}", self.stands(host), removed.get(&id));
                return Err(Failure::Removal(said));
            }
        }
        if let Some(given) = model.keys_given_to_removed().first() {
            return Err(Failure::Removal(given.clone()));
        }
        self.check_present_keys()?;
        let (mut past, mut operations) = (BTreeSet::new(), Operations::new());
        for name in [scopes::ORGANISATION, scopes::TRADE] {
            let scope = self.organisation.scope(name);
            let entries = self.entries_at_headquarters(scope)?;
            let cuts = model.cuts(scope, &entries);
            past.extend(entries.iter().map(Entry::head).filter(|head| !cuts.counts(head)).map(|head| head.hash));
            self.report.built_on += cuts.lifted();
            self.read_operations(scope, &entries, &cuts, &mut operations)?;
        }
        self.report.past_cuts += past.len() as u64;
        for host in (1..=self.sites.len()).filter(|host| self.stands(*host)) {
            self.check_cut_off(host, &past)?;
            self.check_effects(host, &operations)?;
        }
        self.check_states_alike()
    }

    /// Nobody who is removed can open what is written from now on.
    fn check_present_keys(&self) -> Result<(), Failure> {
        let roster = self.roster_of(HEADQUARTERS);
        for scope in roster.iter().flat_map(|roster| roster.scopes.values()) {
            for host in (1..=self.sites.len()).filter(|host| !self.stands(*host)) {
                let id = self.sites[host - 1].secrets.id;
                if scope.current_key.is_some_and(|key| scope.keys.contains_key(&(key, id))) {
                    return Err(Failure::Removal(format!("site {host} has the present key of {}", scope.name)));
                }
            }
        }
        Ok(())
    }

    pub(super) fn entries_at_headquarters(&self, scope: ScopeId) -> Result<Vec<Entry>, Failure> {
        let Some(replica) = self.sites[HEADQUARTERS - 1].replica() else { return Ok(Vec::new()) };
        read(replica, scope, &Default::default())
    }

    /// Opens entries with all keys that headquarters was given.
    fn read_operations(
        &self,
        scope: ScopeId,
        entries: &[Entry],
        cuts: &Cuts,
        operations: &mut Operations,
    ) -> Result<(), Failure> {
        let site = &self.sites[HEADQUARTERS - 1];
        let mut keys: BTreeMap<KeyId, ScopeKey> = BTreeMap::new();
        let roster = self.roster_of(HEADQUARTERS);
        for scope in roster.iter().flat_map(|roster| roster.scopes.get(&scope)) {
            for wrapped in scope.keys.values().filter(|wrapped| wrapped.site == site.secrets.id) {
                let key = site.keys.unwrap(wrapped).map_err(Failure::program("unwrapping a scope key"))?;
                keys.insert(key.id(), key);
            }
        }
        for entry in entries {
            let key = keys.get(&entry.header().key_id);
            let opened = entry.open(key).map_err(Failure::program("opening an entry"))?;
            for (_, operation) in opened.operations {
                let Operation::Change(change) = operation else { continue };
                let parsed = parse_change(&change.change).map_err(Failure::program("reading a change"))?;
                let counts = cuts.counts(&entry.head());
                operations.extend(parsed.ops().map(|(op, _)| ((RecordId(change.record), op), counts)));
            }
        }
        Ok(())
    }

    /// What a site sets aside is what lies past a cut, all of it and nothing else.
    fn check_cut_off(&self, host: Host, past: &BTreeSet<Hash>) -> Result<(), Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(()) };
        let read = Failure::program("reading what was set aside");
        let aside = replica.quarantined().map_err(&read)?;
        let other = aside.iter().find(|aside| aside.code != "past_cut" || !past.contains(&aside.head.hash));
        if let Some(other) = other {
            return Err(Failure::Removal(format!("site {host} sets aside what counts: {other:?}")));
        }
        if aside.len() != past.len() {
            let aside: BTreeSet<Hash> = aside.iter().map(|aside| aside.head.hash).collect();
            let missed: Vec<&Hash> = past.difference(&aside).collect();
            return Err(Failure::Removal(format!("site {host} gives effect to what lies past a cut: {missed:?}")));
        }
        let (parked, mut waiting) = (replica.parked().map_err(&read)?, replica.waiting().map_err(&read)?);
        // What a removed site hands on may name acts of an admin whose site is removed as well: nobody who stands hears of them.
        waiting.retain(|entry| self.host_of(entry.head.writer.site).is_none_or(|writer| self.stands(writer)));
        if parked.is_empty() && waiting.is_empty() {
            return Ok(());
        }
        Err(Failure::Judged(format!("site {host} parked {parked:?}; waiting: {waiting:?}")))
    }

    /// What was put by entries that count shows, unless somebody whose entry counts replaced it; nothing else does.
    fn check_effects(&self, host: Host, operations: &Operations) -> Result<(), Failure> {
        let shown = self.sites[host - 1].shown()?;
        self.checker.check_visible(host, &shown, |record, op, by| {
            // What nobody holds who stands is lost, unless whoever put it is removed: then it is past every cut.
            operations.get(&(record, op)).copied().unwrap_or_else(|| self.stands(by))
        })
    }

    fn check_states_alike(&self) -> Result<(), Failure> {
        let first = self.states_of(HEADQUARTERS)?;
        for host in (1..=self.sites.len()).filter(|host| self.stands(*host)) {
            let states = self.states_of(host)?;
            if states != first {
                return Err(Failure::State(format!("headquarters came to {first:?}, site {host} to {states:?}")));
            }
        }
        Ok(())
    }

    /// Counts what was reached.
    pub(in crate::simulator) fn report_removals(&mut self) {
        self.report.roster_acts = self.removals.done;
        self.report.smuggled = self.removals.smuggled;
    }
}
