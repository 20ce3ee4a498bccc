//! The body of `stock.revaluation`: a cost that is known after the goods came in. Owns its bytes.

use comptoir_replica::record::RecordId;
use minicbor::{Decode, Encode};

use super::amount::Day;

/// The value of what the site has of an item changes; its quantity does not.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Revaluation {
    /// Its number among the revaluations of its epoch, from 1.
    #[n(0)]
    pub number: u64,
    /// The day.
    #[n(1)]
    pub date: Day,
    /// What.
    #[n(2)]
    pub item: RecordId,
    /// ISO 4217.
    #[n(3)]
    pub currency: String,
    /// By how much, in minor units; negative for less.
    #[n(4)]
    pub amount: i64,
    /// The layer that it belongs to, of an item that is valued first in, first out: a posting and its line.
    #[n(5)]
    pub layer: Option<RecordId>,
    /// The layer's line, from 0.
    #[n(6)]
    pub layer_line: u32,
    /// Why.
    #[n(7)]
    pub note: String,
}
