//! What screens, commands and imports read of customising: which definitions, labels, stages and switches are in force. Of
//! several that define one thing the one with the smallest id is in force, live before archived, alike at every site. `schema`
//! merges them into what forms are made from, `saved` finds lists and mappings by name. Writes nothing.

mod saved;
mod schema;

use std::collections::BTreeMap;

use comptoir_replica::record::{Line, LineKey, Lines};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub use saved::{mapping, view};
pub use schema::schema_for;

use super::record::{CustomField, Stage};
use super::rules::definition::{Choice, Definition, is_french};
use crate::desk::Stopped;
use crate::find::{self, Place};
use crate::refusal::{Code, Refusal};
use crate::registry::{Column, Context, Kind, Module, Target};

const DEFINITION: &str =
    "SELECT number, f_reference, f_kind, f_key, f_type, f_label_en, f_label_fr, f_help, f_group, f_order,
    f_listed, f_filterable, f_class, f_required, f_default, f_target, f_min, f_max, f_pattern, f_length, f_decimals, archived
    FROM of_custom_field WHERE f_kind = ?1 AND alias_of IS NULL";

/// The definitions in force of a kind's own fields, retired ones too, in the order of forms.
///
/// # Errors
/// Those of SQL.
pub fn definitions(connection: &Connection, kind: &str) -> rusqlite::Result<Vec<Definition>> {
    let mut select = connection.prepare_cached(&format!("{DEFINITION} ORDER BY f_key, archived, id"))?;
    let rows = select.query_map([kind], |row| field(connection, row))?;
    let mut found = rows.collect::<rusqlite::Result<Vec<CustomField>>>()?;
    found.dedup_by(|later, first| later.key == first.key);
    found.sort_by_key(|field| field.order);
    Ok(found.into_iter().filter_map(Definition::of).collect())
}

/// The definition in force of one own field of a kind.
///
/// # Errors
/// Those of SQL.
pub fn definition(connection: &Connection, kind: &str, key: &str) -> rusqlite::Result<Option<Definition>> {
    let sql = format!("{DEFINITION} AND f_key = ?2 ORDER BY archived, id LIMIT 1");
    let found = connection.prepare_cached(&sql)?.query_row([kind, key], |row| field(connection, row)).optional()?;
    Ok(found.and_then(Definition::of))
}

fn field(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<CustomField> {
    let number: i64 = row.get("number")?;
    let choice = |row: &Row<'_>| {
        let choice = Choice {
            position: row.get(1)?,
            archived: row.get(2)?,
            value: row.get(3)?,
            label_en: row.get(4)?,
            label_fr: row.get(5)?,
        };
        Ok((row.get::<_, String>(0)?, choice))
    };
    let choices = connection
        .prepare_cached(
            "SELECT key, position, archived, f_value, f_label_en, f_label_fr FROM of_custom_field_choices WHERE record = ?1",
        )?
        .query_map([number], choice)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(CustomField {
        reference: row.get("f_reference")?,
        kind: row.get("f_kind")?,
        key: row.get("f_key")?,
        r#type: row.get("f_type")?,
        label_en: row.get("f_label_en")?,
        label_fr: row.get("f_label_fr")?,
        help: row.get("f_help")?,
        group: row.get("f_group")?,
        order: row.get::<_, Option<i64>>("f_order")?.unwrap_or_default(),
        listed: row.get("f_listed")?,
        filterable: row.get("f_filterable")?,
        class: row.get("f_class")?,
        required: row.get("f_required")?,
        default: row.get("f_default")?,
        choices: keyed(choices),
        target: row.get("f_target")?,
        min: row.get("f_min")?,
        max: row.get("f_max")?,
        pattern: row.get("f_pattern")?,
        length: row.get("f_length")?,
        decimals: row.get("f_decimals")?,
        archived: row.get("archived")?,
    })
}

/// The columns that a kind's own fields are in imports and exports, `custom.KEY`; those of retired ones too, for their values
/// are still there.
///
/// # Errors
/// Those of SQL.
pub fn columns(connection: &Connection, kind: &Kind) -> rusqlite::Result<Vec<Column>> {
    let column = |definition: Definition| {
        let key = definition.field.key;
        Column { name: format!("custom.{key}"), target: Target::Custom(key) }
    };
    Ok(definitions(connection, kind.name())?.into_iter().map(column).collect())
}

