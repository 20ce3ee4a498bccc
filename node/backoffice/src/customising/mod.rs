//! Customising: what an organisation adds to the program and calls its own. Owns the record types `custom-field`, `label`,
//! `stage` and `module-switch` (write class reference: headquarters writes them, unless the organisation loosens one to
//! shared) and `view` and `import-mapping` (write class shared). Rules in words: a definition's key and type are the same for
//! ever, so that values keep their meaning; where two sites define one thing, the definition with the smallest id is in
//! force everywhere and the others are work for the inbox; a definition that is retired takes no new values, and values that
//! arrive are kept and shown; a module that is off is not offered, and nothing of it is lost; parties and customising are
//! always on. Values of own fields stand in the records themselves, under `custom.KEY`, so a node that knows no definition
//! carries them. Never judges what another site wrote.

pub mod query;
pub mod record;
mod rules;

pub use record::KINDS;
pub use rules::definition::{Choice, Definition, Holds};
pub(crate) use rules::own_fields::{settle, typed};
