//! Kinds of records as the node's doors reach them: one variant a kind, everything that commands, lists, forms, imports and
//! exports need dispatched here, so that a new kind is a new variant and the compiler names every place that must know it.
//! Owns the dispatch alone; nothing here is keyed by a string but the parsing of a kind's name.

use std::io::Write;

use comptoir_replica::record::{Cells, DefaultScope, Field, Record, RecordId, Scalar};
use comptoir_sync_protocol::ids::ScopeId;
use rand_core::CryptoRng;
use rusqlite::Connection;
use serde_json::Value;

use crate::changes::{Changes, Puts};
use crate::list::{ListPage, ListQuery};
use crate::parties;
use crate::parties::command::export::ExportError;
use crate::parties::command::{archive, change, create, export, import};
use crate::parties::query::Bearers;
use crate::parties::record::Party;
use crate::parties::rules::PartyRules;
use crate::refusal::{Code, Refusal};
use crate::shown::RecordShown;

/// A kind of record that people work with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Surface {
    /// Customers and suppliers.
    Party,
}

/// What is done with a record, as the log names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Made.
    Create,
    /// Changed.
    Change,
    /// Taken out of use.
    Archive,
    /// Brought back.
    Unarchive,
    /// Made or changed by an import.
    Import,
    /// A conflict settled.
    Resolve,
}

/// Why a record was not found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// None, or several.
    #[error("{0}")]
    Refused(Refusal),
    /// The projection could not be read.
    #[error("the records could not be read")]
    Sql(#[from] rusqlite::Error),
}

impl Surface {
    /// Every kind.
    pub const ALL: &[Surface] = &[Surface::Party];

