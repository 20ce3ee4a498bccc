//! Postings that a faulty program at another site makes: one verdict everywhere, and nothing comes of them. They are put
//! together by hand and pass no command.

use super::*;
use comptoir_backoffice::stock::posting::{
    Body, CreditDraw, Day, Dispatch, Holder, Line, Move, MoveType, Place, PlaceKind, Quantity, Receipt, ReceiptLine,
    Revaluation, Rights,
};
use comptoir_replica::posting::Posting;
use comptoir_replica::testing::organisation;
use comptoir_sync_protocol::entry::{Entry, EntryBuilder};
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Epoch, Incarnation, ScopeId, Writer};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::payload::{Envelope, Operation};
use comptoir_sync_protocol::roster::unwrap_key;

/// S01 with a program that posts what it likes; the others are honest.
pub(super) struct Faulty {
    pub sites: Vec<Site>,
    /// Those that look at what it posts.
    honest: [usize; 2],
    scope: ScopeId,
    seed: u64,
    /// The id of what it posted last.
    pub minted: RecordId,
    /// What it wrote last.
    last: Option<Entry>,
    /// What its next entry builds on beside.
    pub heads: Vec<LogHead>,
    pub location: RecordId,
    pub item: RecordId,
}

impl Faulty {
    fn new(seed: u64) -> Self {
        Self::among(3, [0, 2], seed)
    }

    pub fn among(n: usize, honest: [usize; 2], seed: u64) -> Self {
        let sites = traders(n, seed);
        let scope = sites[0].replica.roster().scope_by_name("trade").unwrap().id;
        let reader = sites[1].reader();
        let (_, location) = reader.find(registry::kind("location").unwrap(), "MAIN").unwrap();
        let (_, item) = reader.find(registry::kind("item").unwrap(), "NAIL").unwrap();
        Self { sites, honest, scope, seed, minted: RecordId([0; 16]), last: None, heads: Vec::new(), location, item }
    }

    /// The key of the scope as headquarters knows it.
    fn key(&self) -> ScopeKey {
        let roster = self.sites[0].replica.roster();
        let (scope, us) = (&roster.scopes[&self.scope], self.sites[1].replica.site());
        let secrets = organisation(self.sites.len(), self.seed);
        unwrap_key(&scope.keys[&(scope.current_key.unwrap(), us)], &secrets.sites[1].sealing).unwrap()
    }

    fn writer(&self) -> Writer {
        Writer { site: self.sites[1].replica.site(), epoch: Epoch([9; 8]) }
    }

    /// An entry of one posting, which all honest sites take in.
    fn post(&mut self, body: &Body, cites: Vec<LogHead>) -> Entry {
        let id = self.mint();
        self.post_in_version(body.version(), id, body, cites)
    }

    fn mint(&mut self) -> RecordId {
        let Site { replica, rng, .. } = &mut self.sites[1];
        self.minted = replica.mint(self.scope).create(sites::NOW_MS, rng);
        self.minted
    }

    fn post_in_version(&mut self, version: u16, id: RecordId, body: &Body, cites: Vec<LogHead>) -> Entry {
        let posting = Posting { kind: body.kind().to_owned(), version, id: id.0, cites, body: body.encode() };
        let secrets = organisation(self.sites.len(), self.seed);
        let first = self.last.is_none();
        let vectors = self.sites[1].replica.vectors();
        let deps = if first { vectors[&self.scope].heads().collect() } else { std::mem::take(&mut self.heads) };
        let builder = EntryBuilder {
            organisation: self.sites[0].replica.organisation(),
            scope: self.scope,
            writer: self.writer(),
            previous: self.last.as_ref().map(|entry| (entry.header().seq, entry.hash())),
            roster_heads: self.sites[0].replica.roster().heads.clone(),
            deps,
            envelope: Envelope {
                author: "S01/operator".into(),
                wall_clock_ms: sites::NOW_MS,
                command: "faulty".into(),
                incarnation: Incarnation([8; 8]),
                batch: None,
            },
            shared: vec![Operation::Posting(posting)],
            persons: vec![],
        };
        let entry = builder.build(Some(&self.key()), &secrets.sites[1].signing, &mut self.sites[1].rng).unwrap();
        self.last = Some(entry.clone());
        entry
    }

    /// Both honest sites quarantine it, with one code, and show nothing of it.
    pub fn quarantined(&mut self, body: &Body, cites: Vec<LogHead>, expected: &str) {
        self.quarantined_in_version(body.version(), body, cites, expected);
    }

