//! Accounts of the console: what one may be called, and what each role may. Owns both; who there is, is the book's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limits::MAX_ACCOUNT_NAME_CHARACTERS;

/// What somebody may do; each role may what those before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sees how the relay and the sites stand.
    Viewer,
    /// Acts on them.
    Operator,
    /// Keeps accounts, and reads the audit log.
    Administrator,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Administrator];

    /// As it is kept and told.
    pub fn text(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// The role that is told so.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.text() == text)
    }
}

/// Somebody who may sign in at the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// What they sign in with.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Whether they are kept out.
    pub disabled: bool,
    /// Whether they have a password and a second factor.
    pub set_up: bool,
    /// Until when the set-up code is good that nobody has used yet; RFC 3339.
    pub setup_until: Option<String>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// When it was made; RFC 3339.
    pub added: String,
}

/// Whether an account may be called so: small letters, digits, `.`, `-` and `_`, a letter or a digit first.
pub fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= MAX_ACCOUNT_NAME_CHARACTERS
        && name.starts_with(is_plain)
        && name.chars().all(|c| is_plain(c) || matches!(c, '.' | '-' | '_'))
}

/// A name as somebody typed it.
pub fn typed_name(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_grow_and_are_read_as_they_are_told() {
        assert!(Role::ALL.is_sorted());
        assert!(Role::ALL.into_iter().all(|role| Role::of(role.text()) == Some(role)));
        assert_eq!(Role::of("root"), None);
    }

    #[test]
    fn f35_f38_a_name_is_plain() {
        assert!(["awa", "awa.diop", "2nd-shift", "a_b"].into_iter().all(is_name));
        for wrong in ["", "Awa", "-awa", "awa diop", "aw\u{202e}a", "awa\n", "=awa", "é", &"a".repeat(65)] {
            assert!(!is_name(wrong), "{wrong:?}");
        }
    }
}
