//! What a business module says of a record type beyond its fields: how records are named, how values are typed and judged.
//! Owns the trait and its defaults: a type that needs nothing of its own says nothing. Never judges what another site wrote.

use comptoir_replica::record::{Cells, Field, Record, Scalar};
use serde_json::Value;

use super::{Context, clean};
use crate::desk::Stopped;
use crate::refusal::Refusal;

/// Cells and what is put into them.
pub type Put = (String, Scalar);

/// A record type as the back office has it. Implement it for a struct that derives [`Record`]; everything has a default.
pub trait Business: Record {
    /// The field whose value names a record in lists, links and searches.
    const TITLE: &'static str = "name";
    /// The field by which people and imports know a record; `None` when only its id names it. Not its identity: two live
    /// records that bear one reference are a finding, not an error.
    const REFERENCE: Option<&'static str> = Some("reference");
    /// Columns that come first in imports and exports, in this order; the others follow in the order of the fields.
    const COLUMNS: &'static [&'static str] = &[];
    /// The list whose first line in use has columns of its own, named as its fields: `addresses`.
    const MAIN_LIST: Option<&'static str> = None;
    /// Paths that stand for several fields: each is a column too.
    const COMPOUNDS: &'static [&'static str] = &[];
    /// Fields that stay as they were when the record, or the line, was made: `key`, `choices/*/value`.
    const FIXED: &'static [&'static str] = &[];

    /// The cells that a compound path sets: `roles=customer|supplier`. Called for those of [`Business::COMPOUNDS`] alone.
    ///
    /// # Errors
    /// A value that the path does not take.
    fn expand(_path: &str, _value: &Value) -> Result<Vec<Put>, Refusal> {
        Ok(Vec::new())
    }

    /// The value of a compound path, as an export writes it.
    #[must_use]
    fn compound(&self, _path: &str) -> String {
        String::new()
    }

    /// One value as it is stored: trimmed, checked. `field` is the schema's, `addresses/*/city` for one of a line.
    ///
    /// # Errors
    /// A value that the field does not take.
    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        clean::by_widget(context, field, value)
    }

    /// Judges the record as it would be, and may put values into their canonical form where that depends on other fields.
    /// Only what `puts` names is judged: a record may hold old values that the rules of today would refuse, and a change of
    /// another field must not be refused for them.
    ///
    /// # Errors
    /// What cannot be so.
    fn settle(_context: &Context<'_>, _after: &Self, _puts: &mut Vec<Put>) -> Result<(), Stopped> {
        Ok(())
    }

    /// The reference, of a type whose reference is made of its other fields; `None` for every other type.
    #[must_use]
    fn computed(&self) -> Option<String> {
        None
    }

    /// Whether a change concerns one natural person: it stands in a chunk of its own then, which can be erased alone.
    #[must_use]
    fn concerns_person(_cells: &Cells, _puts: &[Put]) -> bool {
        false
    }
}