    pub fn quarantined_in_version(&mut self, version: u16, body: &Body, cites: Vec<LogHead>, expected: &str) {
        let before = self.sites[0].on_hand("NAIL");
        let id = self.mint();
        let entry = self.post_in_version(version, id, body, cites);
        let mut reasons = Vec::new();
        for site in self.honest {
            let report = self.sites[site].replica.admit(self.scope, vec![entry.clone()], sites::NOW_MS).unwrap();
            let set_aside = self.sites[site].replica.quarantined().unwrap();
            let last = set_aside.last().unwrap_or_else(|| panic!("{expected}: {report:?}"));
            assert_eq!((last.code.as_str(), last.head), (expected, entry.head()), "{}", last.reason);
            reasons.push(last.reason.clone());
        }
        assert_eq!(reasons[0], reasons[1]);
        assert_eq!(self.sites[0].on_hand("NAIL"), before);
        assert_eq!(self.state(self.honest[0]), self.state(self.honest[1]));
    }

    pub fn good(&mut self, body: &Body, cites: Vec<LogHead>) -> Entry {
        let entry = self.post(body, cites);
        for site in self.honest {
            let report = self.sites[site].replica.admit(self.scope, vec![entry.clone()], sites::NOW_MS).unwrap();
            assert!(report.quarantined.is_empty() && report.parked.is_empty(), "{report:?}");
        }
        entry
    }

    fn state(&self, site: usize) -> comptoir_sync_protocol::ids::Hash {
        self.sites[site].replica.states().unwrap()["trade"]
    }

    pub fn place(&self, kind: PlaceKind) -> Place {
        Place { location: kind.is_stored().then_some(self.location), kind }
    }

    pub fn line(&self, from: PlaceKind, to: PlaceKind, quantity: i64, value: i64) -> Line {
        Line {
            item: self.item,
            from: self.place(from),
            to: self.place(to),
            quantity: Quantity(quantity * Quantity::ONE.0),
            unit: "pce".into(),
            in_unit: Quantity(quantity * Quantity::ONE.0),
            lot: String::new(),
            serial: String::new(),
            expiry: None,
            value,
            draws: vec![],
            fulfils: None,
        }
    }

    pub fn moved(&self, number: u64, what: MoveType, lines: Vec<Line>) -> Move {
        Move {
            number,
            what,
            date: day(),
            currency: "EUR".into(),
            draft: None,
            party: None,
            reverses: None,
            reference: String::new(),
            note: String::new(),
            lines,
        }
    }
}

pub(super) fn day() -> Day {
    "2026-05-28".parse().unwrap()
}

#[test]
fn f29_moves_that_no_honest_site_makes_are_quarantined_alike() {
    use PlaceKind::{Customer, Internal, Loss, Supplier};
    let mut faulty = Faulty::new(260);
    let overdraft = faulty.moved(1, MoveType::Issue, vec![faulty.line(Internal, Customer, 5, 0)]);
    faulty.quarantined(&Body::Move(overdraft), vec![], "stock-short");
    let from_nowhere = faulty.moved(1, MoveType::Receive, vec![faulty.line(Loss, Internal, 5, 0)]);
    faulty.quarantined(&Body::Move(from_nowhere), vec![], "places-unfit");
    let mut foreign = faulty.line(Supplier, Internal, 5, 0);
    foreign.to.location = Some(faulty.sites[0].main());
    let foreign = faulty.moved(1, MoveType::Receive, vec![foreign]);
    faulty.quarantined(&Body::Move(foreign), vec![], "foreign-location");
    let nothing = faulty.moved(1, MoveType::Receive, vec![]);
    faulty.quarantined(&Body::Move(nothing), vec![], "no-lines");
    let gap = faulty.moved(2, MoveType::Receive, vec![faulty.line(Supplier, Internal, 5, 0)]);
    faulty.quarantined(&Body::Move(gap), vec![], "number-out-of-order");
    let negative = faulty.moved(1, MoveType::Receive, vec![faulty.line(Supplier, Internal, -5, 0)]);
    faulty.quarantined(&Body::Move(negative), vec![], "quantity-not-positive");
    let indebted = faulty.moved(1, MoveType::Receive, vec![faulty.line(Supplier, Internal, 5, -1)]);
    faulty.quarantined(&Body::Move(indebted), vec![], "value-negative");
    let huge = faulty.moved(1, MoveType::Receive, vec![faulty.line(Supplier, Internal, 9_000_000_000_000, 0); 2]);
    faulty.quarantined(&Body::Move(huge), vec![], "quantity-too-large");
    let good = faulty.moved(1, MoveType::Receive, vec![faulty.line(Supplier, Internal, 5, 500)]);
    faulty.good(&Body::Move(good), vec![]);
    let dear = faulty.moved(2, MoveType::Issue, vec![faulty.line(Internal, Customer, 1, 501)]);
    faulty.quarantined(&Body::Move(dear), vec![], "value-apart");
    let left_over = faulty.moved(2, MoveType::Issue, vec![faulty.line(Internal, Customer, 5, 499)]);
    faulty.quarantined(&Body::Move(left_over), vec![], "value-apart");
    let reversal = Move { reverses: Some(RecordId([7; 16])), ..faulty.moved(2, MoveType::Issue, vec![]) };
    faulty.quarantined(
        &Body::Move(Move { lines: vec![faulty.line(Internal, Supplier, 5, 500)], ..reversal }),
        vec![],
        "reversal-unfit",
    );
    let revaluation = Revaluation {
        number: 1,
        date: day(),
        item: faulty.item,
        currency: "EUR".into(),
        amount: -501,
        layer: None,
        layer_line: 0,
        note: String::new(),
    };
    faulty.quarantined(&Body::Revaluation(revaluation), vec![], "revaluation-unfit");
    assert_eq!(faulty.sites[0].there("NAIL", "S01").0, "5");
}

