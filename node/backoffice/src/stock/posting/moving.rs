//! The body of `stock.move`. Owns its bytes.

use comptoir_replica::record::RecordId;
use minicbor::{Decode, Encode};

use super::amount::Day;
use super::line::Line;
use super::words::words;

words! {
    /// What kind of move it is.
    MoveType {
        /// From a supplier.
        0 Receive = "receive",
        /// To a customer.
        1 Issue = "issue",
        /// From one place of the site to another.
        2 Transfer = "transfer",
        /// As counted: found or missing.
        3 Adjust = "adjust",
        /// Thrown away.
        4 Scrap = "scrap",
        /// From a customer, or back to a supplier.
        5 Return = "return",
    }
}

impl MoveType {
    /// Whether it writes down what is so already: nobody can refuse that something is gone.
    #[must_use]
    pub fn is_shrinkage(self) -> bool {
        matches!(self, Self::Adjust | Self::Scrap)
    }
}

/// Stock moves.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Move {
    /// Its number among the moves of its epoch, from 1.
    #[n(0)]
    pub number: u64,
    /// What kind it is; of one that takes another back, that one's.
    #[n(1)]
    pub what: MoveType,
    /// The day of the papers.
    #[n(2)]
    pub date: Day,
    /// ISO 4217, of the values.
    #[n(3)]
    pub currency: String,
    /// The draft that it was.
    #[n(4)]
    pub draft: Option<RecordId>,
    /// Supplier or customer.
    #[n(5)]
    pub party: Option<RecordId>,
    /// The move that it takes back; cited.
    #[n(6)]
    pub reverses: Option<RecordId>,
    /// A number of somebody else's.
    #[n(7)]
    pub reference: String,
    /// What else is to be said.
    #[n(8)]
    pub note: String,
    /// What is moved.
    #[n(9)]
    pub lines: Vec<Line>,
}
