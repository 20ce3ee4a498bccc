//! For tests and simulations: an organisation made from a seed, and a small application.
//! Owns nothing that a running node uses.

mod application;
mod organisation;

pub use application::{Notes, note_puts};
pub use organisation::{TestOrganisation, TestSite, organisation};
