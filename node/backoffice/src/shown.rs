//! A record as screens and scripts see it whole: its fields, its lines in order, what else it holds, its conflicts. Made from
//! cells and the type's fields alone, alike for every kind of record. Writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::schema::{CUSTOM_PREFIX, Field, custom_fields, field_at};
use comptoir_replica::record::{Cells, FieldKind, FieldValue, Money, RecordId, Scalar};
use comptoir_sync_protocol::ids::ScopeId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::alias::{AliasShown, DISTINCT_PREFIX};
use crate::changes::{ALIAS_OF, ARCHIVED, POSITION};
use crate::customising::Definition;
use crate::registry::{Kind, money_text};

/// A record with its present values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordShown {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its scope's id.
    pub scope: String,
    /// Its name.
    pub title: String,
    /// Whether it is out of use.
    pub archived: bool,
    /// The id of the record that it was merged into, if it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alias_of: Option<String>,
    /// Values by field, for every field of the type.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub fields: BTreeMap<String, Value>,
    /// Lines by list, in order, archived ones too.
    pub lines: BTreeMap<String, Vec<LineShown>>,
    /// The organisation's own fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub custom: BTreeMap<String, Value>,
    /// Those of them that the organisation has retired: they are kept and shown, and take no new value.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub retired: Vec<String>,
    /// Values that this version does not know, by path. They are kept as they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub unknown: BTreeMap<String, Value>,
    /// Fields with values that contradict each other: path, and the values, the winner last.
    pub conflicts: Vec<FieldConflict>,
    /// What was merged into it. Empty where the record is shown for itself.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub aliases: Vec<AliasShown>,
}

/// A line of a record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct LineShown {
    /// Its key.
    pub key: String,
    /// Its place; equal ones are sorted by key.
    pub position: i64,
    /// Whether it is out of use.
    pub archived: bool,
    /// Values by field.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub fields: BTreeMap<String, Value>,
}

/// A field whose visible values differ.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldConflict {
    /// The field, as `set` takes it: `phone`, `addresses.KEY.city`.
    pub field: String,
    /// Its values, the winner last.
    #[schema(value_type = Vec<Object>)]
    pub values: Vec<Value>,
}

impl RecordShown {
    /// The record that has these cells.
    #[must_use]
    pub fn of(scope: ScopeId, id: RecordId, kind: &Kind, cells: &Cells) -> Self {
        let (schema, defaults) = (kind.schema(), kind.defaults());
        let default = |path: &str| defaults.iter().find(|(field, _)| field == path).map(|(_, value)| value);
        let winner = |path: &str| cells.winner(path).or_else(|| default(path));
        let value = |field: &Field| winner(&field.path).map_or(Value::Null, |value| shown(field, value));
        let plain = schema.iter().filter(|field| !field.line && field.path != ARCHIVED);
        let fields: BTreeMap<String, Value> = plain.map(|field| (field.path.to_string(), value(field))).collect();
        let lists: BTreeSet<&str> =
            schema.iter().filter(|field| field.line).filter_map(|field| field.path.split('/').next()).collect();
        let unknown = cells.winners().filter(|(path, _)| {
            !path.starts_with(CUSTOM_PREFIX)
                && !path.starts_with(DISTINCT_PREFIX)
                && *path != ALIAS_OF
                && field_at(schema, path).is_none()
        });
        Self {
            id: id.to_string(),
            kind: kind.name().to_owned(),
            scope: scope.to_string(),
            alias_of: cells.winner(ALIAS_OF).and_then(Scalar::as_str).map(str::to_owned),
            title: fields.get(kind.title()).and_then(Value::as_str).unwrap_or_default().to_owned(),
            archived: winner(ARCHIVED).and_then(Scalar::as_bool).unwrap_or(false),
            lines: lists.into_iter().map(|list| (list.to_owned(), lines(cells, list, schema))).collect(),
            fields,
            custom: custom_fields(cells).into_iter().map(|(key, value)| (key, value.to_json())).collect(),
            unknown: unknown.map(|(path, value)| (named(path), value.to_json())).collect(),
            retired: Vec::new(),
            conflicts: conflicts(cells, schema),
            aliases: Vec::new(),
        }
    }
}

