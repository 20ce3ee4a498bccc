//! The shape of one kind's tables, from its fields. Owns names and SQL of the definition.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use comptoir_replica::record::{Field, FieldClass, FieldKind, Scalar};

use crate::changes::{ARCHIVED, POSITION};
use crate::registry::{Kind, kinds};

/// The tables of one kind.
#[derive(Debug)]
pub struct Layout {
    /// `of_party`: a row a record. Beside the fields' columns: `number` (a small integer that differs between replicas; an
    /// implicit row id will not do, for VACUUM may change it), `scope`, `id`, `title`, `title_folded`, `reference`,
    /// `archived`, `alias_of` (an id, or null), `conflicts`, `edited_archived`.
    pub table: String,
    /// Its fields but those of lines, in the schema's order; each has a column, see [`column`].
    pub fields: Vec<&'static Field>,
    /// The fields of the main list: each has a column here too, see [`main_column`], with what the first line in use says, so
    /// that lists filter and sort by it.
    pub main: Vec<(&'static str, &'static Field)>,
    /// Its lists of lines.
    pub lists: Vec<ListLayout>,
    /// Every searchable field, those of lines too.
    pub searchable: Vec<&'static Field>,
    /// What fields read as that were never put.
    pub(super) defaults: HashMap<String, Scalar>,
    pub(super) statements: Statements,
}

/// The SQL that writes a record's rows, put together once.
#[derive(Debug)]
pub(super) struct Statements {
    pub number: String,
    pub insert: String,
    pub forget_words: String,
    pub insert_words: String,
}

/// The table of one list of lines: a row a line, with `record` (the `number` of its record), `key`, `position`, `archived`.
#[derive(Debug)]
pub struct ListLayout {
    /// `addresses`.
    pub list: &'static str,
    /// What its lines' cells begin with: `addresses/`.
    pub prefix: String,
    /// `of_party_addresses`.
    pub table: String,
    /// Its fields but position and archived, with their names within the line.
    pub fields: Vec<(&'static str, &'static Field)>,
    pub(super) insert: String,
}

/// The columns that every kind's table begins with.
pub(super) const FIXED: &[&str] = &[
    "number",
    "scope",
    "id",
    "title",
    "title_folded",
    "reference",
    "archived",
    "alias_of",
    "conflicts",
    "edited_archived",
];

/// The column of the full-text index that holds the words of the organisation's own fields, whichever. Of which class a field is, is in
/// another record, and a row depends on its own record alone: so they stand together, for who sees all of them.
const OWN_WORDS: &str = "own";
/// The column that holds them once more, each behind the sign of its field, for who sees some.
pub const SIGNED_WORDS: &str = "signed";
/// Digits of the sign of a field.
const SIGN_DIGITS: usize = 12;

/// The sign that words of an own field bear in the full-text index.
#[must_use]
pub fn sign_of(key: &str) -> String {
    blake3::hash(key.as_bytes()).to_hex()[..SIGN_DIGITS].to_owned()
}

/// The columns of the full-text index: the words of each class of field, so that a search looks only where its words are seen, then
/// those of own fields.
fn word_columns() -> String {
    let classes = FieldClass::ALL.iter().map(|class| class.word());
    classes.chain([OWN_WORDS, SIGNED_WORDS]).collect::<Vec<_>>().join(", ")
}

/// The layout of a kind.
#[must_use]
pub fn layout(kind: &Kind) -> &'static Layout {
    static LAYOUTS: LazyLock<HashMap<&'static str, Layout>> =
        LazyLock::new(|| kinds().map(|kind| (kind.name(), Layout::of(kind))).collect());
    LAYOUTS.get(kind.name()).expect("invariant: the registry's kinds are all there are")
}

/// The column of a field: `f_` and its name. An amount of money has a second one, `f_NAME_currency`.
#[must_use]
pub fn column(name: &str) -> String {
    format!("f_{name}")
}

/// The column of a field of the main list's first line.
#[must_use]
pub fn main_column(name: &str) -> String {
    column(&main_name(name))
}

