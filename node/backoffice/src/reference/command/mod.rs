//! The command of reference data that not every kind has: bringing the records up to the shipped edition.

pub mod update;
