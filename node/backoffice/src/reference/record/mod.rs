//! The record types of reference data, one file each. What their values may be is in the rules.

use crate::registry::record_types;

record_types! {
    country::Country,
    subdivision::Subdivision,
    currency::Currency,
}
