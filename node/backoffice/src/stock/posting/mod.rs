//! What is posted about stock: the bodies, by kind and version. Owns their bytes (CBOR maps by field number, so that an older
//! version reads past what it does not know; RFC 8949) and the list of kinds. What a body must be is in the rules.

mod amount;
mod line;
mod moving;
mod revaluation;
mod rights;
mod transfer;
mod words;

use comptoir_replica::posting::{Posting, PostingStop, PostingType};
use comptoir_replica::record::DefaultScope;
use comptoir_sync_protocol::codec;

pub use amount::{Day, Quantity, UNIT_DIGITS};
pub use line::{LayerDraw, Line, Place, PlaceKind};
pub use moving::{Move, MoveType};
pub use revaluation::Revaluation;
pub use rights::{CreditDraw, Holder, Rights, RightsAct};
pub use transfer::{Dispatch, Outcome, Receipt, ReceiptLine, Settlement, SettlementLine};

use super::projection;
use super::rules::{accounts, verdict};
use crate::registry::ModulePostings;

/// The first version of every kind here.
pub const VERSION: u16 = 1;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {
        /// A posting about stock, read.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Body {
            $($(#[$doc])* $name($name),)*
        }

        impl Body {
            /// The kinds.
            pub const TYPES: &[PostingType] = &[$(PostingType {
                kind: $kind, versions: VERSION..=VERSION, scope: DefaultScope::Trade,
            }),*];

            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind,)* }
            }

            /// Its bytes.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                match self { $(Self::$name(body) => codec::to_bytes(body),)* }
            }

            /// Reads a posting.
            ///
            /// # Errors
            /// [`PostingStop::Refused`] when the body is none.
            pub fn read(posting: &Posting) -> Result<Self, PostingStop> {
                let bytes = &posting.body;
                let read = match posting.kind.as_str() {
                    $($kind => codec::from_bytes($kind, bytes).map(Self::$name),)*
                    other => return Err(PostingStop::refused("posting", format_args!("{other} is not of stock"))),
                };
                read.map_err(|error| PostingStop::refused("posting", error))
            }
        }
    };
}

bodies! {
    /// Stock moves within a site, into it or out of it.
    Move = "stock.move";
    /// Goods leave for another site.
    Dispatch = "stock.dispatch";
    /// They arrive there.
    Receipt = "stock.receipt";
    /// What became of what did not arrive.
    Settlement = "stock.settlement";
    /// A cost that is known later.
    Revaluation = "stock.revaluation";
    /// Rights to sell from a pool.
    Rights = "stock.rights";
}

/// What the registry is told of these postings.
pub static POSTINGS: ModulePostings = ModulePostings {
    types: Body::TYPES,
    effects: |view| Ok(accounts::effects(&Body::read(view.posting)?)),
    judge: |ledger, view| Ok(verdict::judge(ledger, view, &Body::read(view.posting)?)?),
    project: |connection, view| match Body::read(view.posting) {
        Ok(body) => projection::project(connection, view, &body),
        // What has effect was read before.
        Err(_) => Ok(()),
    },
};
