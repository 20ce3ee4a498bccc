//! What is done about stock that other kinds of record do not do, one verb a file. Each decides on the state that its own
//! transaction sees what is posted; the rules that judge it are those that every site judges it by.

mod build;
pub mod post;
pub mod receive;
pub mod reclaim;
pub mod revalue;
pub mod reverse;
pub mod rights;
pub mod settle;
pub mod share_out;

use comptoir_replica::posting::{Ledger, Posting, PostingStop, PostingView};
use comptoir_replica::record::{Record, RecordId};
use comptoir_replica::{Appended, Edit, NewPosting, Reading, StoredPosting, Write};
use comptoir_sync_protocol::LogHead;
use rand_core::CryptoRng;
use rusqlite::Connection;

use super::posting::{Body, Quantity};
use super::query::item::named;
use super::record::Draft;
use super::rules::accounts;
use super::rules::verdict::{self, RuleStop};
use crate::desk::{CommandError, Desk, Stopped};
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, kind};

/// What was posted. Durable.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The posting.
    pub posting: RecordId,
    /// What was written.
    pub appended: Appended,
}

/// What a command posts, with what it cites and what it changes beside.
pub(super) struct Decided {
    pub body: Body,
    pub cites: Vec<LogHead>,
    pub edits: Vec<Edit>,
}

impl From<Body> for Decided {
    fn from(body: Body) -> Self {
        Self { body, cites: Vec::new(), edits: Vec::new() }
    }
}

/// What a command decides on.
pub(super) struct Deciding<'d> {
    pub context: Context<'d>,
    pub reading: Reading<'d>,
    pub ledger: Ledger<'d>,
    /// The posting's id.
    pub id: RecordId,
}

impl Deciding<'_> {
    /// The number of the next posting of a kind.
    pub fn next_number(&self, kind: &str) -> Result<u64, Stopped> {
        let made = self.ledger.balance_of_epoch(&accounts::number(kind)).map_err(|stop| stopped(self, stop.into()))?;
        Ok(made.unsigned_abs() + 1)
    }

    /// The posting of this id, read.
    pub fn posting(&self, id: &RecordId) -> Result<(StoredPosting, Body), Stopped> {
        let unknown = || Refusal::new(Code::NotCited).with("value", id);
        let stored = self.reading.find_posting(id)?.ok_or_else(unknown)?;
        let body = Body::read(&stored.posting).map_err(|_| unknown())?;
        Ok((stored, body))
    }
}

impl Desk<'_> {
    /// Posts what `decide` makes of the present state.
    fn post(
        &self,
        command: &str,
        rng: &mut impl CryptoRng,
        decide: impl FnOnce(&Deciding<'_>) -> Result<Decided, Stopped>,
    ) -> Result<Posted, CommandError> {
        let draft = kind(Draft::KIND)?;
        self.look_at(draft, |_| Ok(()))?;
        let scope = self.scope_of(draft);
        let id = self.replica.mint(scope).create(self.now_ms, rng);
        let appended = self.append(self.request(scope, command), rng, |reading| {
            let ledger = reading.ledger().expect("invariant: a command decides where its entry will stand");
            let deciding = Deciding { context: self.context(reading), reading: *reading, ledger, id };
            let decided = decide(&deciding)?;
            self.check(&deciding, decided)
        })?;
        Ok(Posted { posting: id, appended })
    }

    /// Holds what was decided against the rules, and makes it what is appended.
    fn check(&self, deciding: &Deciding<'_>, decided: Decided) -> Result<Vec<Write>, Stopped> {
        let Decided { body, cites, edits } = decided;
        let (kind, version, bytes) = (body.kind(), body.version(), body.encode());
        let posting = Posting { kind: kind.to_owned(), version, id: deciding.id.0, cites, body: bytes };
        let view = PostingView {
            scope: deciding.ledger.scope(),
            writer: deciding.ledger.writer(),
            entry: None,
            author: self.author,
            at_ms: self.now_ms,
            posting: &posting,
        };
        verdict::judge(&deciding.ledger, &view, &body).map_err(|stop| stopped(deciding, stop))?;
        let Posting { cites, body, .. } = posting;
        let mut writes: Vec<Write> = edits.into_iter().map(Write::Edit).collect();
        writes.push(Write::Post(NewPosting { kind, version, id: deciding.id, cites, body }));
        Ok(writes)
    }
}

/// What a person is told of a rule: items and locations by the names that people know them by.
fn stopped(deciding: &Deciding<'_>, stop: RuleStop) -> Stopped {
    match stop {
        RuleStop::Broken(refusal) => match told(deciding.reading.connection(), refusal) {
            Ok(refusal) => refusal.into(),
            Err(error) => error.into(),
        },
        RuleStop::Ledger(PostingStop::Storage(error)) => error.into(),
        RuleStop::Ledger(PostingStop::Refused { reason, .. } | PostingStop::Parked(reason)) => {
            Refusal::new(Code::NotCited).with("value", reason).into()
        }
    }
}

fn told(connection: &Connection, mut refusal: Refusal) -> rusqlite::Result<Refusal> {
    if let Some(item) = refusal.params.get("item").and_then(|id| id.parse::<RecordId>().ok()) {
        let (sku, name, _) = named(connection, item.as_bytes())?;
        refusal = refusal.with("item", format!("{sku} {name}").trim());
    }
    for name in ["location", "value"] {
        let id = refusal.params.get(name).and_then(|id| id.parse::<RecordId>().ok());
        if let Some(found) = id.map(|id| super::rules::location(connection, &id)).transpose()?.flatten() {
            refusal = refusal.with(name, found.code);
        }
    }
    Ok(refusal)
}

/// A quantity that a person typed, in the item's own unit, above zero.
fn above_zero(quantity: Quantity) -> Result<Quantity, Refusal> {
    match quantity.0 > 0 {
        true => Ok(quantity),
        false => Err(Refusal::new(Code::QuantityNotPositive).with("value", quantity)),
    }
}
