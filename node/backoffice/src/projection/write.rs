//! Writing one record's rows. Owns the way from cells to SQL values, alike for every kind.

use std::collections::BTreeSet;

use comptoir_replica::record::schema::{CUSTOM_PREFIX, custom_fields};
use comptoir_replica::record::{Cells, FieldClass, FieldKind, FieldValue, LineKey, Money, RecordId, Scalar};
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;

use super::layout::{FIXED, Layout, ListLayout, sign_of};
use super::open_conflicts;
use crate::changes::{ALIAS_OF, ARCHIVED, POSITION};
use crate::findings::edited_while_archived;
use crate::registry::Kind;
use crate::text::fold;

/// Decimals of a decimal's column: it counts in millionths.
pub(crate) const MILLIONTHS_DIGITS: u32 = 6;
const MILLIONTHS: i64 = 10_i64.pow(MILLIONTHS_DIGITS);

/// One record, to be written.
pub(super) struct Row<'a> {
    pub layout: &'static Layout,
    pub kind: &'a Kind,
    pub scope: ScopeId,
    pub id: RecordId,
    pub cells: &'a Cells,
}

impl Row<'_> {
    /// Writes everything and returns the number of the record's row.
    pub fn write(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let statements = &self.layout.statements;
        let number: Option<i64> = connection
            .prepare_cached(&statements.number)?
            .query_row(params![self.id.as_bytes(), self.scope.as_bytes()], |row| row.get(0))
            .optional()?;
        let written = self.write_record(connection, number)?;
        for list in &self.layout.lists {
            self.write_lines(connection, written, list)?;
        }
        self.write_custom(connection, written, number.is_some())?;
        if number.is_some() {
            connection.prepare_cached(&statements.forget_words)?.execute([written])?;
        }
        let words = std::iter::once(Value::Integer(written)).chain(self.words().map(Value::Text));
        connection.prepare_cached(&statements.insert_words)?.execute(rusqlite::params_from_iter(words))?;
        Ok(written)
    }

    /// Writes the row under the number that it has, or a new one, and returns that.
    fn write_record(&self, connection: &Connection, number: Option<i64>) -> rusqlite::Result<i64> {
        let value = |path: &str| self.cells.winner(path).or_else(|| self.layout.defaults.get(path));
        let text = |path: &str| value(path).and_then(Scalar::as_str).unwrap_or_default().to_owned();
        let title = text(self.kind.title());
        let alias = self.cells.winner(ALIAS_OF).and_then(Scalar::as_str).and_then(|id| id.parse::<RecordId>().ok());
        let mut values: Vec<Value> = Vec::with_capacity(FIXED.len() + self.layout.fields.len() + 2);
        values.push(number.map_or(Value::Null, Value::Integer));
        values.push(Value::Blob(self.scope.as_bytes().to_vec()));
        values.push(Value::Blob(self.id.as_bytes().to_vec()));
        values.push(Value::Text(title.clone()));
        values.push(Value::Text(fold(&title)));
        values.push(Value::Text(self.kind.reference().map(text).unwrap_or_default()));
        values.push(flag(value(ARCHIVED)));
        values.push(alias.map_or(Value::Null, |id| Value::Blob(id.as_bytes().to_vec())));
        values.push(Value::Integer(open_conflicts(self.cells)));
        values.push(Value::Integer(edited_while_archived(self.cells).len() as i64));
        for field in &self.layout.fields {
            push(&mut values, field.kind, value(&field.path));
        }
        let main = self.first_line();
        for (name, field) in &self.layout.main {
            let value = main.as_deref().and_then(|line| self.cells.winner(&format!("{line}{name}")));
            push(&mut values, field.kind, value);
        }
        insert(connection, &self.layout.statements.insert, &values)
    }

    /// What the cells of the main list's first line in use begin with: `addresses/4f2a/`.
    fn first_line(&self) -> Option<String> {
        let list = self.layout.list(self.kind.main_list()?)?;
        let of = |key: &str, field: &str| self.cells.winner(&format!("{}{key}/{field}", list.prefix));
        let in_use = |key: &&str| of(key, ARCHIVED).and_then(Scalar::as_bool) != Some(true);
        let keys = line_keys(self.cells, list).into_iter().filter(in_use);
        let first = keys.min_by_key(|key| of(key, POSITION).and_then(Scalar::as_int).unwrap_or(0));
        first.map(|key| format!("{}{key}/", list.prefix))
    }

    fn write_lines(&self, connection: &Connection, record: i64, list: &ListLayout) -> rusqlite::Result<()> {
        // Lines are never deleted: a row once written stays a row.
        for key in line_keys(self.cells, list) {
            let cell = |name: &str| self.cells.winner(&format!("{}/{key}/{name}", list.list));
            let mut values = vec![Value::Integer(record), Value::Text(key.to_owned())];
            values.push(Value::Integer(cell(POSITION).and_then(Scalar::as_int).unwrap_or(0)));
            values.push(flag(cell(ARCHIVED)));
            for (name, field) in &list.fields {
                push(&mut values, field.kind, cell(name));
            }
            insert(connection, &list.insert, &values)?;
        }
        Ok(())
    }

    fn write_custom(&self, connection: &Connection, record: i64, known: bool) -> rusqlite::Result<()> {
        if !known && self.cells.under(CUSTOM_PREFIX).next().is_none() {
            return Ok(());
        }
        let mut put =
            connection.prepare_cached("INSERT OR REPLACE INTO custom_values VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        let mut clear =
            connection.prepare_cached("DELETE FROM custom_values WHERE kind = ?1 AND key = ?2 AND record = ?3")?;
        for (key, value) in custom_fields(self.cells) {
            match custom_text(&value) {
                Some(text) => {
                    let (scope, id) = (self.scope.as_bytes(), self.id.as_bytes());
                    put.execute(params![self.kind.name(), key, record, scope, id, text, custom_number(&text)])?
                }
                None => clear.execute(params![self.kind.name(), key, record])?,
            };
        }
        Ok(())
    }

    /// The words of every searchable field, of lines in use alone, class by class; then those of the organisation's own fields, as they
    /// are and signed.
    fn words(&self) -> impl Iterator<Item = String> + use<> {
        const OWN: usize = FieldClass::ALL.len();
        let mut words: [String; OWN + 2] = Default::default();
        let mut add = |place: usize, value: Option<&Scalar>| {
            if let Some(value) = value.and_then(Scalar::as_str).filter(|value| !value.is_empty()) {
                words[place].push_str(&fold(value));
                words[place].push('\n');
            }
        };
        for field in self.layout.searchable.iter().filter(|field| !field.line) {
            add(field.class as usize, self.cells.winner(&field.path));
        }
        for list in &self.layout.lists {
            let searchable: Vec<_> = list.fields.iter().filter(|(_, field)| field.searchable).collect();
            for key in line_keys(self.cells, list) {
                let cell = |name: &str| self.cells.winner(&format!("{}/{key}/{name}", list.list));
                if cell(ARCHIVED).and_then(Scalar::as_bool) != Some(true) {
                    searchable.iter().for_each(|(name, field)| add(field.class as usize, cell(name)));
                }
            }
        }
        self.cells.under(CUSTOM_PREFIX).for_each(|(path, _)| add(OWN, self.cells.winner(path)));
        for (key, value) in custom_fields(self.cells) {
            let (sign, text) = (sign_of(&key), fold(value.as_str().unwrap_or_default()));
            let each = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
            each.for_each(|word| words[OWN + 1].push_str(&format!("{sign}{word}\n")));
        }
        words.into_iter()
    }
}

