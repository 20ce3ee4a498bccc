//! Changes as people and programs ask for them: fields to set and lines to add, by path. Owns their two notations (JSON of
//! the API, `field=value` of the command line), their typing by a record type's fields, and the checks that hold for every
//! kind of record: unknown fields and lines, what is archived. What a value may be beyond its type is the module's rule.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::schema::{CUSTOM_PREFIX, Field, edit_puts, field_at};
use comptoir_replica::record::{Cells, FieldKind, LineKey, RecordId, Scalar};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::customising;
use crate::desk::Stopped;
use crate::find;
use crate::limits::{MAX_ASSIGNMENTS, MAX_LINES};
use crate::refusal::{Code, Refusal};
use crate::registry::{self, Context, Kind, clean};

/// Distance between positions of lines that follow each other, so that some fit between.
pub use comptoir_replica::record::line::POSITION_STEP;

/// The field that takes records and lines out of use.
pub const ARCHIVED: &str = "archived";
/// The field that makes a record an alias of another: what names it means the other.
pub const ALIAS_OF: &str = "alias_of";
/// The field that orders lines.
pub const POSITION: &str = "position";

/// What to change in a record, or what a new one holds.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Values by path: `phone`, `addresses.KEY.city` for a field of a line, `custom.KEY` for one of the organisation's own. Text
    /// that is empty clears a field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub set: BTreeMap<String, Value>,
    /// New lines by list: `addresses`. They go to the end unless they have a `position`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, Vec<Object>>)]
    pub add: BTreeMap<String, Vec<BTreeMap<String, Value>>>,
}

impl Changes {
    /// That these fields hold these values from now on.
    #[must_use]
    pub fn setting<const N: usize>(values: [(&str, Value); N]) -> Self {
        let set = values.into_iter().map(|(path, value)| (path.to_owned(), value)).collect();
        Self { set, ..Self::default() }
    }

    /// Reads the command line's notation: `phone=…`, `addresses.KEY.city=…`, `addresses+={"city": "…"}`.
    ///
    /// # Errors
    /// [`Code::BadAssignment`], [`Code::AssignedTwice`], [`Code::TooMany`].
    pub fn parse<S: AsRef<str>>(assignments: &[S]) -> Result<Self, Refusal> {
        if assignments.len() > MAX_ASSIGNMENTS {
            return Err(Refusal::new(Code::TooMany).with("limit", MAX_ASSIGNMENTS));
        }
        let mut changes = Self::default();
        for assignment in assignments.iter().map(AsRef::as_ref) {
            let bad = || Refusal::new(Code::BadAssignment).with("value", assignment);
            let (path, value) = assignment.split_once('=').ok_or_else(bad)?;
            if let Some(list) = path.strip_suffix('+') {
                let line = serde_json::from_str(value).map_err(|_| bad())?;
                changes.add.entry(list.trim().to_owned()).or_default().push(line);
            } else if path.trim().is_empty() {
                return Err(bad());
            } else if changes.set.insert(path.trim().to_owned(), value.into()).is_some() {
                return Err(Refusal::of(path.trim(), Code::AssignedTwice));
            }
        }
        Ok(changes)
    }
}

/// Changes with the keys of the lines that they add: drawn before the transaction, for a decision draws nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    changes: Changes,
    keys: Vec<LineKey>,
}

impl Changes {
    /// Draws the keys of new lines.
    #[must_use]
    pub fn asked(self, rng: &mut impl CryptoRng) -> Asked {
        let keys = self.add.values().flatten().map(|_| LineKey::create(rng)).collect();
        Asked { changes: self, keys }
    }
}

/// Changes typed, checked and named by cell, before the record is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Puts {
    /// Cells with their wanted values.
    pub set: Vec<(String, Scalar)>,
    /// New lines: list, key, and their fields' values.
    pub add: Vec<NewLine>,
}

/// One line to add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLine {
    /// The list: `addresses`.
    pub list: String,
    /// Its key, random.
    pub key: LineKey,
    /// Values by the line's field.
    pub fields: Vec<(String, Scalar)>,
}

impl Puts {
    /// The cells that are to be empty.
    #[must_use]
    pub fn emptied(&self) -> Vec<String> {
        self.set.iter().filter(|(_, value)| value.is_null()).map(|(path, _)| path.clone()).collect()
    }
}

