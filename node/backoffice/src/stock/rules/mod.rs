//! What stock may hold and how it may move. Owns what its record types say of themselves to the registry, and the rules of
//! postings by kind: [`verdict`] is the way in. A rule of a posting reads the ledger alone; a rule of a record judges what is
//! put here and never what another site wrote.

pub mod accounts;
mod moving;
mod reclaim;
mod revaluation;
mod rights;
mod transfer;
pub mod verdict;

use comptoir_replica::record::{Field, RecordId, Scalar};
use rusqlite::{Connection, OptionalExtension};
use rust_decimal::Decimal;

use super::posting::{PlaceKind, Quantity, UNIT_DIGITS};
use super::record::{Draft, Item, ItemCategory, Location, Pool};
use crate::desk::Stopped;
use crate::identifiers::gtin;
use crate::limits::MAX_TREE_LEVELS;
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Put, clean};

impl Business for Item {
    const REFERENCE: Option<&'static str> = Some("sku");
    const COLUMNS: &'static [&'static str] = &["sku", "name", "gtin", "category", "unit", "decimals", "tracking"];
    const MAIN_LIST: Option<&'static str> = Some("prices");
    const FIXED: &'static [&'static str] = &["unit", "decimals", "tracking", "valuation"];

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        match (field.path.as_ref(), value.as_str()) {
            ("gtin", Some(text)) if !text.trim().is_empty() => Ok(gtin(text)?.into()),
            _ => clean::by_widget(context, field, value),
        }
    }

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if context.record.is_none() {
            // What stays for ever is written down from the start: a default may change with the program.
            let fixed: [(&str, Scalar); 4] = [
                ("unit", after.unit.as_str().into()),
                ("decimals", after.decimals.into()),
                ("tracking", after.tracking.as_str().into()),
                ("valuation", after.valuation.as_str().into()),
            ];
            for (path, value) in fixed {
                if !puts.iter().any(|(put, _)| put == path) {
                    puts.push((path.to_owned(), value));
                }
            }
        }
        if after.unit.is_empty() {
            return Err(Refusal::of("unit", Code::Required).into());
        }
        if !(0..=i64::from(UNIT_DIGITS)).contains(&after.decimals) {
            return Err(Refusal::of("decimals", Code::TooHigh).with("limit", UNIT_DIGITS).into());
        }
        check_units(after, puts)?;
        check_prices(after, puts)
    }
}

/// Units have distinct codes and factors above zero that a quantity can hold.
fn check_units(after: &Item, puts: &[Put]) -> Result<(), Stopped> {
    let mut codes = vec![after.unit.as_str()];
    for (key, unit) in after.units.in_use() {
        let put = puts.iter().any(|(path, _)| path.starts_with(&format!("units/{key}/")));
        let (code, factor) = (format!("units.{key}.code"), format!("units.{key}.factor"));
        if put && codes.contains(&unit.code.as_str()) {
            return Err(Refusal::of(&code, Code::ValueTwice).with("value", &unit.code).into());
        }
        codes.push(&unit.code);
        if put && unit.factor.is_none_or(|factor| factor <= Decimal::ZERO || Quantity::of(factor).is_none()) {
            return Err(Refusal::of(&factor, Code::TooLow).with("limit", "0.000001").into());
        }
    }
    Ok(())
}

fn check_prices(after: &Item, puts: &[Put]) -> Result<(), Stopped> {
    for (key, price) in after.prices.in_use() {
        let put = puts.iter().any(|(path, _)| path.starts_with(&format!("prices/{key}/")));
        if put && price.amount.is_some_and(|amount| amount.minor() < 0) {
            return Err(Refusal::of(&format!("prices.{key}.amount"), Code::TooLow).with("limit", 0).into());
        }
    }
    Ok(())
}

impl Business for ItemCategory {
    const TITLE: &'static str = "name_en";
    const REFERENCE: Option<&'static str> = Some("code");
    const COLUMNS: &'static [&'static str] = &["code", "name_en", "name_fr", "parent"];
    const FIXED: &'static [&'static str] = &["code"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        check_tree(context, "of_item_category", after.parent, puts)
    }
}

impl Business for Location {
    const COLUMNS: &'static [&'static str] = &["reference", "code", "name", "kind", "parent", "site"];
    const FIXED: &'static [&'static str] = &["kind", "site"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if context.record.is_none() {
            // Whose a location is follows from who makes it.
            puts.retain(|(path, _)| path != "site");
            puts.push(("site".to_owned(), context.home.code.as_str().into()));
            if !puts.iter().any(|(path, _)| path == "kind") {
                puts.push(("kind".to_owned(), after.kind.as_str().into()));
            }
        }
        if after.code.contains('/') {
            return Err(Refusal::of("code", Code::KeyShape).with("value", &after.code).with("limit", 40).into());
        }
        let site = if context.record.is_none() { context.home.code.as_str() } else { after.site.as_str() };
        let reference = format!("{site}/{}", after.code);
        let put = puts.iter().find(|(path, _)| path == "reference");
        if put.is_some_and(|(_, value)| value.as_str() != Some(reference.as_str())) {
            return Err(Refusal::of("reference", Code::NotWritable).into());
        }
        if put.is_none() && after.reference != reference {
            puts.push(("reference".to_owned(), reference.into()));
        }
        if let Some(parent) = after.parent.filter(|_| puts.iter().any(|(path, _)| path == "parent"))
            && location(context.connection, &parent)?.is_none_or(|found| found.site != context.home.code)
        {
            return Err(Refusal::of("parent", Code::ForeignLocation).with("value", parent).into());
        }
        check_tree(context, "of_location", after.parent, puts)
    }

    fn computed(&self) -> Option<String> {
        Some(format!("{}/{}", self.site, self.code))
    }
}

