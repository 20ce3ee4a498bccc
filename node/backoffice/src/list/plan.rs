//! How a list goes about its conditions and its order. Owns the choice: SQLite keeps no statistics here, so it is told
//! whether to look up the few records that a condition names and sort them, or to walk the index of titles.

use rusqlite::{Connection, ToSql};

use super::condition::{Condition, Reach, Sql};
use super::order::Order;
use super::query::ListQuery;
use super::source::Source;
use super::words::search_expression;
use crate::alias::listed_condition;
use crate::desk::Stopped;
use crate::limits::WIDE_SET_RECORDS;
use crate::projection::layout;
use crate::registry::{Context, Kind};

/// A list, ready to be read.
#[derive(Debug)]
pub(super) struct Plan {
    /// The kind's table; `p` in every expression.
    pub table: &'static str,
    /// Which records, for counting and adding up.
    pub counted: Sql,
    /// Which records, for reading them in order.
    pub paged: Sql,
    /// In which order.
    pub order: Order,
}

impl Plan {
    pub fn of(context: &Context<'_>, kind: &Kind, query: &ListQuery) -> Result<Self, Stopped> {
        let mut conditions: Vec<Condition> = Vec::new();
        if let Some(text) = query.search.as_deref().filter(|text| !text.trim().is_empty()) {
            conditions.push(match search_expression(text) {
                Some(expression) => Condition::Among(found(kind, &expression), true),
                None => Condition::Row(Sql::new("FALSE", vec![]), Reach::Indexed),
            });
        }
        for filter in &query.filters {
            conditions.push(Condition::of(context, kind, filter)?);
        }
        if let Some(wanted) = query.conflicts {
            let (text, reach) =
                if wanted { ("p.conflicts > 0", Reach::Indexed) } else { ("p.conflicts = 0", Reach::Common) };
            conditions.push(Condition::Row(Sql::new(text, vec![]), reach));
        }
        let order = match query.sort.as_slice() {
            [] => Order::of(&[(Source::of(context, kind, kind.title())?, false)]),
            fields => {
                let field = |field: &super::SortField| Ok((Source::of(context, kind, &field.field)?, field.descending));
                Order::of(&fields.iter().map(field).collect::<Result<Vec<_>, Stopped>>()?)
            }
        };
        let narrow = narrow(context.connection, &conditions)?;
        let archived = query.archived.unwrap_or(false);
        let table = &layout(kind).table;
        let listed = listed_condition(kind, "p");
        Ok(Self {
            table,
            counted: joined(&conditions, &narrow, archived, &listed, true, &[]),
            paged: joined(&conditions, &narrow, archived, &listed, order.by_title, &[Reach::Common]),
            order,
        })
    }

    /// How many records there are.
    pub fn count(&self, connection: &Connection) -> rusqlite::Result<u32> {
        let bound: Vec<&dyn ToSql> = self.counted.bound.iter().map(|value| value as &dyn ToSql).collect();
        connection
            .prepare_cached(&format!("SELECT COUNT(*) FROM {} p WHERE {}", self.table, self.counted.text))?
            .query_row(bound.as_slice(), |row| row.get(0))
    }
}

/// All conditions as one. `by_title`: the index of titles may be walked when every condition on the row is of a reach in
/// `walked`, and no other condition names few records. It is looked into in any case for what it finds.
fn joined(
    conditions: &[Condition],
    narrow: &[bool],
    archived: bool,
    listed: &str,
    by_title: bool,
    walked: &[Reach],
) -> Sql {
    let titled = |condition: &Condition| matches!(condition, Condition::Row(_, Reach::Titled));
    let fits = |(condition, narrow): (&Condition, &bool)| match condition {
        Condition::Row(_, reach) => walked.contains(reach),
        Condition::Among(..) => !narrow,
    };
    let walks = by_title && conditions.iter().zip(narrow).all(fits) || conditions.iter().any(titled);
    // A plus keeps a term from choosing an index.
    let kept = if walks { "" } else { "+" };
    let mut all = Sql::new(format!("{kept}p.archived = ? AND {listed}"), vec![i64::from(archived).into()]);
    for (condition, narrow) in conditions.iter().zip(narrow) {
        let bound = match condition {
            Condition::Row(sql, _) => {
                all.text.push_str(&format!(" AND ({})", sql.text));
                &sql.bound
            }
            Condition::Among(sql, wanted) => {
                let (kept, not) = (if *narrow { "" } else { "+" }, if *wanted { "" } else { "NOT " });
                all.text.push_str(&format!(" AND {kept}p.number {not}IN ({})", sql.text));
                &sql.bound
            }
        };
        all.bound.extend(bound.iter().cloned());
    }
    all
}

/// Which conditions name few records.
fn narrow(connection: &Connection, conditions: &[Condition]) -> rusqlite::Result<Vec<bool>> {
    let is_narrow = |condition: &Condition| {
        let Condition::Among(sql, true) = condition else { return Ok(false) };
        let count = format!("SELECT COUNT(*) FROM ({} LIMIT {})", sql.text, WIDE_SET_RECORDS + 1);
        let bound: Vec<&dyn ToSql> = sql.bound.iter().map(|value| value as &dyn ToSql).collect();
        let count: i64 = connection.prepare_cached(&count)?.query_row(bound.as_slice(), |row| row.get(0))?;
        Ok(count <= WIDE_SET_RECORDS as i64)
    };
    conditions.iter().map(is_narrow).collect()
}

/// The numbers of the records that have the words, or are meant by an alias that has them.
fn found(kind: &Kind, expression: &str) -> Sql {
    let (table, search) = (&layout(kind).table, layout(kind).search());
    let text = format!(
        "SELECT rowid FROM {search} WHERE {search} MATCH ? UNION ALL SELECT t.number FROM {table} t WHERE t.id IN (
           WITH RECURSIVE above (id) AS (
             SELECT a.alias_of FROM {table} a WHERE a.alias_of IS NOT NULL
               AND a.number IN (SELECT rowid FROM {search} WHERE {search} MATCH ?)
             UNION SELECT b.alias_of FROM above JOIN {table} b ON b.id = above.id WHERE b.alias_of IS NOT NULL)
           SELECT id FROM above)"
    );
    Sql::new(text, vec![expression.to_owned().into(), expression.to_owned().into()])
}
