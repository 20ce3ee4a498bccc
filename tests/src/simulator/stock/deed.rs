//! What commands about stock are told to do, in the words of whoever gives them. Owns the shapes alone: quantities are whole
//! pieces, sites are numbered from 1, and nothing here is a type of the program under test but ids and heads.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::LogHead;

use crate::simulator::ledger::Host;

/// Where an item lies: which, and at which location.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spot {
    /// The item.
    pub item: RecordId,
    /// The location.
    pub location: RecordId,
}

/// What one command was told to do.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Goods come from a supplier.
    Receive(Spot, i64),
    /// Goods go to a customer.
    Issue(Spot, i64),
    /// The keeper of the pool delivers what another site sold.
    Deliver(Spot, i64, RecordId),
    /// Goods go to another location of the site.
    Shift(Spot, RecordId, i64),
    /// More was found, or less.
    Adjust(Spot, i64),
    /// A move is taken back.
    Reverse(RecordId),
    /// Goods leave for another site.
    Send(Spot, Host, i64),
    /// A dispatch arrives at a location: so many whole, so many damaged.
    Accept(RecordId, RecordId, i64, i64),
    /// What of a dispatch did not arrive is found where it was sent from, or is lost.
    Settle(RecordId, bool),
    /// Rights are given to a site by the keeper; so many of them were given back before, as far as he knew.
    Grant(Host, i64, i64),
    /// A site sells by rights.
    Spend(i64),
    /// A site gives rights to another.
    Pass(Host, i64),
    /// A site gives rights back.
    Return(i64),
    /// The keeper takes returned rights out of the world.
    Retire(i64),
}

impl Deed {
    /// The series that numbers its postings.
    pub fn series(&self) -> &'static str {
        match self {
            Self::Receive(..)
            | Self::Issue(..)
            | Self::Deliver(..)
            | Self::Shift(..)
            | Self::Adjust(..)
            | Self::Reverse(_) => "stock.move",
            Self::Send(..) => "stock.dispatch",
            Self::Accept(..) => "stock.receipt",
            Self::Settle(..) => "stock.settlement",
            Self::Grant(..) | Self::Spend(_) | Self::Pass(..) | Self::Return(_) | Self::Retire(_) => "stock.rights",
        }
    }
}

/// A deed whose client was told that it is kept, or that turned out to be.
#[derive(Clone, Debug)]
pub struct Told {
    /// The posting's id, as the client was told.
    pub posting: RecordId,
    /// At which site.
    pub site: Host,
    /// The entry that it stands in.
    pub head: LogHead,
    /// What was done.
    pub deed: Deed,
}
