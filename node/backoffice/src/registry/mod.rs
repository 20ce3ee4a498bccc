//! The registry: which modules there are and which kinds of record they own. Owns the list of modules, the shape of a kind
//! and what a module says of its types. Nothing here is keyed by a string but the parsing of a kind's name: a new module is
//! a new variant, and the compiler names every place that must know it; a new record type is a line in its module's `KINDS`.

mod business;
pub mod clean;
mod column;
mod context;
mod kind;
mod language;
mod money;
mod postings;

use comptoir_replica::RecordType;
use rusqlite::Connection;
use std::sync::LazyLock;

pub use business::{Business, Put};
pub use column::{Column, ID, Target};
pub use context::{Context, Home};
pub use kind::{Kind, Verb};
pub use money::{MONEY_PATTERN, money_text, parse_money};
pub use postings::{ModulePostings, module_of_posting, posting_types, postings_of};

use crate::alias::findings::LikelyDuplicate;
use crate::findings::{Looking, ModuleFinding};
use crate::projection::ModuleTables;
use crate::refusal::{Code, Refusal};
use crate::{customising, organisation, parties, reference, staff, stock};

/// The record types of a module, a line each: `file::Type`. Stands in the module's `record/mod.rs`, declares the files beside it
/// and makes the list that the registry reads, so that a new type is a file and a line.
macro_rules! record_types {
    ($($file:ident::$record:ident),+ $(,)?) => {
        $(pub mod $file; pub use $file::$record;)+

        /// The kinds of record of this module.
        pub const KINDS: &[$crate::registry::Kind] = &[$($crate::registry::Kind::of::<$record>()),+];
    };
}
pub(crate) use record_types;

/// A business module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Module {
    /// Customers, suppliers and other parties.
    Parties,
    /// What lies where, and how it moves.
    Stock,
    /// The organisation's own fields, names, stages and lists.
    Customising,
    /// Countries, subdivisions and currencies.
    Reference,
    /// Who works at a site.
    Staff,
    /// The organisation itself: sites that are wished for.
    Organisation,
}

impl Module {
    /// Every module.
    pub const ALL: &[Module] =
        &[Module::Parties, Module::Stock, Module::Customising, Module::Reference, Module::Staff, Module::Organisation];

    /// Its name in commands, paths and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Parties => "parties",
            Self::Stock => "stock",
            Self::Customising => "customising",
            Self::Reference => "reference",
            Self::Staff => "staff",
            Self::Organisation => "organisation",
        }
    }

    /// The kinds of record that it owns.
    #[must_use]
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Parties => parties::KINDS,
            Self::Stock => stock::KINDS,
            Self::Customising => customising::KINDS,
            Self::Reference => reference::KINDS,
            Self::Staff => staff::KINDS,
            Self::Organisation => organisation::KINDS,
        }
    }

    /// Its tables beyond those that every kind has.
    #[must_use]
    pub fn tables(self) -> Option<&'static ModuleTables> {
        match self {
            Self::Parties => Some(&parties::projection::TABLES),
            Self::Stock => Some(&stock::projection::TABLES),
            Self::Customising | Self::Reference | Self::Staff | Self::Organisation => None,
        }
    }

    /// Its records that are probably one, the most probable first, at most so many.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn likely_duplicates(self, connection: &Connection, most: usize) -> rusqlite::Result<Vec<LikelyDuplicate>> {
        match self {
            Self::Parties => parties::query::likely_duplicates(connection, most),
            Self::Stock | Self::Customising | Self::Reference | Self::Staff | Self::Organisation => Ok(Vec::new()),
        }
    }

    /// The kinds of posting that it owns.
    #[must_use]
    pub fn postings(self) -> Option<&'static ModulePostings> {
        match self {
            Self::Stock => Some(&stock::posting::POSTINGS),
            Self::Parties | Self::Customising | Self::Reference | Self::Staff | Self::Organisation => None,
        }
    }

    /// Its broken expectations beside those that every kind has, at most so many.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn findings(self, looking: &Looking<'_>, most: usize) -> rusqlite::Result<Vec<ModuleFinding>> {
        match self {
            Self::Stock => stock::query::findings::findings(looking, most),
            Self::Parties | Self::Customising | Self::Reference | Self::Staff | Self::Organisation => Ok(Vec::new()),
        }
    }

    /// Why it cannot be switched off; `None` when it can.
    #[must_use]
    pub fn needed(self) -> Option<&'static str> {
        match self {
            Self::Parties => Some("every other module names parties"),
            Self::Customising => Some("the switches themselves are a part of it"),
            Self::Staff => Some("whoever signs in has an account"),
            Self::Organisation => Some("sites are asked for by it"),
            // Records of reference go on to judge addresses and amounts; they are only not shown and not edited.
            Self::Stock | Self::Reference => None,
        }
    }

    /// The module of this name.
    ///
    /// # Errors
    /// [`Code::UnknownModule`].
    pub fn of_name(name: &str) -> Result<Self, Refusal> {
        Self::ALL.iter().copied().find(|module| module.name() == name).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|module| module.name()).collect();
            Refusal::new(Code::UnknownModule).with("value", name).with("known", known.join(", "))
        })
    }

    /// The module that owns a kind.
    #[must_use]
    pub fn of(kind: &Kind) -> Self {
        let owns = |module: &Module| module.kinds().iter().any(|own| own == kind);
        Self::ALL.iter().copied().find(owns).expect("invariant: every kind stands in the list of a module")
    }
}