/// The keys of a list's lines, ascending.
fn line_keys<'a>(cells: &'a Cells, list: &'a ListLayout) -> BTreeSet<&'a str> {
    let from = list.prefix.len();
    let keys = cells
        .under(&list.prefix)
        .filter_map(|(path, _)| Some(path[from..].split_once('/')?.0))
        .collect::<BTreeSet<_>>();
    // A key that is none of ours is a newer version's affair.
    keys.into_iter().filter(|key| key.parse::<LineKey>().is_ok()).collect()
}

fn insert(connection: &Connection, sql: &str, values: &[Value]) -> rusqlite::Result<i64> {
    connection.prepare_cached(sql)?.insert(rusqlite::params_from_iter(values))
}

fn flag(value: Option<&Scalar>) -> Value {
    Value::Integer(i64::from(value.and_then(Scalar::as_bool) == Some(true)))
}

/// A field's column or columns. What is of another kind than the field's reads as nothing, as the struct has it.
fn push(values: &mut Vec<Value>, kind: FieldKind, value: Option<&Scalar>) {
    let text = |value: Option<&Scalar>| Value::Text(value.and_then(Scalar::as_str).unwrap_or_default().to_owned());
    match kind {
        FieldKind::Text | FieldKind::Reference | FieldKind::Date => values.push(text(value)),
        FieldKind::Bool => values.push(flag(value)),
        FieldKind::Int => values.push(value.and_then(Scalar::as_int).map_or(Value::Null, Value::Integer)),
        FieldKind::Decimal => {
            let number = value.and_then(Decimal::from_scalar).and_then(millionths);
            values.push(number.map_or(Value::Null, Value::Integer));
        }
        FieldKind::Money => {
            let money = value.and_then(Money::from_scalar);
            values.push(money.map_or(Value::Null, |money| Value::Integer(money.minor())));
            values.push(Value::Text(money.map(|money| money.currency().to_owned()).unwrap_or_default()));
        }
    }
}

/// A number in millionths; `None` beyond what 64 bits hold.
pub(crate) fn millionths(number: Decimal) -> Option<i64> {
    use rust_decimal::prelude::ToPrimitive;
    number.checked_mul(Decimal::from(MILLIONTHS))?.trunc().to_i64()
}

fn custom_text(value: &Scalar) -> Option<String> {
    match value {
        Scalar::Null => None,
        Scalar::Str(text) if text.is_empty() => None,
        Scalar::Str(text) => Some(text.clone()),
        Scalar::Bool(truth) => Some(truth.to_string()),
        Scalar::Int(number) | Scalar::Timestamp(number) => Some(number.to_string()),
        Scalar::Bytes(_) => None,
    }
}

/// The number that a value is, or an amount's minor units: what filters and sorting compare.
fn custom_number(text: &str) -> Option<i64> {
    if let Ok(money) = text.parse::<Money>() {
        return Some(money.minor());
    }
    Decimal::from_str_exact(text).ok().and_then(millionths)
}