impl Asked {
    /// Fields alone: nothing is drawn.
    #[must_use]
    pub fn of_fields(set: BTreeMap<String, Value>) -> Self {
        Self { changes: Changes { set, add: BTreeMap::new() }, keys: Vec::new() }
    }

    /// Types what was asked for, by the kind's fields.
    ///
    /// # Errors
    /// The first assignment that is refused, under the path that was given.
    pub fn typed(&self, kind: &Kind, context: &Context<'_>) -> Result<Puts, Stopped> {
        let mut puts = Puts::default();
        for (path, value) in &self.changes.set {
            let cell = path.replace('.', "/");
            match kind.expand(&cell, value).map_err(|refusal| refusal.under(path))? {
                Some(several) => puts.set.extend(several),
                None => {
                    let value = typed(kind, context, &cell, value).map_err(|stopped| stopped.under(path))?;
                    puts.set.push((cell, value));
                }
            }
        }
        puts.set.sort_by(|one, other| one.0.cmp(&other.0));
        if let Some(pair) = puts.set.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Refusal::of(&pair[0].0.replace('/', "."), Code::AssignedTwice).into());
        }
        let lines = self.changes.add.iter().flat_map(|(list, lines)| lines.iter().map(move |line| (list, line)));
        for ((list, line), key) in lines.zip(&self.keys) {
            puts.add.push(new_line(kind, context, list, line, key)?);
        }
        if puts.set.len() + puts.add.len() > MAX_ASSIGNMENTS {
            return Err(Refusal::new(Code::TooMany).with("limit", MAX_ASSIGNMENTS).into());
        }
        Ok(puts)
    }
}

impl Puts {
    /// What to put into a record whose present cells these are: only what differs; nothing when all is so already.
    ///
    /// # Errors
    /// [`Code::ArchivedRecord`], [`Code::ArchivedLine`], [`Code::UnknownLine`], [`Code::TooMany`].
    pub fn against(&self, cells: &Cells, schema: &[Field]) -> Result<Vec<(String, Scalar)>, Refusal> {
        let mut puts = self.set.clone();
        for line in &self.add {
            puts.extend(self.place(line, cells)?);
        }
        let mut puts = differing(cells, puts, schema);
        puts.sort_by(|one, other| one.0.cmp(&other.0));
        if !cells.is_empty() {
            // An archived record may be taken out of the archive and changed in one command.
            let freed = self.sets_false(ARCHIVED);
            if is_true(cells, ARCHIVED) && !freed && !puts.is_empty() {
                return Err(Refusal::new(Code::ArchivedRecord));
            }
        }
        for (path, _) in &self.set {
            self.check_line(path, cells)?;
        }
        Ok(puts)
    }

    fn sets_false(&self, path: &str) -> bool {
        self.set.iter().any(|(cell, value)| cell == path && value.as_bool() == Some(false))
    }

    fn check_line(&self, path: &str, cells: &Cells) -> Result<(), Refusal> {
        let mut parts = path.split('/');
        let (Some(list), Some(key), Some(field)) = (parts.next(), parts.next(), parts.next()) else { return Ok(()) };
        let named = path.replace('/', ".");
        if cells.under(&format!("{list}/{key}/")).next().is_none() {
            return Err(Refusal::of(&named, Code::UnknownLine).with("value", key));
        }
        let archived = format!("{list}/{key}/{ARCHIVED}");
        if field != ARCHIVED && is_true(cells, &archived) && !self.sets_false(&archived) {
            return Err(Refusal::of(&named, Code::ArchivedLine).with("value", key));
        }
        Ok(())
    }

    /// A new line's cells. Without a position of its own it goes after all others, and after those added before it.
    fn place(&self, line: &NewLine, cells: &Cells) -> Result<Vec<(String, Scalar)>, Refusal> {
        let prefix = format!("{}/", line.list);
        let present = cells.under(&prefix);
        let held: BTreeSet<&str> = present.filter_map(|(path, _)| path[prefix.len()..].split('/').next()).collect();
        let added = self.add.iter().filter(|other| other.list == line.list).count();
        if held.len() + added > MAX_LINES {
            return Err(Refusal::of(&line.list, Code::TooMany).with("limit", MAX_LINES));
        }
        let mut puts: Vec<_> =
            line.fields.iter().map(|(field, value)| (format!("{prefix}{}/{field}", line.key), value.clone())).collect();
        if !line.fields.iter().any(|(field, _)| field == POSITION) {
            let before = self.add.iter().take_while(|other| *other != line);
            let before = before.filter(|other| other.list == line.list).count() as i64;
            let position = next_position(cells, &line.list).saturating_add(before.saturating_mul(POSITION_STEP));
            puts.push((format!("{prefix}{}/{POSITION}", line.key), position.into()));
        }
        Ok(puts)
    }
}

