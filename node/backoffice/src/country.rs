//! Whether a code is a country's, in the word that rules and commands use. It owns no list: that is the shipped edition's.

pub use crate::editions::is_country;
