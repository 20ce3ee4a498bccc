//! Staff: who works at a site and signs in to its node, and what each may do and see. Owns the record types `account` (write class
//! site-owned: an account belongs to the site that made it, and lives in the scope that the site shares with headquarters alone) and
//! `role` (write class reference), the allow-list that roles make, and what whoever works may write.
//!
//! Rules in words: the name that somebody signs in with is small letters, digits and a few signs, is one person's at a site for
//! ever, and never `operator`, who is whoever holds the node's own key: what entries bear as their author was never two people's.
//! Accounts and roles are written by the operator alone, on every way that a record is written. An account that is locked or archived
//! signs nobody in. Records hold no password and nothing made of one: that is the node's, and stays there. A role grants verbs module
//! by module, and the classes of field that are seen there; what no role of an account grants is not done and not shown, and an
//! account without a role sees nothing. Never judges what another site wrote: verdicts judge sites, not staff.

pub mod query;
pub mod record;
pub mod rules;

pub use record::KINDS;
pub use rules::grant::{BUILT_IN, Borne, Classes, EVERYTHING, Grant, May, READER};
pub use rules::{OPERATOR, Standing, check_login, is_the_operators};
