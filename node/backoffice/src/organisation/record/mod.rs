//! The record types of the organisation itself, one file each. What their values may be is in the rules.

use crate::registry::record_types;

record_types! {
    site_request::SiteRequest,
}
