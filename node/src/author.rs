//! Who is named as the author of an edit: `SITE/operator` until staff have accounts. Owns the form only.

/// The author of what is done at a site by whoever holds the token of its node.
pub fn operator(site_code: &str) -> String {
    format!("{site_code}/operator")
}
