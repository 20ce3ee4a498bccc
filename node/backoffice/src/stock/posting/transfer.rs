//! The bodies of a transfer to another site: dispatch, receipt, settlement. Owns their bytes.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::SiteId;
use minicbor::{Decode, Encode};

use super::amount::{Day, Quantity};
use super::line::Line;

/// Goods leave for another site.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Dispatch {
    /// Its number among the dispatches of its epoch, from 1.
    #[n(0)]
    pub number: u64,
    /// The day of the papers.
    #[n(1)]
    pub date: Day,
    /// ISO 4217, of the values.
    #[n(2)]
    pub currency: String,
    /// The draft that it was.
    #[n(3)]
    pub draft: Option<RecordId>,
    /// To whom.
    #[n(4)]
    pub to: SiteId,
    /// A number of somebody else's.
    #[n(5)]
    pub reference: String,
    /// What else is to be said.
    #[n(6)]
    pub note: String,
    /// What leaves; each line's `to` is outside.
    #[n(7)]
    pub lines: Vec<Line>,
}

/// Goods arrive. What of the dispatch is not named here did not.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// Its number among the receipts of its epoch, from 1.
    #[n(0)]
    pub number: u64,
    /// The day.
    #[n(1)]
    pub date: Day,
    /// ISO 4217, of the values.
    #[n(2)]
    pub currency: String,
    /// The dispatch; cited.
    #[n(3)]
    pub dispatch: RecordId,
    /// What else is to be said.
    #[n(4)]
    pub note: String,
    /// What arrived.
    #[n(5)]
    pub lines: Vec<ReceiptLine>,
}

/// What arrived of one line of the dispatch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct ReceiptLine {
    /// The dispatch's line, from 0.
    #[n(0)]
    pub line: u32,
    /// What arrived whole: item, lot and piece are the dispatch's, the cost is this site's. Its quantity may be zero.
    #[n(1)]
    pub arrived: Line,
    /// How much more arrived damaged; it is in no stock.
    #[n(2)]
    pub damaged: Quantity,
}

/// What became of goods that did not arrive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum Outcome {
    /// They are gone.
    #[n(0)]
    Lost,
    /// They never left, or came back.
    #[n(1)]
    Found,
}

/// The sender says what became of what did not arrive whole.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Settlement {
    /// Its number among the settlements of its epoch, from 1.
    #[n(0)]
    pub number: u64,
    /// The day.
    #[n(1)]
    pub date: Day,
    /// The receipt that came short; cited.
    #[n(2)]
    pub receipt: RecordId,
    /// ISO 4217, of the values: the dispatch's.
    #[n(5)]
    pub currency: String,
    /// What else is to be said.
    #[n(3)]
    pub note: String,
    /// What became of it.
    #[n(4)]
    pub lines: Vec<SettlementLine>,
}

/// What became of one line.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SettlementLine {
    /// The dispatch's line, from 0.
    #[n(0)]
    pub line: u32,
    /// How much of it.
    #[n(1)]
    pub quantity: Quantity,
    /// What became of it.
    #[n(2)]
    pub outcome: Outcome,
    /// What was found, as it lies in stock again: item, lot and piece are the dispatch's.
    #[n(3)]
    pub found: Option<Line>,
}
