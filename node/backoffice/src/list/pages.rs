//! Reading a list page by page, forward and backward, segment by segment of its order. Owns the SELECT of rows.

use comptoir_replica::record::RecordId;
use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, ToSql};

use super::condition::Sql;
use super::key::PageKey;
use super::order::{Direction, Segment};
use super::page::{PageRow, fixed};
use super::plan::Plan;
use super::query::ListQuery;
use super::source::Source;
use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::registry::Context;

/// Rows, and the keys of the pages after and before them.
pub(super) type Page = (Vec<PageRow>, Option<String>, Option<String>);

/// Reading the pages of one list.
pub(super) struct Pages<'a> {
    pub context: &'a Context<'a>,
    pub plan: &'a Plan,
    pub columns: &'a [Source],
    pub fingerprint: String,
}

impl Pages<'_> {
    /// The page that a query asks for.
    pub fn page(&self, query: &ListQuery) -> Result<Page, Stopped> {
        let most = query.page_rows();
        let (key, direction) = match (&query.after, &query.before) {
            (Some(_), Some(_)) => return Err(Refusal::of("before", Code::BadPageKey).into()),
            (_, Some(before)) => (Some(self.key(before)?), Direction::Backward),
            (after, None) => (after.as_deref().map(|after| self.key(after)).transpose()?, Direction::Forward),
        };
        if direction == Direction::Backward && query.skip.is_some() {
            return Err(Refusal::of("skip", Code::BadPageKey).into());
        }
        let mut rows = self.rows(key.as_ref(), direction, query.skip.unwrap_or(0), most + 1)?;
        let more = rows.len() > most;
        rows.truncate(most);
        if direction == Direction::Backward {
            rows.reverse();
        }
        let (before, after) = match direction {
            Direction::Forward => (key.is_some() || query.skip.is_some_and(|skip| skip > 0), more),
            Direction::Backward => (more, true),
        };
        let encoded = |row: Option<&(usize, PageRow)>| {
            row.map(|(segment, row)| {
                let key = PageKey { segment: *segment, values: row.sorted_by.clone(), id: row.id };
                key.encode(&self.fingerprint)
            })
        };
        let next = encoded(rows.last().filter(|_| after));
        let previous = encoded(rows.first().filter(|_| before));
        Ok((rows.into_iter().map(|(_, row)| row).collect(), next, previous))
    }

    /// The key, with its values, which fit the order. The id of a record means the place where that stands, or would stand.
    fn key(&self, text: &str) -> Result<PageKey, Stopped> {
        let bad = || Refusal::new(Code::BadPageKey);
        if let Ok(id) = text.parse() {
            return Ok(self.key_of(id)?.ok_or_else(bad)?);
        }
        let mut key = PageKey::decode(text, &self.fingerprint)?;
        let segment = self.plan.order.segments.get(key.segment).ok_or_else(bad)?;
        let sorted_by = segment.terms.len() - 1;
        if key.values.is_empty() && sorted_by > 0 {
            key.values = self.sorted_by(key.id, segment, "TRUE")?.ok_or_else(bad)?;
        }
        if key.values.len() == sorted_by { Ok(key) } else { Err(bad().into()) }
    }

    /// The place of a record in the order, whether the list has it or not: none when there is no such record.
    fn key_of(&self, id: RecordId) -> rusqlite::Result<Option<PageKey>> {
        for (at, segment) in self.plan.order.segments.iter().enumerate() {
            if let Some(values) = self.sorted_by(id, segment, &segment.condition)? {
                return Ok(Some(PageKey { segment: at, values, id }));
            }
        }
        Ok(None)
    }

    /// The values by which a segment sorts a record, if it meets a condition.
    fn sorted_by(&self, id: RecordId, segment: &Segment, condition: &str) -> rusqlite::Result<Option<Vec<SqlValue>>> {
        let terms = &segment.terms[..segment.terms.len() - 1];
        let selected: Vec<&str> =
            ["p.id"].into_iter().chain(terms.iter().map(|term| term.expression.as_str())).collect();
        let sql = format!("SELECT {} FROM {} p WHERE p.id = ? AND {condition}", selected.join(", "), self.plan.table);
        let mut statement = self.context.connection.prepare_cached(&sql)?;
        let values = |row: &rusqlite::Row<'_>| (1..=terms.len()).map(|at| row.get(at)).collect();
        statement.query_row([id.as_bytes()], values).optional()
    }

    /// At most so many rows from the key on and after those that are passed over, each with its segment, in the direction's order.
    fn rows(
        &self,
        key: Option<&PageKey>,
        direction: Direction,
        mut skip: u32,
        most: usize,
    ) -> Result<Vec<(usize, PageRow)>, Stopped> {
        let order: Vec<usize> = match direction {
            Direction::Forward => (0..self.plan.order.segments.len()).collect(),
            Direction::Backward => (0..self.plan.order.segments.len()).rev().collect(),
        };
        let mut rows = Vec::new();
        for segment in order.into_iter().skip_while(|at| key.is_some_and(|key| key.segment != *at)) {
            if rows.len() < most {
                let key = key.filter(|key| key.segment == segment);
                let condition = self.condition(segment, key, direction);
                let before = rows.len();
                self.segment_rows(segment, &condition, direction, skip, most, &mut rows)?;
                // Where there was none, all of the segment was passed over.
                skip = match rows.len() == before && skip > 0 {
                    true => skip.saturating_sub(self.count(&condition)?),
                    false => 0,
                };
            }
        }
        Ok(rows)
    }

    /// Which records of a segment lie beyond the key.
    fn condition(&self, at: usize, key: Option<&PageKey>, direction: Direction) -> Sql {
        let segment = &self.plan.order.segments[at];
        let mut condition = self.plan.paged.clone();
        condition.text.push_str(&format!(" AND {}", segment.condition));
        if let Some(key) = key {
            let id = SqlValue::Blob(key.id.as_bytes().to_vec());
            let values: Vec<SqlValue> = key.values.iter().cloned().chain([id]).collect();
            let beyond = segment.beyond(&values, direction);
            condition.text.push_str(&format!(" AND {}", beyond.text));
            condition.bound.extend(beyond.bound);
        }
        condition
    }

    fn count(&self, condition: &Sql) -> Result<u32, Stopped> {
        let sql = format!("SELECT count(*) FROM {} p WHERE {}", self.plan.table, condition.text);
        let bound: Vec<&dyn ToSql> = condition.bound.iter().map(|value| value as &dyn ToSql).collect();
        let mut statement = self.context.connection.prepare_cached(&sql)?;
        Ok(statement.query_row(bound.as_slice(), |row| row.get(0))?)
    }

    fn segment_rows(
        &self,
        at: usize,
        condition: &Sql,
        direction: Direction,
        skip: u32,
        most: usize,
        rows: &mut Vec<(usize, PageRow)>,
    ) -> Result<(), Stopped> {
        let segment = &self.plan.order.segments[at];
        let terms = &segment.terms[..segment.terms.len() - 1];
        let selected = terms.iter().map(|term| term.expression.clone()).chain(self.columns.iter().map(Source::shown));
        let selected: String = selected.map(|expression| format!(", {expression}")).collect();
        let sql = format!(
            "SELECT {}{selected} FROM {} p WHERE {} ORDER BY {} LIMIT {} OFFSET {skip}",
            fixed(self.plan.title),
            self.plan.table,
            condition.text,
            segment.order_by(direction),
            most - rows.len()
        );
        let bound: Vec<&dyn ToSql> = condition.bound.iter().map(|value| value as &dyn ToSql).collect();
        let mut statement = self.context.connection.prepare_cached(&sql)?;
        let found = statement.query_map(bound.as_slice(), |row| PageRow::read(row, terms.len(), self.columns))?;
        for row in found {
            rows.push((at, row?));
        }
        Ok(())
    }
}
