//! Staff: who works at a site and signs in to its node. Owns the record type `account` (write class site-owned: an account belongs to
//! the site that made it, and lives in the scope that the site shares with headquarters alone), and what whoever works may write.
//!
//! Rules in words: the name that somebody signs in with is small letters, digits and a few signs, is one person's at a site for
//! ever, and never `operator`, who is whoever holds the node's own key: what entries bear as their author was never two people's.
//! Accounts are written by the operator alone, on every way that a record is written. An account that is locked or archived signs
//! nobody in. Records hold no password and nothing made of one: that is the node's, and stays there. Never judges what another site
//! wrote.

pub mod query;
pub mod record;
pub mod rules;

pub use record::KINDS;
pub use rules::{OPERATOR, Standing, check_login};
