//! How a list goes about its conditions and its order. Owns the choice: SQLite keeps no statistics here, so it is told
//! whether to look up the few records that a condition names and sort them, or to walk the index of titles.

use rusqlite::{Connection, ToSql};

use super::condition::{Condition, Reach, Sql};
use super::order::Order;
use super::query::ListQuery;
use super::source::Source;
use super::words::Words;
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
    /// What calls a record of the row `p`.
    pub title: &'static str,
    /// Which records, for adding up.
    pub counted: Sql,
    /// How many, as a statement of its own.
    pub count: Sql,
    /// Which records, for reading them in order.
    pub paged: Sql,
    /// In which order.
    pub order: Order,
}

impl Plan {
    pub fn of(context: &Context<'_>, kind: &Kind, query: &ListQuery) -> Result<Self, Stopped> {
        let mask = context.mask(kind)?;
        let mut conditions: Vec<Condition> = Vec::new();
        if let Some(text) = query.search.as_deref().filter(|text| !text.trim().is_empty()) {
            conditions.push(match Words::of(text, &context.home.country) {
                Some(words) => {
                    let select = found(context.connection, kind, &mask.searching(&words))?;
                    Condition::Among { select, probe: None, wanted: true }
                }
                None => Condition::Row(Sql::new("FALSE", vec![]), Reach::Indexed),
            });
        }
        for filter in &query.filters {
            conditions.extend(Condition::of(context, kind, filter)?);
        }
        if let Some(wanted) = query.conflicts {
            let (text, reach) =
                if wanted { ("p.conflicts > 0", Reach::Indexed) } else { ("p.conflicts = 0", Reach::Common) };
            conditions.push(Condition::Row(Sql::new(text, vec![]), reach));
        }
        let by_name = if mask.sees_title() { Some(kind.title()) } else { kind.reference() };
        let order = match query.sort.as_slice() {
            [] => match by_name {
                Some(name) => Order::of(&[(Source::of(context, kind, name)?, false)]),
                None => Order::of(&[]),
            },
            fields => {
                let field = |field: &super::SortField| Ok((Source::of(context, kind, &field.field)?, field.descending));
                Order::of(&fields.iter().map(field).collect::<Result<Vec<_>, Stopped>>()?)
            }
        };
        let archived = query.archived.unwrap_or(false);
        let narrow = narrow(context.connection, &conditions)?;
        // What a condition names is counted by looking it up, however much it is.
        let named: Vec<bool> =
            conditions.iter().map(|condition| matches!(condition, Condition::Among { wanted: true, .. })).collect();
        let listed = listed_condition(kind, "p");
        let table = layout(kind).table.as_str();
        let counted = joined(&conditions, &named, archived, &listed, true, &[]);
        let count = match conditions.as_slice() {
            [Condition::Among { select, wanted: true, .. }] if query.search.is_none() && !archived => {
                less_what_is_not_listed(table, select, &listed)
            }
            _ => Sql::new(format!("SELECT COUNT(*) FROM {table} p WHERE {}", counted.text), counted.bound.clone()),
        };
        Ok(Self {
            table,
            title: mask.title_column(),
            counted,
            count,
            paged: joined(&conditions, &narrow, archived, &listed, order.by_title, &[Reach::Common]),
            order,
        })
    }

    /// How many records there are.
    pub fn count(&self, connection: &Connection) -> rusqlite::Result<u32> {
        let bound: Vec<&dyn ToSql> = self.count.bound.iter().map(|value| value as &dyn ToSql).collect();
        connection.prepare_cached(&self.count.text)?.query_row(bound.as_slice(), |row| row.get(0))
    }
}

/// How many live records a set holds that is the only condition: all of it, which its index alone tells, less the archived
/// ones and the aliases among it. Those are few as a rule, and to look at each row of a wide set takes six times as long.
fn less_what_is_not_listed(table: &str, set: &Sql, listed: &str) -> Sql {
    let among = format!("+p.number IN ({})", set.text);
    let text = format!(
        "SELECT (SELECT COUNT(*) FROM (SELECT DISTINCT * FROM ({})))
           - (SELECT COUNT(*) FROM {table} p WHERE p.archived = 1 AND {among})
           - (SELECT COUNT(*) FROM {table} p INDEXED BY {table}_aliases
              WHERE p.alias_of IS NOT NULL AND +p.archived = 0 AND NOT {listed} AND {among})",
        set.text
    );
    Sql::new(text, [&set.bound[..]; 3].concat())
}

