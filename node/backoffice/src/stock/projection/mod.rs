//! The tables of stock beyond those that every kind has: what was posted, line by line, and the sums that follow. Owns them:
//! nothing else writes them. What a posting adds does not depend on the order in which postings of different sites come: rows
//! of its own, and sums.

mod fold;
mod statements;
mod tables;

pub(super) use fold::project;
pub use tables::TABLES;
