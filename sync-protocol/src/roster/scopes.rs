//! The scopes that exist from the start, by name. Owns names only; members are the roster's.

/// Shared and reference records of all sites.
pub const ORGANISATION: &str = "organisation";
/// Stock, transfers, rights.
pub const TRADE: &str = "trade";
/// Never leaves the node.
pub const LOCAL: &str = "local";

/// A site's ledger and invoices: the site and headquarters.
pub fn books(site_code: &str) -> String {
    format!("books:{site_code}")
}

/// A site's accounts and people: the site and headquarters.
pub fn staff(site_code: &str) -> String {
    format!("staff:{site_code}")
}

/// Records that are not shared: the site and headquarters.
pub fn private(site_code: &str) -> String {
    format!("private:{site_code}")
}
