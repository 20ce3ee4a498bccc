//! The body of `stock.rights`: rights to sell from a pool, given, passed on, given back, spent, taken back. Owns its bytes.
//!
//! Whoever gives rights names the site and epoch that receives them, and that debit is the credit: it needs no answer. Whoever
//! spends cites the credits that he draws on.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::{Epoch, SiteId};
use minicbor::{Decode, Encode};

use super::amount::{Day, Quantity};
use super::words::words;

words! {
    /// What is done.
    RightsAct {
        /// The keeper gives them to a site.
        0 Grant = "grant",
        /// A site gives them to another.
        1 Pass = "pass",
        /// A site gives them back to the keeper.
        2 Return = "return",
        /// A site has sold.
        3 Spend = "spend",
        /// The keeper takes returned rights out of the world: the stock is free again.
        4 Retire = "retire",
        /// The keeper takes back what a revoked site held when it was cut off: the stock is free again.
        5 Reclaim = "reclaim",
        /// The keeper honours what was sold after all of rights that it took back: they are out again.
        6 Honour = "honour",
    }
}

impl RightsAct {
    /// The version of the kind that brought it.
    #[must_use]
    pub fn version(self) -> u16 {
        match self {
            Self::Grant | Self::Pass | Self::Return | Self::Spend | Self::Retire => 1,
            Self::Reclaim | Self::Honour => 2,
        }
    }
}

/// Who holds rights: a site in one epoch. Rights of an epoch that ended are frozen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Holder {
    /// The site.
    #[n(0)]
    pub site: SiteId,
    /// Its epoch.
    #[n(1)]
    pub epoch: Epoch,
}

/// What is drawn of a credit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct CreditDraw {
    /// The posting that is the credit; its entry is cited.
    #[n(0)]
    pub credit: RecordId,
    /// How much.
    #[n(1)]
    pub quantity: Quantity,
}

/// Rights change hands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Rights {
    /// Its number among the rights postings of its epoch, from 1.
    #[n(0)]
    pub number: u64,
    /// The day.
    #[n(1)]
    pub date: Day,
    /// What is done.
    #[n(2)]
    pub act: RightsAct,
    /// The pool.
    #[n(3)]
    pub pool: RecordId,
    /// Its item.
    #[n(4)]
    pub item: RecordId,
    /// Where its stock lies; whose that is keeps the pool.
    #[n(5)]
    pub location: RecordId,
    /// Who receives them.
    #[n(6)]
    pub to: Option<Holder>,
    /// How much, all in all.
    #[n(7)]
    pub quantity: Quantity,
    /// How much of it comes out of free stock: by the keeper alone.
    #[n(8)]
    pub minted: Quantity,
    /// The rest comes out of these: credits of the writer, or, where they are taken back, of the site that is revoked.
    #[n(9)]
    pub draws: Vec<CreditDraw>,
    /// Of what was sold: to whom.
    #[n(10)]
    pub party: Option<RecordId>,
    /// What else is to be said.
    #[n(11)]
    pub note: String,
}
