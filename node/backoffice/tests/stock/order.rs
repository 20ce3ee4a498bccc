//! The order of arrival does not matter: whatever sites did, whoever receives it in whatever order comes to one state, and what
//! waits for something finds its place when that comes.

use super::*;
use comptoir_replica::Replica;
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::ScopeId;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const TRADERS: usize = 3;
const OBSERVERS: usize = 3;
const COMMANDS: usize = 45;

/// Draws of a test.
struct Draws(ChaCha20Rng);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.next_u64() % bound.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// Something at random at a site; what a rule refuses comes to nothing.
fn act(draws: &mut Draws, sites: &mut [Site], at: usize) {
    let (quantity, other) = ((1 + draws.below(12)).to_string(), format!("S0{}", (at + 1 + draws.below(2)) % TRADERS));
    let line = format!(r#"{{"item":"NAIL","quantity":"{quantity}"}}"#);
    let done = match draws.below(12) {
        0 | 1 => {
            let line = format!(r#"{{"item":"NAIL","quantity":"{quantity}","cost":"{quantity}.07 EUR"}}"#);
            sites[at].try_move(&["type=receive", "to=MAIN"], &line)
        }
        2 => sites[at].try_move(&["type=issue", "from=MAIN"], &line),
        3 => sites[at].try_move(&["type=transfer", "from=MAIN", "to=BACK"], &line),
        4 => sites[at].try_move(&["type=adjust", "from=MAIN"], &line.replace(r#""quantity":""#, r#""quantity":"-"#)),
        5 | 6 => sites[at].try_move(&["type=send", "from=MAIN", &format!("to_site={other}")], &line),
        7 => {
            let sent = ids(&sites[at], "SELECT dispatch FROM stock_transit WHERE to_site = ?1 AND receipt IS NULL");
            let Some(dispatch) = draws.pick(&sent).copied() else { return };
            let arrived = ArrivedLine { line: 1, quantity: Some(draws.below(2).into()), ..ArrivedLine::default() };
            let lines = if draws.below(2) == 0 { vec![] } else { vec![arrived] };
            sites[at].accept(dispatch, lines)
        }
        8 => {
            let short = "SELECT dispatch FROM stock_transit WHERE from_site = ?1 AND receipt IS NOT NULL";
            let Some(dispatch) = draws.pick(&ids(&sites[at], short)).copied() else { return };
            let (found, (desk, rng)) = (draws.below(2) == 0, sites[at].desk());
            desk.settle_transfer(dispatch, 1, found, rng)
        }
        9 => {
            let moves = "SELECT id FROM stock_postings WHERE site = ?1 AND kind = 'stock.move'";
            let Some(original) = draws.pick(&ids(&sites[at], moves)).copied() else { return };
            let (desk, rng) = sites[at].desk();
            desk.reverse_move(original, rng)
        }
        _ if at == 0 => sites[at].rights(RightsAct::Grant, Some(&other), &quantity),
        10 => sites[at].rights(RightsAct::Spend, None, &quantity),
        _ => match draws.below(3) {
            0 => sites[at].rights(RightsAct::Pass, Some(&other), &quantity),
            1 => sites[at].rights(RightsAct::Return, None, &quantity),
            _ => sites[at].rights(RightsAct::Spend, None, &quantity),
        },
    };
    match done {
        Ok(_) | Err(CommandError::Refused(_)) => {}
        Err(error) => panic!("{error:?}"),
    }
}

fn ids(site: &Site, sql: &str) -> Vec<RecordId> {
    let own = site.replica.site().0;
    let read = site.replica.read(|reading| {
        reading.prepare_cached(sql)?.query_map([own], |row| row.get(0).map(RecordId))?.collect::<Result<_, _>>()
    });
    read.unwrap()
}

/// All that a site has, in the order in which it has it.
fn all_entries(from: &Site) -> Vec<(ScopeId, Entry)> {
    let mut all = Vec::new();
    let roster = from.replica.roster();
    for scope in roster.scopes.keys() {
        let served = from.replica.read_missing(*scope, &Default::default(), usize::MAX).unwrap();
        all.extend(served.iter().map(|(_, bytes)| (*scope, Entry::decode(bytes).unwrap())));
    }
    all
}

/// Delivers one by one, each up to `astray` places from where it stood; those that have to wait do.
fn deliver(
    draws: &mut Draws,
    to: &Replica<comptoir_backoffice::BackOffice>,
    all: &[(ScopeId, Entry)],
    astray: usize,
) -> usize {
    let mut order: Vec<(usize, usize)> = (0..all.len()).map(|place| (place + draws.below(astray), place)).collect();
    order.sort_unstable();
    let mut waited = 0;
    for (_, place) in order {
        let (scope, entry) = &all[place];
        let report = to.admit(*scope, vec![entry.clone()], sites::NOW_MS).unwrap();
        assert!(report.quarantined.is_empty() && report.parked.is_empty(), "{report:?}");
        waited += report.waiting;
    }
    waited
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let mut waited = 0;
    for seed in 300..306 {
        let mut draws = Draws(ChaCha20Rng::seed_from_u64(seed));
        let mut sites = traders(TRADERS + OBSERVERS, seed);
        for site in &mut sites[..TRADERS] {
            site.make("location", &["code=BACK", "name=Back store"]);
        }
        sites[0].receive("NAIL", "60", "60 EUR");
        sites[0].make("pool", &["code=POOL", "name=Nails of all", "item=NAIL", "location=MAIN"]);
        exchange(&sites[..TRADERS]);
        for _ in 0..COMMANDS {
            let at = draws.below(TRADERS);
            act(&mut draws, &mut sites, at);
            if draws.below(3) == 0 {
                let (to, from) = (draws.below(TRADERS), draws.below(TRADERS));
                if to != from {
                    sites::pull(&sites[to], &sites[from]);
                }
            }
        }
        exchange(&sites[..TRADERS]);
        let all = all_entries(&sites[0]);
        for (observer, astray) in (TRADERS..).zip([1, 12, all.len()]).take(OBSERVERS) {
            waited += deliver(&mut draws, &sites[observer].replica, &all, astray);
            assert!(sites[observer].replica.waiting().unwrap().is_empty(), "seed {seed}");
        }
        let state = |site: &Site| ["organisation", "trade"].map(|scope| site.replica.states().unwrap()[scope]);
        for site in &sites[1..] {
            assert_eq!(site.replica.digests()["trade"], sites[0].replica.digests()["trade"], "seed {seed}");
            assert_eq!(state(site), state(&sites[0]), "seed {seed}, site {}", site.home.code);
        }
        let lived = state(&sites[TRADERS]);
        sites[TRADERS].replica.rebuild().unwrap();
        assert_eq!(state(&sites[TRADERS]), lived, "seed {seed}: rebuilt = lived");
    }
    assert!(waited > 100, "{waited} entries had to wait");
}