fn main_name(name: &str) -> String {
    format!("main_{name}")
}

impl Layout {
    fn of(kind: &Kind) -> Self {
        let table = format!("of_{}", kind.name().replace('-', "_"));
        let schema = kind.schema();
        let lists: Vec<ListLayout> =
            kind.lists().into_iter().map(|list| ListLayout::of(&table, list, schema)).collect();
        let is_main = |list: &&ListLayout| kind.main_list() == Some(list.list);
        let main = lists.iter().find(is_main).map_or_else(Vec::new, |list| list.fields.clone());
        let fields: Vec<&Field> = schema.iter().filter(|field| !field.line && field.path != ARCHIVED).collect();
        let own: usize = fields.iter().map(|field| columns_of(&field.path, field.kind).len()).sum::<usize>()
            + main.iter().map(|(name, field)| columns_of(name, field.kind).len()).sum::<usize>();
        let statements = Statements {
            number: format!("SELECT number FROM {table} WHERE id = ?1 AND scope = ?2"),
            insert: insert(&table, FIXED.len() + own),
            forget_words: format!("DELETE FROM {table}_search WHERE rowid = ?1"),
            insert_words: format!(
                "INSERT INTO {table}_search (rowid, {}) VALUES (?{})",
                word_columns(),
                ", ?".repeat(FieldClass::ALL.len() + 2)
            ),
        };
        Self {
            lists,
            main,
            fields,
            searchable: schema.iter().filter(|field| field.searchable).collect(),
            defaults: kind.defaults().into_iter().collect(),
            statements,
            table,
        }
    }

    /// The full-text index.
    #[must_use]
    pub fn search(&self) -> String {
        format!("{}_search", self.table)
    }

    /// The layout of a list.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&ListLayout> {
        self.lists.iter().find(|list| list.list == name)
    }

    pub(super) fn create(&self) -> String {
        let mut sql = String::new();
        let table = &self.table;
        let own = self.fields.iter().map(|field| definition(&field.path, field.kind));
        let main = self.main.iter().map(|(name, field)| definition(&main_name(name), field.kind));
        let own: String = own.chain(main).collect();
        write!(
            sql,
            "CREATE TABLE {table} (number INTEGER PRIMARY KEY, scope BLOB NOT NULL, id BLOB NOT NULL,
               title TEXT NOT NULL, title_folded TEXT NOT NULL, reference TEXT NOT NULL, archived INTEGER NOT NULL,
               alias_of BLOB, conflicts INTEGER NOT NULL, edited_archived INTEGER NOT NULL{own}, UNIQUE (id, scope));
             CREATE INDEX {table}_by_title ON {table} (archived, title_folded, id, alias_of);
             CREATE INDEX {table}_by_reference ON {table} (reference, archived, id);
             CREATE INDEX {table}_aliases ON {table} (alias_of) WHERE alias_of IS NOT NULL;
             CREATE INDEX {table}_edited_archived ON {table} (id) WHERE edited_archived > 0;
             CREATE INDEX {table}_conflicts ON {table} (conflicts) WHERE conflicts > 0;
             CREATE VIEW {table}_state AS SELECT {} FROM {table};
             CREATE VIRTUAL TABLE {} USING fts5 ({}, content = '', contentless_delete = 1,
               tokenize = 'unicode61 remove_diacritics 2');",
            self.columns().split_once(", ").map_or("", |(_, rest)| rest),
            self.search(),
            word_columns()
        )
        .expect("invariant: writing to a string does not fail");
        let indexed = |field: &Field| field.filterable && field.kind != FieldKind::Bool && field.choices.is_empty();
        let own = self.fields.iter().filter(|field| indexed(field)).map(|field| column(&field.path));
        let main = self.main.iter().filter(|(_, field)| indexed(field)).map(|(name, _)| main_column(name));
        for name in own.chain(main) {
            sql.push_str(&format!("CREATE INDEX {table}_by_{name} ON {table} ({name}, archived) WHERE {name} <> '';"));
        }
        self.lists.iter().for_each(|list| sql.push_str(&list.create(table)));
        sql
    }

    pub(super) fn drop(&self) -> String {
        let mut sql = String::new();
        for list in &self.lists {
            sql.push_str(&format!("DROP VIEW IF EXISTS {0}_state; DROP TABLE IF EXISTS {0};", list.table));
        }
        sql.push_str(&format!(
            "DROP TABLE IF EXISTS {}; DROP VIEW IF EXISTS {1}_state; DROP TABLE IF EXISTS {1};",
            self.search(),
            self.table
        ));
        sql
    }

    pub(super) fn state_tables(&self) -> Vec<String> {
        let lists = self.lists.iter().map(|list| format!("{}_state", list.table));
        std::iter::once(format!("{}_state", self.table)).chain(lists).collect()
    }

    /// All columns in the order of the definition, as SQL lists them.
    pub(super) fn columns(&self) -> String {
        let own = self.fields.iter().flat_map(|field| columns_of(&field.path, field.kind));
        let main = self.main.iter().flat_map(|(name, field)| columns_of(&main_name(name), field.kind));
        FIXED.iter().map(ToString::to_string).chain(own).chain(main).collect::<Vec<_>>().join(", ")
    }
}

