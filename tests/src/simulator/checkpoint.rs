//! Checkpoints and the end: what is too dear to be looked at after every step.
//! Owns the comparison of states, of rebuilt and lived, and the final account of every edit.

use std::collections::BTreeMap;

use comptoir_sync_protocol::vector::digest_of_all;
use comptoir_sync_protocol::{Hash, Vector};

use super::failure::Failure;
use super::ledger::{Host, Vectors};
use super::world::{RELAY, World};

impl World {
    /// Looks at every site whose process runs.
    pub(super) fn checkpoint(&mut self) -> Result<(), Failure> {
        self.report.checkpoints += 1;
        let up: Vec<Host> = (1..=self.sites.len()).filter(|host| self.is_up(*host)).collect();
        for host in &up {
            self.check_site(*host)?;
        }
        if let Some(host) = self.chance.pick(&up).copied() {
            self.check_rebuilt(host)?;
            if self.chance.one_in(3) {
                self.check_files(host)?;
            }
        }
        Ok(())
    }

    /// Promises, what its clients see, and that equal histories made equal states, here and anywhere before.
    fn check_site(&mut self, host: Host) -> Result<(), Failure> {
        let vectors = self.vectors(host).unwrap_or_default();
        self.ledger.check_held(host, &vectors)?;
        self.check_outbox(host)?;
        let shown = self.sites[host - 1].shown()?;
        self.checker.read(host, &shown)?;
        self.check_stock(host)?;
        if self.removals.were_of(host) {
            // It may lack keys, as no other does that holds the same.
            return Ok(());
        }
        let states = self.states_of(host)?;
        let (first, known) = self.states.entry(digest(&vectors)).or_insert_with(|| (host, states.clone()));
        if *known != states {
            return Err(Failure::State(format!(
                "sites {first} and {host} held the same logs and came to {known:?} and {states:?}"
            )));
        }
        Ok(())
    }

    pub(super) fn states_of(&self, host: Host) -> Result<BTreeMap<String, Hash>, Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(BTreeMap::new()) };
        replica.states().map_err(Failure::program("hashing the state"))
    }

    /// Rebuilt is lived.
    fn check_rebuilt(&mut self, host: Host) -> Result<(), Failure> {
        let lived = self.states_of(host)?;
        if let Some(replica) = self.sites[host - 1].replica() {
            replica.rebuild().map_err(Failure::program("rebuilding"))?;
        }
        let rebuilt = self.states_of(host)?;
        if lived != rebuilt {
            return Err(Failure::State(format!("site {host} lived to {lived:?} and was rebuilt to {rebuilt:?}")));
        }
        Ok(())
    }

    /// The site's own check of all that it stores finds nothing; it rehearses a rebuild too.
    fn check_files(&self, host: Host) -> Result<(), Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(()) };
        let report = replica.verify().map_err(Failure::program("verifying"))?;
        if report.is_sound() { Ok(()) } else { Err(Failure::Verify(format!("site {host}: {report:?}"))) }
    }

    /// How many entries of a site wait for a receipt, by its own word.
    pub(super) fn outbox_len(&self, host: Host) -> Result<u64, Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(0) };
        replica.outbox_len().map_err(Failure::program("reading the outbox"))
    }

    /// The outbox is what was written less what was receipted.
    pub(super) fn check_outbox(&self, host: Host) -> Result<(), Failure> {
        let (found, expected) = (self.outbox_len(host)?, self.ledger.outbox(host));
        if found == expected || !self.is_up(host) {
            return Ok(());
        }
        Err(Failure::Outbox(format!("site {host} has {found} entries to send, of {expected}")))
    }

    /// All has healed: every site holds and shows all that was ever kept, and its files bear it out.
    pub(super) fn check_end(&mut self) -> Result<(), Failure> {
        self.checkpoint()?;
        for host in 1..=self.sites.len() {
            if !self.options.removals {
                let shown = self.sites[host - 1].shown()?;
                self.checker.check_all_visible(host, &shown)?;
                self.check_set_aside(host)?;
            }
            self.check_logs(host)?;
            self.check_stock(host)?;
            self.check_files(host)?;
        }
        self.check_removals()?;
        self.check_signatures()?;
        self.check_inboxes()?;
        self.report.fingerprint = self.fingerprint()?;
        Ok(())
    }

    /// Sites leave nothing in quarantine but what faulty programs wrote, and nothing parked, or waiting for what never comes.
    fn check_set_aside(&mut self, host: Host) -> Result<(), Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(()) };
        let read = Failure::program("reading what was set aside");
        let aside = [replica.quarantined().map_err(&read)?, replica.parked().map_err(&read)?].concat();
        let waiting = replica.waiting().map_err(&read)?;
        for one in &aside {
            self.check_aside(host, &one.head, &one.code, &one.reason)?;
        }
        if aside.len() == self.stock.forged.len() && waiting.is_empty() {
            return Ok(());
        }
        Err(Failure::Judged(format!("site {host} set aside {aside:?}; waiting: {waiting:?}")))
    }

    /// Every entry that a vector claims can be read, and is the one that everybody knows.
    fn check_logs(&mut self, host: Host) -> Result<(), Failure> {
        let vectors = self.vectors(host).unwrap_or_default();
        for (scope, vector) in vectors {
            let (mut have, mut found) = (Vector::default(), 0);
            loop {
                let Some(replica) = self.sites[host - 1].replica() else { return Ok(()) };
                let read = replica.read_missing(scope, &have, 1 << 20).map_err(Failure::program("reading the log"))?;
                if read.is_empty() {
                    break;
                }
                for (head, _) in &read {
                    self.ledger.see(scope, head)?;
                    have.advance(*head);
                    found += 1;
                }
            }
            if found != vector.entries() || have != *vector {
                return Err(Failure::Lost(format!("site {host} serves {found} of {} entries", vector.entries())));
            }
        }
        Ok(())
    }

    /// A number that two runs of one seed share.
    fn fingerprint(&self) -> Result<u64, Failure> {
        let states = self.states_of(1)?;
        let vectors = self.vectors(RELAY).unwrap_or_default();
        let bytes = states.values().flat_map(|hash| hash.0).chain(digest(&vectors).0);
        let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Ok(bytes.fold(self.report.steps ^ 0xcbf2_9ce4_8422_2325, mix))
    }
}

/// One hash over all that a host holds.
fn digest(vectors: &Vectors) -> Hash {
    let scopes: BTreeMap<_, Hash> = vectors.iter().map(|(scope, vector)| (*scope, vector.digest(scope, &[]))).collect();
    digest_of_all(scopes.iter())
}
