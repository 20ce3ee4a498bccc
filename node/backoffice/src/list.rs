//! Lists: what a screen or script asks of a kind of record, and the page that it gets. Owns the shapes, the paging key and
//! the full-text expression; the SQL is each module's.

use std::collections::BTreeMap;

use comptoir_replica::record::{Field, Scalar};
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, Row, ToSql};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::desk::Stopped;
use crate::limits::{LIST_PAGE_ROWS, MAX_LIST_PAGE_ROWS, MAX_SEARCH_CHARS, MAX_SEARCH_WORDS};
use crate::projection::{Layout, column, layout, place};
use crate::refusal::{Code, Refusal};
use crate::registry::{Kind, clean};
use crate::text::fold;

/// Which records, and which page of them. Records are sorted by name, then by id.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Words to search for, each as the beginning of a word; case and accents do not matter. All must occur.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Only those whose fields have these values, by path: `kind`, `customer`, `addresses.country`, `custom.size`.
    #[serde(flatten)]
    #[param(value_type = std::collections::HashMap<String, String>)]
    pub fields: BTreeMap<String, String>,
    /// Only archived ones, or only live ones (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Only those with conflicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<bool>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Records a page; at most 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl ListQuery {
    /// Rows of a page, within bounds.
    #[must_use]
    pub fn page_rows(&self) -> u32 {
        self.limit.unwrap_or(LIST_PAGE_ROWS).clamp(1, MAX_LIST_PAGE_ROWS)
    }
}

/// One page of a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListPage {
    /// Records that match, on all pages.
    pub total: u32,
    /// The records of this page.
    pub records: Vec<ListedRecord>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
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
    /// Its columns.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub fields: BTreeMap<String, Value>,
}

/// The place after one record in a list that is sorted by folded name and id. Opaque outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageKey {
    /// The record's folded name.
    pub name_folded: String,
    /// Its id.
    pub id: [u8; 16],
}

impl PageKey {
    /// Its text: the id, then the name.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}{}", uuid::Uuid::from_bytes(self.id).simple(), self.name_folded)
    }

    /// Reads [`PageKey::encode`]; `None` when it is no such text.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let (id, name) = text.split_at_checked(32)?;
        let id = uuid::Uuid::try_parse(id).ok()?.into_bytes();
        Some(Self { name_folded: name.to_owned(), id })
    }
}

