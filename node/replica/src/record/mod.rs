//! Records: documents that are one flat Automerge map of scalars, edited anywhere and merged field by field.
//!
//! Owns what a record is made of (scalars, ids, actors, cells), how an Automerge change is built from cells, read,
//! checked against its own ancestors and folded back into cells, and the trait that maps Rust structs to all this.
//! [`schema::Record`] and [`line::Line`] are derived for
//! plain structs. Everything here is a pure function: it never touches SQL, the clock, a random source of its own, or
//! the log.
//! Automerge documents are loaded in [`oracle`] alone, which tests and `verify` hold the rest against.

pub mod actor;
pub mod cells;
pub mod change;
pub mod check;
mod column;
pub mod fold;
pub mod id;
pub mod limits;
pub mod line;
pub mod oracle;
pub mod refused;
pub mod scalar;
pub mod schema;
pub mod value;

#[cfg(test)]
mod histories;
#[cfg(test)]
mod hostile;

pub use actor::{Actor, OpId};
pub use cells::{Cells, CellsDamaged, Visible};
pub(crate) use change::makes_its_record;
pub use change::{BuiltChange, ParseFailed, ParsedChange, Put, build_change, parse_change};
pub use check::{ChangeIndex, CheckFailed, IndexedChange, MemoryIndex, check_change};
pub use id::{RecordId, RecordIdMint};
pub use line::{Line, LineKey, Lines};
pub use refused::ChangeRefused;
pub use scalar::Scalar;
pub use schema::{
    DefaultScope, Field, FieldClass, FieldKind, FieldType, FieldValue, Record, WriteClass, custom_fields, edit_puts,
    field_at,
};
pub use value::{Date, Money};

/// Hash of an Automerge change: SHA-256 as Automerge computes it.
pub type ChangeHash = [u8; 32];
