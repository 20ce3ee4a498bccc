//! Many moves: what twenty thousand of them come to is made again from the log, to the last row, and everywhere alike.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;
use comptoir_backoffice::stock::posting::{Body, Line, Move, MoveType, Place, PlaceKind, Quantity, VERSION};
use comptoir_replica::{Append, NewPosting};
use comptoir_sync_protocol::ids::ScopeId;
use rand_chacha::rand_core::Rng;

const MOVES: u64 = 20_000;
/// Postings of one transaction.
const AT_ONCE: u64 = 500;
const ITEMS: usize = 50;

/// A clerk who posts what he likes as fast as he can: bodies are put together here, and pass no command.
struct Clerk {
    scope: ScopeId,
    items: Vec<RecordId>,
    locations: [RecordId; 2],
    there: BTreeMap<(usize, usize), i64>,
    number: u64,
}

impl Clerk {
    fn place(&self, location: usize) -> Place {
        Place { location: Some(self.locations[location]), kind: PlaceKind::Internal }
    }

    /// A move that fits what is there.
    fn next(&mut self, rng: &mut impl Rng) -> Move {
        let mut below = |bound: usize| usize::try_from(rng.next_u64() % bound as u64).unwrap();
        let (item, location, wanted) = (below(self.items.len()), below(2), 1 + below(20) as i64);
        let there = self.there.get(&(item, location)).copied().unwrap_or(0);
        let (what, from, to, quantity) = match below(8) {
            _ if there == 0 => (MoveType::Receive, Place::outside(PlaceKind::Supplier), self.place(location), wanted),
            0 | 1 => (MoveType::Receive, Place::outside(PlaceKind::Supplier), self.place(location), wanted),
            2 => (MoveType::Adjust, Place::outside(PlaceKind::Loss), self.place(location), wanted),
            3 => (MoveType::Adjust, self.place(location), Place::outside(PlaceKind::Loss), wanted.min(there)),
            4 => (MoveType::Scrap, self.place(location), Place::outside(PlaceKind::Loss), wanted.min(there)),
            5 => (MoveType::Transfer, self.place(location), self.place(1 - location), wanted.min(there)),
            6 => (MoveType::Return, Place::outside(PlaceKind::Customer), self.place(location), wanted),
            _ => (MoveType::Issue, self.place(location), Place::outside(PlaceKind::Customer), wanted.min(there)),
        };
        let within = from.stored().is_some() && to.stored().is_some();
        for (place, sign) in [(from, -1), (to, 1)] {
            if let Some(at) = self.locations.iter().position(|known| place.location == Some(*known)) {
                *self.there.entry((item, at)).or_default() += sign * quantity;
            }
        }
        self.number += 1;
        let millionths = Quantity(quantity * Quantity::ONE.0);
        let line = Line {
            item: self.items[item],
            from,
            to,
            quantity: millionths,
            unit: "pce".into(),
            in_unit: millionths,
            lot: String::new(),
            serial: String::new(),
            expiry: None,
            // A piece costs the same whenever it comes, so that value follows quantity.
            value: if within { 0 } else { quantity * 7 },
            draws: vec![],
            fulfils: None,
        };
        Move {
            number: self.number,
            what,
            date: "2026-05-28".parse().unwrap(),
            currency: "EUR".into(),
            draft: None,
            party: None,
            reverses: None,
            reference: String::new(),
            note: String::new(),
            lines: vec![line],
        }
    }
}

#[test]
fn twenty_thousand_random_moves_are_rebuilt_as_they_were_lived() {
    let mut sites = traders(2, 310);
    let items: Vec<RecordId> = (0..ITEMS).map(|n| sites[0].make("item", &[&format!("sku=I{n}"), "name=x"])).collect();
    let locations = [sites[0].main(), sites[0].make("location", &["code=BACK", "name=Back store"])];
    let scope = sites[0].replica.roster().scope_by_name("trade").unwrap().id;
    let mut clerk = Clerk { scope, items, locations, there: BTreeMap::new(), number: 0 };
    while clerk.number < MOVES {
        let Site { replica, rng, author, .. } = &mut sites[0];
        let mut mint = replica.mint(clerk.scope);
        let mut postings = Vec::new();
        for _ in 0..AT_ONCE {
            let body = Body::Move(clerk.next(rng));
            let id = mint.create(sites::NOW_MS, rng);
            let (kind, body) = (body.kind(), body.encode());
            postings.push(NewPosting { kind, version: VERSION, id, cites: vec![], body });
        }
        let request = Append::new(clerk.scope, author, "move.post");
        replica.append(request, sites::NOW_MS, rng, |_| Ok::<_, Infallible>(postings)).unwrap();
    }
    let expected: i64 = clerk.there.values().sum();
    let sum = |site: &Site| {
        let sql = "SELECT sum(quantity) FROM stock_on_hand";
        let all: i64 = site.replica.read(|reading| reading.query_row(sql, [], |row| row.get(0))).unwrap();
        all / Quantity::ONE.0
    };
    assert_eq!(sum(&sites[0]), expected);
    settle(&sites);
    assert_eq!((sum(&sites[0]), sum(&sites[1])), (expected, expected));
    let moves = |site: &Site| site.replica.read(|reading| reading.posting_counts()).unwrap();
    assert!(sites.iter().all(|site| moves(site).iter().any(|(.., count)| *count == MOVES)));
}
