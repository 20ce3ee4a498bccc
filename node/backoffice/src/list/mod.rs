//! Lists: the records of a kind that meet conditions, in an order, page by page. Owns the way from a query to SQL on the
//! tables that every kind has; what fields there are is the type's declaration and the organisation's own. Writes nothing.
//!
//! `query` reads what is asked, `source` finds the fields, `condition` and `literal` make the WHERE clause, `order` and `key`
//! sort and continue, `plan` chooses how SQLite goes about it, `pages` reads, `page` and `total` write the answer;
//! `across` searches through all kinds.

mod across;
mod condition;
mod key;
mod literal;
mod order;
mod page;
mod pages;
mod plan;
mod query;
mod source;
mod total;
mod walk;
mod words;

use std::collections::BTreeMap;

use comptoir_replica::record::RecordId;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use serde_json::Value;

pub use across::{Hit, Hits, KindHits, Rank, search};
pub use page::{ListPage, ListedRecord};
pub use query::{Filter, ListQuery, Operator, SortField, VALUES_SEPARATOR};
pub(crate) use walk::walk;
pub(crate) use words::Words;
pub use words::search_expression;

use key::fingerprint;
use pages::Pages;
use plan::Plan;
use source::{Shape, Source};

use crate::alias;
use crate::customising::query::{check_on, view};
use crate::desk::{CommandError, Desk, Stopped};
use crate::registry::{Context, Kind, Module};
use crate::staff::{Classes, May};
use crate::text::fold;

impl Desk<'_> {
    /// A page of records of a kind.
    ///
    /// # Errors
    /// What [`list`] refuses, or the store's.
    pub fn list(&self, kind: &Kind, query: &ListQuery) -> Result<ListPage, CommandError> {
        self.look(|reading| list(&self.context(reading), kind, query))
    }
}

/// A page of records of a kind. Aliases are not listed: what they mean is.
///
/// # Errors
/// [`Code::NotGranted`](crate::refusal::Code::NotGranted), [`Code::UnknownField`](crate::refusal::Code::UnknownField), [`Code::UnknownOperator`](crate::refusal::Code::UnknownOperator) or a value that the field does not take, under the field's name;
/// [`Code::BadPageKey`](crate::refusal::Code::BadPageKey); or those of SQL.
pub fn list(context: &Context<'_>, kind: &Kind, query: &ListQuery) -> Result<ListPage, Stopped> {
    context.standing.check_may(Module::of(kind), May::See)?;
    check_on(context, kind)?;
    prepare(context.connection)?;
    let query = &with_view(context, kind, query)?;
    let plan = Plan::of(context, kind, query)?;
    let columns = match query.columns.as_slice() {
        [] => Source::listed(context, kind)?,
        names => names.iter().map(|name| Source::of(context, kind, name)).collect::<Result<_, _>>()?,
    };
    let total = plan.count(context.connection)?;
    let mut totals = BTreeMap::new();
    for name in &query.totals {
        let source = Source::of(context, kind, name)?;
        let sums = total::total(context.connection, plan.table, &plan.counted, &source)?;
        totals.insert(name.clone(), sums);
    }
    let pages = Pages { context, plan: &plan, columns: &columns, fingerprint: fingerprint(kind, &query.sort) };
    let (rows, next, previous) = pages.page(query)?;
    let mut records: Vec<ListedRecord> = rows.into_iter().map(|row| row.record).collect();
    tell(context, kind, &columns, &records, &totals)?;
    name_references(context, &columns, &mut records)?;
    let columns = columns.into_iter().map(|column| column.name).collect();
    Ok(ListPage { total, records, columns, totals, next, previous })
}

/// The query over the saved view that it names, if it names one. A view that names another is none the wiser.
pub(crate) fn with_view(context: &Context<'_>, kind: &Kind, query: &ListQuery) -> Result<ListQuery, Stopped> {
    let Some(name) = &query.view else { return Ok(query.clone()) };
    let view = view(context.connection, kind, name).map_err(|stopped| stopped.under("view"))?;
    let pairs: Vec<_> = form_urlencoded::parse(view.query.trim_start_matches('?').as_bytes()).collect();
    let saved = ListQuery::parse(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))?;
    Ok(query.clone().over(saved))
}

/// Gives the connection the functions that lists need, unless it has them.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    if connection.prepare_cached("SELECT folded('')").is_ok() {
        return Ok(());
    }
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("folded", 1, flags, |call| {
        Ok(match call.get_raw(0) {
            rusqlite::types::ValueRef::Text(text) => Some(fold(&String::from_utf8_lossy(text))),
            _ => None,
        })
    })
}

/// Keeps of what classes the values are that a page shows.
fn tell(
    context: &Context<'_>,
    kind: &Kind,
    columns: &[Source],
    records: &[ListedRecord],
    totals: &BTreeMap<String, Vec<String>>,
) -> Result<(), Stopped> {
    let mask = context.mask(kind)?;
    let title = if mask.sees_title() { mask.classes_of(kind.title()) } else { Classes::ORDINARY };
    let classed: Vec<&Source> = columns.iter().filter(|column| !column.classes.are_ordinary()).collect();
    if title.are_ordinary() && classed.is_empty() && totals.is_empty() {
        return Ok(());
    }
    for record in records {
        let of_title = if record.title.is_empty() { Classes::ORDINARY } else { title };
        let says = |column: &&&Source| record.fields.get(&column.name).is_some_and(says_something);
        let shown = classed.iter().filter(says).fold(of_title, |classes, column| classes.and(column.classes));
        mask.shows(shown);
    }
    for (name, _) in totals.iter().filter(|(_, sums)| !sums.is_empty()) {
        mask.shows(Source::of(context, kind, name)?.classes);
    }
    Ok(())
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(lines) => lines.iter().any(says_something),
        _ => true,
    }
}

/// Gives columns that name other records the titles of those that are meant now, where they are seen.
fn name_references(context: &Context<'_>, columns: &[Source], records: &mut [ListedRecord]) -> Result<(), Stopped> {
    for column in columns {
        let Shape::Reference(Some(target)) = column.shape else { continue };
        let mask = context.mask(target)?;
        if !mask.sees_records() {
            continue;
        }
        for record in &mut *records {
            let id = record.fields.get(&column.name).and_then(|id| id.as_str()?.parse::<RecordId>().ok());
            let Some(id) = id else { continue };
            if let Some(meant) = alias::resolve(context.connection, target, id)? {
                let title = mask.titled(meant.title, meant.reference);
                record.titles.insert(column.name.clone(), title);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
