//! The body of `stock.move`. Owns its bytes.

use comptoir_replica::record::RecordId;
use minicbor::{Decode, Encode};

use super::amount::Day;
use super::line::Line;

/// What kind of move it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum MoveType {
    /// From a supplier.
    #[n(0)]
    Receive,
    /// To a customer.
    #[n(1)]
    Issue,
    /// From one place of the site to another.
    #[n(2)]
    Transfer,
    /// As counted: found or missing.
    #[n(3)]
    Adjust,
    /// Thrown away.
    #[n(4)]
    Scrap,
    /// From a customer, or back to a supplier.
    #[n(5)]
    Return,
}

impl MoveType {
    /// Every type with its word.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Receive, "receive"),
        (Self::Issue, "issue"),
        (Self::Transfer, "transfer"),
        (Self::Adjust, "adjust"),
        (Self::Scrap, "scrap"),
        (Self::Return, "return"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(of, _)| *of == self).map_or("", |(_, word)| word)
    }

    /// The type of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(of, _)| *of)
    }

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
