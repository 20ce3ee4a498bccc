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

/// The first version of every kind here, which all bear that it can say.
pub const VERSION: u16 = 1;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident = $kind:literal up to $newest:literal;)*) => {
        /// A posting about stock, read.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Body {
            $($(#[$doc])* $name($name),)*
        }

        impl Body {
            /// The kinds.
            pub const TYPES: &[PostingType] = &[$(PostingType {
                kind: $kind, versions: VERSION..=$newest, scope: DefaultScope::Trade,
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
                let body = read.map_err(|error| PostingStop::refused("posting", error))?;
                // An older program does not read in a version what came with a later one, and each says a thing in one version.
                match body.version() == posting.version {
                    true => Ok(body),
                    false => Err(PostingStop::refused("posting", format_args!("not of version {}", posting.version))),
                }
            }
        }
    };
}

bodies! {
    /// Stock moves within a site, into it or out of it.
    Move = "stock.move" up to 1;
    /// Goods leave for another site.
    Dispatch = "stock.dispatch" up to 1;
    /// They arrive there.
    Receipt = "stock.receipt" up to 1;
    /// What became of what did not arrive.
    Settlement = "stock.settlement" up to 1;
    /// A cost that is known later.
    Revaluation = "stock.revaluation" up to 1;
    /// Rights to sell from a pool.
    Rights = "stock.rights" up to 2;
}

impl Body {
    /// The version of its kind that it is of: the first that can say it.
    #[must_use]
    pub fn version(&self) -> u16 {
        match self {
            Self::Rights(rights) => rights.act.version(),
            _ => VERSION,
        }
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::RecordId;

    use super::*;

    #[test]
    fn numbers_and_versions_of_acts_on_rights_are_golden() {
        use RightsAct::{Grant, Honour, Pass, Reclaim, Retire, Return, Spend};
        let known = [(Grant, 1), (Pass, 1), (Return, 1), (Spend, 1), (Retire, 1), (Reclaim, 2), (Honour, 2)];
        for (number, (act, version)) in known.into_iter().enumerate() {
            assert_eq!((codec::to_bytes(&act), act.version()), (vec![number as u8], version), "{act:?}");
        }
    }

    #[test]
    fn what_a_version_brought_is_read_in_no_other() {
        let id = RecordId([1; 16]);
        for act in [RightsAct::Retire, RightsAct::Reclaim] {
            let body = Body::Rights(Rights {
                number: 1,
                date: "2026-05-28".parse().unwrap(),
                act,
                pool: id,
                item: id,
                location: id,
                to: None,
                quantity: Quantity::ONE,
                minted: Quantity::default(),
                draws: vec![CreditDraw { credit: id, quantity: Quantity::ONE }],
                party: None,
                note: String::new(),
            });
            let posting = |version| Posting {
                kind: body.kind().to_owned(),
                version,
                id: id.0,
                cites: Vec::new(),
                body: body.encode(),
            };
            for version in [1, 2] {
                assert_eq!(Body::read(&posting(version)).is_ok(), version == body.version(), "{act:?}");
            }
            assert_eq!(Body::read(&posting(body.version())).unwrap(), body);
        }
    }
}