#[test]
fn f29_transfers_and_rights_that_are_forged_are_quarantined_alike() {
    use PlaceKind::{Internal, Supplier, Transit};
    let mut faulty = Faulty::new(261);
    let good = faulty.moved(1, MoveType::Receive, vec![faulty.line(Supplier, Internal, 50, 500)]);
    let received = faulty.good(&Body::Move(good), vec![]);
    let mut away = faulty.line(Internal, Transit, 51, 0);
    away.to = Place::outside(Transit);
    let dispatch = Dispatch {
        number: 1,
        date: day(),
        currency: "EUR".into(),
        draft: None,
        to: faulty.sites[2].replica.site(),
        reference: String::new(),
        note: String::new(),
        lines: vec![away.clone()],
    };
    faulty.quarantined(&Body::Dispatch(dispatch), vec![], "stock-short");
    // A receipt of what nobody sent, citing an entry that is something else.
    let arrived = Line { from: Place::outside(Transit), to: faulty.place(Internal), ..away };
    let receipt = Receipt {
        number: 1,
        date: day(),
        currency: "EUR".into(),
        dispatch: RecordId([3; 16]),
        note: String::new(),
        lines: vec![ReceiptLine { line: 0, arrived, damaged: Quantity(0) }],
    };
    faulty.quarantined(&Body::Receipt(receipt.clone()), vec![received.head()], "not-cited");
    let outside = LogHead { seq: 99, ..received.head() };
    faulty.quarantined(&Body::Receipt(receipt), vec![outside], "cites_outside_past");
    let rights = |act, quantity: i64| Rights {
        number: 1,
        date: day(),
        act,
        pool: RecordId([5; 16]),
        item: faulty.item,
        location: faulty.sites[0].main(),
        to: None,
        quantity: Quantity(quantity),
        minted: Quantity(0),
        draws: vec![],
        party: None,
        note: String::new(),
    };
    let (spend, grant) = (rights(RightsAct::Spend, 1), rights(RightsAct::Grant, 1));
    let credit = |quantity| vec![CreditDraw { credit: RecordId([6; 16]), quantity: Quantity(quantity) }];
    faulty.quarantined(&Body::Rights(spend.clone()), vec![], "quantity-not-positive");
    let drawn = Rights { draws: credit(1), ..spend.clone() };
    faulty.quarantined(&Body::Rights(drawn), vec![received.head()], "not-cited");
    let to = Some(Holder { site: faulty.sites[2].replica.site(), epoch: Epoch([1; 8]) });
    let minted = Rights { minted: Quantity(1), to, ..grant };
    faulty.quarantined(&Body::Rights(minted), vec![], "rights-unfit");
    // Rights that were given to another site.
    faulty.sites[0].receive("NAIL", "10", "1 EUR");
    faulty.sites[0].make("pool", &["code=POOL", "name=x", "item=NAIL", "location=MAIN"]);
    let granted = faulty.sites[0].rights(RightsAct::Grant, Some("S02"), "10").unwrap();
    sites::pull(&faulty.sites[2], &faulty.sites[0]);
    let head = granted.appended.heads[0];
    faulty.heads = vec![head];
    let stolen = Rights {
        pool: pool_of(&faulty.sites[0]),
        draws: vec![CreditDraw { credit: granted.posting, quantity: Quantity(1) }],
        ..spend
    };
    faulty.quarantined(&Body::Rights(stolen), vec![head], "credit-of-others");
    faulty.sites[2].rights(RightsAct::Spend, None, "10").unwrap();
}

fn pool_of(site: &Site) -> RecordId {
    site.reader().find(registry::kind("pool").unwrap(), "POOL").unwrap().1
}
