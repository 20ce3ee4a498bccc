//! Likeness: whether two parties are probably one. Owns what of a party is compared (its facts), the keys by which alike parties
//! are found without comparing each with each, and the score of a pair. Pure: it reads cells and strings, no table; what is
//! done about a pair, a person decides.
//!
//! Two parties meet when they share a key: an identifier, a bank account, an e-mail address or a telephone number, however
//! written; their name without legal form and order of words; the beginnings of their name's longest words and their place; or their
//! house, street and place. So a slip of the hand in one of them leaves the others.

mod facts;
mod normal;
mod score;

pub use facts::{Class, Facts, Key, keys_of};
pub use score::{Likeness, Reason, compare};
