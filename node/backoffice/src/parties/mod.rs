//! Parties: customers and suppliers, organisations and persons. Owns the record types `party` (write class shared: every
//! site edits any party, merged field by field, losers kept) and `payment-term` (write class reference: headquarters writes
//! them), their rules, projection and queries. Rules in words: a party has a name; its reference is how people call it, never
//! its identity, so two live parties with one reference are a finding and not an error; nothing is deleted, only archived;
//! what is archived is not edited; numbers have their check digits and are stored one way; what a number, a postcode or a
//! subdivision means follows from the country of its address; a relation is to another party that is there. Only what is put
//! is judged: what an older version took stays, and stops no other change. Terms of payment are days or the code of a
//! `payment-term`; which of them is not judged, as old parties say it in words. Never judges what another site wrote.

pub mod projection;
pub mod query;
pub mod record;
pub mod rules;

pub use record::KINDS;
