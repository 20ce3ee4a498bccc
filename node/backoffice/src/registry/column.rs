//! Columns of imports and exports: what each is called and what of a record it stands for. Owns the names; reads and writes no
//! table.

use comptoir_replica::record::Field;

use super::Business;
use crate::changes::{ARCHIVED, POSITION};

/// The column that names a record by its id.
pub const ID: &str = "id";

/// What a column stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A field of the record.
    Field(String),
    /// A path that stands for several fields.
    Compound(String),
    /// A field of the `nth` line in use (from 1) of a list.
    Line {
        /// `addresses`.
        list: String,
        /// From 1.
        nth: usize,
        /// `city`.
        field: String,
    },
    /// A field of the organisation's own.
    Custom(String),
    /// The record itself, by its id.
    Id,
}

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name in the header: `name`, `city`, `contacts.1.value`, `custom.size`.
    pub name: String,
    /// What it stands for.
    pub target: Target,
}

impl Column {
    fn new(name: &str, target: Target) -> Self {
        Self { name: name.to_owned(), target }
    }

    /// The columns of a type, those that it wants first at the front. Lists other than the main one have none of their own:
    /// a header names them by place, `contacts.1.value`. The id comes last.
    pub(super) fn of<T: Business>() -> Vec<Self> {
        let mut columns: Vec<Self> =
            T::COMPOUNDS.iter().map(|path| Self::new(path, Target::Compound((*path).into()))).collect();
        for field in T::schema() {
            columns.extend(Self::of_field::<T>(field));
        }
        let rank = |column: &Self| T::COLUMNS.iter().position(|name| *name == column.name).unwrap_or(usize::MAX);
        columns.sort_by_key(rank);
        columns.push(Self::new(ID, Target::Id));
        columns
    }

    fn of_field<T: Business>(field: &Field) -> Option<Self> {
        let mut parts = field.path.split("/*/");
        match (parts.next()?, parts.next()) {
            (ARCHIVED, None) | (_, Some(ARCHIVED | POSITION)) => None,
            (path, None) => Some(Self::new(path, Target::Field(path.to_owned()))),
            (list, Some(name)) if T::MAIN_LIST == Some(list) => {
                Some(Self::new(name, Target::Line { list: list.to_owned(), nth: 1, field: name.to_owned() }))
            }
            _ => None,
        }
    }
}
