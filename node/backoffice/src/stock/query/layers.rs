//! What leaves costs: the layers of cost that it is taken from, oldest first, or its share of the average. Owns the choice; what
//! was chosen is frozen in the posting.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{Connection, OptionalExtension, params};

use super::item::Counted;
use crate::desk::Stopped;
use crate::limits::MAX_LAYER_DRAWS;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{LayerDraw, Quantity};

/// What a quantity costs that leaves, in minor units, and from which layers it is taken. `before` is what earlier lines of the
/// same posting take: quantity and value.
///
/// # Errors
/// [`Code::TooMany`] layers in one line, or those of SQL.
pub fn cost(
    connection: &Connection,
    (site, currency): (&SiteId, &str),
    item: &Counted,
    quantity: Quantity,
    taken: &mut Taken,
) -> Result<(i64, Vec<LayerDraw>), Stopped> {
    let (there, worth) = worth(connection, site, &item.id, currency)?;
    let earlier = taken.of(&item.id);
    let (left, value) = (there - earlier.quantity, worth - earlier.value);
    let (cost, draws) =
        if item.is_fifo() { first_in(connection, site, item, quantity, &mut earlier.layers)? } else { (0, Vec::new()) };
    // The last of it takes what is left, whatever rounding did; nothing takes more than is left.
    let cost = match () {
        () if quantity.0 >= left => value,
        () if item.is_fifo() => cost.min(value),
        () => share(value, quantity.0, left),
    };
    let cost = cost.max(0);
    earlier.quantity += quantity.0;
    earlier.value += cost;
    Ok((cost, draws))
}

/// What earlier lines of one posting took.
#[derive(Debug, Default)]
pub struct Taken(std::collections::BTreeMap<RecordId, TakenOf>);

#[derive(Debug, Default)]
struct TakenOf {
    quantity: i64,
    value: i64,
    layers: std::collections::BTreeMap<(RecordId, u32), i64>,
}

impl Taken {
    fn of(&mut self, item: &RecordId) -> &mut TakenOf {
        self.0.entry(*item).or_default()
    }
}

/// How much a site has of an item, and what it is worth.
///
/// # Errors
/// Those of SQL.
pub fn worth(connection: &Connection, site: &SiteId, item: &RecordId, currency: &str) -> rusqlite::Result<(i64, i64)> {
    let sql = "SELECT quantity, value FROM stock_worth WHERE site = ?1 AND item = ?2 AND currency = ?3";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found = connection.prepare_cached(sql)?.query_row(params![site.0, item.0, currency], read).optional()?;
    Ok(found.unwrap_or_default())
}

/// The part of a whole amount, to the nearest minor unit, half of one to the even neighbour.
#[must_use]
pub fn share(value: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let (product, whole) = (i128::from(value) * i128::from(part), i128::from(whole));
    let (floor, rest) = (product.div_euclid(whole), product.rem_euclid(whole));
    let up = rest * 2 > whole || (rest * 2 == whole && floor % 2 != 0);
    i64::try_from(floor + i128::from(up)).unwrap_or(value)
}

/// Taken from the oldest layers that have something left. A layer's cost is shared so that all that is taken of it costs just
/// what it cost.
fn first_in(
    connection: &Connection,
    site: &SiteId,
    item: &Counted,
    quantity: Quantity,
    earlier: &mut std::collections::BTreeMap<(RecordId, u32), i64>,
) -> Result<(i64, Vec<LayerDraw>), Stopped> {
    let mut statement = connection.prepare_cached(
        "SELECT posting, line, quantity, value, taken FROM stock_layers
         WHERE item = ?1 AND site = ?2 AND taken < quantity ORDER BY posting, line",
    )?;
    let mut rows = statement.query(params![item.id.0, site.0])?;
    let (mut open, mut cost, mut draws) = (quantity.0, 0, Vec::new());
    while open > 0 {
        let Some(row) = rows.next()? else { break };
        let (posting, line) = (RecordId(row.get(0)?), row.get::<_, u32>(1)?);
        let [of, value, taken]: [i64; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
        let before = taken + earlier.get(&(posting, line)).copied().unwrap_or(0);
        let part = open.min(of - before);
        if part <= 0 {
            continue;
        }
        cost += share(value, before + part, of) - share(value, before, of);
        *earlier.entry((posting, line)).or_default() += part;
        draws.push(LayerDraw { posting, line, quantity: Quantity(part) });
        open -= part;
        if draws.len() > MAX_LAYER_DRAWS {
            return Err(Refusal::new(Code::TooMany).with("limit", MAX_LAYER_DRAWS).into());
        }
    }
    Ok((cost, draws))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_to_the_even_and_add_up() {
        assert_eq!((share(100, 1, 3), share(100, 2, 3), share(100, 3, 3)), (33, 67, 100));
        assert_eq!((share(5, 1, 2), share(7, 1, 2)), (2, 4));
        assert_eq!(share(i64::MAX, 3, 3), i64::MAX);
        assert_eq!(share(100, 1, 0), 0);
        let parts: i64 = (0..7).map(|n| share(1_001, n + 1, 7) - share(1_001, n, 7)).sum();
        assert_eq!(parts, 1_001);
    }
}