/// The position after all lines of this list.
#[must_use]
pub fn next_position(cells: &Cells, list: &str) -> i64 {
    let prefix = format!("{list}/");
    let positions = cells.under(&prefix).filter(|(path, _)| path.ends_with("/position"));
    let last = positions.filter_map(|(path, _)| cells.winner(path)?.as_int()).max().unwrap_or(0);
    last.saturating_add(POSITION_STEP)
}

/// Of `wanted`, what changes something: not what won already, and not a field's empty value where nothing was ever put.
#[must_use]
pub fn differing(cells: &Cells, wanted: Vec<(String, Scalar)>, schema: &[Field]) -> Vec<(String, Scalar)> {
    let mut puts = edit_puts(cells, &wanted);
    puts.retain(|(path, value)| cells.winner(path).is_some() || !reads_as_absent(path, value, schema));
    puts
}

fn reads_as_absent(path: &str, value: &Scalar, schema: &[Field]) -> bool {
    match value {
        Scalar::Null => true,
        Scalar::Str(text) => text.is_empty() && field_at(schema, path).is_some_and(|field| !field.optional),
        // Of an organisation's own field no is an answer: nothing says what none would read as.
        Scalar::Bool(truth) => !truth && !path.starts_with(CUSTOM_PREFIX),
        _ => false,
    }
}

fn is_true(cells: &Cells, path: &str) -> bool {
    cells.winner(path).and_then(Scalar::as_bool) == Some(true)
}

fn typed(kind: &Kind, context: &Context<'_>, cell: &str, value: &Value) -> Result<Scalar, Stopped> {
    let schema = kind.schema();
    if let Some(key) = cell.strip_prefix(CUSTOM_PREFIX) {
        return customising::typed(context, kind, key, value);
    }
    // What whoever works does not see is not there for them either.
    let mask = context.mask(kind)?;
    let Some(field) = field_at(schema, cell).filter(|field| mask.sees_field(field)) else {
        return Err(Refusal::new(Code::UnknownField).with("known", mask.known().join(", ")).into());
    };
    if field.line && cell.split('/').nth(1).is_none_or(|key| key.parse::<LineKey>().is_err()) {
        return Err(Refusal::new(Code::UnknownLine).with("value", cell.split('/').nth(1).unwrap_or_default()).into());
    }
    let named = named_by_reference(context, field, value)?;
    let value = named.as_ref().unwrap_or(value);
    kind.clean(context, field, clean::typed(field.kind, field.optional, value, context.home)?)
}

/// The id of the record whose reference stands in a field that names one.
fn named_by_reference(context: &Context<'_>, field: &Field, value: &Value) -> Result<Option<Value>, Stopped> {
    let (Some(target), Some(name)) = (field.target, value.as_str().map(str::trim)) else { return Ok(None) };
    if field.kind != FieldKind::Reference || name.is_empty() || name.parse::<RecordId>().is_ok() {
        return Ok(None);
    }
    let target = registry::kind(target)?;
    let name = find::at_home(context.connection, target, context.home, name)?;
    Ok(Some(find::find_named(context, target, &name)?.1.to_string().into()))
}

fn new_line(
    kind: &Kind,
    context: &Context<'_>,
    list: &str,
    line: &BTreeMap<String, Value>,
    key: &LineKey,
) -> Result<NewLine, Stopped> {
    if !kind.lists().contains(&list) {
        return Err(Refusal::of(list, Code::UnknownField).with("known", kind.lists().join(", ")).into());
    }
    let mut fields = Vec::with_capacity(line.len());
    for (field, value) in line {
        let named = format!("{list}.{field}");
        let value =
            typed(kind, context, &format!("{list}/{key}/{field}"), value).map_err(|stopped| stopped.under(&named))?;
        fields.push((field.clone(), value));
    }
    let says_something =
        |(field, value): &(String, Scalar)| field != POSITION && field != ARCHIVED && value.size_bytes() > 0;
    if !fields.iter().any(says_something) {
        return Err(Refusal::of(list, Code::Required).into());
    }
    Ok(NewLine { list: list.to_owned(), key: key.clone(), fields })
}
