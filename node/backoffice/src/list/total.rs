//! Sums over all records that a list finds, whole and exact: no float, and no overflow. Owns the adding up.

use comptoir_replica::record::Money;
use rusqlite::{Connection, ToSql};

use super::condition::Sql;
use super::page::decimal;
use super::source::{Held, Shape, Source};
use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::registry::money_text;

/// Adds up a field over the records of `table` that meet `condition`: one number, or an amount for each currency.
pub(super) fn total(
    connection: &Connection,
    table: &str,
    condition: &Sql,
    source: &Source,
) -> Result<Vec<String>, Stopped> {
    let currency = match source.shape {
        Shape::Int | Shape::Decimal => "''".to_owned(),
        Shape::Money => source.currency(),
        _ => return Err(Refusal::of(&source.name, Code::WrongType).with("expected", "a number or an amount").into()),
    };
    let value = source.value();
    let (from, value, currency) = match source.held {
        Held::AnyLine(list) => (
            format!("{} l CROSS JOIN {table} p ON p.number = l.record AND l.archived = 0", list.table),
            value,
            currency,
        ),
        _ => (format!("{table} p"), source.of_record(&value), source.of_record(&currency)),
    };
    // SQLite's own sum ends in an error when it overflows; the halves of 64 bits, added up apart, cannot.
    let sql = format!(
        "SELECT c, SUM(x >> 32), SUM(x & 4294967295) FROM (SELECT {currency} AS c, {value} AS x FROM {from} WHERE {})
         WHERE x IS NOT NULL GROUP BY c ORDER BY c",
        condition.text
    );
    let bound: Vec<&dyn ToSql> = condition.bound.iter().map(|value| value as &dyn ToSql).collect();
    let mut statement = connection.prepare_cached(&sql)?;
    let sums = statement.query_map(bound.as_slice(), |row| {
        let (high, low): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok((row.get::<_, String>(0)?, (i128::from(high) << 32) + i128::from(low)))
    })?;
    sums.map(|sum| sum.map(|(currency, sum)| written(&source.shape, &currency, sum)).map_err(Stopped::from)).collect()
}

fn written(shape: &Shape, currency: &str, sum: i128) -> String {
    match shape {
        Shape::Decimal => decimal(sum),
        Shape::Money => {
            let money = i64::try_from(sum).ok().and_then(|minor| Money::new(minor, currency).ok());
            // Beyond 64 bits: in minor units, as a cell would have it.
            money.map_or_else(|| format!("{currency} {sum}"), |money| money_text(&money))
        }
        _ => sum.to_string(),
    }
}