/// A page of records of a kind, by title. Aliases are not listed: what they mean is.
///
/// # Errors
/// A filter on a field that there is none of, or those of SQL.
pub fn list(connection: &Connection, kind: &Kind, query: &ListQuery) -> Result<ListPage, Stopped> {
    let mut filter = Filter::of(kind, query)?;
    let total = connection
        .prepare_cached(&format!("SELECT COUNT(*) FROM {} WHERE {}", filter.from, filter.condition))?
        .query_row(filter.values().as_slice(), |row| row.get(0))?;
    if let Some(key) = query.after.as_deref().and_then(PageKey::decode) {
        filter.and("(p.title_folded, p.id) > (?, ?)", vec![key.name_folded.into(), key.id.to_vec().into()]);
    }
    let rows = query.page_rows() as usize;
    let shown = listed_fields(kind);
    let expressions: String = shown.iter().map(|(_, expression)| format!(", {expression}")).collect();
    let sql = format!(
        "SELECT p.scope, p.id, p.title, p.title_folded, p.archived, p.conflicts{expressions}
         FROM {} WHERE {} ORDER BY p.title_folded, p.id LIMIT {}",
        filter.from,
        filter.condition,
        rows + 1
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(filter.values().as_slice(), |row| listed(row, &shown))?;
    let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = found.len() > rows;
    found.truncate(rows);
    let next = if more { found.last().map(|(key, _)| key.encode()) } else { None };
    Ok(ListPage { total, records: found.into_iter().map(|(_, record)| record).collect(), next })
}

/// The fields that a list shows, with the SQL of each; of lines those of the main list's first in use.
fn listed_fields(kind: &Kind) -> Vec<(String, String)> {
    let layout = layout(kind);
    let own = layout.fields.iter().filter(|field| field.listed);
    let mut shown: Vec<_> = own.map(|field| (field.path.to_string(), format!("p.{}", column(&field.path)))).collect();
    if let Some(list) = kind.main_list().and_then(|name| layout.list(name)) {
        let of_line = |(name, _): &(&str, &Field)| {
            let first = format!(
                "(SELECT {} FROM {} l WHERE l.record = p.number AND l.archived = 0 ORDER BY l.position, l.key LIMIT 1)",
                column(name),
                list.table
            );
            ((*name).to_owned(), first)
        };
        shown.extend(list.fields.iter().filter(|(_, field)| field.listed).map(of_line));
    }
    shown
}

fn listed(row: &Row<'_>, shown: &[(String, String)]) -> rusqlite::Result<(PageKey, ListedRecord)> {
    const FIRST_FIELD: usize = 6;
    let (scope, id) = place(row)?;
    let mut fields = BTreeMap::new();
    for (offset, (name, _)) in shown.iter().enumerate() {
        let value = match row.get_ref(FIRST_FIELD + offset)? {
            ValueRef::Integer(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            _ => Value::Null,
        };
        fields.insert(name.clone(), value);
    }
    let record = ListedRecord {
        id: id.to_string(),
        scope: scope.to_string(),
        title: row.get(2)?,
        archived: row.get(4)?,
        conflicts: row.get(5)?,
        fields,
    };
    Ok((PageKey { name_folded: row.get(3)?, id: id.0 }, record))
}

/// A WHERE clause under construction. Only names of our own tables and columns get into the SQL; values are bound.
struct Filter {
    from: String,
    condition: String,
    bound: Vec<SqlValue>,
}

impl Filter {
    fn of(kind: &Kind, query: &ListQuery) -> Result<Self, Stopped> {
        let layout = layout(kind);
        let table = &layout.table;
        let mut filter = Self { from: format!("{table} p"), condition: "p.alias_of IS NULL".into(), bound: Vec::new() };
        if let Some(text) = &query.search {
            match search_expression(text) {
                Some(expression) => {
                    filter.from = format!("{0} s JOIN {table} p ON p.number = s.rowid", layout.search());
                    filter.and(&format!("{} MATCH ?", layout.search()), vec![expression.into()]);
                }
                None if text.trim().is_empty() => {}
                None => filter.and("FALSE", vec![]),
            }
        }
        filter.and("p.archived = ?", vec![i64::from(query.archived.unwrap_or(false)).into()]);
        for (path, wanted) in &query.fields {
            filter.field(layout, path, wanted)?;
        }
        if let Some(wanted) = query.conflicts {
            filter.and(if wanted { "p.conflicts > 0" } else { "p.conflicts = 0" }, vec![]);
        }
        Ok(filter)
    }

    fn field(&mut self, layout: &Layout, path: &str, wanted: &str) -> Result<(), Stopped> {
        if let Some(field) = layout.fields.iter().find(|field| field.path == path) {
            self.and(&format!("p.{} = ?", column(path)), vec![bound(field, wanted)?]);
            return Ok(());
        }
        if let Some((list, name)) = path.split_once('.')
            && let Some(list) = layout.list(list)
            && let Some((_, field)) = list.fields.iter().find(|(known, _)| *known == name)
        {
            let lines = format!("SELECT record FROM {} WHERE {} = ? AND archived = 0", list.table, column(name));
            self.and(&format!("p.number IN ({lines})"), vec![bound(field, wanted)?]);
            return Ok(());
        }
        let known: Vec<&str> = layout.fields.iter().map(|field| field.path.as_ref()).collect();
        Err(Refusal::of(path, Code::UnknownField).with("known", known.join(", ")).into())
    }

    fn and(&mut self, condition: &str, bound: Vec<SqlValue>) {
        self.condition = format!("{} AND {condition}", self.condition);
        self.bound.extend(bound);
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        self.bound.iter().map(|value| value as &dyn ToSql).collect()
    }
}

/// The value of a filter as the field's column holds it.
fn bound(field: &Field, wanted: &str) -> Result<SqlValue, Refusal> {
    let typed = clean::typed(field.kind, true, &wanted.into()).map_err(|refusal| refusal.under(&field.path))?;
    Ok(match typed {
        Scalar::Bool(truth) => i64::from(truth).into(),
        Scalar::Int(number) => number.into(),
        other => other.as_str().unwrap_or_default().to_owned().into(),
    })
}

/// An FTS5 expression that finds texts with all of these words or beginnings of words; `None` when there is no word.
/// Everything but letters and digits separates words, so no operator of FTS5 gets through.
#[must_use]
pub fn search_expression(text: &str) -> Option<String> {
    let text: String = text.chars().take(MAX_SEARCH_CHARS).collect();
    let folded = fold(&text);
    let words = folded.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(MAX_SEARCH_WORDS).map(|word| format!("\"{word}\"*")).collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_operators_are_not() {
        assert_eq!(search_expression("Évreux OR \"x\" AND(").as_deref(), Some("\"evreux\"* \"or\"* \"x\"* \"and\"*"));
        assert_eq!(search_expression(" *-\" "), None);
        assert_eq!(search_expression("+33 1").as_deref(), Some("\"33\"* \"1\"*"));
    }

    #[test]
    fn page_keys_round_trip() {
        let key = PageKey { name_folded: "dupont é~".into(), id: [7; 16] };
        assert_eq!(PageKey::decode(&key.encode()), Some(key));
        assert_eq!(PageKey::decode("é".repeat(20).as_str()), None);
        assert_eq!(PageKey::decode("short"), None);
    }
}