impl ListLayout {
    /// The columns before the fields': record, key, position, archived.
    const FIXED: usize = 4;

    fn of(records: &str, list: &'static str, schema: &'static [Field]) -> Self {
        let pattern = format!("{list}/*/");
        let fields = schema.iter().filter_map(|field| Some((field.path.strip_prefix(&pattern)?, field)));
        let fields: Vec<_> = fields.filter(|(name, _)| ![ARCHIVED, POSITION].contains(name)).collect();
        let own: usize = fields.iter().map(|(name, field)| columns_of(name, field.kind).len()).sum();
        let table = format!("{records}_{}", list.replace('-', "_"));
        Self { list, prefix: format!("{list}/"), insert: insert(&table, Self::FIXED + own), table, fields }
    }

    fn create(&self, records: &str) -> String {
        let table = &self.table;
        let own: String = self.fields.iter().map(|(name, field)| definition(name, field.kind)).collect();
        let names: String = self
            .fields
            .iter()
            .flat_map(|(name, field)| columns_of(name, field.kind))
            .map(|name| format!(", l.{name}"))
            .collect();
        let mut sql = format!(
            "CREATE TABLE {table} (record INTEGER NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL,
               archived INTEGER NOT NULL{own}, PRIMARY KEY (record, key)) WITHOUT ROWID;
             CREATE VIEW {table}_state AS SELECT r.scope AS scope, r.id AS id, l.key, l.position, l.archived{names}
               FROM {table} l JOIN {records} r ON r.number = l.record;"
        );
        for (name, _) in self.fields.iter().filter(|(_, field)| field.filterable && field.choices.is_empty()) {
            let name = column(name);
            sql.push_str(&format!(
                "CREATE INDEX {table}_by_{name} ON {table} ({name}, record, archived) WHERE {name} <> '';"
            ));
        }
        sql
    }
}

fn insert(table: &str, columns: usize) -> String {
    format!("INSERT OR REPLACE INTO {table} VALUES ({})", vec!["?"; columns].join(", "))
}

fn columns_of(name: &str, kind: FieldKind) -> Vec<String> {
    let name = column(name);
    match kind {
        FieldKind::Money => vec![name.clone(), format!("{name}_currency")],
        _ => vec![name],
    }
}

fn definition(name: &str, kind: FieldKind) -> String {
    let name = column(name);
    match kind {
        FieldKind::Text | FieldKind::Reference | FieldKind::Date => format!(", {name} TEXT NOT NULL"),
        FieldKind::Bool => format!(", {name} INTEGER NOT NULL"),
        // A number is null where there is none; a decimal stands as millionths, so that SQL orders and adds without floats.
        FieldKind::Int | FieldKind::Decimal => format!(", {name} INTEGER"),
        FieldKind::Money => format!(", {name} INTEGER, {name}_currency TEXT NOT NULL"),
    }
}