    /// The kind of this name.
    ///
    /// # Errors
    /// [`Code::UnknownKind`].
    pub fn of_kind(name: &str) -> Result<Self, Refusal> {
        Self::ALL.iter().copied().find(|surface| surface.kind() == name).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|surface| surface.kind()).collect();
            Refusal::new(Code::UnknownKind).with("value", name).with("known", known.join(", "))
        })
    }

    /// Its name in commands, paths and the log.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Party => Party::KIND,
        }
    }

    /// The scope in which new records are made.
    #[must_use]
    pub fn scope(self) -> DefaultScope {
        match self {
            Self::Party => Party::SCOPE,
        }
    }

    /// Its fields, from which forms, filters and help are made.
    #[must_use]
    pub fn schema(self) -> &'static [Field] {
        match self {
            Self::Party => Party::schema(),
        }
    }

    /// Its JSON Schema with UI hints.
    #[must_use]
    pub fn schema_json(self) -> Value {
        match self {
            Self::Party => Party::schema_json(),
        }
    }

    /// The columns of its imports and exports.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Party => import::COLUMNS,
        }
    }

    /// What the log calls a command; history shows it.
    #[must_use]
    pub fn command(self, verb: Verb) -> &'static str {
        match (self, verb) {
            (Self::Party, Verb::Create) => create::NAME,
            (Self::Party, Verb::Change) => change::NAME,
            (Self::Party, Verb::Archive) => archive::NAME,
            (Self::Party, Verb::Unarchive) => archive::UNARCHIVE_NAME,
            (Self::Party, Verb::Import) => import::NAME,
            (Self::Party, Verb::Resolve) => "party.resolve",
        }
    }

    /// Types and cleans what was asked for, and draws the keys of new lines.
    ///
    /// # Errors
    /// The first assignment that is refused.
    pub fn type_changes(self, changes: &Changes, rng: &mut impl CryptoRng) -> Result<Puts, Refusal> {
        match self {
            Self::Party => Puts::type_changes(changes, &PartyRules, rng),
        }
    }

    /// The cells of a new record.
    ///
    /// # Errors
    /// What the module refuses.
    pub fn decide_create(self, puts: &Puts) -> Result<Vec<(String, Scalar)>, Refusal> {
        match self {
            Self::Party => create::decide(puts),
        }
    }

    /// What to put into a record with these cells.
    ///
    /// # Errors
    /// What the module refuses.
    pub fn decide_change(self, puts: &Puts, cells: &Cells) -> Result<Vec<(String, Scalar)>, Refusal> {
        match self {
            Self::Party => change::decide(puts, cells),
        }
    }

    /// What to put so that the record is archived, or is not.
    #[must_use]
    pub fn decide_archive(self, archived: bool, cells: &Cells) -> Vec<(String, Scalar)> {
        match self {
            Self::Party => archive::decide(archived, cells),
        }
    }

    /// The record whole.
    #[must_use]
    pub fn show(self, scope: ScopeId, id: RecordId, cells: &Cells) -> RecordShown {
        match self {
            Self::Party => {
                let defaults = Party::default().to_puts();
                RecordShown::of(scope, id, Party::KIND, cells, Party::schema(), &defaults)
            }
        }
    }

    /// A page of records.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn list(self, connection: &Connection, query: &ListQuery) -> rusqlite::Result<ListPage> {
        match self {
            Self::Party => parties::query::list(connection, query),
        }
    }

    /// Every record, live or archived, ids ascending.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn all(self, connection: &Connection) -> rusqlite::Result<Vec<(ScopeId, RecordId)>> {
        match self {
            Self::Party => parties::query::all(connection),
        }
    }

    /// The live records that bear a reference, ids ascending.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn by_reference(self, connection: &Connection, reference: &str) -> rusqlite::Result<Vec<(ScopeId, RecordId)>> {
        match self {
            Self::Party => parties::query::by_reference(connection, reference),
        }
    }

    /// References that several live records bear, at most so many.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn duplicate_references(self, connection: &Connection, most: usize) -> rusqlite::Result<Vec<Bearers>> {
        match self {
            Self::Party => parties::query::duplicate_references(connection, most),
        }
    }

    /// Records that one site changed while another archived them or the line changed, at most so many.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn edited_while_archived(
        self,
        connection: &Connection,
        most: usize,
    ) -> rusqlite::Result<Vec<(ScopeId, RecordId)>> {
        match self {
            Self::Party => parties::query::edited_while_archived(connection, most),
        }
    }

    /// The parts of a record that were changed under an archive: prefixes of their cells, empty for the whole record.
    #[must_use]
    pub fn edited_parts(self, cells: &Cells) -> Vec<String> {
        match self {
            Self::Party => parties::rules::edited_while_archived(cells),
        }
    }

    /// Findings in numbers: fields in conflict, duplicate references, parts changed under an archive.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn finding_counts(self, connection: &Connection) -> rusqlite::Result<[u32; 3]> {
        match self {
            Self::Party => parties::query::finding_counts(connection),
        }
    }

    /// The record that a person names: by id, archived or not, or by a reference that exactly one live record bears.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::Ambiguous`], or those of SQL.
    pub fn find(self, connection: &Connection, name: &str) -> Result<(ScopeId, RecordId), FindError> {
        let name = name.trim();
        let not_found = || {
            let refusal = Refusal::new(Code::NotFound).with("kind", self.kind()).with("value", name);
            FindError::Refused(refusal)
        };
        let found = match name.parse::<RecordId>() {
            Ok(id) => match self {
                Self::Party => parties::query::by_id(connection, id)?.into_iter().collect(),
            },
            Err(_) => self.by_reference(connection, name)?,
        };
        match found.as_slice() {
            [] => Err(not_found()),
            [one] => Ok(*one),
            several => {
                let ids: Vec<String> = several.iter().map(|(_, id)| id.to_string()).collect();
                let refusal = Refusal::new(Code::Ambiguous).with("value", name).with("ids", ids.join(", "));
                Err(FindError::Refused(refusal))
            }
        }
    }

    /// Writes all live records as the CSV that an import reads.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn export_csv(self, connection: &Connection, out: impl Write) -> Result<(), ExportError> {
        match self {
            Self::Party => export::write_csv(connection, out),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for surface in Surface::ALL {
            assert_eq!(Surface::of_kind(surface.kind()), Ok(*surface));
            assert_eq!(surface.schema_json()["x-kind"], surface.kind());
        }
        assert_eq!(Surface::of_kind("robot").unwrap_err().code, Code::UnknownKind);
    }

    #[test]
    fn every_text_field_of_an_import_is_a_field() {
        let fields: Vec<_> =
            Surface::Party.schema().iter().map(|field| field.path.replace("addresses/*/", "")).collect();
        let strange = |column: &&&str| **column != "roles" && !fields.iter().any(|field| field == **column);
        assert_eq!(import::COLUMNS.iter().filter(strange).count(), 0);
    }
}
