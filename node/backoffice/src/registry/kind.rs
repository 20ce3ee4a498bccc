//! A kind of record, as everything that is alike for all kinds reaches it: commands, lists, imports, exports, projections.
//! Owns the way from a type to that. Knows no kind by name.

use std::fmt;
use std::hash::{Hash, Hasher};

use comptoir_replica::RecordType;
use comptoir_replica::record::{Cells, DefaultScope, Field, FieldKind, Scalar, WriteClass};
use serde_json::Value;

use super::business::Put;
use super::{Business, Column, Context, MONEY_PATTERN};
use crate::customising;
use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::shown::named;

/// A kind of record that people work with.
#[derive(Clone, Copy)]
pub struct Kind {
    name: &'static str,
    write_class: WriteClass,
    scope: DefaultScope,
    title: &'static str,
    reference: Option<&'static str>,
    main_list: Option<&'static str>,
    compounds: &'static [&'static str],
    fixed: &'static [&'static str],
    schema: fn() -> &'static [Field],
    schema_json: fn() -> Value,
    defaults: fn() -> Vec<Put>,
    columns: fn() -> Vec<Column>,
    expand: fn(&str, &Value) -> Result<Vec<Put>, Refusal>,
    compound: fn(&Cells, &str) -> String,
    clean: fn(&Context<'_>, &Field, Scalar) -> Result<Scalar, Stopped>,
    settle: fn(&Context<'_>, &Cells, &mut Vec<Put>) -> Result<(), Stopped>,
    computed: fn(&Cells) -> Option<String>,
    concerns_person: fn(&Cells, &[Put]) -> bool,
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
    /// A change taken back.
    Revert,
    /// Made an alias of another record.
    Merge,
    /// An alias no longer.
    Unmerge,
    /// Made anew where more sites see it.
    Share,
    /// Said to be another than one that is like it.
    Distinguish,
}

impl Verb {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Archive => "archive",
            Self::Unarchive => "unarchive",
            Self::Import => "import",
            Self::Resolve => "resolve",
            Self::Revert => "revert",
            Self::Merge => "merge",
            Self::Unmerge => "unmerge",
            Self::Share => "share",
            Self::Distinguish => "distinguish",
        }
    }
}

impl Kind {
    /// The kind that a type is.
    #[must_use]
    pub const fn of<T: Business>() -> Self {
        Self {
            name: T::KIND,
            write_class: T::WRITE_CLASS,
            scope: T::SCOPE,
            title: T::TITLE,
            reference: T::REFERENCE,
            main_list: T::MAIN_LIST,
            compounds: T::COMPOUNDS,
            fixed: T::FIXED,
            schema: T::schema,
            schema_json: T::schema_json,
            defaults: || T::default().to_puts(),
            columns: Column::of::<T>,
            expand: T::expand,
            compound: |cells, path| T::from_cells(cells).compound(path),
            clean: T::clean,
            settle: |context, after, puts| T::settle(context, &T::from_cells(after), puts),
            computed: |cells| T::from_cells(cells).computed(),
            concerns_person: T::concerns_person,
        }
    }

    /// Its name in commands, paths and the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Who may write its records.
    #[must_use]
    pub fn write_class(&self) -> WriteClass {
        self.write_class
    }

    /// The scope in which new records are made, unless they are made private.
    #[must_use]
    pub fn scope(&self) -> DefaultScope {
        self.scope
    }