/// A tree has no circle, and is not too deep.
fn check_tree(context: &Context<'_>, table: &str, parent: Option<RecordId>, puts: &[Put]) -> Result<(), Stopped> {
    let Some(record) = context.record.filter(|_| puts.iter().any(|(path, _)| path == "parent")) else { return Ok(()) };
    let mut above = parent;
    for _ in 0..MAX_TREE_LEVELS {
        let Some(id) = above else { return Ok(()) };
        if id == record {
            break;
        }
        let sql = format!("SELECT f_parent FROM {table} WHERE id = ?1 ORDER BY scope LIMIT 1");
        let found: Option<String> =
            context.connection.prepare_cached(&sql)?.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        above = found.and_then(|id| id.parse().ok());
    }
    match above {
        Some(id) => Err(Refusal::of("parent", Code::MergeCircle).with("value", id).with("into", record).into()),
        None => Ok(()),
    }
}

impl Business for Draft {
    const TITLE: &'static str = "type";
    // A number of somebody else's: two drafts may well have one.
    const REFERENCE: Option<&'static str> = None;
    const COLUMNS: &'static [&'static str] = &["reference", "type", "date", "party", "from", "to"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if puts.iter().any(|(path, _)| path == "posted") {
            return Err(Refusal::of("posted", Code::NotWritable).into());
        }
        if !after.posted.is_empty() {
            return Err(Refusal::new(Code::PostedAlready).into());
        }
        for (key, line) in after.lines.in_use() {
            let put = puts.iter().any(|(path, _)| *path == format!("lines/{key}/quantity"));
            let quantity = line.quantity.unwrap_or_default();
            let fits = if after.r#type == "adjust" { !quantity.is_zero() } else { quantity > Decimal::ZERO };
            if put && !fits {
                let field = format!("lines.{key}.quantity");
                return Err(Refusal::of(&field, Code::QuantityNotPositive).with("value", quantity).into());
            }
        }
        for (path, place) in [("from", after.from), ("to", after.to)] {
            if let Some(place) = place.filter(|_| puts.iter().any(|(put, _)| put == path)) {
                check_own_location(context, place).map_err(|stopped| stopped.under(path))?;
            }
        }
        Ok(())
    }
}

impl Business for Pool {
    const REFERENCE: Option<&'static str> = Some("code");
    const COLUMNS: &'static [&'static str] = &["code", "name", "item", "location", "policy", "keep"];
    const FIXED: &'static [&'static str] = &["item", "location"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        let put = |name: &str| puts.iter().any(|(path, _)| path == name);
        if let Some(place) = after.location.filter(|_| put("location")) {
            let kind = check_own_location(context, place).map_err(|stopped| stopped.under("location"))?;
            if !kind.is_stored() {
                return Err(Refusal::of("location", Code::LocationMissing).into());
            }
        }
        if put("keep") && after.keep.is_some_and(|keep| keep < Decimal::ZERO) {
            return Err(Refusal::of("keep", Code::TooLow).with("limit", 0).into());
        }
        Ok(())
    }
}

/// What is known of a location without its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationFacts {
    /// Its code.
    pub code: String,
    /// Its site's code.
    pub site: String,
    /// What it is; what a newer version calls otherwise is outside.
    pub kind: PlaceKind,
    /// Out of use.
    pub archived: bool,
}

/// A location of this id.
///
/// # Errors
/// Those of SQL.
pub fn location(connection: &Connection, id: &RecordId) -> rusqlite::Result<Option<LocationFacts>> {
    let sql = "SELECT f_code, f_site, f_kind, archived FROM of_location WHERE id = ?1 ORDER BY scope LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| {
        let kind = PlaceKind::of_word(row.get_ref(2)?.as_str()?).unwrap_or(PlaceKind::Loss);
        Ok(LocationFacts { code: row.get(0)?, site: row.get(1)?, kind, archived: row.get(3)? })
    };
    connection.prepare_cached(sql)?.query_row([id.as_bytes()], read).optional()
}

/// The kind of a location that is here, in use and this site's.
///
/// # Errors
/// [`Code::NotFound`], [`Code::ForeignLocation`], [`Code::ArchivedRecord`], or those of SQL.
pub fn check_own_location(context: &Context<'_>, id: RecordId) -> Result<PlaceKind, Stopped> {
    let found = location(context.connection, &id)?;
    let found = found.ok_or_else(|| Refusal::new(Code::NotFound).with("kind", "location").with("value", id))?;
    if found.site != context.home.code {
        return Err(Refusal::new(Code::ForeignLocation).with("value", found.code).into());
    }
    if found.archived {
        return Err(Refusal::new(Code::ArchivedRecord).into());
    }
    Ok(found.kind)
}
