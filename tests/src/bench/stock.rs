//! `comptoir-tests bench-stock`: what a site with very many moves feels. Real replica and back office with durable storage, in
//! this process; moves are posted many to a transaction until the site has as many as asked for, then questions and single
//! postings are timed one by one. Owns the options, the drawing of moves and the table; it judges no figure.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::Desk;
use comptoir_backoffice::registry::{Home, kind};
use comptoir_backoffice::sites::Sites;
use comptoir_backoffice::staff::{Borne, Standing};
use comptoir_backoffice::stock::posting::{Body, Line, Move, MoveType, Place, PlaceKind, Quantity, VERSION};
use comptoir_backoffice::stock::query::availability::{AvailabilityQuery, availability, page_key};
use comptoir_backoffice::stock::query::layers::share;
use comptoir_backoffice::stock::query::on_hand::{OnHandQuery, on_hand};
use comptoir_backoffice::stock::query::value::value;
use comptoir_replica::record::RecordId;
use comptoir_replica::{Append, Durability, Edit, Identity, NewPosting, Options, Replica};
use comptoir_sync_protocol::Incarnation;
use comptoir_sync_protocol::ids::ScopeId;
use comptoir_sync_protocol::testing::TestOrganisation;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::machine;

/// Moves that one transaction takes while the site is filled.
const MOVES_A_TRANSACTION: u64 = 20_000;
/// Items that one transaction makes.
const ITEMS_A_TRANSACTION: usize = 5_000;
/// Locations among which goods move.
const LOCATIONS: usize = 4;
/// Questions of each kind, and single postings.
const TIMES: usize = 200;
/// Moves after which a rebuild is held against what was lived.
const REBUILT_AT: u64 = 1_000_000;
const NOW_MS: i64 = 1_795_000_000_000;
const SEED: u64 = 1;

/// What was timed, and each time that it took.
type Timings = Vec<(&'static str, Vec<Duration>)>;

/// Options of `comptoir-tests bench-stock`.
#[derive(Debug, clap::Args)]
#[command(about = "Measures questions and postings at a site with very many moves of stock")]
pub struct Arguments {
    /// Moves that are posted.
    #[arg(long, default_value_t = 5_000_000)]
    moves: u64,
    /// Items that they are of.
    #[arg(long, default_value_t = 100_000)]
    items: usize,
    /// Writes the figures into this file, as JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Arguments {
    /// Measures; exit 1 when something does not hold.
    pub fn run(self) -> ExitCode {
        match self.measured() {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("the bench failed: {failure}");
                ExitCode::FAILURE
            }
        }
    }

    fn measured(&self) -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::Builder::new().prefix("comptoir-bench-stock-").tempdir()?;
        let mut site = Trader::open(folder.path().join("replica.sqlite"))?;
        site.make_items(self.items)?;
        let began = Instant::now();
        let mut rebuilt = None;
        while site.posted < self.moves {
            site.post_many((self.moves - site.posted).min(MOVES_A_TRANSACTION))?;
            if rebuilt.is_none() && site.posted >= REBUILT_AT.min(self.moves) {
                rebuilt = Some((site.posted, site.rebuild()?));
            }
            if site.posted.is_multiple_of(25 * MOVES_A_TRANSACTION) {
                eprintln!("bench-stock: {} moves, {} s", site.posted, began.elapsed().as_secs());
            }
        }
        let (at, rebuild) = rebuilt.unwrap_or_default();
        let filled = began.elapsed().saturating_sub(rebuild);
        let figures = site.figures()?;
        let mut told = serde_json::json!({
            "machine": machine::described("none: one process", "this program"),
            "moves": self.moves,
            "items": self.items,
            "filled_seconds": filled.as_secs_f64(),
            "moves_per_second": self.moves as f64 / filled.as_secs_f64(),
            "rebuild": { "moves": at, "seconds": rebuild.as_secs_f64(), "state": "equal" },
            "database_mib": std::fs::metadata(folder.path().join("replica.sqlite"))?.len() / (1 << 20),
        });
        println!("| {} moves of {} items | p50 ms | p99 ms |\n|---|---|---|", self.moves, self.items);
        for (name, mut times) in figures {
            times.sort_unstable();
            let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1_000.0;
            println!("| {name} | {:.2} | {:.2} |", at(50), at(99));
            told[name] = serde_json::json!({ "p50_ms": at(50), "p99_ms": at(99) });
        }
        println!("{told:#}");
        if let Some(out) = &self.out {
            std::fs::write(out, format!("{told:#}\n"))?;
        }
        Ok(())
    }
}