/// One thing that several live records define.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contested {
    /// The kind of the records: `custom-field`, `label`, `stage`, `module-switch`.
    pub of: &'static Kind,
    /// What they define: `party.size`.
    pub reference: String,
    /// The one in force.
    pub in_force: Place,
    /// The others, ids ascending.
    pub others: Vec<Place>,
}

/// What two sites defined differently, or twice, at most so many of each kind.
///
/// # Errors
/// Those of SQL.
pub fn contested_definitions(connection: &Connection, most: usize) -> rusqlite::Result<Vec<Contested>> {
    let mut contested = Vec::new();
    for of in super::KINDS.iter().filter(|of| of.reference().is_some()) {
        for (reference, bearers) in find::duplicate_references(connection, of, most)? {
            let Some((in_force, others)) = bearers.split_first() else { continue };
            contested.push(Contested { of, reference, in_force: *in_force, others: others.to_vec() });
        }
    }
    Ok(contested)
}

/// Whether a module is in use at a site: by the site's own switch, else by the organisation's, else yes.
///
/// # Errors
/// Those of SQL.
pub fn is_on(connection: &Connection, module: Module, site: &str) -> rusqlite::Result<bool> {
    if module.needed().is_some() {
        return Ok(true);
    }
    let on = connection
        .prepare_cached(
            "SELECT f_on FROM of_module_switch WHERE f_module = ?1 AND f_site IN ('', ?2) AND archived = 0
             AND alias_of IS NULL ORDER BY f_site DESC, id LIMIT 1",
        )?
        .query_row(params![module.name(), site], |row| row.get(0))
        .optional()?;
    Ok(on.unwrap_or(true))
}

/// Refuses what concerns a kind whose module is off at this site.
///
/// # Errors
/// [`Code::ModuleOff`], or those of SQL.
pub fn check_on(context: &Context<'_>, kind: &Kind) -> Result<(), Stopped> {
    let module = Module::of(kind);
    if is_on(context.connection, module, &context.home.code)? {
        return Ok(());
    }
    Err(Refusal::new(Code::ModuleOff).with("value", module.name()).into())
}

/// What the organisation calls one thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// What a person should know who fills it in; may be empty.
    pub help: String,
}

/// The organisation's names for a kind (the empty path) and its fields, in French or English as `lang` (BCP 47) says.
///
/// # Errors
/// Those of SQL.
pub fn names(connection: &Connection, kind: &str, lang: &str) -> rusqlite::Result<BTreeMap<String, Name>> {
    let language = if is_french(lang) { "fr" } else { "en" };
    let mut select = connection.prepare_cached(
        "SELECT f_path, f_text, f_help FROM of_label WHERE f_kind = ?1 AND f_language = ?2 AND archived = 0
         AND alias_of IS NULL ORDER BY id",
    )?;
    let rows = select.query_map([kind, language], |row| {
        Ok((row.get::<_, String>(0)?, Name { text: row.get(1)?, help: row.get(2)? }))
    })?;
    let mut names = BTreeMap::new();
    for row in rows {
        let (path, name) = row?;
        names.entry(path).or_insert(name);
    }
    Ok(names)
}

/// The live stages of a kind, in order.
///
/// # Errors
/// Those of SQL.
pub fn stages(connection: &Connection, kind: &str) -> rusqlite::Result<Vec<Stage>> {
    let mut select = connection.prepare_cached(
        "SELECT f_reference, f_kind, f_key, f_label_en, f_label_fr, f_order, f_colour, f_closed FROM of_stage
         WHERE f_kind = ?1 AND archived = 0 AND alias_of IS NULL ORDER BY f_key, id",
    )?;
    let rows = select.query_map([kind], |row| {
        Ok(Stage {
            reference: row.get(0)?,
            kind: row.get(1)?,
            key: row.get(2)?,
            label_en: row.get(3)?,
            label_fr: row.get(4)?,
            order: row.get::<_, Option<i64>>(5)?.unwrap_or_default(),
            colour: row.get(6)?,
            closed: row.get(7)?,
            archived: false,
        })
    })?;
    let mut stages = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    stages.dedup_by(|later, first| later.key == first.key);
    stages.sort_by_key(|stage| stage.order);
    Ok(stages)
}

fn keyed<L: Line>(lines: Vec<(String, L)>) -> Lines<L> {
    lines.into_iter().filter_map(|(key, line)| Some((key.parse::<LineKey>().ok()?, line))).collect()
}