/// Every kind of every module.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    Module::ALL.iter().flat_map(|module| module.kinds())
}

/// The kind of this name.
///
/// # Errors
/// [`Code::UnknownKind`].
pub fn kind(name: &str) -> Result<&'static Kind, Refusal> {
    kinds().find(|kind| kind.name() == name).ok_or_else(|| {
        let known: Vec<&str> = kinds().map(Kind::name).collect();
        Refusal::new(Code::UnknownKind).with("value", name).with("known", known.join(", "))
    })
}

/// What the replica must know of every kind.
pub fn replica_types() -> &'static [RecordType] {
    static TYPES: LazyLock<Vec<RecordType>> = LazyLock::new(|| kinds().map(Kind::record_type).collect());
    &TYPES
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use comptoir_replica::record::FieldClass;

    use super::*;
    use crate::changes::ARCHIVED;

    #[test]
    fn every_kind_is_found_by_its_name_and_has_one_module() {
        for known in kinds() {
            assert_eq!(kind(known.name()).unwrap(), known);
            assert_eq!(known.schema_json()["x-kind"], known.name());
            assert!(Module::of(known).kinds().contains(known));
        }
        let names: BTreeSet<&str> = kinds().map(Kind::name).collect();
        assert_eq!(names.len(), kinds().count());
        assert_eq!(kind("robot").unwrap_err().code, Code::UnknownKind);
        assert_eq!(Module::of_name("parties").unwrap(), Module::Parties);
    }

    /// What lists, links and imports name must be there.
    #[test]
    fn titles_references_and_columns_are_fields() {
        for kind in kinds() {
            let plain = |path: &str| kind.schema().iter().any(|field| !field.line && field.path == path);
            assert!(plain(kind.title()), "{}: no field {}", kind.name(), kind.title());
            assert!(plain(ARCHIVED) && kind.reference().is_none_or(plain), "{}", kind.name());
            // Whoever sees a record at all finds it by its reference, and sees that where its title is not shown.
            let reference = kind.schema().iter().find(|field| kind.reference() == Some(field.path.as_ref()));
            assert!(reference.is_none_or(|field| field.class == FieldClass::Ordinary), "{}", kind.name());
            let columns = kind.columns();
            let names: BTreeSet<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(names.len(), columns.len(), "{}: two columns of one name", kind.name());
            for field in kind.schema() {
                assert!(field.target.is_none_or(|target| super::kind(target).is_ok()), "{}", field.path);
            }
        }
    }
}
