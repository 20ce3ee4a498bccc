//! What removed sites do that will not hear of it: they write under the roster that they know, in new epochs too, and hand what
//! they have to each other and to whoever has not heard yet, without a session that would ask the roster. Owns those deeds, and
//! who is away while a removal is made.

use comptoir_backoffice::BackOffice;
use comptoir_replica::Replica;
use comptoir_sync_protocol::roster::{self, scopes};
use comptoir_sync_protocol::{Entry, LogHead, ScopeId, Vector};

use crate::simulator::failure::Failure;
use crate::simulator::host::Call;
use crate::simulator::ledger::Host;
use crate::simulator::limits;
use crate::simulator::stock::HEADQUARTERS;
use crate::simulator::strikes::Mend;
use crate::simulator::world::{Happening, World};

impl World {
    /// Somebody is away for a while.
    pub(super) fn part_somebody(&mut self) {
        let host = 1 + self.chance.index(self.sites.len());
        if host == HEADQUARTERS || self.chance.one_in(3) {
            return;
        }
        self.part(host);
    }

    /// This one is.
    pub(super) fn part(&mut self, host: Host) {
        self.around[host].parted = true;
        self.lines_of(host).into_iter().for_each(|line| self.cut(line));
        let while_ms = 1 + self.chance.wait(self.options.pace_ms * limits::AWAY_COMMANDS);
        self.later(while_ms, Happening::Mend(Mend::Join(host)));
    }

    /// A site takes the roster again and calls whom it reaches.
    pub(super) fn hear_again(&mut self, host: Host) -> Result<(), Failure> {
        self.removals.deaf.remove(&host);
        self.dial(host)
    }

    /// Sites that will not hear begin epochs and hand what they have to each other, and to whoever has not heard.
    pub(super) fn go_on_removed(&mut self) -> Result<(), Failure> {
        for host in self.removals.deaf.clone() {
            if !self.is_up(host) {
                continue;
            }
            if self.chance.one_in(limits::NEW_EPOCH_ONE_IN) {
                self.begin_epoch(host)?;
            }
            if self.chance.one_in(limits::SMUGGLE_ONE_IN) {
                self.smuggle_somewhere(host)?;
            }
        }
        Ok(())
    }

    fn begin_epoch(&mut self, host: Host) -> Result<(), Failure> {
        let begun = self.removals.epochs.entry(host).or_default();
        let mut rng = self.chance.fork();
        let Some(replica) = self.sites[host - 1].replica().filter(|_| *begun < limits::MOST_EPOCHS) else {
            return Ok(());
        };
        *begun += 1;
        replica.begin_epoch(&mut rng).map(drop).map_err(Failure::program("beginning an epoch"))
    }

    fn smuggle_somewhere(&mut self, from: Host) -> Result<(), Failure> {
        let id = self.sites[from - 1].secrets.id;
        let takes = |to: &Host| {
            let heard = self.roster_of(*to).is_none_or(|roster| roster.removal(&id).is_some());
            *to != from && self.is_up(*to) && (!heard || self.removals.is_deaf(*to))
        };
        let takers: Vec<Host> = (1..=self.sites.len()).filter(takes).collect();
        let Some(to) = self.chance.pick(&takers).copied() else { return Ok(()) };
        self.smuggle(from, to)
    }

    /// All that one site has and another lacks, from hand to hand: nobody asks the roster who they are.
    fn smuggle(&mut self, from: Host, to: Host) -> Result<(), Failure> {
        self.note(|| format!("site {from} hands what it has to site {to}"));
        let sealed = [scopes::ORGANISATION, scopes::TRADE].map(|name| self.organisation.scope(name));
        let roster = (!self.removals.is_deaf(to)).then(roster::scope_id);
        for scope in roster.into_iter().chain(sealed) {
            let have = self.vectors(to).and_then(|vectors| vectors.get(&scope).cloned()).unwrap_or_default();
            let Some(replica) = self.sites[from - 1].replica() else { return Ok(()) };
            let entries = read(replica, scope, &have)?;
            if entries.is_empty() || !self.is_up(to) {
                continue;
            }
            self.removals.smuggled += entries.len() as u64;
            self.call(to, None, Call::Admit { scope, entries })?;
        }
        Ok(())
    }
}

/// What a site has of a scope and `have` lacks, in causal order.
pub fn read(replica: &Replica<BackOffice>, scope: ScopeId, have: &Vector) -> Result<Vec<Entry>, Failure> {
    let served = replica.read_missing(scope, have, usize::MAX >> 1).map_err(Failure::program("reading a log"))?;
    let decode = |(_, bytes): (LogHead, Vec<u8>)| Entry::decode(&bytes);
    served.into_iter().map(decode).collect::<Result<_, _>>().map_err(Failure::program("decoding an entry"))
}
