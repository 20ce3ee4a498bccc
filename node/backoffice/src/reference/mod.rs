//! Reference: countries, their subdivisions and currencies as records of the organisation. Owns the record types `country`,
//! `subdivision` and `currency` (write class reference: headquarters writes them, unless the organisation loosens one to
//! shared) and the command that brings them up to the edition that the program ships. Rules in words: a code is the same for
//! ever; what the shipped edition knows or a live record names is known; where both name something, the record's name is
//! shown.
//!
//! An organisation begins without such records. Every program carries the edition, and five thousand records that say the same
//! would cost each site that joins; headquarters loads them when it wants to change a name or to know more than the edition.
//! Digits of a currency are the shipped edition's alone: a record that changed them would change amounts that are written.
//! Never judges what another site wrote.

pub mod command;
pub mod query;
pub mod record;
mod rules;

pub use record::KINDS;

use crate::editions::subdivisions_of;
use crate::refusal::{Code, Refusal};

/// No subdivision of a country has this code; the refusal names one that the country has.
#[must_use]
pub fn unknown_subdivision(text: &str, country: &str) -> Refusal {
    let example = subdivisions_of(country).first().map_or("FR-75C", |subdivision| subdivision.code.as_str());
    let country = if country.is_empty() { "any country" } else { country };
    let refusal = Refusal::new(Code::SubdivisionUnknown).with("value", text.trim());
    refusal.with("country", country).with("example", example)
}