impl RecordShown {
    /// The same with the organisation's own fields as their definitions have them: amounts of money as people read them, and
    /// which fields are retired. What has no definition shows as it is stored.
    #[must_use]
    pub fn with_own_fields(mut self, definitions: &[Definition]) -> Self {
        for definition in definitions {
            let key = &definition.field.key;
            let path = format!("custom.{key}");
            let conflicts = self.conflicts.iter_mut().filter(|conflict| conflict.field == path);
            let values = conflicts.flat_map(|conflict| conflict.values.iter_mut());
            values.chain(self.custom.get_mut(key)).for_each(|value| *value = definition.shown_json(value));
            if definition.field.archived && self.custom.contains_key(key) {
                self.retired.push(key.clone());
            }
        }
        self
    }
}

/// A cell's name as commands and answers write it.
#[must_use]
pub fn named(path: &str) -> String {
    path.replace('/', ".")
}

/// A field's value as the API shows it: an amount of money as people read it, all else as it is stored. So shows also what is
/// of another kind than the field's.
#[must_use]
pub fn shown(field: &Field, value: &Scalar) -> Value {
    match (field.kind, Money::from_scalar(value)) {
        (FieldKind::Money, Some(money)) => money_text(&money).into(),
        _ => value.to_json(),
    }
}

/// The value of one cell as the API shows it: a field's, or that of one of the organisation's own.
#[must_use]
pub fn cell_shown(kind: &Kind, definitions: &[Definition], path: &str, value: &Scalar) -> Value {
    if let Some(field) = field_at(kind.schema(), path) {
        return shown(field, value);
    }
    let key = path.strip_prefix(CUSTOM_PREFIX);
    let definition = definitions.iter().find(|definition| Some(definition.field.key.as_str()) == key);
    definition.map_or_else(|| value.to_json(), |definition| definition.shown(value))
}

fn conflicts(cells: &Cells, schema: &[Field]) -> Vec<FieldConflict> {
    let json =
        |path: &str, value: &Scalar| field_at(schema, path).map_or_else(|| value.to_json(), |of| shown(of, value));
    let distinct = cells.conflicts().filter(|(path, _)| cells.has_distinct_values(path));
    distinct
        .map(|(path, visible)| FieldConflict {
            field: named(path),
            values: visible.iter().map(|visible| json(path, &visible.value)).collect(),
        })
        .collect()
}

fn lines(cells: &Cells, list: &str, schema: &[Field]) -> Vec<LineShown> {
    let prefix = format!("{list}/");
    let keys: BTreeSet<&str> =
        cells.under(&prefix).filter_map(|(path, _)| Some(path[prefix.len()..].split_once('/')?.0)).collect();
    let pattern = format!("{list}/*/");
    let of_lines = schema.iter().filter_map(|field| Some((field.path.strip_prefix(&pattern)?, field)));
    let names: Vec<(&str, &Field)> = of_lines.filter(|(name, _)| ![ARCHIVED, POSITION].contains(name)).collect();
    let mut lines: Vec<LineShown> = keys
        .into_iter()
        .map(|key| {
            let cell = |name: &str| cells.winner(&format!("{prefix}{key}/{name}"));
            let value = |(name, field): &(&str, &Field)| {
                let value = cell(name).map_or_else(|| "".into(), |value| shown(field, value));
                ((*name).to_owned(), value)
            };
            LineShown {
                key: key.to_owned(),
                position: cell(POSITION).and_then(Scalar::as_int).unwrap_or(0),
                archived: cell(ARCHIVED).and_then(Scalar::as_bool).unwrap_or(false),
                fields: names.iter().map(value).collect(),
            }
        })
        .collect();
    lines.sort_by(|one, other| (one.position, &one.key).cmp(&(other.position, &other.key)));
    lines
}
