//! Mappings: which column of somebody's file is which of ours. Owns their two sources, a saved record and what a command
//! says, and saving the one as the other. Which columns there are is the header's.

use std::collections::BTreeMap;

use comptoir_replica::record::Record;
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;

use crate::changes::{ARCHIVED, Changes};
use crate::customising::query::mapping;
use crate::customising::record::ImportMapping;
use crate::desk::{CommandError, Desk, Done, Stopped};
use crate::limits::MAX_IMPORT_COLUMNS;
use crate::projection::place;
use crate::refusal::{Code, Refusal};
use crate::registry::{self, Kind};

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapped {
    /// Its name in the file; empty for a column that the file does not have and `default` fills.
    pub source: String,
    /// The column that it is; empty for one that is left out.
    pub target: String,
    /// What an empty cell means.
    pub default: String,
}

/// The columns of a mapping.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mapping(pub Vec<Mapped>);

impl Mapping {
    /// Reads `COLUMN IN THE FILE=COLUMN HERE`; nothing after the last `=` leaves a column out.
    ///
    /// # Errors
    /// [`Code::BadMapping`], [`Code::TooMany`].
    pub fn parse<S: AsRef<str>>(pairs: &[S]) -> Result<Self, Refusal> {
        if pairs.len() > MAX_IMPORT_COLUMNS {
            return Err(Refusal::of("map", Code::TooMany).with("limit", MAX_IMPORT_COLUMNS));
        }
        let mapped = |pair: &S| {
            let pair = pair.as_ref();
            let parts = pair.rsplit_once('=').filter(|(source, _)| !source.trim().is_empty());
            let (source, target) = parts.ok_or_else(|| Refusal::of("map", Code::BadMapping).with("value", pair))?;
            let text = |text: &str| text.trim().to_owned();
            Ok(Mapped { source: text(source), target: text(target), default: String::new() })
        };
        pairs.iter().map(mapped).collect::<Result<_, _>>().map(Self)
    }

    /// The saved mapping of this id or name.
    ///
    /// # Errors
    /// [`Code::NotFound`], or those of SQL.
    pub fn saved(connection: &Connection, kind: &Kind, name: &str) -> Result<Self, Stopped> {
        let saved = mapping(connection, kind, name).map_err(|stopped| stopped.under("mapping"))?;
        let columns = saved.columns.in_use().map(|(_, column)| Mapped {
            source: column.source.trim().to_owned(),
            target: column.target.trim().to_owned(),
            default: column.default.trim().to_owned(),
        });
        Ok(Self(columns.collect()))
    }

    /// This one over another: what it says of a column of the file goes before.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let said = |mapped: &Mapped| self.0.iter().any(|own| own.source == mapped.source && !own.source.is_empty());
        let kept: Vec<Mapped> = other.0.into_iter().filter(|mapped| !said(mapped)).collect();
        Self(self.0.into_iter().chain(kept).collect())
    }
}

impl Desk<'_> {
    /// Keeps a mapping under a name, in place of the one that has it.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn save_mapping(
        &self,
        kind: &Kind,
        name: &str,
        mapping: &Mapping,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let of = registry::kind(ImportMapping::KIND)?;
        let line = |mapped: &Mapped| -> BTreeMap<String, Value> {
            let fields = [("source", &mapped.source), ("target", &mapped.target), ("default", &mapped.default)];
            let said = fields.into_iter().filter(|(_, text)| !text.is_empty());
            said.map(|(field, text)| (field.to_owned(), text.as_str().into())).collect()
        };
        let mut changes = Changes::default();
        changes.add.insert("columns".to_owned(), mapping.0.iter().map(line).collect());
        let bearer = self.look(|reading| Ok(bearer(reading.connection(), kind, name)?))?;
        let Some((_, id)) = bearer else {
            changes.set.insert("name".to_owned(), name.into());
            changes.set.insert("kind".to_owned(), kind.name().into());
            return self.create(of, changes, rng);
        };
        let old = self.look(|reading| self::mapping(reading.connection(), kind, &id.to_string()))?;
        let archived = old.columns.in_use().map(|(key, _)| (format!("columns.{key}.{ARCHIVED}"), true.into()));
        changes.set.extend(archived);
        self.change(of, &id.to_string(), changes, rng)
    }
}

/// The live mapping of this name.
fn bearer(connection: &Connection, kind: &Kind, name: &str) -> rusqlite::Result<Option<crate::find::Place>> {
    connection
        .prepare_cached(
            "SELECT scope, id FROM of_import_mapping WHERE f_kind = ?1 AND f_name = ?2 AND archived = 0
             AND alias_of IS NULL ORDER BY id LIMIT 1",
        )?
        .query_row([kind.name(), name.trim()], place)
        .optional()
}
