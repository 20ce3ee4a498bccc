//! What an item is: something that is kept in stock, with its units, how it is tracked and valued, and its prices. Owns the
//! type and its lines. Paths are for ever.

use comptoir_replica::record::{Date, Line, Lines, Money, Record, RecordId};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An item, for the whole organisation.
#[derive(Record, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "item", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Item {
    /// The code that people know it by.
    #[field(
        label = "item.sku",
        group = "identity",
        order = 10,
        required,
        searchable,
        filterable,
        listed,
        widget = "code"
    )]
    pub sku: String,
    /// Its name.
    #[field(label = "item.name", group = "identity", order = 20, required, searchable, listed)]
    pub name: String,
    /// What else is to be said of it.
    #[field(label = "item.description", group = "identity", order = 30, searchable, widget = "multiline")]
    pub description: String,
    /// Its number on bar codes: a GTIN of 8, 12, 13 or 14 digits (GS1).
    #[field(
        label = "item.gtin",
        group = "identity",
        order = 40,
        searchable,
        filterable,
        listed,
        widget = "identifier"
    )]
    pub gtin: String,
    /// What it belongs to.
    #[field(label = "item.category", group = "identity", order = 50, filterable, listed, of = "item-category")]
    pub category: Option<RecordId>,
    /// Who is its usual supplier.
    #[field(label = "item.supplier", group = "identity", order = 60, filterable, of = "party")]
    pub supplier: Option<RecordId>,
    /// The unit in which it is counted: `pce`, `kg`. The same for ever.
    #[field(label = "item.unit", group = "units", order = 110, listed, filterable, widget = "code", limit = 12)]
    pub unit: String,
    /// Digits after the decimal point of a quantity in that unit. The same for ever.
    #[field(label = "item.decimals", group = "units", order = 120)]
    pub decimals: i64,
    /// Other units: a box of 12.
    #[field(label = "item.units", group = "units", order = 130)]
    pub units: Lines<ItemUnit>,
    /// Whether single lots or pieces are followed. The same for ever.
    #[field(label = "item.tracking", group = "keeping", order = 210, filterable, choices("none", "lot", "serial"))]
    pub tracking: String,
    /// Its lots have a date after which they are not used.
    #[field(label = "item.expires", group = "keeping", order = 220, filterable)]
    pub expires: bool,
    /// How what leaves is valued: at the average cost of what is there, or first in, first out. The same for ever.
    #[field(label = "item.valuation", group = "keeping", order = 230, filterable, choices("average", "fifo"))]
    pub valuation: String,
    /// What it is sold for, and what it usually costs, by site and currency.
    #[field(label = "item.prices", group = "prices", order = 310)]
    pub prices: Lines<ItemPrice>,
    /// Out of use.
    #[field(label = "item.archived", filterable)]
    pub archived: bool,
}

impl Default for Item {
    fn default() -> Self {
        Self {
            sku: String::new(),
            name: String::new(),
            description: String::new(),
            gtin: String::new(),
            category: None,
            supplier: None,
            unit: "pce".to_owned(),
            decimals: 0,
            units: Lines::new(),
            tracking: "none".to_owned(),
            expires: false,
            valuation: "average".to_owned(),
            prices: Lines::new(),
            archived: false,
        }
    }
}

/// Another unit of an item.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "item-unit")]
#[serde(default)]
pub struct ItemUnit {
    /// Its code: `box`.
    #[field(label = "item_unit.code", required, listed, widget = "code", limit = 12)]
    pub code: String,
    /// How many of the item's own unit it is.
    #[field(label = "item_unit.factor", required, listed)]
    pub factor: Option<Decimal>,
    /// Its place among the units.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

/// A price of an item.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "item-price")]
#[serde(default)]
pub struct ItemPrice {
    /// What it is: the price that customers pay, or what the item usually costs.
    #[field(label = "item_price.kind", required, listed, choices("sale", "cost"))]
    pub kind: String,
    /// The code of the site where it holds; empty for all.
    #[field(label = "item_price.site", listed, widget = "code")]
    pub site: String,
    /// For one of the item's own unit.
    #[field(label = "item_price.amount", required, listed)]
    pub amount: Option<Money>,
    /// The day from which it holds.
    #[field(label = "item_price.from", listed)]
    pub from: Option<Date>,
    /// Its place among the prices.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

impl Item {
    /// What an amount of money for one unit is of this kind at a site in its currency, on a day: the price of the site itself
    /// before one of all sites, of several the last that has begun.
    #[must_use]
    pub fn price(&self, kind: &str, site: &str, currency: &str, day: Date) -> Option<Money> {
        let holds = |price: &&ItemPrice| {
            price.kind == kind
                && (price.site.is_empty() || price.site == site)
                && price.from.is_none_or(|from| from <= day)
                && price.amount.is_some_and(|amount| amount.currency() == currency)
        };
        let live = self.prices.in_use().map(|(_, price)| price);
        live.filter(holds).max_by_key(|price| (!price.site.is_empty(), price.from)).and_then(|price| price.amount)
    }
}