/// All conditions as one. `looked_up` are those whose records are looked up first. `by_title`: the index of titles may be
/// walked when there are none of them, and every condition on the row is of a reach in `walked`. It is looked into in any case
/// for what it finds.
fn joined(
    conditions: &[Condition],
    looked_up: &[bool],
    archived: bool,
    listed: &str,
    by_title: bool,
    walked: &[Reach],
) -> Sql {
    let titled = |condition: &Condition| matches!(condition, Condition::Row(_, Reach::Titled));
    let fits = |condition: &Condition| match condition {
        Condition::Row(_, reach) => walked.contains(reach),
        Condition::Among { .. } => true,
    };
    let walks = by_title && !looked_up.contains(&true) && conditions.iter().all(fits);
    // A plus keeps a term from choosing an index.
    let kept = if walks || conditions.iter().any(titled) { "" } else { "+" };
    let mut all = Sql::new(format!("{kept}p.archived = ? AND {listed}"), vec![i64::from(archived).into()]);
    for (condition, looked_up) in conditions.iter().zip(looked_up) {
        let (text, bound) = match condition {
            Condition::Row(sql, _) => (format!("({})", sql.text), &sql.bound),
            Condition::Among { probe: Some(probe), wanted, .. } if walks => {
                (format!("{}{}", if *wanted { "" } else { "NOT " }, probe.text), &probe.bound)
            }
            Condition::Among { select, wanted, .. } => {
                let (kept, not) = (if *looked_up { "" } else { "+" }, if *wanted { "" } else { "NOT " });
                (format!("{kept}p.number {not}IN ({})", select.text), &select.bound)
            }
        };
        all.text.push_str(" AND ");
        all.text.push_str(&text);
        all.bound.extend(bound.iter().cloned());
    }
    all
}

/// Which conditions name few records.
fn narrow(connection: &Connection, conditions: &[Condition]) -> rusqlite::Result<Vec<bool>> {
    let is_narrow = |condition: &Condition| {
        let Condition::Among { select, wanted: true, .. } = condition else { return Ok(false) };
        let count = format!("SELECT COUNT(*) FROM ({} LIMIT {})", select.text, WIDE_SET_RECORDS + 1);
        let bound: Vec<&dyn ToSql> = select.bound.iter().map(|value| value as &dyn ToSql).collect();
        let count: i64 = connection.prepare_cached(&count)?.query_row(bound.as_slice(), |row| row.get(0))?;
        Ok(count <= WIDE_SET_RECORDS as i64)
    };
    conditions.iter().map(is_narrow).collect()
}

/// The numbers of the records that have the words, or are meant by an alias that has them.
pub(super) fn found(connection: &Connection, kind: &Kind, expression: &str) -> rusqlite::Result<Sql> {
    let (table, search) = (&layout(kind).table, layout(kind).search());
    let own = format!("SELECT rowid FROM {search} WHERE {search} MATCH ?");
    let aliases = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE alias_of IS NOT NULL)");
    if !connection.prepare_cached(&aliases)?.query_row([], |row| row.get(0))? {
        return Ok(Sql::new(own, vec![expression.to_owned().into()]));
    }
    let text = format!(
        "{own} UNION ALL SELECT t.number FROM {table} t WHERE t.id IN (
           WITH RECURSIVE above (id) AS (
             SELECT a.alias_of FROM {table} a WHERE a.alias_of IS NOT NULL AND a.number IN ({own})
             UNION SELECT b.alias_of FROM above JOIN {table} b ON b.id = above.id WHERE b.alias_of IS NOT NULL)
           SELECT id FROM above)"
    );
    Ok(Sql::new(text, vec![expression.to_owned().into(), expression.to_owned().into()]))
}
