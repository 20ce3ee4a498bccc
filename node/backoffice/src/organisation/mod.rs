//! Organisation: what sites tell each other about the organisation itself. Owns the record type `site-request` (write class shared):
//! a site that somebody wishes for.
//!
//! Rules in words: any member asks; headquarters invites, or declines and says why; what is decided stays. A request admits
//! nobody, and a decision that some faulty program writes does not either: an invitation is made by who holds a key of the roster,
//! and its code is shown to them alone. Never judges what another site wrote.

pub mod query;
pub mod record;
mod rules;

pub use record::KINDS;