    /// The field whose value names a record.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The field by which people and imports know a record.
    #[must_use]
    pub fn reference(&self) -> Option<&'static str> {
        self.reference
    }

    /// The list whose first line has columns of its own.
    #[must_use]
    pub fn main_list(&self) -> Option<&'static str> {
        self.main_list
    }

    /// Its fields, from which forms, lists, filters, imports, exports and help are made.
    #[must_use]
    pub fn schema(&self) -> &'static [Field] {
        (self.schema)()
    }

    /// Its lists of lines, by name, ascending.
    #[must_use]
    pub fn lists(&self) -> Vec<&'static str> {
        let lines = self.schema().iter().filter(|field| field.line);
        let mut lists: Vec<&str> = lines.filter_map(|field| field.path.split('/').next()).collect();
        lists.sort_unstable();
        lists.dedup();
        lists
    }

    /// Its JSON Schema with UI hints. An amount of money is there as the API has it, not as it is stored.
    #[must_use]
    pub fn schema_json(&self) -> Value {
        let mut schema = (self.schema_json)();
        for field in self.schema().iter().filter(|field| field.kind == FieldKind::Money && !field.line) {
            schema["properties"][field.path.as_ref()]["pattern"] = MONEY_PATTERN.into();
        }
        schema
    }

    /// What fields read as that were never put.
    #[must_use]
    pub fn defaults(&self) -> Vec<Put> {
        (self.defaults)()
    }

    /// The columns of its imports and exports.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        (self.columns)()
    }

    /// What the log calls a command; history shows it: `party.create`.
    #[must_use]
    pub fn command(&self, verb: Verb) -> String {
        format!("{}.{}", self.name, verb.word())
    }

    /// The cells that a compound path sets; `None` for a path that is none.
    ///
    /// # Errors
    /// A value that the path does not take.
    pub fn expand(&self, path: &str, value: &Value) -> Result<Option<Vec<Put>>, Refusal> {
        if self.compounds.contains(&path) { (self.expand)(path, value).map(Some) } else { Ok(None) }
    }

    /// The value of a compound path.
    #[must_use]
    pub fn compound(&self, cells: &Cells, path: &str) -> String {
        (self.compound)(cells, path)
    }

    /// One value as it is stored.
    ///
    /// # Errors
    /// A value that the field does not take.
    pub fn clean(&self, context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        (self.clean)(context, field, value)
    }

    /// Judges what a record with these cells would be after the puts, and puts them into their canonical form: what holds for
    /// every kind (its module is on, what is fixed stays, the organisation's own fields), then what the type says. Of a new
    /// record `before` is empty.
    ///
    /// # Errors
    /// What cannot be so.
    pub fn settle(&self, context: &Context<'_>, before: &Cells, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        customising::query::check_on(context, self)?;
        self.check_fixed(before, puts)?;
        self.check_new_lines(before, puts)?;
        customising::settle(context, self, before, puts)?;
        (self.settle)(context, &before.overlaid(puts), puts)
    }

    /// The reference that a record with these cells has, of a kind whose reference is made of its other fields.
    #[must_use]
    pub fn computed(&self, cells: &Cells) -> Option<String> {
        (self.computed)(cells)
    }

    fn check_fixed(&self, before: &Cells, puts: &[Put]) -> Result<(), Refusal> {
        let fields = self.schema().iter().filter(|field| self.fixed.contains(&field.path.as_ref()));
        for field in fields {
            let held = |path: &str| before.winner(path).is_some_and(says_something);
            if let Some((path, _)) = puts.iter().find(|(path, _)| field.is_at(path) && held(path)) {
                return Err(Refusal::of(&named(path), Code::Fixed));
            }
        }
        Ok(())
    }

    /// A line that is added has what its type requires.
    fn check_new_lines(&self, before: &Cells, puts: &[Put]) -> Result<(), Refusal> {
        let mut checked = "";
        for (path, _) in puts {
            let Some((line, _)) = path.rsplit_once('/').filter(|(line, _)| line.contains('/') && *line != checked)
            else {
                continue;
            };
            checked = line;
            let list = line.split('/').next().unwrap_or_default();
            let required = self.schema().iter().filter(|field| field.required && field.line);
            let names = required.filter_map(|field| field.path.strip_prefix(list)?.strip_prefix("/*/"));
            for cell in names.map(|name| format!("{line}/{name}")) {
                let says = |(put, value): &Put| *put == cell && says_something(value);
                if !puts.iter().any(says) && before.under(&format!("{line}/")).next().is_none() {
                    return Err(Refusal::of(&named(&cell), Code::Required));
                }
            }
        }
        Ok(())
    }

    /// Whether a change concerns one natural person.
    #[must_use]
    pub fn concerns_person(&self, cells: &Cells, puts: &[Put]) -> bool {
        (self.concerns_person)(cells, puts)
    }

    pub(super) fn record_type(&self) -> RecordType {
        RecordType { kind: self.name, write_class: self.write_class, scope: self.scope, schema: self.schema }
    }
}

fn says_something(value: &Scalar) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}
