//! Tests of the whole way: replicas in memory of each other, exchanging entries by hand.
#![allow(clippy::unwrap_used)]

mod batch;
mod convergence;
mod copies;
mod crash;
mod cuts;
mod estates;
mod history;
mod hostile;
mod later;
mod loosen;
mod membership;
mod merges;
mod open;
mod postings;
mod rekey;
mod repair;
mod rotations;
mod two_admins;

use std::path::PathBuf;

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::ScopeId;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::record::{RecordId, Scalar};
use crate::testing::{Notes, TestOrganisation, note_puts, organisation};
use crate::{AdmitReport, Append, Edit, Replica};

pub(super) const NOW_MS: i64 = 1_780_000_000_000;
const AUTHOR: &str = "S00/operator";

/// Some sites of one organisation, each with a replica.
pub(super) struct Sites {
    pub organisation: TestOrganisation,
    pub replicas: Vec<Replica<Notes>>,
    pub rng: ChaCha20Rng,
    folder: tempfile::TempDir,
}

impl Sites {
    pub fn new(n: usize, seed: u64) -> Self {
        println!("seed {seed}");
        let folder = tempfile::tempdir().unwrap();
        let organisation = organisation(n, seed);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let open = |number: usize, rng: &mut ChaCha20Rng| {
            let path = folder.path().join(format!("{number}.db"));
            organisation.sites[number].open(&organisation, &path, Notes, rng)
        };
        let replicas = (0..n).map(|number| open(number, &mut rng)).collect();
        Self { organisation, replicas, rng, folder }
    }

    pub fn path(&self, site: usize) -> PathBuf {
        self.folder.path().join(format!("{site}.db"))
    }

    pub fn shared(&self) -> ScopeId {
        self.organisation.shared()
    }

    pub fn edit(&mut self, site: usize, scope: ScopeId, edits: Vec<Edit>) -> crate::Appended {
        let request = Append::new(scope, AUTHOR, "test");
        self.replicas[site].append_edits(request, edits, NOW_MS, &mut self.rng).unwrap()
    }

    pub fn new_note(&mut self, site: usize, title: &str) -> RecordId {
        let scope = self.shared();
        self.new_record(site, scope, "note", title)
    }

    pub fn new_record(&mut self, site: usize, scope: ScopeId, kind: &'static str, title: &str) -> RecordId {
        let id = self.replicas[site].mint(scope).create(NOW_MS, &mut self.rng);
        self.edit(site, scope, vec![Edit::create(kind, id, note_puts(title, "body"))]);
        id
    }

    pub fn set(&mut self, site: usize, id: RecordId, key: &str, value: impl Into<Scalar>) {
        let scope = self.shared();
        self.edit(site, scope, vec![Edit::change("note", id, vec![(key.into(), value.into())])]);
    }

    /// The entries of `from` that `to` lacks, in causal order.
    pub fn missing(&self, from: usize, to: usize, scope: ScopeId) -> Vec<Entry> {
        let have = self.replicas[to].view().vectors.get(&scope).cloned().unwrap_or_default();
        let served = self.replicas[from].read_missing(scope, &have, usize::MAX).unwrap();
        served.into_iter().map(|(_, bytes)| Entry::decode(&bytes).unwrap()).collect()
    }

    pub fn send(&self, from: usize, to: usize, scope: ScopeId) -> AdmitReport {
        self.replicas[to].admit(scope, self.missing(from, to, scope), NOW_MS).unwrap()
    }

    /// Everyone sends everyone what he lacks of the shared scope, until nobody lacks anything.
    pub fn settle(&self) {
        let n = self.replicas.len();
        for _ in 0..n {
            for (from, to) in (0..n).flat_map(|from| (0..n).map(move |to| (from, to))).filter(|(a, b)| a != b) {
                self.send(from, to, self.shared());
            }
        }
    }

    pub fn assert_alike(&self) {
        (1..self.replicas.len()).for_each(|other| self.assert_pair_alike(0, other));
    }

    pub fn assert_pair_alike(&self, one: usize, other: usize) {
        let (one, other) = (&self.replicas[one], &self.replicas[other]);
        assert_eq!(one.digests()["organisation"], other.digests()["organisation"]);
        assert_eq!(one.states().unwrap()["organisation"], other.states().unwrap()["organisation"]);
    }

    pub fn winner(&self, site: usize, id: RecordId, key: &str) -> Scalar {
        self.replicas[site].record(self.shared(), id).unwrap().unwrap().cells.winner(key).cloned().unwrap_or_default()
    }
}
