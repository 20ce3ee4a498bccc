//! The record types of parties, one file each with the lines that it has. What their values may be is in the rules.

use crate::registry::record_types;

pub mod lines;

record_types! {
    party::Party,
    payment_term::PaymentTerm,
}
