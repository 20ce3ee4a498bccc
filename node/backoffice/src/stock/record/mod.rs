//! The record types of stock, one file each with the lines that it has. What their values may be is in the rules; what was
//! posted stands in `posting`.

use crate::registry::record_types;

record_types! {
    item::Item,
    item_category::ItemCategory,
    location::Location,
    draft::Draft,
    pool::Pool,
}