/// What is known here of one item's stock, so that only what can be is posted.
#[derive(Clone, Copy, Default)]
struct Held {
    at: [i64; LOCATIONS],
    value: i64,
}

struct Trader {
    replica: Replica<BackOffice>,
    organisation: TestOrganisation,
    rng: ChaCha20Rng,
    scope: ScopeId,
    locations: Vec<RecordId>,
    items: Vec<RecordId>,
    held: Vec<Held>,
    posted: u64,
    /// The clock goes on with each transaction: ids are told apart by it.
    now_ms: i64,
}

impl Trader {
    fn open(path: PathBuf) -> Result<Self, Box<dyn std::error::Error>> {
        let organisation = TestOrganisation::found(1, SEED);
        let (secrets, mut rng) = (&organisation.sites[0], ChaCha20Rng::seed_from_u64(SEED));
        let options = Options {
            organisation: organisation.id,
            identity: Some(Identity::new(secrets.id, secrets.signing.clone(), secrets.sealing.clone())),
            incarnation: Incarnation::random(&mut rng),
            durability: Durability::Full,
            failpoint: None,
        };
        let replica = Replica::open(&path, BackOffice, options, &mut rng)?;
        replica.admit(comptoir_sync_protocol::roster::scope_id(), organisation.roster.clone(), NOW_MS)?;
        let scope = organisation.scope("trade");
        let (locations, items, held) = (Vec::new(), Vec::new(), Vec::new());
        let mut trader = Self { replica, organisation, rng, scope, locations, items, held, posted: 0, now_ms: NOW_MS };
        for number in 0..LOCATIONS {
            let fields = [format!("code=L{number}"), format!("name=Store {number}")];
            let mut rng = ChaCha20Rng::seed_from_u64(trader.rng.next_u64());
            let made = trader.desk().create(kind("location")?, Changes::parse(&fields)?, &mut rng)?.record;
            trader.locations.push(made);
        }
        Ok(trader)
    }

