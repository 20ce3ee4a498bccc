//! Who is named as the author of what no member of staff does: `SITE/operator`. Owns the form only.

use comptoir_backoffice::staff::OPERATOR;

/// The author of what is done at a site by whoever holds the token of its node.
pub fn operator(site_code: &str) -> String {
    format!("{site_code}/{OPERATOR}")
}
