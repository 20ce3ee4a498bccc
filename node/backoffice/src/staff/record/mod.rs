//! The record types of staff, one file each.

use crate::registry::record_types;

record_types! {
    account::Account,
    role::Role,
}