    fn desk(&self) -> Desk<'_> {
        let code = self.organisation.sites[0].code.clone();
        let home = Home { code, country: "FR".into(), currency: "EUR".into(), ..Home::default() };
        Desk {
            replica: &self.replica,
            home,
            author: "S00/operator",
            standing: Standing::Operator,
            borne: Borne::default(),
            now_ms: self.now_ms,
        }
    }

    fn make_items(&mut self, count: usize) -> Result<(), Box<dyn std::error::Error>> {
        let of = kind("item")?;
        let scope = self.desk().scope_of(of);
        for first in (0..count).step_by(ITEMS_A_TRANSACTION) {
            self.now_ms += 1_000;
            let mut mint = self.replica.mint(scope);
            let mut edits = Vec::new();
            for number in first..(first + ITEMS_A_TRANSACTION).min(count) {
                let id = mint.create(self.now_ms, &mut self.rng);
                let texts =
                    [("sku", format!("P-{number:07}")), ("name", format!("Part {number}")), ("unit", "pce".into())];
                let puts = texts.into_iter().map(|(path, text)| (path.to_owned(), text.into())).collect();
                edits.push(Edit::create(of.name(), id, puts));
                self.items.push(id);
            }
            self.replica.append_edits(
                Append::new(scope, "S00/operator", "bench"),
                edits,
                self.now_ms,
                &mut self.rng,
            )?;
        }
        self.held = vec![Held::default(); count];
        Ok(())
    }

    /// Posts so many moves in one transaction.
    fn post_many(&mut self, count: u64) -> Result<(), Box<dyn std::error::Error>> {
        self.now_ms += 1_000;
        let mut mint = self.replica.mint(self.scope);
        let mut postings = Vec::with_capacity(count as usize);
        for _ in 0..count {
            self.posted += 1;
            let body = Body::Move(self.draw());
            let id = mint.create(self.now_ms, &mut self.rng);
            postings.push(NewPosting { kind: body.kind(), version: VERSION, id, cites: vec![], body: body.encode() });
        }
        let request = Append::new(self.scope, "S00/operator", "bench");
        let done: Result<_, comptoir_replica::AppendError> =
            self.replica.append(request, self.now_ms, &mut self.rng, |_| Ok(postings));
        Ok(done.map(drop)?)
    }

    /// A move that can be: goods come in where there are few, leave where there are many, and go about.
    fn draw(&mut self) -> Move {
        let (item, from) = (self.below(self.items.len()), self.below(LOCATIONS));
        let to = (from + 1) % LOCATIONS;
        let held = &mut self.held[item];
        let there: i64 = held.at.iter().sum();
        let stored = |place: usize| Place { location: Some(self.locations[place]), kind: PlaceKind::Internal };
        let (what, ends, quantity, value) = if held.at[from] < 5 {
            held.at[from] += 20;
            held.value += 2_000;
            (MoveType::Receive, (Place::outside(PlaceKind::Supplier), stored(from)), 20, 2_000)
        } else if self.posted.is_multiple_of(3) {
            held.at[from] -= 2;
            held.at[to] += 2;
            (MoveType::Transfer, (stored(from), stored(to)), 2, 0)
        } else {
            let value = share(held.value, 3, there);
            held.at[from] -= 3;
            held.value -= value;
            (MoveType::Issue, (stored(from), Place::outside(PlaceKind::Customer)), 3, value)
        };
        let quantity = Quantity(quantity * Quantity::ONE.0);
        let line = Line {
            item: self.items[item],
            from: ends.0,
            to: ends.1,
            quantity,
            unit: "pce".into(),
            in_unit: quantity,
            lot: String::new(),
            serial: String::new(),
            expiry: None,
            value,
            draws: vec![],
            fulfils: None,
        };
        // A thousand days, so that a question at a date has something to add up.
        let day = self.posted * 1_000 / 5_000_000 % 1_000;
        let date = format!("20{:02}-{:02}-{:02}", 23 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
        Move {
            number: self.posted,
            what,
            date: date.parse().expect("invariant: every month has 28 days"),
            currency: "EUR".into(),
            draft: None,
            party: None,
            reverses: None,
            reference: String::new(),
            note: String::new(),
            lines: vec![line],
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    /// Makes everything anew, which must come to the same.
    fn rebuild(&self) -> Result<Duration, Box<dyn std::error::Error>> {
        let lived = self.replica.states()?;
        let began = Instant::now();
        let report = self.replica.rebuild()?;
        let took = began.elapsed();
        if !report.changed.is_empty() || self.replica.states()? != lived {
            return Err(format!("rebuilt is not lived: {:?}", report.changed).into());
        }
        Ok(took)
    }

    fn figures(&mut self) -> Result<Timings, Box<dyn std::error::Error>> {
        let names = Sites::of(&self.replica);
        let picked: Vec<usize> = (0..TIMES).map(|_| self.below(self.items.len())).collect();
        let mut found = vec![("on hand", vec![]), ("on hand at a date", vec![]), ("availability", vec![])];
        let at = Some("2024-06-15".parse()?);
        for item in &picked {
            let id = self.items[*item];
            for (place, at) in [(0, None), (1, at)] {
                let query = OnHandQuery { at, ..OnHandQuery::default() };
                let began = Instant::now();
                let there = self.desk().look(|reading| on_hand(reading, &names, id, &query))?;
                found[place].1.push(began.elapsed());
                if at.is_none() {
                    let sum: i64 = self.held[*item].at.iter().sum();
                    let told = there.sites.first().map_or("0", |site| site.on_hand.as_str());
                    if told != sum.to_string() {
                        return Err(format!("{id}: {told} on hand, {sum} were posted").into());
                    }
                }
            }
            let after = Some(page_key(&format!("P-{item:07}"), &RecordId([0xff; 16]).to_string()));
            let query = AvailabilityQuery { after, country: "FR".into(), ..AvailabilityQuery::default() };
            let began = Instant::now();
            self.desk().look(|reading| availability(reading, &names, &query))?;
            found[2].1.push(began.elapsed());
        }
        let mut values = Vec::new();
        for _ in 0..20 {
            let began = Instant::now();
            self.replica.read(|reading| value(reading.connection(), &names, None, None))?;
            values.push(began.elapsed());
        }
        found.push(("stock value", values));
        found.push(("posting", self.post_one_by_one()?));
        Ok(found)
    }

    /// Drafts that people post, each with its durable commit. Making the draft is not in the time.
    fn post_one_by_one(&mut self) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let place = self.below(self.items.len());
            let item = self.items[place];
            let line = format!(r#"lines+={{"item":"{item}","quantity":"1","cost":"1 EUR"}}"#);
            let changes = Changes::parse(&["type=receive".to_owned(), "to=L0".to_owned(), line])?;
            let mut rng = ChaCha20Rng::seed_from_u64(self.rng.next_u64());
            self.now_ms += 1_000;
            let desk = self.desk();
            let draft = desk.create(kind("move")?, changes, &mut rng)?.record.to_string();
            let began = Instant::now();
            desk.post_draft(&draft, &mut rng)?;
            times.push(began.elapsed());
        }
        Ok(times)
    }
}
