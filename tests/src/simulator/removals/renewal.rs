//! New keys for sites: one makes them at random and asks, and a holder of a roster key binds them while it or others are away. Owns
//! those deeds; and what must be signed by whom when a life is over.

use comptoir_sync_protocol::roster::{self, Rekey, SiteKeys, scopes};
use comptoir_sync_protocol::{ScopeId, SiteId};

use super::Deed;
use super::defiance::read;
use super::model::Model;
use crate::simulator::failure::Failure;
use crate::simulator::keyring::Which;
use crate::simulator::ledger::Host;
use crate::simulator::limits;
use crate::simulator::stock::HEADQUARTERS;
use crate::simulator::world::World;

impl World {
    /// A site asks for new keys, of which it may have told before. Nothing, where it tells nobody yet.
    pub(super) fn draw_renewal(&mut self, among: &[SiteId]) -> Result<Option<Deed>, Failure> {
        let Some(site) = self.chance.pick(among).copied() else { return Ok(None) };
        if let Some(host) = self.host_of(site) {
            self.renew(host)?;
        }
        let is_told = !self.chance.one_in(limits::REKEY_LATER_ONE_IN) && self.asked(site).is_some();
        Ok(is_told.then_some(Deed::Rekey(site)))
    }

    /// It makes new keys, some or all. Those that wait are given up now and then.
    fn renew(&mut self, host: Host) -> Result<(), Failure> {
        let Some(named) = self.own_keys(host) else { return Ok(()) };
        let rng = &mut self.chance.fork();
        let drawn = self.chance.below(14);
        let which = match drawn & 7 {
            0 => Which { tls: true, signing: true, sealing: true },
            bits => Which { tls: bits & 1 > 0, signing: bits & 2 > 0, sealing: bits & 4 > 0 },
        };
        let site = &mut self.sites[host - 1];
        if drawn == 13 {
            site.keys.cancel(&named);
        }
        site.keys.renew(&named, which, rng);
        site.use_keys()
    }

    /// What the site asks for, or asked for before it was switched off.
    pub(super) fn asked(&self, site: SiteId) -> Option<Rekey> {
        let (host, organisation) = (self.host_of(site)?, &self.organisation.id);
        let keys = &self.sites[host - 1].keys;
        match self.own_keys(host) {
            Some(named) => keys.request(organisation, &named),
            None => keys.last_request(organisation),
        }
    }

    /// The keys of a site whose process runs, as its own roster names them.
    pub(in crate::simulator) fn own_keys(&self, host: Host) -> Option<SiteKeys> {
        self.named_keys(host, host)
    }

    /// The keys of a site, as another one's roster names them.
    pub(in crate::simulator) fn named_keys(&self, at: Host, of: Host) -> Option<SiteKeys> {
        let roster = self.roster_of(at)?;
        roster.sites.get(&self.sites[of - 1].secrets.id).map(|site| site.keys.clone())
    }

    /// Who is about to be rekeyed is away, or somebody else, or nobody.
    pub(super) fn part_for_rekey(&mut self, site: SiteId) {
        match self.host_of(site) {
            Some(host) if host != HEADQUARTERS && self.chance.one_in(2) => self.part(host),
            _ => self.part_somebody(),
        }
    }

    /// All agree so far: headquarters binds what still waits, and then everybody with new keys writes once more. Whether there
    /// is more to agree on.
    pub(super) fn settle_renewals(&mut self) -> Result<bool, Failure> {
        let standing: Vec<Host> = (1..=self.sites.len()).filter(|host| self.stands(*host)).collect();
        let mut more = false;
        for host in &standing {
            let waits = self
                .own_keys(*host)
                .is_some_and(|named| self.sites[*host - 1].keys.request(&self.organisation.id, &named).is_some());
            if waits {
                let deed = Deed::Rekey(self.sites[*host - 1].secrets.id);
                more |= self.act(HEADQUARTERS, self.holder(HEADQUARTERS), deed)?;
            }
        }
        if more || std::mem::replace(&mut self.removals.wrote_last, true) {
            return Ok(more);
        }
        let renewed = standing.into_iter().filter(|host| self.sites[*host - 1].keys.has_renewed());
        for host in renewed.collect::<Vec<_>>() {
            self.report.commands += 1;
            self.write_one(host)?;
            more = true;
        }
        Ok(more)
    }

    /// Every entry is signed by the key that the roster at its heads names, and every site that stands goes on under the one that the
    /// whole roster names.
    pub(in crate::simulator) fn check_signatures(&mut self) -> Result<(), Failure> {
        if !self.options.rekeys {
            return Ok(());
        }
        let model = Model::of(&self.entries_at_headquarters(roster::scope_id())?)?;
        for name in [scopes::ORGANISATION, scopes::TRADE] {
            let scope = self.organisation.scope(name);
            self.check_signed(&model, scope)?;
        }
        for host in (1..=self.sites.len()).filter(|host| self.stands(*host)) {
            self.check_last_written(host)?;
        }
        Ok(())
    }

    fn check_signed(&mut self, model: &Model, scope: ScopeId) -> Result<(), Failure> {
        let mut keys = super::model::SigningKeys::default();
        for entry in self.entries_at_headquarters(scope)? {
            let (head, heads) = (entry.head(), &entry.header().roster_heads);
            let heads = heads.iter().map(|head| head.hash).collect();
            let [first, key] = model.signing_keys(head.writer.site, heads, &mut keys);
            if entry.signed.verify(&key).is_err() {
                return Err(Failure::Judged(format!("{head:?} is not signed by the key that its roster heads name")));
            }
            self.report.under_new_keys += u64::from(first != key);
        }
        Ok(())
    }

    /// What a site wrote last is signed by the key that the whole roster names; and what is written now no sealing key opens that it
    /// had before.
    fn check_last_written(&self, host: Host) -> Result<(), Failure> {
        let Some(replica) = self.sites[host - 1].replica().filter(|_| self.sites[host - 1].keys.has_renewed()) else {
            return Ok(());
        };
        let Some(named) = self.named_keys(HEADQUARTERS, host) else { return Ok(()) };
        let entries = read(replica, self.organisation.scope(scopes::ORGANISATION), &Default::default())?;
        let last = entries.iter().rev().find(|entry| entry.header().writer == replica.writer());
        for scope in replica.roster().scopes.values() {
            let present = scope.current_key.and_then(|key| scope.keys.get(&(key, self.sites[host - 1].secrets.id)));
            if present.is_some_and(|wrapped| self.sites[host - 1].keys.opens_with_another(&named, wrapped)) {
                return Err(Failure::Removal(format!(
                    "an old key of site {host} opens the present one of {}",
                    scope.name
                )));
            }
        }
        match last {
            Some(last) if last.signed.verify(&named.signing).is_ok() => Ok(()),
            last => Err(Failure::Judged(format!(
                "site {host} wrote last, not under the key that the roster names: {:?}",
                last.map(|entry| entry.head())
            ))),
        }
    }
}
