//! For tests and simulations: an organisation made from a seed, and a small application.
//! Owns nothing that a running node uses.

mod application;
mod organisation;
mod planted;

pub use application::{Notes, cash, estate, note_puts, till};
pub use organisation::{TestOrganisation, TestSite, organisation};
pub use planted::ignore_cuts;
pub(crate) use planted::ignores_cuts;
