//! A page of a list: its shapes, and the way from columns to JSON. Owns how each shape of value is written there.

use std::collections::BTreeMap;

use comptoir_replica::record::{Money, RecordId};
use rusqlite::Row;
use rusqlite::types::{Value as SqlValue, ValueRef};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::source::{Held, Shape, Source};
use crate::limits::MAX_LISTED_LINES;
use crate::projection::{MILLIONTHS_DIGITS, place};
use crate::registry::money_text;

/// One page of a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListPage {
    /// Records that match, on all pages.
    pub total: u32,
    /// The records of this page.
    pub records: Vec<ListedRecord>,
    /// The columns, in the order that was asked for.
    pub columns: Vec<String>,
    /// What was asked to be added up, over all records that match: a number each, an amount for each currency.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub totals: BTreeMap<String, Vec<String>>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
    /// Where the page before ends, for `before`; null on the first.
    pub previous: Option<String>,
}

/// A record as lists show it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListedRecord {
    /// Its id.
    pub id: String,
    /// Its scope's id.
    pub scope: String,
    /// Its name.
    pub title: String,
    /// Whether it is out of use.
    pub archived: bool,
    /// Fields with values that contradict each other.
    pub conflicts: u32,
    /// Its columns: text, whole numbers, true and false; decimals and amounts as text, such as `12.5` and `12.34 EUR`;
    /// null where there is nothing. A field of lines gives an array, one value a line in use.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub fields: BTreeMap<String, Value>,
    /// For each column that names another record, the title of the record that is meant now.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub titles: BTreeMap<String, String>,
}

/// The columns that every row of a page begins with, where this calls the record.
pub(super) fn fixed(title: &str) -> String {
    format!("p.scope, p.id, {title}, p.archived, p.conflicts")
}

/// How many they are.
const FIXED_COLUMNS: usize = 5;

/// A row of a page: the values that it is sorted by, and the record.
pub(super) struct PageRow {
    pub sorted_by: Vec<SqlValue>,
    pub id: RecordId,
    pub record: ListedRecord,
}

impl PageRow {
    /// Reads a row of [`fixed`], then `terms` values that it is sorted by, then the columns.
    pub fn read(row: &Row<'_>, terms: usize, columns: &[Source]) -> rusqlite::Result<Self> {
        let (scope, id) = place(row)?;
        let sorted_by = (0..terms).map(|at| row.get(FIXED_COLUMNS + at)).collect::<rusqlite::Result<_>>()?;
        let mut fields = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            fields.insert(column.name.clone(), column.json(row.get_ref(FIXED_COLUMNS + terms + at)?));
        }
        let record = ListedRecord {
            id: id.to_string(),
            scope: scope.to_string(),
            title: row.get(2)?,
            archived: row.get(3)?,
            conflicts: row.get(4)?,
            fields,
            titles: BTreeMap::new(),
        };
        Ok(Self { sorted_by, id, record })
    }
}

impl Source {
    /// The expression that a list shows: one value of SQL for each record.
    pub fn shown(&self) -> String {
        let value = match (&self.shape, self.held) {
            (_, Held::Custom) => "v.text".to_owned(),
            // As the cell has it.
            (Shape::Money, _) => format!("{} || ' ' || {}", self.currency(), self.value()),
            _ => self.value(),
        };
        match self.held {
            Held::AnyLine(list) => format!(
                "(SELECT json_group_array(y) FROM (SELECT {value} AS y FROM {} l
                  WHERE l.record = p.number AND l.archived = 0 ORDER BY l.position, l.key LIMIT {MAX_LISTED_LINES}))",
                list.table
            ),
            _ => self.of_record(&value),
        }
    }

    fn json(&self, value: ValueRef<'_>) -> Value {
        let value = match value {
            ValueRef::Integer(number) => Value::from(number),
            ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text)),
            _ => Value::Null,
        };
        match (self.held, &value) {
            (Held::AnyLine(_), Value::String(lines)) => {
                let lines: Vec<Value> = serde_json::from_str(lines).unwrap_or_default();
                lines.into_iter().map(|line| self.json_of_one(line)).collect()
            }
            _ => self.json_of_one(value),
        }
    }

    fn json_of_one(&self, value: Value) -> Value {
        match (&self.shape, &value) {
            (Shape::Bool, Value::Number(number)) => (number.as_i64() == Some(1)).into(),
            (Shape::Bool, Value::String(text)) => (text == "true").into(),
            (Shape::Decimal, Value::Number(number)) => {
                number.as_i64().map_or(Value::Null, |n| decimal(n.into()).into())
            }
            (Shape::Money, Value::String(text)) => {
                let money = text.parse::<Money>();
                money.map_or(value, |money| money_text(&money).into())
            }
            (Shape::Date | Shape::Reference(_), Value::String(text)) if text.is_empty() => Value::Null,
            _ => value,
        }
    }
}

/// A number of millionths as text.
pub(super) fn decimal(millionths: i128) -> String {
    let number = Decimal::try_from_i128_with_scale(millionths, MILLIONTHS_DIGITS);
    // Beyond 96 bits: as it is, with its unit.
    number.map_or_else(|_| format!("{millionths}e-{MILLIONTHS_DIGITS}"), |number| number.normalize().to_string())
}
