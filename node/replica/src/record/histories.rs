//! Property tests: random concurrent histories at three sites, folded here and loaded by Automerge, must agree.
//!
//! The seed is printed; `COMPTOIR_SEED=N` runs other histories, and a failure names the one history to run alone.
#![allow(clippy::unwrap_used)]

use super::oracle::automerge_state;
use super::{
    Actor, Cells, ChangeHash, IndexedChange, MemoryIndex, ParsedChange, Scalar, build_change, check_change,
    parse_change,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;

const HISTORIES: u64 = 10_000;
const SITES: usize = 3;
const DEFAULT_SEED: u64 = 20_260_114;
const KEYS: [&str; 7] =
    ["archived", "name", "phone", "addresses/4f2a/city", "addresses/4f2a/position", "custom/segment", "é"];

struct Site {
    number: u8,
    incarnation: u64,
    cells: Cells,
    index: MemoryIndex,
    changes: BTreeMap<ChangeHash, Vec<u8>>,
    own_seq: u64,
}

impl Site {
    fn new(number: u8) -> Self {
        let (cells, index) = (Cells::new(), MemoryIndex::default());
        Self { number, incarnation: 0, cells, index, changes: BTreeMap::new(), own_seq: 0 }
    }

    fn actor(&self) -> Actor {
        Actor::of(&[self.number; 16], &[0; 16], 1, self.incarnation)
    }

    fn restart(&mut self) {
        self.incarnation += 1;
        self.own_seq = 0;
    }

    fn edit(&mut self, puts: &[(String, Scalar)]) -> (Actor, Vec<u8>) {
        self.own_seq += 1;
        let actor = self.actor();
        let built = build_change(&self.cells, actor, self.own_seq, 1_700_000_000, puts).unwrap();
        assert_eq!(parse_change(&built.bytes).unwrap(), built.change, "built and parsed differ");
        self.admit(actor, &built.bytes);
        (actor, built.bytes)
    }

    /// What a faulty site might send instead: honestly encoded, but with other dependencies, numbers or predecessors.
    /// Most are refused; what passes the check must suit Automerge and every other site all the same.
    fn lie(&mut self, rng: &mut ChaCha8Rng, puts: &[(String, Scalar)]) -> Option<(Actor, Vec<u8>)> {
        let actor = self.actor();
        let mut change = build_change(&self.cells, actor, self.own_seq + 1, 1_700_000_000, puts).unwrap().change;
        for _ in 0..=below(rng, 2) {
            spoil(rng, &mut change, &self.changes);
        }
        let bytes = change.encode().raw_bytes().to_vec();
        let change = parse_change(&bytes).ok()?;
        check_change(&change, &actor, &self.cells, &self.index).ok()?;
        self.own_seq += 1;
        self.admit(actor, &bytes);
        Some((actor, bytes))
    }

    fn admit(&mut self, actor: Actor, bytes: &[u8]) {
        let change = parse_change(bytes).unwrap();
        check_change(&change, &actor, &self.cells, &self.index).unwrap();
        self.cells.fold(&change);
        self.index.insert(IndexedChange::of(&change));
        self.changes.insert(change.hash, bytes.to_vec());
    }

    fn takes(&self, bytes: &[u8]) -> bool {
        let change = parse_change(bytes).unwrap();
        !self.changes.contains_key(&change.hash) && change.deps.iter().all(|dep| self.changes.contains_key(dep))
    }

    /// Holds the cells against Automerge, and against their own bytes at rest.
    fn judge(&self) {
        let changes: Vec<&Vec<u8>> = self.changes.values().collect();
        let state = automerge_state(&changes).unwrap();
        assert_eq!(state.difference(&self.cells), None, "Automerge: {state:?}\nfolded: {:?}", self.cells);
        assert_eq!(Cells::decode(&self.cells.encode()).unwrap(), self.cells);
    }
}

fn below(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    (rng.next_u32() as usize) % bound
}

fn spoil(rng: &mut ChaCha8Rng, change: &mut ParsedChange, known: &BTreeMap<ChangeHash, Vec<u8>>) {
    let any = |rng: &mut ChaCha8Rng| parse_change(known.values().nth(below(rng, known.len())).unwrap()).unwrap();
    let put = below(rng, change.puts.len());
    match below(rng, 7) {
        0 => change.seq = (change.seq + 1).saturating_sub(below(rng, 3) as u64),
        1 => change.start_op = (change.start_op + 2).saturating_sub(below(rng, 5) as u64).max(1),
        2 => change.puts[put].pred.clear(),
        3 | 4 => {
            let other = any(rng);
            let (op, _) = other.ops().nth(below(rng, other.puts.len())).unwrap();
            change.puts[put].pred.push(op);
            change.puts[put].pred.sort();
        }
        _ => {
            // Build on other changes, with the first operation that belongs to them.
            let others = [any(rng), any(rng)];
            change.deps = others[..1 + below(rng, 2)].iter().map(|other| other.hash).collect();
            change.deps.sort();
            let deps = others.iter().filter(|other| change.deps.contains(&other.hash));
            change.start_op = 1 + deps.map(ParsedChange::greatest_op).max().unwrap_or(0);
        }
    }
}

fn random_value(rng: &mut ChaCha8Rng) -> Scalar {
    match below(rng, 8) {
        0 => Scalar::Null,
        1 => Scalar::Bool(below(rng, 2) == 0),
        2 => Scalar::Int(below(rng, 3) as i64 - 1),
        3 => Scalar::Int(rng.next_u64() as i64),
        4 => Scalar::Bytes(vec![7; below(rng, 3)]),
        5 => Scalar::Timestamp(rng.next_u32().into()),
        6 => Scalar::Str("x".repeat(below(rng, 300))),
        _ => Scalar::from(["Dupont", "Durand", "Ndiaye"][below(rng, 3)]),
    }
}

fn random_puts(rng: &mut ChaCha8Rng, cells: &Cells) -> Vec<(String, Scalar)> {
    let conflicted: Vec<String> = cells.conflicts().map(|(key, _)| key.to_owned()).collect();
    if !conflicted.is_empty() && below(rng, 3) == 0 {
        // A resolution: one of the visible values, put on purpose.
        let key = &conflicted[below(rng, conflicted.len())];
        let visible = cells.visible(key);
        return vec![(key.clone(), visible[below(rng, visible.len())].value.clone())];
    }
    let count = 1 + below(rng, 4);
    let puts: BTreeMap<String, Scalar> =
        (0..count).map(|_| (KEYS[below(rng, KEYS.len())].to_owned(), random_value(rng))).collect();
    puts.into_iter().collect()
}

/// What came of a history, so that the test can tell whether the histories were worth running.
#[derive(Default)]
struct Outcome {
    conflicts: usize,
    lies_told: usize,
    lies_passed: usize,
}

/// One history: creation at one site, then edits, restarts and deliveries in random causal order. In
/// half of the histories the sites lie.
fn run_history(seed: u64) -> Outcome {
    let mut outcome = Outcome::default();
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let mut sites: Vec<Site> = (0..SITES as u8).map(Site::new).collect();
    let mut sent = vec![sites[0].edit(&random_puts(rng, &Cells::new()))];
    for _ in 0..8 + below(rng, 30) {
        let at = below(rng, SITES);
        match below(rng, 10) {
            0 => sites[at].restart(),
            1..=5 if !sites[at].cells.is_empty() => {
                let puts = random_puts(rng, &sites[at].cells);
                let lie = (seed % 4 < 2).then(|| sites[at].lie(rng, &puts));
                outcome.lies_told += usize::from(lie.is_some());
                outcome.lies_passed += usize::from(lie.iter().flatten().next().is_some());
                sent.push(lie.flatten().unwrap_or_else(|| sites[at].edit(&puts)));
            }
            _ => deliver_some(rng, &mut sites[at], &sent),
        }
    }
    sites[below(rng, SITES)..][..1].iter().filter(|site| !site.cells.is_empty()).for_each(Site::judge);
    for site in &mut sites {
        while site.changes.len() < sent.len() {
            deliver_some(rng, site, &sent);
        }
    }
    assert!(sites.windows(2).all(|pair| pair[0].cells == pair[1].cells), "the sites do not converge");
    sites[0].judge();
    outcome.conflicts = sites[0].cells.conflicts().count();
    outcome
}

/// Delivers from a random place on what can be delivered, a few changes at most.
fn deliver_some(rng: &mut ChaCha8Rng, site: &mut Site, sent: &[(Actor, Vec<u8>)]) {
    let (start, mut budget) = (below(rng, sent.len()), 1 + below(rng, 4));
    for (actor, bytes) in sent[start..].iter().chain(&sent[..start]) {
        if budget > 0 && site.takes(bytes) {
            site.admit(*actor, bytes);
            budget -= 1;
        }
    }
}

#[test]
fn folded_cells_are_what_automerge_has() {
    let base = std::env::var("COMPTOIR_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(DEFAULT_SEED);
    println!("COMPTOIR_SEED={base}");
    let workers: Vec<_> = (0..2)
        .map(|worker| {
            std::thread::spawn(move || {
                let seeds = (0..HISTORIES).filter(|n| n % 2 == worker).map(|n| base.wrapping_mul(HISTORIES) + n);
                seeds.map(|seed| std::panic::catch_unwind(|| run_history(seed)).map_err(|_| seed)).collect::<Vec<_>>()
            })
        })
        .collect();
    let ended = workers.into_iter().flat_map(|worker| worker.join().unwrap());
    let outcomes: Vec<Outcome> =
        ended.map(|ended| ended.unwrap_or_else(|seed| panic!("history {seed} failed"))).collect();
    let sum = |part: fn(&Outcome) -> usize| outcomes.iter().map(part).sum::<usize>();
    let (conflicts, told, passed) = (sum(|o| o.conflicts), sum(|o| o.lies_told), sum(|o| o.lies_passed));
    println!("{HISTORIES} histories, {conflicts} cells in conflict at their ends, {passed} of {told} lies passed");
    assert!(passed > 1_000 && passed < told / 2, "{passed} of {told} lies passed");
    assert!(conflicts > 1_000, "the histories hardly conflict: {conflicts}");
}
