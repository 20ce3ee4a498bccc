//! Parties: customers and suppliers, organisations and persons. Owns the record type `party` (write class shared: every
//! site edits any party, merged field by field, losers kept), its commands, its projection and its queries. Rules in words:
//! a party has a name; its reference is how people call it, never its identity, so two live parties with one reference are a
//! finding and not an error; nothing is deleted, only archived; what is archived is not edited. Never judges what another
//! site wrote.

pub mod command;
pub mod projection;
pub mod query;
pub mod record;
pub mod rules;

use comptoir_replica::RecordType;
use comptoir_replica::record::{Cells, Record, Scalar};

/// The module's registration.
pub const RECORD_TYPE: RecordType = RecordType {
    kind: record::Party::KIND,
    write_class: record::Party::WRITE_CLASS,
    scope: record::Party::SCOPE,
    schema: record::Party::schema,
};

/// Whether a change concerns one natural person: the party is one, or becomes one.
#[must_use]
pub fn concerns_person(cells: &Cells, puts: &[(String, Scalar)]) -> bool {
    let put = puts.iter().map(|(path, value)| (path.as_str(), value));
    record::is_person(put) || record::is_person(cells.winners())
}
