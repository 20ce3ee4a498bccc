//! One line of a move or dispatch. Owns its bytes, and what a place is: a location of the site with its kind, copied, since a
//! verdict reads no record.

use comptoir_replica::record::RecordId;
use minicbor::{Decode, Encode};

use super::amount::{Day, Quantity};
use super::words::words;

words! {
    /// What kind of location a place is.
    PlaceKind {
        /// Where stock lies.
        0 Internal = "internal",
        /// Where it lies between two places of the site, or of two sites.
        1 Transit = "transit",
        /// Where suppliers have it.
        2 Supplier = "supplier",
        /// Where customers have it.
        3 Customer = "customer",
        /// Where it is when nobody knows.
        4 Loss = "loss",
        /// Where it lies and is not used.
        5 Quarantine = "quarantine",
    }
}

impl PlaceKind {
    /// Whether the site's own stock lies there: then it is counted, and never below zero.
    #[must_use]
    pub fn is_stored(self) -> bool {
        matches!(self, Self::Internal | Self::Transit | Self::Quarantine)
    }
}

/// Where something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Place {
    /// The location; absent where none is kept of that kind: suppliers, customers, losses.
    #[n(0)]
    pub location: Option<RecordId>,
    /// What kind it is.
    #[n(1)]
    pub kind: PlaceKind,
}

impl Place {
    /// A place of a kind of which no location is kept.
    #[must_use]
    pub fn outside(kind: PlaceKind) -> Self {
        Self { location: None, kind }
    }

    /// The location whose stock is counted there.
    #[must_use]
    pub fn stored(&self) -> Option<RecordId> {
        self.location.filter(|_| self.kind.is_stored())
    }
}

/// What of a layer of cost is taken: what came in by one line of one posting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct LayerDraw {
    /// The posting.
    #[n(0)]
    pub posting: RecordId,
    /// Its line, from 0.
    #[n(1)]
    pub line: u32,
    /// How much of it.
    #[n(2)]
    pub quantity: Quantity,
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Line {
    /// What.
    #[n(0)]
    pub item: RecordId,
    /// From where.
    #[n(1)]
    pub from: Place,
    /// To where; of a dispatch, outside.
    #[n(2)]
    pub to: Place,
    /// How much, in the item's own unit; above zero.
    #[n(3)]
    pub quantity: Quantity,
    /// The unit in which it was said.
    #[n(4)]
    pub unit: String,
    /// How much in that unit.
    #[n(5)]
    pub in_unit: Quantity,
    /// The lot; empty where lots are not followed.
    #[n(6)]
    pub lot: String,
    /// The piece; empty where pieces are not followed.
    #[n(7)]
    pub serial: String,
    /// Until when the lot can be used.
    #[n(8)]
    pub expiry: Option<Day>,
    /// What it cost, in minor units of the posting's currency; frozen.
    #[n(9)]
    pub value: i64,
    /// The layers that it is taken from, of an item that is valued first in, first out.
    #[n(10)]
    pub draws: Vec<LayerDraw>,
    /// The posting by which another site sold it from a pool.
    #[n(11)]
    pub fulfils: Option<RecordId>,
}

impl Line {
    /// The sale that it delivers, from which location, and how much of it: less than nothing where a delivery is taken back.
    #[must_use]
    pub fn delivers(&self) -> Option<(RecordId, RecordId, Quantity)> {
        let spend = self.fulfils?;
        match (self.from.stored(), self.to.stored()) {
            (Some(location), None) => Some((spend, location, self.quantity)),
            (None, Some(location)) => Some((spend, location, Quantity(-self.quantity.0))),
            _ => None,
        }
    }

    /// The same, taken back: what was delivered of a sale is to be delivered again.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { from: self.to, to: self.from, ..self.clone() }
    }
}
