//! Parties: customers and suppliers, organisations and persons. Owns the record type `party` (write class shared: every
//! site edits any party, merged field by field, losers kept), its rules, its projection and its queries. Rules in words:
//! a party has a name; its reference is how people call it, never its identity, so two live parties with one reference are a
//! finding and not an error; nothing is deleted, only archived; what is archived is not edited. Never judges what another
//! site wrote.

pub mod likeness;
pub mod projection;
pub mod query;
pub mod record;
pub mod rules;

pub use record::KINDS;
