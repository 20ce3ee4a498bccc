//! Scopes by name: those that exist from the start, and what an organisation may call one that it defines. Owns names only; members
//! are the roster's.

use crate::limits::MAX_SCOPE_NAME_BYTES;

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

/// Whether an organisation may give a scope of its own this name: lower-case letters, digits and hyphens, beginning with a letter,
/// and none of the words that name scopes from the start.
pub fn is_definable(name: &str) -> bool {
    const TAKEN: [&str; 7] = ["roster", ORGANISATION, TRADE, LOCAL, "books", "staff", "private"];
    let letters = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    (2..=MAX_SCOPE_NAME_BYTES).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && letters(name)
        && !TAKEN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_of_its_own_has_a_name_that_no_other_sort_has() {
        for name in ["senegal", "west-africa", "x2", &"a".repeat(MAX_SCOPE_NAME_BYTES)] {
            assert!(is_definable(name), "{name}");
        }
        let long = "a".repeat(MAX_SCOPE_NAME_BYTES + 1);
        for name in
            ["", "a", "2x", "-x", "West", "staff:dkr", "roster", "trade", "private", "s\u{e9}n\u{e9}gal", "a b", &long]
        {
            assert!(!is_definable(name), "{name}");
        }
    }
}
